// SPDX-License-Identifier: MIT
#include "core/simd/half_columns.h"

#include <algorithm>

#include "core/simd/pack_weights.h"
#include "core/simd/row_ends.h"
#include "core/simd/separable_dot.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "core/simd/half_columns.cc"
#include <hwy/foreach_target.h>
#include "core/simd/dispatch.h"
#include "core/simd/highway-inl.h"

#include "core/simd/half_columns-inl.h"
#include "core/simd/int_finish-inl.h"
#include "core/simd/quad_finish-inl.h"

#ifndef CONVOLVE_HALF_COLUMNS_ONCE
#define CONVOLVE_HALF_COLUMNS_ONCE
namespace convolve {

// Output samples of a strip: its rows of halves stay in the first cache.
inline int strip_samples(const HalfColumnRows& rows) noexcept {
  return std::max(2048, 4 * rows.reach() / kLeastSamples * kLeastSamples);
}

// Halves of a row of scratch, with what loads and stores may touch beyond.
inline std::size_t strip_stride(const HalfColumnRows& rows) noexcept {
  return static_cast<std::size_t>(strip_samples(rows) + rows.reach() + 4 * kLeastSamples) / 64 * 64;
}

// What a strip computes of each row.
struct RowSpan {
  int from;
  int samples;
  int made;      // sums of columns: whole vectors
  int repeated;  // the first of these, which stand for columns before the plane
  int behind;    // of sums along rows
  TileColumns seen;
};

// The rows' places, aligned.
inline std::size_t ring_bytes(const HalfColumnRows& rows) noexcept {
  return (static_cast<std::size_t>(rows.height()) * sizeof(void*) + 63) / 64 * 64;
}

}  // namespace convolve
#endif

HWY_BEFORE_NAMESPACE();
namespace convolve {
namespace HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

#if HWY_TARGET == HWY_SCALAR

void RunHalfColumnRows(const HalfColumnRows& rows, const RowBlock& block, std::byte*) {
  const TileColumns seen(block, 0, block.samples, rows.reach());
  const auto column = [&](int y, int x) {
    const int sample = seen.sample(x);
    std::int32_t sum = rows.column_init;
    for (int row = 0; row < rows.height(); ++row) {
      std::int32_t over_time = 0;
      for (int t = 0; t < rows.frames(); ++t) {
        const std::byte* const in = block.in[(y + row) * rows.frames() + t];
        over_time += rows.time[static_cast<std::size_t>(t)] * static_cast<std::int32_t>(in[sample]);
      }
      sum += rows.vertical[static_cast<std::size_t>(row)] * over_time;
    }
    return sum;
  };
  for (int y = 0; y < block.rows; ++y) {
    for (int x = 0; x < block.samples; ++x) {
      std::int32_t sum = 0;
      for (int tap = 0; tap * rows.channels <= rows.reach(); ++tap) {
        sum += rows.horizontal[static_cast<std::size_t>(tap)] * column(y, x + tap * rows.channels);
      }
      block.out[y][x] = static_cast<std::byte>(FinishOne<std::uint8_t>(rows.finish, sum));
    }
  }
}

#else

// All passes go along a row together, so that frames are fetched while sums are made. Rows of
// columns are read some vectors behind where they are written: what was just written can only be
// read soon as it was written.
template <class S, class RowSums>
void WalkRow(const ColumnSummer<S>& column_sums, const RowSums& row_sums,
             const std::byte* const* in, std::int16_t* const* ring, std::int16_t* sums,
             const RowSpan& span, std::uint8_t* out) {
  const ColumnSummer<S> columns = column_sums;
  const RowSums rows = row_sums;
  const Places<S::kFrames, const std::byte> frames(in);
  const Places<S::kHeight, std::int16_t> kept(ring);
  std::int16_t* const newest = kept[columns.height() - 1];
  // Everything is counted from the first column in the plane on.
  const int first = span.seen.first();
  const int before = span.seen.before();
  const int end = span.samples - before;
  const int apart = std::min(span.behind, span.made);
  out += before;
  int x = 0;
  for (; x < span.repeated; x += Step()) {
    columns.SumOverTime(frames, first + x, newest + x);
    columns.SumColumns(kept, x, sums);
  }
  span.seen.pad_left(sums - before);
  for (; x < apart; x += Step()) {
    columns.SumOverTime(frames, first + x, newest + x);
    columns.SumColumns(kept, x, sums);
  }
  int y = -before;
  for (; x < span.made; x += Step(), y += Step()) {
    columns.SumOverTime(frames, first + x, newest + x);
    columns.SumColumns(kept, x, sums);
    if (kFetches) hwy::Prefetch(out + y + kAhead);
    rows.SumAt(sums + y, out + y);
  }
  span.seen.pad_right(sums - before);
  for (; y < end; y += Step()) {
    const int at = std::min(y, end - Step());
    rows.SumAt(sums + at, out + at);
  }
}

// One strip of columns down all rows.
template <class S, class Taps, class Finish>
void RunStrip(const HalfColumnRows& rows, const RowBlock& block, const RowSpan& span,
              std::byte* scratch) {
  const ColumnSummer<S> columns(rows);
  const RowSummer<S, Taps, Finish> row_sums(rows);
  const int height = rows.height();
  const std::size_t stride = strip_stride(rows);
  auto** const ring = reinterpret_cast<std::int16_t**>(scratch);
  auto* const halves = reinterpret_cast<std::int16_t*>(scratch + ring_bytes(rows));
  for (int i = 0; i < height; ++i) ring[i] = halves + static_cast<std::size_t>(i + 1) * stride;
  // Sums of columns before the plane lie before those in it, which are aligned.
  std::int16_t* const sums =
      halves + (span.seen.before() + kLeastSamples - 1) / kLeastSamples * kLeastSamples;
  const std::byte* const* in = block.in;
  for (int y = 1 - height; y < block.rows; ++y, in += rows.frames()) {
    std::rotate(ring, ring + 1, ring + height);
    if (y >= 0) {
      WalkRow(columns, row_sums, in, ring, sums, span,
              reinterpret_cast<std::uint8_t*>(block.out[y]) + span.from);
      continue;
    }
    for (int x = 0; x < span.made; x += Step()) {
      columns.SumOverTime(in, span.seen.first() + x, ring[height - 1] + x);
    }
  }
}

template <class S, class Taps, class Finish>
void Run(const HalfColumnRows& rows, const RowBlock& block, std::byte* scratch) {
  const int samples = std::max(block.samples, kLeastSamples);
  const int strip = strip_samples(rows);
  const auto whole_steps = [](int count) { return (count + Step() - 1) / Step() * Step(); };
  for (int next = 0; next < samples; next += strip) {
    const int from = std::min(next, samples - kLeastSamples);  // a narrow last one overlaps
    const int wide = std::min(strip, samples - from);
    const TileColumns seen(block, from, wide, rows.reach());
    const RowSpan span{from,
                       wide,
                       whole_steps(seen.count()),
                       seen.repeated_before(),
                       whole_steps(rows.reach()) + 3 * Step(),
                       seen};
    RunStrip<S, Taps, Finish>(rows, block, span, scratch);
  }
}

// Small cubes have loops of their own.
template <class Taps, class Finish>
void RunShape(const HalfColumnRows& rows, const RowBlock& block, std::byte* scratch) {
  const int steps = static_cast<int>(rows.horizontal_words.size()) / Taps::kWords;
  const auto is = [&](int frames, int height, int taps) {
    return rows.frames() == frames && rows.height() == height && steps == taps;
  };
  if (is(3, 3, 2)) return Run<Shape<3, 3, 2>, Taps, Finish>(rows, block, scratch);
  if (is(5, 5, 3)) return Run<Shape<5, 5, 3>, Taps, Finish>(rows, block, scratch);
  Run<Shape<0, 0, 0>, Taps, Finish>(rows, block, scratch);
}

template <class Taps>
void RunTaps(const HalfColumnRows& rows, const RowBlock& block, std::byte* scratch) {
  using Order = typename Taps::Order;
  using Any = Finisher<std::uint8_t, Order>;
  WithFinish<Any, FactorFinish<Order, false>, FactorFinish<Order, true>, FusedFinish<Order>,
             RealFinish<Order>>(rows.finish, rows.most_sum, [&](auto finish) HWY_ATTR {
    RunShape<Taps, typename decltype(finish)::type>(rows, block, scratch);
  });
}

void RunHalfColumnRows(const HalfColumnRows& rows, const RowBlock& block, std::byte* scratch) {
  rows.channels == 1 ? RunTaps<Neighbours>(rows, block, scratch)
                     : RunTaps<Apart>(rows, block, scratch);
}

#endif

}  // namespace HWY_NAMESPACE
}  // namespace convolve
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace convolve {

HWY_EXPORT(RunHalfColumnRows);

void HalfColumnRows::pair_up() {
  const auto at = [](const std::vector<std::int32_t>& weights, std::size_t i) {
    return i < weights.size() ? weights[i] : 0;
  };
  for (std::size_t t = 0; t < time.size(); t += 2) {
    const std::int32_t next = at(time, t + 1);
    time_words.push_back(pack_bytes({time[t], next, time[t], next}));
  }
  for (const std::int32_t weight : vertical) vertical_words.push_back(pack_halves(weight, weight));
  if (channels == 1) {
    horizontal_words = pair_weights(horizontal);
    return;
  }
  for (std::size_t x = 0; x < horizontal.size(); x += 2) {
    horizontal_words.push_back(pack_halves(horizontal[x], at(horizontal, x + 1)));
  }
}

std::size_t half_columns_scratch(const HalfColumnRows& rows) noexcept {
  const auto height = static_cast<std::size_t>(rows.height());
  return ring_bytes(rows) + (height + 1) * strip_stride(rows) * sizeof(std::int16_t);
}

void run_half_column_rows(const HalfColumnRows& rows, const RowBlock& block,
                          std::byte* scratch) noexcept {
  CONVOLVE_DISPATCH(RunHalfColumnRows)(rows, block, scratch);
}

}  // namespace convolve
#endif
