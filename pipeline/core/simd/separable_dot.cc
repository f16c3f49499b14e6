// SPDX-License-Identifier: MIT
#include "core/simd/separable_dot.h"

#include <algorithm>

#include "core/simd/row_ends.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "core/simd/separable_dot.cc"
#include <hwy/foreach_target.h>
#include "core/simd/dispatch.h"
#include "core/simd/highway-inl.h"

#include "core/simd/dot_sums-inl.h"
#include "core/simd/int_finish-inl.h"
#include "core/simd/samples-inl.h"

#ifndef CONVOLVE_SEPARABLE_DOT_ONCE
#define CONVOLVE_SEPARABLE_DOT_ONCE
namespace convolve {

// Column sums of a row, in halves, with what loads and stores may touch beyond.
inline std::size_t column_halves(const SeparableDotRows& rows, int samples) noexcept {
  return 2 * group_lanes(round_to_block(samples) + rows.reach());
}

}  // namespace convolve
#endif

HWY_BEFORE_NAMESPACE();
namespace convolve {
namespace HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

#if HWY_TARGET == HWY_SCALAR

template <typename In, typename Out>
void Run(const SeparableDotRows& rows, const RowBlock& block, std::byte* scratch) {
  auto* const columns = reinterpret_cast<std::int32_t*>(scratch);
  const TileColumns seen(block, 0, block.samples, rows.reach());
  for (int y = 0; y < block.rows; ++y) {
    for (int x = 0; x < block.samples + rows.reach(); ++x) {
      const int at = seen.sample(x);
      auto sum = static_cast<std::uint32_t>(rows.vertical_init);
      for (const DotTap& tap : rows.vertical.taps) {
        const auto* const in =
            reinterpret_cast<const In*>(block.in[y * rows.vertical.row_step + tap.row]);
        const std::int32_t sample = sizeof(In) == 1 ? in[at] : static_cast<std::int16_t>(in[at]);
        sum += static_cast<std::uint32_t>(tap.weight) * static_cast<std::uint32_t>(sample);
      }
      columns[x] = static_cast<std::int16_t>(static_cast<std::int32_t>(sum) >> rows.vertical_shift);
    }
    auto* const out = reinterpret_cast<Out*>(block.out[y]);
    for (int x = 0; x < block.samples; ++x) {
      std::uint32_t sum = 0;
      const std::int32_t* column = columns + x;
      for (const std::int32_t weight : rows.horizontal) {
        sum += static_cast<std::uint32_t>(weight) * static_cast<std::uint32_t>(*column);
        column += rows.channels;
      }
      out[x] = FinishOne<Out>(rows.finish, static_cast<std::int32_t>(sum));
    }
  }
}

#else

// Column sums of kRowsAtOnce output rows, from `base` on.
template <typename In>
HWY_INLINE void SumColumns(const SeparableDotRows& rows, const GroupRing<In>& ring, int first_group,
                           int base, int samples, std::int16_t* columns, std::size_t stride) {
  const DI32 d;
  const hn::Repartition<std::int16_t, DI32> d16;
  const DotWeights& weights = rows.vertical;
  const PairNarrower narrow;
  const int parts = sizeof(In) == 1 && CONVOLVE_BYTE_DOT ? weights.byte_parts : 1;
  const auto step = static_cast<int>(hn::Lanes(d));
  const VI32 init = hn::Set(d, rows.vertical_init);
  for (int x = 0; x < samples; x += kVectors * step) {
    Sums sums;
    for (int part = 0; part < parts; ++part) {
      StartPart(sums, part, parts, init);
      for (int k = 0; k < static_cast<int>(weights.groups.size()); ++k) {
        AddGroup<In>(sums, weights, weights.groups[static_cast<std::size_t>(k)], part, base,
                     ring.lanes(first_group + k) + x);
      }
    }
    HWY_UNROLL(4)
    for (int out = 0; out < kRowsAtOnce; ++out) {
      std::int16_t* const to = columns + static_cast<std::size_t>(base + out) * stride + x;
      HWY_UNROLL(2)
      for (int v = 0; v < kVectors; v += 2) {
        hn::StoreU(narrow(hn::ShiftRightSame(sums.at[out][v], rows.vertical_shift),
                          hn::ShiftRightSame(sums.at[out][v + 1], rows.vertical_shift)),
                   d16, to + v * step);
      }
    }
  }
}

// Takes interleaved column sums apart: channel c goes to `to + c·stride`.
template <int kChannels>
HWY_INLINE void TakeApart(const std::int16_t* from, int pixels, std::int16_t* to,
                          std::size_t stride) {
  const hn::ScalableTag<std::int16_t> d;
  const auto step = static_cast<int>(hn::Lanes(d));
  for (int x = 0; x < pixels; x += step) {
    auto a = hn::Zero(d);
    auto b = a;
    auto c = a;
    auto e = a;
    if constexpr (kChannels == 2) hn::LoadInterleaved2(d, from + 2 * x, a, b);
    if constexpr (kChannels == 3) hn::LoadInterleaved3(d, from + 3 * x, a, b, c);
    if constexpr (kChannels == 4) hn::LoadInterleaved4(d, from + 4 * x, a, b, c, e);
    hn::StoreU(a, d, to + x);
    hn::StoreU(b, d, to + stride + x);
    if constexpr (kChannels > 2) hn::StoreU(c, d, to + 2 * stride + x);
    if constexpr (kChannels > 3) hn::StoreU(e, d, to + 3 * stride + x);
  }
}

// The opposite, for output samples; writes `pixels` rounded up to a vector.
template <int kChannels, typename Out>
HWY_INLINE void PutTogether(const Out* from, std::size_t stride, int pixels, Out* to) {
  const hn::ScalableTag<Out> d;
  const auto step = static_cast<int>(hn::Lanes(d));
  for (int x = 0; x < pixels; x += step) {
    const auto a = hn::LoadU(d, from + x);
    const auto b = hn::LoadU(d, from + stride + x);
    if constexpr (kChannels == 2) hn::StoreInterleaved2(a, b, d, to + 2 * x);
    if constexpr (kChannels == 3) {
      hn::StoreInterleaved3(a, b, hn::LoadU(d, from + 2 * stride + x), d, to + 3 * x);
    }
    if constexpr (kChannels == 4) {
      hn::StoreInterleaved4(a, b, hn::LoadU(d, from + 2 * stride + x),
                            hn::LoadU(d, from + 3 * stride + x), d, to + 4 * x);
    }
  }
}

// Even and odd output samples from kLoads vectors of column sums.
template <int kLoads, typename Out>
HWY_INLINE void SumRowAt(const Finisher<Out>& finisher, const std::vector<std::int32_t>& words,
                         const std::int16_t* from, Out* to) {
  const DI32 d;
  const auto step = 2 * static_cast<int>(hn::Lanes(d));
  VI32 even[kLoads];
  VI32 odd[kLoads];
  for (int v = 0; v < kLoads; ++v) even[v] = odd[v] = finisher.Init();
  const std::int32_t* const end = words.data() + words.size();
  for (const std::int32_t* word = words.data(); word != end; word += 2, from += 2) {
    const VI32 for_even = hn::Set(d, word[0]);
    const VI32 for_odd = hn::Set(d, word[1]);
    for (int v = 0; v < kLoads; ++v) {
      const VI32 pairs = hn::LoadU(d, reinterpret_cast<const std::int32_t*>(from + v * step));
      even[v] = Dot2(even[v], pairs, for_even);
      odd[v] = Dot2(odd[v], pairs, for_odd);
    }
  }
  HWY_UNROLL(4)
  for (int v = 0; v < kLoads; ++v) finisher.StoreInTurn(even[v], odd[v], to + v * step);
}

// Output samples from column sums of one channel. Writes more than `samples` only below a block.
template <typename Out>
HWY_INLINE void SumRow(const Finisher<Out>& finisher, const std::vector<std::int32_t>& words,
                       const std::int16_t* columns, int samples, Out* out) {
  const auto step = 2 * static_cast<int>(hn::Lanes(DI32()));
  int x = 0;
  for (; x + 4 * step <= samples; x += 4 * step) {
    SumRowAt<4>(finisher, words, columns + x, out + x);
  }
  for (; x < samples; x += step) {
    const int at = samples < kSampleBlock ? x : std::min(x, samples - step);
    SumRowAt<1>(finisher, words, columns + at, out + at);
  }
}

// Scratch of the horizontal pass.
template <typename Out>
struct RowScratch {
  std::int16_t* apart;
  std::size_t apart_stride;
  Out* results;
  std::size_t result_stride;
  Out* whole;  // a row of all channels
};

template <int kChannels, typename Out>
HWY_INLINE void SumChannels(const SeparableDotRows& rows, const Finisher<Out>& finisher,
                            const std::int16_t* columns, int samples,
                            const RowScratch<Out>& scratch, Out* out) {
  if constexpr (kChannels == 1) {
    SumRow<Out>(finisher, rows.words, columns, samples, out);
  } else {
    const int pixels = (samples + kChannels - 1) / kChannels;
    const int taps = static_cast<int>(rows.horizontal.size());
    TakeApart<kChannels>(columns, pixels + taps - 1, scratch.apart, scratch.apart_stride);
    for (int c = 0; c < kChannels; ++c) {
      SumRow<Out>(finisher, rows.words,
                  scratch.apart + static_cast<std::size_t>(c) * scratch.apart_stride, pixels,
                  scratch.results + static_cast<std::size_t>(c) * scratch.result_stride);
    }
    PutTogether<kChannels>(scratch.results, scratch.result_stride, pixels, scratch.whole);
    std::copy_n(scratch.whole, samples, out);
  }
}

template <typename In, typename Out>
void Run(const SeparableDotRows& rows, const RowBlock& block, std::byte* scratch) {
  constexpr int kOut = DotWeights::kOut;
  const Finisher<Out> finisher(rows.finish);
  const int samples = block.samples;
  const int wide = round_to_block(samples) + rows.reach();
  GroupRing<In> ring(rows.vertical, block, round_to_block(samples), rows.reach(), false, scratch);
  const std::size_t stride = column_halves(rows, samples);
  auto* const columns = reinterpret_cast<std::int16_t*>(ring.end());
  RowScratch<Out> row_scratch;
  row_scratch.apart = columns + kOut * stride;
  row_scratch.apart_stride = stride;
  row_scratch.results = reinterpret_cast<Out*>(row_scratch.apart + 4 * stride);
  row_scratch.result_stride = stride;
  row_scratch.whole = row_scratch.results + 4 * stride;

  for (int y = 0; y < block.rows; y += kOut) {
    const int first_group = y / GroupRing<In>::kRows * rows.vertical.row_step;
    ring.fill(first_group);
    const int count = std::min(kOut, block.rows - y);
    for (int base = 0; base < count; base += kRowsAtOnce) {
      SumColumns<In>(rows, ring, first_group, base, wide, columns, stride);
    }
    for (int i = 0; i < count; ++i) {
      const std::int16_t* const row = columns + static_cast<std::size_t>(i) * stride;
      auto* const out = reinterpret_cast<Out*>(block.out[y + i]);
      switch (rows.channels) {
        case 1:
          SumChannels<1>(rows, finisher, row, samples, row_scratch, out);
          break;
        case 2:
          SumChannels<2>(rows, finisher, row, samples, row_scratch, out);
          break;
        case 3:
          SumChannels<3>(rows, finisher, row, samples, row_scratch, out);
          break;
        default:
          SumChannels<4>(rows, finisher, row, samples, row_scratch, out);
          break;
      }
    }
  }
}

#endif

void RunSeparableDotRows(const SeparableDotRows& rows, const RowBlock& block, std::byte* scratch) {
  WithIntegerTypes(rows.input, rows.output, [&](auto in, auto out) {
    Run<decltype(in), decltype(out)>(rows, block, scratch);
  });
}

}  // namespace HWY_NAMESPACE
}  // namespace convolve
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace convolve {

HWY_EXPORT(RunSeparableDotRows);

std::size_t separable_dot_scratch(const SeparableDotRows& rows, int samples) noexcept {
  const std::size_t halves = column_halves(rows, samples);
  return group_ring_bytes(rows.vertical, round_to_block(samples) + rows.reach()) +
         (DotWeights::kOut + 4) * halves * sizeof(std::int16_t) + 8 * halves * sizeof(float);
}

void run_separable_dot_rows(const SeparableDotRows& rows, const RowBlock& block,
                            std::byte* scratch) noexcept {
  CONVOLVE_DISPATCH(RunSeparableDotRows)(rows, block, scratch);
}

}  // namespace convolve
#endif
