// SPDX-License-Identifier: MIT
/// \file
/// Magnitude and direction of a gradient in float, in one pass: for samples of more than 8 bits,
/// for luma made of RGB, and for factors.
#pragma once

#include <cstdint>

#include <convolve/filter.h>

namespace convolve {

enum class GradientResult : std::uint8_t { l2, l1, max, direction };

/// `l2` is `√(gx² + gy²)`, `l1` `|gx| + |gy|`, `max` the larger of the two, all times `scale`;
/// values below `threshold` become 0. `direction` is `atan2(gy, gx)` in [0, 2π), mapped to
/// [0, max_code]. Then `post` is added.
struct GradientRows {
  SampleType input = SampleType::u8;
  SampleType output = SampleType::u8;
  GradientResult result = GradientResult::l2;
  /// The diagonals of 2×2 samples: lower right minus upper left, and lower left minus upper right.
  /// Else the taps of `ByteGradientRows`.
  bool crossed = false;
  double side = 1;
  double middle = 2;
  int channels = 1;  ///< samples from one column to the next
  double scale = 1;
  double threshold = 0;
  double post = 0;
  double max_code = 255;
  /// Results that float leaves close to the middle between two codes are computed once more in
  /// double: for samples that are exact in float, but whose squares are not. For up to 12 bits.
  bool exact = false;
};

void run_gradient_rows(const GradientRows& rows, const RowBlock& block) noexcept;

}  // namespace convolve
