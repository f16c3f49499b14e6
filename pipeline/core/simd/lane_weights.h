// SPDX-License-Identifier: MIT
/// \file
/// Whole-number weights of dense taps, laid out for dot products within lanes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace convolve {

/// A whole-number weight at `row` of the window, `sample` samples right of its left edge.
struct DotTap {
  int row = 0;
  int sample = 0;
  std::int32_t weight = 0;
};

/// Rows are interleaved into lanes, two rows a group. An operation adds, to the sums of the output
/// rows of a step, the products of a group's lanes with two signed halves for each output row.
struct LaneWeights {
  struct Operation {
    int group = 0;
    int sample = 0;  ///< where its lanes lie
  };
  /// Operations that concern the same output rows.
  struct Run {
    int first_out = 0;
    int last_out = 0;
    int begin = 0;
    int end = 0;
  };

  /// Output rows that a step computes.
  static constexpr int kOut = 4;

  static constexpr int kRows = 2;  ///< of a group

  /// \param step  rows from the window of one output row to that of the next
  LaneWeights(int window_height, std::span<const DotTap> all, int step = 1);

  int groups = 1;  ///< that a step needs
  int height = 1;
  int row_step = 1;
  int reach = 0;  ///< largest `sample`, of weights that are zero, too: the window's
  std::vector<Operation> operations;
  std::vector<Run> runs;
  std::vector<std::int32_t> words;  ///< kOut of each operation
  std::vector<DotTap> taps;         ///< not zero
};

}  // namespace convolve
