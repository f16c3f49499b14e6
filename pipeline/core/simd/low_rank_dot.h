// SPDX-License-Identifier: MIT
/// \file
/// Taps that are a sum of a few outer products, with whole-number weights: the columns of each
/// product first, then the rows of all of them at once.
///
/// The column sums of two products are rounded to signed 16 bits and share lanes of 32, so that one
/// dot product a tap takes both along, and needs no shuffle, whatever the distance of the taps:
///
///     lane x: column sum of product 0, of product 1     weights of tap k: (a of 0, a of 1)
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include <convolve/filter.h>

#include "core/simd/dense_dot.h"
#include "core/simd/int_finish.h"

namespace convolve {

struct LowRankRows {
  struct Product {
    DotWeights vertical;  ///< all at sample 0
    /// A column sum is `(Σ weight·sample + init) >> shift`, and must fit 16 bits.
    std::int32_t init = 0;
    int shift = 0;
    std::vector<std::int32_t> horizontal;  ///< 16-bit weights
  };

  /// A tap of two products' rows.
  struct PairTap {
    int sample = 0;         ///< to the right of the window's left edge
    std::int32_t word = 0;  ///< two signed halves
  };
  /// Two products that share lanes.
  struct Pair {
    int byte_parts = 1;
    /// The words of `DotWeights` for each group of rows, product and output row; of bytes for each
    /// part first.
    std::vector<std::int32_t> byte_words;
    std::vector<std::int32_t> half_words;
    std::vector<PairTap> taps;  ///< not zero
  };

  SampleType input = SampleType::u8;
  SampleType output = SampleType::u8;
  std::vector<Product> products;  ///< of one window
  int reach = 0;                  ///< largest `sample`
  IntFinish finish;
  std::vector<Pair> pairs;

  /// Fills in `pairs` and `reach`; an odd number of products gets one of zeros.
  /// \param channels  samples from one tap to the next
  void pair_up(int channels);
};

std::size_t low_rank_scratch(const LowRankRows& rows, int samples) noexcept;
void run_low_rank_rows(const LowRankRows& rows, const RowBlock& block, std::byte* scratch) noexcept;

}  // namespace convolve
