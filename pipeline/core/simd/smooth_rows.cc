// SPDX-License-Identifier: MIT
#include "core/simd/smooth_rows.h"

#include <algorithm>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "core/simd/smooth_rows.cc"
#include <hwy/foreach_target.h>
#include "core/simd/dispatch.h"
#include "core/simd/highway-inl.h"
#include "core/simd/row_ends.h"
#include "core/simd/rows_ahead.h"

#include "core/simd/smooth_lanes-inl.h"

#ifndef CONVOLVE_SMOOTH_ROWS_ONCE
#define CONVOLVE_SMOOTH_ROWS_ONCE
namespace convolve {

// Rows of halves that a tile holds: those under the taps of two rows, and the sums of these.
inline int rows_held(const SmoothRows& rows) noexcept { return 2 * rows.above() + 4; }

// Halves of a row in scratch, with what loads and stores may touch beyond its samples.
inline std::size_t smooth_halves(const SmoothRows& rows, int samples) noexcept {
  return smooth_stride(samples + rows.reach() + 2 * kLeastSamples);
}

// Samples of output that are computed at a time: whole blocks of pixels.
inline int samples_at_a_time(const SmoothRows& rows) noexcept {
  return 2 * kLeastSamples * rows.channels;
}

// The most samples of a tile.
inline int widest_tile(const SmoothRows& rows) noexcept {
  const int unit = samples_at_a_time(rows);
  return std::max(smooth_fit(rows, rows_held(rows)) / unit, 1) * unit;
}

// Samples of each tile but the last, so that all are about as wide.
inline int smooth_tile(const SmoothRows& rows, int samples) noexcept {
  const int unit = samples_at_a_time(rows);
  const int widest = widest_tile(rows);
  const int count = (samples + widest - 1) / widest;
  return std::min(((samples + count - 1) / count + unit - 1) / unit * unit, samples);
}

}  // namespace convolve
#endif

HWY_BEFORE_NAMESPACE();
namespace convolve {
namespace HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

// Column sums. Rows are converted once each and kept as long as taps reach them.
template <typename T>
class Columns {
 public:
  /// \param first  output sample of so many `samples`
  Columns(const SmoothRows& rows, const RowBlock& block, int first, int samples, std::size_t stride,
          std::int16_t* scratch)
      : rows_(rows),
        in_(block.in),
        last_row_(block.rows + 2 * rows.above() - 1),
        seen_(block, first, samples, rows.reach()),
        samples_(samples + rows.reach()),
        count_(2 * rows.above() + 2),
        halves_(scratch, count_, stride),
        needed_(count_) {}

  /// Sums of the next two output rows, of which the second may lie beyond the block.
  HWY_INLINE void Sum(std::int16_t* first, std::int16_t* second) {
    for (; made_ < needed_; ++made_) {
      const auto* const in = reinterpret_cast<const T*>(in_[std::min(made_, last_row_)]);
      std::int16_t* const row = halves_.Next();
      LoadHalves(rows_, in + seen_.first(), seen_.count(), row + seen_.before());
      seen_.pad(row);
    }
    const int step = SmoothStep();
    const int above = rows_.above();
    const std::int16_t* const* const middle = halves_.Newest(count_) + above;
    const SmoothRows::Weight* const weights = rows_.vertical.data();
    const RowsAhead<2> ahead(in_, std::min(made_, last_row_), last_row_);
    for (int x = 0; x < samples_; x += 2 * step) {
      // The line of the last: that of the first is the one before, or was seen by the tile before,
      // and the last line of a row would be fetched by nobody.
      ahead.fetch((seen_.first() + x + 2 * step) * static_cast<int>(sizeof(T)) - 1);
      SumAt(middle, above, weights, x, first, second);
    }
    needed_ += 2;
  }

 private:
  using Pair = V16[2];

  // Two vectors of each of both rows. Going outwards, the second row's upper sample is what the
  // first row's was a step before, and the first row's lower sample what the second row's was:
  //
  //     step k:   first: m − k and m + k    second: m + 1 − k and m + 1 + k
  static HWY_INLINE void SumAt(const std::int16_t* const* middle, int above,
                               const SmoothRows::Weight* weights, int x, std::int16_t* first,
                               std::int16_t* second) {
    const D16 d;
    const int step = SmoothStep();
    Pair up;
    Pair down;
    Pair one;
    Pair two;
    const V16 centre = InAllLanes(weights[0]);
    for (int v = 0; v < 2; ++v) {
      up[v] = hn::LoadU(d, middle[0] + x + v * step);
      down[v] = hn::LoadU(d, middle[1] + x + v * step);
      one[v] = hn::MulFixedPoint15(up[v], centre);
      two[v] = hn::MulFixedPoint15(down[v], centre);
    }
    const auto fold = [&](int k, const Pair& from_up, const Pair& from_down, Pair& to_up,
                          Pair& to_down) HWY_ATTR {
      const V16 weight = InAllLanes(weights[k]);
      const std::int16_t* const above_row = middle[-k] + x;
      const std::int16_t* const below_row = middle[k + 1] + x;
      HWY_UNROLL(2)
      for (int v = 0; v < 2; ++v) {
        to_up[v] = hn::LoadU(d, above_row + v * step);
        to_down[v] = hn::LoadU(d, below_row + v * step);
        one[v] = hn::Add(one[v], hn::MulFixedPoint15(hn::Add(from_down[v], to_up[v]), weight));
        two[v] = hn::Add(two[v], hn::MulFixedPoint15(hn::Add(from_up[v], to_down[v]), weight));
      }
    };
    // Two steps a round, so that what one leaves need not be moved for the next.
    Pair further_up;
    Pair further_down;
    int k = 1;
    for (; k < above; k += 2) {
      fold(k, up, down, further_up, further_down);
      fold(k + 1, further_up, further_down, up, down);
    }
    if (k == above) fold(k, up, down, further_up, further_down);
    for (int v = 0; v < 2; ++v) {
      hn::StoreU(one[v], d, first + x + v * step);
      hn::StoreU(two[v], d, second + x + v * step);
    }
  }

  const SmoothRows& rows_;
  const std::byte* const* in_;
  int last_row_;
  TileColumns seen_;
  int samples_;
  int count_;
  RowRing halves_;
  int made_ = 0;
  int needed_;
};

// Samples [first, first + samples) of the output rows.
template <typename T>
void RunTile(const SmoothRows& rows, const RowBlock& block, int first, int samples,
             std::byte* scratch) {
  const std::size_t stride = smooth_halves(rows, samples);
  auto* const sums = reinterpret_cast<std::int16_t*>(scratch);
  Columns<T> columns(rows, block, first, samples, stride, sums + 2 * stride);
  const SmoothCodes<T> codes(rows);
  for (int y = 0; y < block.rows; y += 2) {
    columns.Sum(sums, sums + stride);
    for (int i = 0; i < std::min(2, block.rows - y); ++i) {
      codes.StoreRow(Along(rows, sums + static_cast<std::size_t>(i) * stride), samples,
                     reinterpret_cast<T*>(block.out[y + i]) + first);
    }
  }
}

template <typename T>
void Run(const SmoothRows& rows, const RowBlock& block, std::byte* scratch) {
  const int tile = smooth_tile(rows, block.samples);
  for (int next = 0; next < block.samples; next += tile) {
    // The last tile is not narrower than a block.
    const int first = vector_start(block.samples, next, kLeastSamples);
    RunTile<T>(rows, block, first, std::min(tile, block.samples - first), scratch);
  }
}

void RunSmoothRows(const SmoothRows& rows, const RowBlock& block, std::byte* scratch) {
  if (rows.type == SampleType::u8) return Run<std::uint8_t>(rows, block, scratch);
  Run<std::uint16_t>(rows, block, scratch);
}

}  // namespace HWY_NAMESPACE
}  // namespace convolve
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace convolve {

HWY_EXPORT(RunSmoothRows);

std::size_t smooth_scratch(const SmoothRows& rows, int samples) noexcept {
  return static_cast<std::size_t>(rows_held(rows)) *
         smooth_halves(rows, std::min(widest_tile(rows), samples)) * sizeof(std::int16_t);
}

void run_smooth_rows(const SmoothRows& rows, const RowBlock& block, std::byte* scratch) noexcept {
  CONVOLVE_DISPATCH(RunSmoothRows)(rows, block, scratch);
}

}  // namespace convolve
#endif
