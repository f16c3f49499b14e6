// SPDX-License-Identifier: MIT
/// \file
/// What a file holds, and what a job would do, for people and for programs.
#pragma once

#include <string>

#include <convolve/transcode.h>

namespace convolve::cli {

std::string media_text(const MediaInfo& media);
std::string media_json(const MediaInfo& media);

/// \param job  that `plan` is of
std::string plan_text(const TranscodePlan& plan, const TranscodeOptions& job);
std::string plan_json(const TranscodePlan& plan, const TranscodeOptions& job);

}  // namespace convolve::cli
