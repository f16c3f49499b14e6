// SPDX-License-Identifier: MIT
/// \file
/// Transposes planes of 16-bit samples.
#pragma once

#include <cstddef>

namespace convolve {

/// Rows of halves: of each of `channels` one in a line, and lines `stride` bytes apart.
struct HalfRows {
  std::byte* data = nullptr;
  std::ptrdiff_t stride = 0;
  int channels = 1;
  std::ptrdiff_t channel_bytes = 0;  ///< from one row of a line to the next
};

/// Half (x, y) of `from` becomes half (y, x) of `to`, for x in [first, last). Both are read and
/// written in blocks of 8 × 8, from a multiple of 8 on.
void transpose_halves(const HalfRows& from, int rows, int first, int last,
                      const HalfRows& to) noexcept;

}  // namespace convolve
