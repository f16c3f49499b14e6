// SPDX-License-Identifier: MIT
/// \file
/// Wide symmetric blurs of two axes in 16-bit lanes, by way of fewer rows.
///
/// Of column sums with half of the variance only every `step`-th row is made. Those rows are
/// blurred along, and give the rows between them back by column sums with the other half:
///
///     row j of the few = Σ inward[k] · in[j·step + first + k]
///     out[j·step + p]  = Σ outward[p][k] · along(row j + first + k of the few)
///
/// Sums down the few rows depend on where a row lies in the plane, which `RowBlock::y` says.
#pragma once

#include <algorithm>
#include <cstddef>
#include <vector>

#include "core/simd/smooth_rows.h"

namespace convolve {

/// Weights of rows of which the first lies so many after the row's own. Where both halves are the
/// same, only the first is held, with the middle one at its end.
struct ColumnTaps {
  int first = 0;
  int rows = 0;
  std::vector<SmoothRows::Weight> weights;

  [[nodiscard]] bool folded() const noexcept { return static_cast<int>(weights.size()) < rows; }
};

struct DecimatedRows {
  SmoothRows blur;  ///< all but its `vertical`
  ColumnTaps inward;
  int step = 2;                     ///< rows from one of the few to the next
  std::vector<ColumnTaps> outward;  ///< of each row of a step
  int above = 0;                    ///< rows that an output row sees above it, and below

  /// The most rows of the few that an output row sees.
  [[nodiscard]] int few() const noexcept {
    int most = 0;
    for (const ColumnTaps& taps : outward) most = std::max(most, taps.rows);
    return most;
  }
};

std::size_t decimated_scratch(const DecimatedRows& rows, int samples) noexcept;
void run_decimated_rows(const DecimatedRows& rows, const RowBlock& block,
                        std::byte* scratch) noexcept;

}  // namespace convolve
