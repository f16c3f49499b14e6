// SPDX-License-Identifier: MIT
#include "core/simd/separable_dot.h"

#include <algorithm>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "core/simd/separable_dot.cc"
#include <hwy/foreach_target.h>
#include "core/simd/highway-inl.h"

#include "core/simd/dot_sums-inl.h"
#include "core/simd/int_finish-inl.h"

#ifndef CONVOLVE_SEPARABLE_DOT_ONCE
#define CONVOLVE_SEPARABLE_DOT_ONCE
namespace convolve {

// Lanes of a row of column sums. The last pair of an odd number of taps reads one tap further.
inline std::size_t column_lanes(const SeparableDotRows& rows, int samples) noexcept {
  return group_lanes(round_to_block(samples) + rows.reach() + 2 * rows.channels);
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
  for (int y = 0; y < block.rows; ++y) {
    for (int x = 0; x < block.samples + rows.reach(); ++x) {
      auto sum = static_cast<std::uint32_t>(rows.vertical_init);
      for (const DotTap& tap : rows.vertical.taps) {
        const auto* const in = reinterpret_cast<const In*>(block.in[y + tap.row]);
        const std::int32_t sample = sizeof(In) == 1 ? in[x] : static_cast<std::int16_t>(in[x]);
        sum += static_cast<std::uint32_t>(tap.weight) * static_cast<std::uint32_t>(sample);
      }
      columns[x] = static_cast<std::int16_t>(static_cast<std::int32_t>(sum) >>
                                             rows.vertical_shift);
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

constexpr int kRowsTogether = 2;  // rows of the horizontal pass at once

// Column sums of kRowsAtOnce output rows, one a lane.
template <typename In>
HWY_INLINE void SumColumns(const SeparableDotRows& rows, const GroupRing<In>& ring,
                           int first_group, int base, int samples, std::int32_t* columns,
                           std::size_t stride) {
  const DI32 d;
  const DotWeights& weights = rows.vertical;
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
    for (int out = 0; out < kRowsAtOnce; ++out) {
      std::int32_t* const to = columns + static_cast<std::size_t>(base + out) * stride + x;
      for (int v = 0; v < kVectors; ++v) {
        hn::StoreU(hn::ShiftRightSame(sums.at[out][v], rows.vertical_shift), d, to + v * step);
      }
    }
  }
}

// Puts each column sum's neighbour, `channels` lanes on, into the upper half of its lane.
HWY_INLINE void PairColumns(std::int32_t* columns, int samples, int channels) {
  const DI32 d;
  const auto step = static_cast<int>(hn::Lanes(d));
  const VI32 low = hn::Set(d, 0xffff);
  for (int x = 0; x < samples; x += step) {
    const VI32 here = hn::LoadU(d, columns + x);
    const VI32 next = hn::LoadU(d, columns + x + channels);
    hn::StoreU(hn::Or(hn::And(here, low), hn::ShiftLeft<16>(next)), d, columns + x);
  }
}

template <typename Out>
HWY_INLINE void SumRows(const Finisher<Out>& finisher, const std::int32_t* words, int pairs,
                        int channels, int samples, const std::int32_t* const (&columns)[2],
                        Out* const (&out)[2]) {
  const DI32 d;
  const auto step = static_cast<int>(hn::Lanes(d));
  for (int x = 0; x < samples; x += kVectors * step) {
    VI32 sums[kRowsTogether][kVectors];
    for (auto& row : sums) {
      for (VI32& sum : row) sum = finisher.Init();
    }
    for (int i = 0; i < pairs; ++i) {
      const VI32 weight = hn::Set(d, words[i]);
      const int at = x + 2 * i * channels;
      for (int r = 0; r < kRowsTogether; ++r) {
        for (int v = 0; v < kVectors; ++v) {
          sums[r][v] = Dot2(sums[r][v], hn::LoadU(d, columns[r] + at + v * step), weight);
        }
      }
    }
    for (int r = 0; r < kRowsTogether; ++r) {
      for (int v = 0; v < kVectors; ++v) finisher.Store(sums[r][v], out[r] + x + v * step);
    }
  }
}

template <typename In, typename Out>
void Run(const SeparableDotRows& rows, const RowBlock& block, std::byte* scratch) {
  constexpr int kOut = DotWeights::kOut;
  const Finisher<Out> finisher(rows.finish);
  const int samples = round_to_block(block.samples);
  const int wide = samples + rows.reach();
  GroupRing<In> ring(rows.vertical, block, wide, false, scratch);
  const std::size_t stride = column_lanes(rows, block.samples);
  auto* const columns = reinterpret_cast<std::int32_t*>(ring.end());
  auto* const spare = reinterpret_cast<Out*>(columns + kOut * stride);
  const int pairs = static_cast<int>(rows.words.size());

  for (int y = 0; y < block.rows; y += kOut) {
    const int first_group = y / GroupRing<In>::kRows;
    ring.fill(first_group);
    const int count = std::min(kOut, block.rows - y);
    for (int base = 0; base < count; base += kRowsAtOnce) {
      SumColumns<In>(rows, ring, first_group, base, wide, columns, stride);
    }
    for (int first = 0; first < count; first += kRowsTogether) {
      const std::int32_t* from[kRowsTogether];
      Out* to[kRowsTogether];
      for (int r = 0; r < kRowsTogether; ++r) {
        std::int32_t* const row = columns + static_cast<std::size_t>(first + r) * stride;
        PairColumns(row, wide, rows.channels);
        from[r] = row;
        to[r] = first + r < count ? reinterpret_cast<Out*>(block.out[y + first + r]) : spare;
      }
      SumRows<Out>(finisher, rows.words.data(), pairs, rows.channels, samples, from, to);
    }
  }
}

#endif

void RunSeparableDotRows(const SeparableDotRows& rows, const RowBlock& block, std::byte* scratch) {
  if (rows.input == SampleType::u8) {
    if (rows.output == SampleType::u8) {
      return Run<std::uint8_t, std::uint8_t>(rows, block, scratch);
    }
    return Run<std::uint8_t, float>(rows, block, scratch);
  }
  if (rows.output == SampleType::u16) {
    return Run<std::uint16_t, std::uint16_t>(rows, block, scratch);
  }
  Run<std::uint16_t, float>(rows, block, scratch);
}

}  // namespace HWY_NAMESPACE
}  // namespace convolve
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace convolve {

HWY_EXPORT(RunSeparableDotRows);

std::size_t separable_dot_scratch(const SeparableDotRows& rows, int samples) noexcept {
  const int padded = round_to_block(samples);
  return group_ring_bytes(rows.vertical, padded + rows.reach()) +
         DotWeights::kOut * column_lanes(rows, samples) * sizeof(std::int32_t) +
         static_cast<std::size_t>(padded) * sizeof(float);
}

void run_separable_dot_rows(const SeparableDotRows& rows, const RowBlock& block,
                            std::byte* scratch) noexcept {
  HWY_DYNAMIC_DISPATCH(RunSeparableDotRows)(rows, block, scratch);
}

}  // namespace convolve
#endif
