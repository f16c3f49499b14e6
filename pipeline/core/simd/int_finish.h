// SPDX-License-Identifier: MIT
/// \file
/// From a whole-number sum of products to the output sample.
#pragma once

#include <cstdint>

namespace convolve {

/// With `real` false: `out = (f(sum + init) + add) >> shift`, where f is the absolute value or
/// nothing and `add` holds the rounding. With `real` true: `out = post + f((sum + init)·scale)`,
/// rounded to nearest. Both are clamped to [0, max_code] for integer outputs.
struct IntFinish {
  std::int32_t init = 0;
  bool absolute = false;
  bool real = false;
  std::int32_t add = 0;
  int shift = 0;
  float scale = 1;
  float post = 0;
  float max_code = 255;
};

}  // namespace convolve
