// SPDX-License-Identifier: MIT
/// \file
/// Outer products of small whole taps along time, columns and rows, on bytes.
///
/// Time comes first, in registers, so that each sample of a frame is read once and what is kept
/// between the passes are a few rows in the first cache:
///
///     frames' rows -> sums over time -> sums of columns -> sums along rows -> codes
///                     16 bits           16 bits            32 bits
///
/// 16-bit lanes may wrap on the way: only a sum of columns must fit them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include <convolve/filter.h>

#include "core/simd/int_finish.h"

namespace convolve {

struct HalfColumnRows {
  int channels = 1;  ///< samples from one tap of a row to the next
  /// Of each frame, oldest first: signed bytes. The products of two neighbours, from the first on,
  /// must fit 16 bits.
  std::vector<std::int32_t> time;
  std::vector<std::int32_t> vertical;    ///< 16-bit weights
  std::vector<std::int32_t> horizontal;  ///< 16-bit weights
  /// What sums of columns start with, so that they fit 16 bits. `finish.init` makes up for it.
  std::int32_t column_init = 0;
  double most_sum = 0;  ///< the largest magnitude that comes to be finished
  IntFinish finish;

  /// Works out the words below.
  void pair_up();
  std::vector<std::int32_t> time_words;      ///< of each two frames, twice two signed bytes
  std::vector<std::int32_t> vertical_words;  ///< of each row, its weight twice
  /// Of one channel as `pair_weights` has them; else of each two taps, two signed halves.
  std::vector<std::int32_t> horizontal_words;

  [[nodiscard]] int frames() const noexcept { return static_cast<int>(time.size()); }
  [[nodiscard]] int height() const noexcept { return static_cast<int>(vertical.size()); }
  [[nodiscard]] int reach() const noexcept {
    return (static_cast<int>(horizontal.size()) - 1) * channels;
  }
};

std::size_t half_columns_scratch(const HalfColumnRows& rows) noexcept;
/// Rows of bytes to rows of bytes.
void run_half_column_rows(const HalfColumnRows& rows, const RowBlock& block,
                          std::byte* scratch) noexcept;

}  // namespace convolve
