// SPDX-License-Identifier: MIT
/// \file
/// What the arithmetic of large kernels costs, to choose among ways of computing the same.
///
/// Measured on a Xeon (Cascade Lake, 2.5 GHz, one thread, 1920×1080): the time of kernels of 15×15
/// to 63×63 taps, less what does not grow with the kernel, divided by the operations. Only ratios
/// matter: they decide from which size on a way is the cheaper one.
#pragma once

#include <span>

namespace convolve {

/// Nanoseconds for each output sample, or sample of a tile.
struct Speed {
  /// An operation of `DotWeights` on bytes: 4 rows of one column.
  double byte_dot = 0;
  /// The same with weights of more than 8 bits.
  double wide_byte_dot = 0;
  /// The same on 16-bit samples: 2 rows.
  double half_dot = 0;
  /// A tap of `LowRankRows`, for two products.
  double pair_tap = 0;
  /// What a product of `LowRankRows` costs beside its dots and taps.
  double product = 0;
  /// A tap in float, and in double.
  double single_tap = 0;
  double wide_tap = 0;
  /// A level of a transform to and fro; see `fourier_cost`.
  double fourier_level = 0;
};

/// Of the instruction set that is used.
const Speed& speed() noexcept;

/// For choices on which results depend, which are the same everywhere: of one instruction set, and
/// of all vectors, from the longest.
const Speed& reference_speed() noexcept;
std::span<const Speed> all_speeds() noexcept;

}  // namespace convolve
