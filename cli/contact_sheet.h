// SPDX-License-Identifier: MIT
/// \file
/// One frame under many filters, as a picture of tiles.
#pragma once

#include <string>
#include <vector>

#include <convolve/transcode.h>

namespace convolve::cli {

/// The frame itself, then a tile for each filter of the job's chain by itself; without a chain, for
/// every filter and every named kernel. \throws MediaError
void draw_contact_sheet(const TranscodeOptions& job, const std::string& output);

}  // namespace convolve::cli
