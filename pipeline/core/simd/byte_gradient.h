// SPDX-License-Identifier: MIT
/// \file
/// Magnitude of a 3×3 gradient of 8-bit samples, in 16-bit lanes.
#pragma once

#include <cstdint>

#include <convolve/filter.h>

#include "core/simd/gradient.h"

namespace convolve {

/// The taps are `(-1 0 1)` along the gradient times `(side middle side)` across it:
///
///     x: -side   0 side      y: -side -middle -side
///        -middle 0 middle         0       0      0
///        -side   0 side         side  middle   side
struct ByteGradientRows {
  int side = 1;  ///< side + middle + side ≤ 64, so that 16 bits hold x and y
  int middle = 2;
  int channels = 1;
  GradientResult result = GradientResult::l2;  ///< not `direction`
  /// Magnitudes below become 0; of `l2`, squares of magnitudes.
  std::int32_t threshold = 0;
  int post = 0;  ///< added to the magnitude
};

void run_byte_gradient_rows(const ByteGradientRows& rows, const RowBlock& block) noexcept;

}  // namespace convolve
