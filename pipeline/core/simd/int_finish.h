// SPDX-License-Identifier: MIT
/// \file
/// From a whole-number sum of products to the output sample.
#pragma once

#include <cstdint>

namespace convolve {

/// f is the absolute value or nothing, and `value = f(sum + init) + add`, where `add` holds the
/// rounding. Without `real`, `out = value >> shift`; where there is a `factor`, for 8 bits alone,
/// `out = (clamp(value, 0, 65535)·factor >> 16) >> shift`. With `real`,
/// `out = post + f(sum + init)·scale`, rounded to nearest. All are clamped to [0, max_code] for
/// integer outputs.
struct IntFinish {
  std::int32_t init = 0;
  bool absolute = false;
  bool real = false;
  std::int32_t add = 0;
  int shift = 0;
  std::uint16_t factor = 0;
  float scale = 1;  ///< codes of a unit of the sum, for every form but a shift
  float post = 0;
  float max_code = 255;
};

}  // namespace convolve
