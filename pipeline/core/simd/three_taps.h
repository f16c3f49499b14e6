// SPDX-License-Identifier: MIT
/// \file
/// Outer products of three taps by three, small whole numbers, on 8-bit samples: at the speed of
/// memory.
///
/// Along the rows first. Bytes are multiplied where they lie, two a lane of 16 bits, which gives
/// even and odd output samples apart and needs no widening:
///
///     samples from x on:      s0 s1 | s2 s3 | ...  times (a b), and from x + 2 on times (c 0)
///     samples from x + 1 on:  s1 s2 | s3 s4 | ...  the same, for the odd ones
///
/// Row sums stay in registers while they are the upper, the middle and the lower row of an output.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

#include <convolve/filter.h>

#include "core/simd/byte_pairs.h"

namespace convolve {

struct ThreeTapRows {
  std::array<std::int16_t, 3> horizontal{};
  std::array<std::int16_t, 3> vertical{};
  int channels = 1;  ///< samples from one tap to the next

  /// As in `BytePairRows`.
  std::int16_t init = 0;
  bool absolute = false;
  std::int16_t factor = 0;
  std::int16_t add = 0;
  int shift = 0;
  bool clamped = true;  ///< false where no sum can leave [0, 255]

  /// \param rows  the same taps, which tells that sums fit and how they are finished
  /// \returns nothing where the factors do not fit.
  static std::optional<ThreeTapRows> make(const BytePairRows& rows,
                                          const std::array<int, 3>& horizontal,
                                          const std::array<int, 3>& vertical, int channels);

  [[nodiscard]] std::uint8_t finished(int sum) const noexcept;
};

void run_three_tap_rows(const ThreeTapRows& rows, const RowBlock& block) noexcept;

}  // namespace convolve
