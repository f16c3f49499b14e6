// SPDX-License-Identifier: MIT
/// \file
/// Dense taps with double-precision sums: exact wherever the sums are whole numbers, fit for any
/// taps and samples, and the slowest.
#pragma once

#include <cstddef>
#include <span>

#include <convolve/filter.h>

#include "core/simd/finish.h"

namespace convolve {

struct WideTap {
  int row = 0;     ///< of the window
  int sample = 0;  ///< samples to the right of the window's left edge
  double weight = 0;
};

struct WideRows {
  SampleType input = SampleType::u8;
  SampleType output = SampleType::u8;
  std::span<const WideTap> taps;
  Finish finish;
};

void run_wide_rows(const WideRows& rows, const RowBlock& block) noexcept;

}  // namespace convolve
