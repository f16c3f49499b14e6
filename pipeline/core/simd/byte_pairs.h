// SPDX-License-Identifier: MIT
/// \file
/// Dense taps with small whole-number weights on 8-bit samples, summed in 16-bit lanes.
///
/// As in dense_dot.h, but two rows of bytes make a group, a lane holds one column of two, and 2
/// output rows come from the same loads. Sums are half as wide and so twice as many a vector. Where
/// they could leave 16 bits, they are added to sums of 32 bits in time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include <convolve/filter.h>

#include "core/simd/dense_dot.h"

namespace convolve {

struct BytePairRows {
  struct Operation {
    int group = 0;   ///< of two rows, from the first of a step on
    int sample = 0;  ///< where its lanes lie
  };

  int height = 1;    ///< of the window
  int row_step = 1;  ///< rows from the window of one output row to that of the next
  int reach = 0;     ///< largest `sample` of the window, whatever its taps' weights
  int groups = 1;    ///< that a step needs
  std::vector<Operation> operations;
  std::vector<std::int32_t> words;  ///< for each operation and output row: 2 signed bytes, twice
  /// Operations before each end are summed in 16 bits; of one end alone where all fit.
  std::vector<int> ends;

  /// Where all sums fit 16 bits and the finish has a form in them that is right for every sum:
  /// `out = ((f(sum + init) · factor, rounded, >> 15) + add) >> shift`, clamped; f is the absolute
  /// value or nothing, and a `factor` of 0 is left out. Where there is a `high_factor` instead,
  /// `out = (max(f(sum + init) + add, 0) · high_factor >> 16) >> shift`.
  bool narrow = false;
  std::int16_t init = 0;
  bool absolute = false;
  std::int16_t factor = 0;
  std::uint16_t high_factor = 0;
  std::int16_t add = 0;
  int shift = 0;

  IntFinish wide_finish;  ///< where not `narrow`

  /// \returns nothing where that would not be faster than `DenseDotRows`, as sums would have to be
  /// added up too often.
  /// \param taps  of a window of `height` rows
  /// \param step  rows from the window of one output row to that of the next
  static std::optional<BytePairRows> make(int height, std::span<const DotTap> taps,
                                          const IntFinish& finish, int step = 1);
};

/// True where the current instruction set runs such rows faster than `DenseDotRows`.
bool prefers_byte_pairs() noexcept;

std::size_t byte_pair_scratch(const BytePairRows& rows, int samples) noexcept;
void run_byte_pair_rows(const BytePairRows& rows, const RowBlock& block,
                        std::byte* scratch) noexcept;

}  // namespace convolve
