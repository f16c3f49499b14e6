// SPDX-License-Identifier: MIT
/// \file
/// A row as a weighted sum of rows.
#pragma once

#include <cstddef>
#include <span>

#include <convolve/image.h>

namespace convolve {

struct RowSum {
  SampleType input = SampleType::f32;
  SampleType output = SampleType::f32;  ///< integers are rounded to nearest and clamped
  std::span<const std::byte* const> rows;
  std::span<const float> weights;  ///< as many as rows
  float max_code = 255;
  float scale = 1;  ///< of the sum
};

/// Sums samples [first, last) into `to[first]` and on. Reads no sample outside of them; may write
/// up to 64 samples beyond `last`. Products are rounded, so that all instruction sets agree.
void combine_rows(const RowSum& sum, int first, int last, std::byte* to) noexcept;

}  // namespace convolve
