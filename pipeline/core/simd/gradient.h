// SPDX-License-Identifier: MIT
/// \file
/// Magnitude and direction of a gradient, from two small sets of taps in one pass.
#pragma once

#include <cstdint>
#include <span>

#include <convolve/filter.h>

namespace convolve {

struct GradientTap {
  int row = 0;     ///< of the window
  int sample = 0;  ///< samples to the right of the window's left edge
  double weight = 0;
};

enum class GradientResult : std::uint8_t { l2, l1, max, direction };

/// `l2` is `√(gx² + gy²)`, `l1` `|gx| + |gy|`, `max` the larger of the two, all times `scale`;
/// values below `threshold` become 0. `direction` is `atan2(gy, gx)` in [0, 2π), mapped to
/// [0, max_code]. Then `post` is added.
struct GradientRows {
  SampleType input = SampleType::u8;
  SampleType output = SampleType::u8;
  GradientResult result = GradientResult::l2;
  std::span<const GradientTap> x;
  std::span<const GradientTap> y;
  double scale = 1;
  double threshold = 0;
  double post = 0;
  double max_code = 255;
  /// Results that float leaves close to the middle between two codes are computed once more in
  /// double: for samples that are exact in float, but whose squares are not.
  bool exact = false;
};

void run_gradient_rows(const GradientRows& rows, const RowBlock& block) noexcept;

}  // namespace convolve
