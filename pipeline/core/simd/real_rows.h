// SPDX-License-Identifier: MIT
/// \file
/// Dense and separable taps with sums in float or double: for float samples, for luma made of RGB,
/// for 16 bits, and for whatever does not fit whole-number arithmetic.
#pragma once

#include <cstddef>
#include <vector>

#include <convolve/filter.h>

#include "core/simd/finish.h"

namespace convolve {

struct RealTap {
  int row = 0;     ///< of the window
  int sample = 0;  ///< samples to the right of the window's left edge
  double weight = 0;
  float single = static_cast<float>(weight);  ///< ready for lanes of float
};

/// How sums are formed.
enum class Precision : std::uint8_t {
  single,        ///< float; products are rounded, so that all instruction sets agree
  single_fused,  ///< float, with fused multiply-add where there is one
  wide,          ///< double; products are rounded
};

struct DenseRealRows {
  SampleType input = SampleType::f32;
  SampleType output = SampleType::f32;
  Precision precision = Precision::single;
  /// Ordered by row. Each row is summed by itself, then the rows: rounding grows with
  /// width + height, not with their product.
  std::vector<RealTap> taps;
  int row_step = 1;  ///< rows from the window of one output row to that of the next
  Finish finish;

  /// The window once more, row by row with its zeros, for several output rows from the same loads.
  /// Empty where that does not serve.
  std::vector<RealTap> grid;
  int grid_width = 0;

  /// To be called once all else is set. \param height, width  of the window, in taps
  void make_grid(int width, int height, int channels);
};

void run_dense_real_rows(const DenseRealRows& rows, const RowBlock& block) noexcept;

struct SeparableRealRows {
  /// Taps that are summed before they join the total: rounding grows with so many and with the
  /// number of such pieces.
  static constexpr int kPiece = 8;

  SampleType input = SampleType::f32;
  SampleType output = SampleType::f32;
  Precision precision = Precision::single;
  std::vector<double> vertical;
  std::vector<double> horizontal;
  int channels = 1;  ///< samples from one horizontal tap to the next
  int row_step = 1;  ///< rows from the window of one output row to that of the next
  Finish finish;
};

std::size_t separable_real_scratch(const SeparableRealRows& rows, int samples) noexcept;
void run_separable_real_rows(const SeparableRealRows& rows, const RowBlock& block,
                             std::byte* scratch) noexcept;

}  // namespace convolve
