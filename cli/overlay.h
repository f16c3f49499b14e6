// SPDX-License-Identifier: MIT
/// \file
/// What stands over the picture in the preview window.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include <convolve/format.h>

namespace convolve::cli {

struct Overlay {
  std::string line;                ///< at the bottom: what the last key did
  std::string detail;              ///< below it, smaller
  double opacity = 0;              ///< of the line, 0 … 1
  std::vector<std::string> marks;  ///< in the corner: "paused", "before"
  std::string stats;               ///< in the other corner
  bool keys = false;               ///< the panel of keys
  std::optional<double> split;     ///< where the line between before and after stands, 0 … 1
};

/// Draws on a BGRx frame.
void draw_overlay(const FrameView& frame, const Overlay& overlay);

/// Copies the part of `before` that is left of `split` over `after`. Both are BGRx, of one size.
void put_left_part(const ConstFrameView& before, const FrameView& after, double split);

}  // namespace convolve::cli
