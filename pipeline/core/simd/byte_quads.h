// SPDX-License-Identifier: MIT
/// \file
/// Dense taps with whole-number weights on 8-bit samples, by dot products of four bytes.
///
/// Bytes are multiplied where they lie: four neighbouring taps are a lane of 32 bits, so that four
/// loads, a sample apart, give all outputs of a vector of samples, and nothing is interleaved:
///
///     samples from x on:      s0 s1 s2 s3 | s4 s5 s6 s7 | ...  times (a b c d): outputs 0, 4, 8
///     ... samples from x + 1 on:  s1 s2 s3 s4 | s5 s6 s7 s8 | ...  the same:        outputs 1, 5,
///     9 ...
///
/// Where channels lie between the samples of two taps, four outputs and all that they need lie
/// within 128 bits, and a shuffle brings it together. 4 output rows come from the same lanes, each
/// with the weights of another row of the window. Weights of more than 8 bits are hi·256 + lo with
/// two signed bytes: 2 output rows, each with a sum for hi and one for lo.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include <convolve/filter.h>

#include "core/simd/int_finish.h"
#include "core/simd/lane_weights.h"

namespace convolve {

struct ByteQuadRows {
  /// Sums that a step makes from the same lanes: of 4 output rows, or of 2 rows' parts.
  static constexpr int kSums = 4;

  struct Operation {
    int row = 0;     ///< from the first of a step on
    int sample = 0;  ///< where its lanes lie
  };

  SampleType output = SampleType::u8;
  int channels = 1;
  int height = 1;    ///< of the window
  int row_step = 1;  ///< rows from the window of one output row to that of the next
  int parts = 1;     ///< 2 where the weights need 16 bits
  [[nodiscard]] int rows_out() const noexcept { return kSums / parts; }
  /// Input rows of a step, at least as many as do not concern all outputs.
  [[nodiscard]] int rows_in() const noexcept {
    const int shared = (rows_out() - 1) * row_step;
    return (height < shared ? shared : height) + shared;
  }
  /// By row: the operations of row `r` are those from `begins[r]` to the next.
  std::vector<Operation> operations;
  std::vector<int> begins;
  std::vector<std::int32_t> words;  ///< kSums of each operation, by output row: 4 signed bytes

  /// Windows of few columns once more, rounded up to a size that has its own loop: by four columns,
  /// row and part.
  std::vector<std::int32_t> window_words;
  int window_height = 0;  ///< 0 where there is no such size

  IntFinish finish;
  double most_sum = 0;  ///< the largest magnitude that comes to be finished

  /// \param taps  of a window of `window_rows` rows
  /// \param step  rows from the window of one output row to that of the next
  /// \returns nothing where the weights do not fit two bytes, or the samples not a shuffle.
  static std::optional<ByteQuadRows> make(SampleType output, int channels, int window_rows,
                                          std::span<const DotTap> taps, const IntFinish& finish,
                                          int step = 1);
};

/// True where the current instruction set multiplies bytes into 32-bit lanes.
bool prefers_byte_quads() noexcept;

std::size_t byte_quad_scratch(const ByteQuadRows& rows, int samples) noexcept;
void run_byte_quad_rows(const ByteQuadRows& rows, const RowBlock& block,
                        std::byte* scratch) noexcept;

}  // namespace convolve
