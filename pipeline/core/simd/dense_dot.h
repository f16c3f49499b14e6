// SPDX-License-Identifier: MIT
/// \file
/// Dense taps with whole-number weights, by dot products of 16-bit halves.
///
/// Two rows a group are interleaved once into 32-bit lanes. Tap `k` of a row is then a plain load
/// `k` lanes on, and the 4 output rows of a step come from the same loads, with the weights shifted
/// by 0 to 3 rows:
///
///     lane x of group 0: row 0, row 1      weights of output row 0: a b | c 0
///     lane x of group 1: row 2, row 3               of output row 1: 0 a | b c
///     lane x of group 2: row 4, row 5      (3 taps) of output row 2:       a b | c 0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include <convolve/filter.h>

#include "core/simd/int_finish.h"
#include "core/simd/lane_weights.h"

namespace convolve {

/// The weights of a set of taps, in the layouts that instruction sets want.
struct DotWeights {
  /// Output rows that a step computes.
  static constexpr int kOut = 4;
  /// Weights that `Dot4` can take: hi·256 + lo with two signed bytes.
  static constexpr std::int32_t kMostByteWeight = 127 * 256 + 127;
  static constexpr std::int32_t kMostHalfWeight = 32767;

  struct Group {
    int first_out = 0;  ///< output rows of a step that this group of rows reaches
    int last_out = 0;
    int begin = 0;  ///< of its operations
    int end = 0;
  };

  /// `type` is u8 or u16. \param height  rows of the window
  /// \param row_step  rows from the window of one output row to that of the next
  DotWeights(SampleType type, int height, std::span<const DotTap> taps, int row_step = 1);

  int rows_in_group = 4;
  int height = 1;
  int row_step = 1;
  std::vector<Group> groups;
  std::vector<int> samples;  ///< of each operation: where its lanes lie
  int byte_parts = 1;        ///< 2 where the weights need 16 bits
  /// For each part, operation and output row: 4 signed bytes. For u8.
  std::vector<std::int32_t> byte_words;
  /// For each operation and output row: 2 words of 2 signed halves (u8), or one (u16).
  std::vector<std::int32_t> half_words;
  std::vector<DotTap> taps;  ///< not zero
};

struct DenseDotRows {
  SampleType input = SampleType::u8;
  SampleType output = SampleType::u8;
  bool centred = false;  ///< u16 samples are taken less 32768; `finish.init` makes up for it
  LaneWeights halves;
  IntFinish finish;

  /// \param row_step  rows from the window of one output row to that of the next
  DenseDotRows(SampleType input, SampleType output, bool centred, int height,
               std::span<const DotTap> taps, const IntFinish& finish, int row_step = 1);
};

std::size_t dense_dot_scratch(const DenseDotRows& rows, int samples) noexcept;
void run_dense_dot_rows(const DenseDotRows& rows, const RowBlock& block,
                        std::byte* scratch) noexcept;

}  // namespace convolve
