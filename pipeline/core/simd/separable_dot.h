// SPDX-License-Identifier: MIT
/// \file
/// Separable taps with whole-number weights: down the columns first, then along the rows.
///
/// The column sums are rounded to signed 16 bits, neighbours are paired in 32-bit lanes, and each
/// load then serves two taps of a row:
///
///     lane x: column sum x, column sum x + channels      weights: (h0 h1) (h2 h3) … (hn 0)
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
  std::vector<std::int32_t> words;       ///< the same in pairs, as `pair_weights` makes them
  int channels = 1;                      ///< samples from one tap to the next
  IntFinish finish;

  [[nodiscard]] int reach() const noexcept {
    return (static_cast<int>(horizontal.size()) - 1) * channels;
  }
};

/// Two 16-bit weights a word, the first in the lower half.
std::vector<std::int32_t> pair_weights(const std::vector<std::int32_t>& weights);

std::size_t separable_dot_scratch(const SeparableDotRows& rows, int samples) noexcept;
void run_separable_dot_rows(const SeparableDotRows& rows, const RowBlock& block,
                            std::byte* scratch) noexcept;

}  // namespace convolve
