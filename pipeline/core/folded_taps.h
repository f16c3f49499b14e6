// SPDX-License-Identifier: MIT
/// \file
/// Taps of blurs as weights of 15 bits, for sums in 16-bit lanes (core/simd/smooth_rows.h).
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include <convolve/filter.h>

#include "core/simd/smooth_rows.h"

namespace convolve {

/// Taps as weights of 2^-15.
struct HeldTaps {
  std::vector<std::int32_t> weights;
  double error = 0;  ///< Σ|weight − tap|, in taps

  /// The largest sum of what products are rounded by.
  [[nodiscard]] double rounding() const noexcept {
    return 0.5 * static_cast<double>(weights.size());
  }
};

/// Weights with which a flat field of 1 becomes `gain`, of taps that sum to 1.
HeldTaps round_all(std::vector<double> taps, double gain);
/// The same of symmetric taps: of the first half, the middle one at its end.
HeldTaps round_half(std::vector<double> taps, double gain);

struct FoldedTaps {
  static constexpr double kUnit = 32768;  ///< of a weight

  std::vector<SmoothRows::Weight> weights;  ///< from the middle outwards
  double error = 0;                         ///< Σ|weight − tap|, in taps
  double rounding = 0;                      ///< largest sum of what products are rounded by
  double gain = 1;
};

/// True where samples are such that blurs in 16-bit lanes serve: of 8 to 10 bits. Of more, what
/// products are rounded by would show in flat fields.
bool fits_smooth_lanes(const StageSpec& spec) noexcept;

/// A sample's unit in 16-bit lanes: two samples of 15 bits make a term of 16.
double smooth_unit(const StageSpec& spec) noexcept;

/// Rows of such samples without weights yet. \param scale  as `SmoothRows::scale`
SmoothRows smooth_rows_of(const StageSpec& spec, int scale);

/// `weight` in all lanes of a block.
SmoothRows::Weight in_block(std::int32_t weight) noexcept;

/// As `round_half`, without outer weights of 0.
/// \returns nothing where a weight exceeds 15 bits
std::optional<FoldedTaps> fold_taps(const std::vector<double>& taps, double gain);

}  // namespace convolve
