// SPDX-License-Identifier: MIT
/// \file
/// Dense taps with small whole-number weights on 8-bit samples, summed in 16-bit lanes.
///
/// As in dense_dot.h, but two rows of bytes make a group, a lane holds one column of two, and 2
/// output rows come from the same loads. Sums are half as wide and so twice as many a vector.
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
  struct Group {
    int first_out = 0;
    int last_out = 0;
    int begin = 0;
    int end = 0;
  };

  int height = 1;
  int reach = 0;
  std::vector<Group> groups;
  std::vector<int> samples;         ///< of each operation
  std::vector<std::int16_t> words;  ///< for each operation and output row: 2 signed bytes

  /// `out = ((f(sum + init) · factor, rounded, >> 15) + add) >> shift`, clamped; f is the absolute
  /// value or nothing, and a `factor` of 0 is left out.
  std::int16_t init = 0;
  bool absolute = false;
  std::int16_t factor = 0;
  std::int16_t add = 0;
  int shift = 0;

  /// \returns nothing where sums could leave 16 bits, or the finish has no form in them that is
  /// right for every sum. \param taps  of a window of `height` rows
  static std::optional<BytePairRows> make(int height, std::span<const DotTap> taps,
                                          const IntFinish& finish);
};

/// True where the current instruction set runs such rows faster than `DenseDotRows`.
bool prefers_byte_pairs(const BytePairRows& rows) noexcept;

std::size_t byte_pair_scratch(const BytePairRows& rows, int samples) noexcept;
void run_byte_pair_rows(const BytePairRows& rows, const RowBlock& block,
                        std::byte* scratch) noexcept;

}  // namespace convolve
