// SPDX-License-Identifier: MIT
/// \file
/// Separable taps with whole-number weights: down the columns first, then along the rows.
///
/// The column sums are rounded to signed 16 bits and lie side by side, so that a lane of 32 bits
/// holds two neighbours. Even and odd output samples come from the same loads, with the weights
/// shifted by one:
///
///     lane: sums 0 1 | 2 3 | 4 5     weights of even samples: (a b) (c 0)
///                                              odd samples:   (0 a) (b c)
///
/// Interleaved channels are taken apart between the two passes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include <convolve/filter.h>

#include "core/simd/dense_dot.h"
#include "core/simd/int_finish.h"

namespace convolve {

struct SeparableDotRows {
  SampleType input = SampleType::u8;
  SampleType output = SampleType::u8;
  DotWeights vertical;  ///< all at sample 0
  /// A column sum is `(Σ weight·sample + init) >> shift`, and must fit 16 bits.
  std::int32_t vertical_init = 0;
  int vertical_shift = 0;
  std::vector<std::int32_t> horizontal;  ///< 16-bit weights
  /// The same in words of two halves: for each lane that of even samples, then that of odd ones.
  std::vector<std::int32_t> words;
  int channels = 1;  ///< samples from one tap to the next
  IntFinish finish;

  [[nodiscard]] int reach() const noexcept {
    return (static_cast<int>(horizontal.size()) - 1) * channels;
  }
};

/// `SeparableDotRows::words`
std::vector<std::int32_t> pair_weights(const std::vector<std::int32_t>& weights);

std::size_t separable_dot_scratch(const SeparableDotRows& rows, int samples) noexcept;
void run_separable_dot_rows(const SeparableDotRows& rows, const RowBlock& block,
                            std::byte* scratch) noexcept;

}  // namespace convolve
