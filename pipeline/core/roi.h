// SPDX-License-Identifier: MIT
/// \file
/// The region of interest: `x,y,w,h` in pixels (SPEC §5).
#pragma once

#include <string>

#include <convolve/engine.h>

namespace convolve {

/// Pixels [x0, x1) × [y0, y1).
struct Rect {
  int x0 = 0;
  int y0 = 0;
  int x1 = 0;
  int y1 = 0;
};

/// \throws ParamError where `text` is neither empty nor a rectangle of at least one pixel.
void check_roi_text(const std::string& text);

/// The rectangle that `text` names, clipped to the frame and rounded outwards to the chroma grid.
/// It may be empty. \throws ParamError
Rect roi_rect(const std::string& text, const PixelFormat& format, Size size);

}  // namespace convolve
