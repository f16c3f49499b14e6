// SPDX-License-Identifier: MIT
/// \file
/// Pixels of several rows, in turn.
#pragma once

#include <array>
#include <cstddef>

namespace convolve {

struct PhaseRows {
  static constexpr int kMost = 8;
  int scale = 2;  ///< rows, 2 to kMost
  int pixel_bytes = 1;
  std::array<const std::byte*, kMost> row{};
};

/// Pixel `scale·j + f` of `to` becomes pixel `j` of row `f`, for j in [0, pixels). Neither reads
/// nor writes anything beyond. `to` is aligned as its samples are.
void interleave_phases(const PhaseRows& phases, int pixels, std::byte* to) noexcept;

}  // namespace convolve
