// SPDX-License-Identifier: MIT
/// \file
/// Fetches the rows that are read next.
///
/// Stages walk down a block some rows at a time. Processors see a new row as a new place and fetch
/// its beginning late, so that stages at the speed of memory wait for every row.
#pragma once

#include <hwy/base.h>
#include <hwy/cache_control.h>

#include <algorithm>
#include <cstddef>

namespace convolve {

/// Fetches the lines of cache of `samples` of a row that is read or written soon: stores wait for
/// theirs one after the other, and loads for the stores before them.
template <typename T>
HWY_INLINE void fetch_row(const T* row, int samples) {
  constexpr int kLine = 64 / static_cast<int>(sizeof(T));
  for (int x = 0; x < samples; x += kLine) hwy::Prefetch(row + x);
}

/// Of steps of `kRows` rows.
template <int kRows>
class RowsAhead {
 public:
  /// \param first  the first row of `in` that is not read yet; \param last  the last that there is
  /// \param frames  whose rows lie in turn: so many times as many rows are fetched, if not more
  ///                than `kMostFrames` times as many
  RowsAhead(const std::byte* const* in, int first, int last, int frames = 1)
      : count_(kRows * std::min(frames, kMostFrames)) {
    for (int i = 0; i < count_; ++i) rows_[i] = in[std::min(first + i, last)];
  }

  /// To be called once for each vector of the rows that are read now.
  HWY_INLINE void fetch(int byte) const {
    HWY_UNROLL(4)
    for (int i = 0; i < kRows; ++i) hwy::Prefetch(rows_[i] + byte);
    for (int i = kRows; i < count_; ++i) hwy::Prefetch(rows_[i] + byte);
  }

 private:
  static constexpr int kMostFrames = 5;

  int count_;
  const std::byte* rows_[kRows * kMostFrames];
};

}  // namespace convolve
