// SPDX-License-Identifier: MIT
/// \file
/// Symmetric blurs of two axes, all in 16-bit lanes.
///
/// Samples at the same distance from the middle have the same tap, so they are added first, which
/// halves the products; a product keeps the upper half of 32 bits, rounded:
///
///     sum = Σ weight[k] · (sample[−k] + sample[k]) / 2^15
///
/// Lanes of 16 bits are twice as many as lanes of 32, and interleaved channels need no taking
/// apart. The price is the products' rounding, which is more than general taps may cost.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include <convolve/filter.h>

namespace convolve {

struct SmoothRows {
  static constexpr int kByteShift = 7;  ///< bytes have no other

  SampleType type = SampleType::u8;
  int channels = 1;  ///< samples from one tap to the next
  /// A weight in all lanes of a block of 128 bits, as which every instruction set loads it at once.
  struct alignas(16) Weight {
    std::array<std::int16_t, 8> lanes;
  };
  /// From the middle outwards.
  std::vector<Weight> vertical;
  std::vector<Weight> horizontal;
  /// Samples are taken as `(code − centre) << shift`, and codes are `centre + sum · scale / 2^15`.
  int centre = 128;
  int shift = kByteShift;
  int scale = 0;
  int max_code = 255;

  static constexpr int kMostRadius = 40;
  static constexpr int kMostHeld = 96;  ///< rows that are held at a time
  [[nodiscard]] int above() const noexcept { return static_cast<int>(vertical.size()) - 1; }
  [[nodiscard]] int left() const noexcept { return static_cast<int>(horizontal.size()) - 1; }
  [[nodiscard]] int reach() const noexcept { return 2 * left() * channels; }
};

std::size_t smooth_scratch(const SmoothRows& rows, int samples) noexcept;
void run_smooth_rows(const SmoothRows& rows, const RowBlock& block, std::byte* scratch) noexcept;

}  // namespace convolve
