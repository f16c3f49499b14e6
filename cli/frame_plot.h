// SPDX-License-Identifier: MIT
/// \file
/// Diagrams of one frame.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include <convolve/transcode.h>

namespace convolve::cli {

struct PlotKind {
  std::string_view name;
  std::string_view help;
  void (*draw)(const TranscodeOptions& job) = nullptr;
};

/// Every kind of `--plot`. `draw` takes the chosen frame through the job's chain and writes the
/// diagram to the job's output. \throws MediaError
std::span<const PlotKind> plot_kinds() noexcept;

}  // namespace convolve::cli
