// SPDX-License-Identifier: MIT
/// \file
/// Columns of a tile, of which some may lie beyond the plane.
///
/// What is computed of each column alone is computed of those in the plane, and then repeated:
///
///     before:  . . . c d e f g        padded:  e d c c d e f g     (border "reflect")
///                    |
///                    the tile's first sample of `RowBlock::in`
#pragma once

#include <algorithm>

#include <convolve/filter.h>

namespace convolve {

class TileColumns {
 public:
  /// \param first  output sample of a tile of so many `samples`; not all need be the block's
  /// \param reach  samples under the taps of one beside its own
  TileColumns(const RowBlock& block, int first, int samples, int reach) noexcept
      : ends_(block.ends),
        tile_(first),
        before_(std::max(ends_.left - first, 0)),
        end_(first + samples + reach) {
    const int plane_end = ends_.left + ends_.inside;
    if (ends_.right == 0 || end_ <= plane_end) return;
    behind_ = std::min(end_ - plane_end, ends_.right);
    end_ = plane_end;
  }

  /// Columns before those in the plane.
  [[nodiscard]] int before() const noexcept { return before_; }
  /// Those in the plane.
  [[nodiscard]] int count() const noexcept { return end_ - tile_ - before_; }
  /// So many of them, from the first on, hold all that stand for the columns before.
  [[nodiscard]] int repeated_before() const noexcept {
    int most = 0;
    for (int i = tile_; i < tile_ + before_; ++i) {
      most = std::max(most, ends_.from[i] + 1 - tile_ - before_);
    }
    return most;
  }
  /// The sample of `RowBlock::in` that is the first of them.
  [[nodiscard]] int first() const noexcept { return tile_ + before_ - ends_.left; }
  /// The sample of `RowBlock::in` that a column of the tile stands for.
  [[nodiscard]] int sample(int column) const noexcept {
    const int at = tile_ + column;
    if (at < ends_.left) return ends_.from[at] - ends_.left;
    if (behind_ > 0 && at >= end_) return ends_.from[ends_.left + at - end_] - ends_.left;
    return at - ends_.left;
  }

  /// Repeats values of a row that has one of each column of the tile.
  template <typename T>
  void pad_left(T* row) const noexcept {
    for (int i = 0; i < before_; ++i) row[i] = row[ends_.from[tile_ + i] - tile_];
  }
  template <typename T>
  void pad_right(T* row) const noexcept {
    T* const to = row + (end_ - tile_);
    for (int i = 0; i < behind_; ++i) to[i] = row[ends_.from[ends_.left + i] - tile_];
  }
  template <typename T>
  void pad(T* row) const noexcept {
    pad_left(row);
    pad_right(row);
  }

 private:
  RowEnds ends_;
  int tile_;        // its first column, counted from the leftmost tap of the block
  int before_;      // columns before the plane
  int end_;         // of those in the plane, counted as `tile_`
  int behind_ = 0;  // columns behind the plane
};

}  // namespace convolve
