// SPDX-License-Identifier: MIT
/// \file
/// What plans for whole-number arithmetic share: its limits, and numbers that stay within them.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>

#include <convolve/filter.h>

#include "core/simd/dense_dot.h"

namespace convolve {

inline constexpr double kMostHalf = 32767;        ///< of signed 16 bits
inline constexpr double kMostSum = 2147483647.0;  ///< of signed 32 bits

/// Samples are taken about the middle code, which halves their amplitude.
inline double centre_of(const StageSpec& spec) { return (spec.max_code + 1) / 2; }

/// The largest weight of dot products on the stage's samples.
inline std::int32_t most_weight(const StageSpec& spec) {
  return spec.input == SampleType::u8 ? DotWeights::kMostByteWeight : DotWeights::kMostHalfWeight;
}

/// Adds `more`, rounded, to `value`, unless the sum leaves 32 bits.
inline bool add_fits(std::int32_t& value, double more) {
  const double sum = value + more;
  if (std::abs(sum) >= kMostSum) return false;
  value = static_cast<std::int32_t>(std::nearbyint(sum));
  return true;
}

/// The largest shift with which `largest` stays within `most`, from `least` to 30.
inline int shift_within(double largest, double most, double least) {
  return static_cast<int>(std::clamp(std::floor(std::log2(most / largest)), least, 30.0));
}

}  // namespace convolve
