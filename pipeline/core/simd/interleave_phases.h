// SPDX-License-Identifier: MIT
/// \file
/// Pixels of several rows, in turn.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "core/simd/byte_pick.h"

namespace convolve {

/// Pixel `scale·j + f` of the output is pixel `j` of row `f`.
///
/// Pixels that are a lane each are interleaved as such. 16 bytes of others are a shuffle of 16
/// bytes of each row; after so many of them that pixels begin where vectors do, the shuffles
/// repeat.
class PhaseInterleaver {
 public:
  static constexpr int kMostRows = 8;
  using Rows = std::array<const std::byte*, kMostRows>;

  PhaseInterleaver() = default;
  /// \param scale  rows, 2 to kMostRows
  PhaseInterleaver(int scale, int pixel_bytes);

  [[nodiscard]] int scale() const noexcept { return scale_; }
  [[nodiscard]] int pixel_bytes() const noexcept { return pixel_bytes_; }
  /// True where a pixel of all rows is interleaved as a lane.
  [[nodiscard]] bool has_lanes() const noexcept { return picks_.empty(); }
  /// `scale` for each 16 bytes of a round, out of a row's since the round's beginning.
  [[nodiscard]] const std::vector<BytePick>& picks() const noexcept { return picks_; }
  /// Pixels of each row that a round takes.
  [[nodiscard]] int round_pixels() const noexcept { return round_pixels_; }

  /// Interleaves `pixels` of each row, and reads up to 16 bytes beyond. Writes nothing beyond. `to`
  /// is aligned as its samples are.
  void run(const Rows& rows, int pixels, std::byte* to) const noexcept;

 private:
  int scale_ = 2;
  int pixel_bytes_ = 1;
  int round_pixels_ = 0;
  std::vector<BytePick> picks_;
};

}  // namespace convolve
