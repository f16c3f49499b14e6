// SPDX-License-Identifier: MIT
/// \file
/// Transposes planes of interleaved channels.
#pragma once

#include <algorithm>
#include <cstddef>

namespace convolve {

/// Columns [first, last) of `from`, pixels of so many samples, become rows of `to`. In blocks, so
/// that both sides stay in the first cache. Strides are in bytes.
template <typename Sample, int kChannels>
void turn_columns(const std::byte* from, std::ptrdiff_t from_stride, int rows, int first, int last,
                  std::byte* to, std::ptrdiff_t to_stride) noexcept {
  struct Pixel {
    Sample channel[kChannels];
  };
  constexpr int kBlock = 16;
  for (int y0 = 0; y0 < rows; y0 += kBlock) {
    const int y1 = std::min(y0 + kBlock, rows);
    for (int x0 = first; x0 < last; x0 += kBlock) {
      const int x1 = std::min(x0 + kBlock, last);
      for (int x = x0; x < x1; ++x) {
        auto* const row = reinterpret_cast<Pixel*>(to + x * to_stride);
        for (int y = y0; y < y1; ++y) {
          row[y] = reinterpret_cast<const Pixel*>(from + y * from_stride)[x];
        }
      }
    }
  }
}

/// The same for 1 to 4 channels.
template <typename Sample>
void turn_columns(int channels, const std::byte* from, std::ptrdiff_t from_stride, int rows,
                  int first, int last, std::byte* to, std::ptrdiff_t to_stride) noexcept {
  switch (channels) {
    case 1:
      return turn_columns<Sample, 1>(from, from_stride, rows, first, last, to, to_stride);
    case 2:
      return turn_columns<Sample, 2>(from, from_stride, rows, first, last, to, to_stride);
    case 3:
      return turn_columns<Sample, 3>(from, from_stride, rows, first, last, to, to_stride);
    default:
      return turn_columns<Sample, 4>(from, from_stride, rows, first, last, to, to_stride);
  }
}

}  // namespace convolve
