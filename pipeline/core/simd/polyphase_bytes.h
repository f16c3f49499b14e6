// SPDX-License-Identifier: MIT
/// \file
/// Separable phases of 8-bit samples scaled up, in 16-bit lanes.
///
/// Samples are taken about 128 with 7 bits below the code, so that two passes of rounded products
/// with fractions of 2^15 fit 16 bits. Per row of cells: for each vertical phase a row of column
/// sums, from it one row for each horizontal phase, and their pixels in turn into the output row.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include <convolve/filter.h>

#include "core/simd/interleave_phases.h"

namespace convolve {

struct PolyphaseByteRows {
  /// A product: `(weight·sample + 2^14) >> 15`.
  struct Tap {
    int offset = 0;         ///< rows from the window's first, or samples from its left edge
    std::int32_t word = 0;  ///< the weight, in both halves
    [[nodiscard]] std::int16_t weight() const noexcept { return static_cast<std::int16_t>(word); }
  };
  using Phase = std::vector<Tap>;
  /// Taps of two phases on the same sample.
  struct TapPair {
    int offset = 0;
    std::int32_t first = 0;
    std::int32_t second = 0;
  };

  /// Bits of column sums and of results below the code.
  static constexpr int kFraction = 7;

  int channels = 1;
  int height = 1;  ///< rows of the window
  int reach = 0;   ///< samples of the window beside the first pixel's
  std::vector<Phase> down;
  std::vector<Phase> across;
  std::vector<std::int16_t> init;  ///< of each pair of phases, rows first: added to results
  /// The first two of `across`: taps of both on the same samples, and the others of each.
  std::vector<TapPair> shared;
  Phase alone[2];

  PhaseInterleaver interleaver;

  /// To be called when all phases are known: the rest follows from them.
  void prepare();

  [[nodiscard]] int scale() const noexcept { return static_cast<int>(down.size()); }
};

std::size_t polyphase_byte_scratch(const PolyphaseByteRows& rows, int samples) noexcept;
void run_polyphase_byte_rows(const PolyphaseByteRows& rows, const RowBlock& block,
                             std::byte* scratch) noexcept;

}  // namespace convolve
