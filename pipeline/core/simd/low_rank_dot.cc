// SPDX-License-Identifier: MIT
#include "core/simd/low_rank_dot.h"

#include <algorithm>

#include "core/simd/pack_weights.h"
#include "core/simd/row_ends.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "core/simd/low_rank_dot.cc"
#include <hwy/foreach_target.h>
#include "core/simd/dispatch.h"
#include "core/simd/highway-inl.h"

#include "core/simd/dot_sums-inl.h"
#include "core/simd/int_finish-inl.h"
#include "core/simd/samples-inl.h"

#ifndef CONVOLVE_LOW_RANK_DOT_ONCE
#define CONVOLVE_LOW_RANK_DOT_ONCE
namespace convolve {

inline std::size_t pair_lanes(const LowRankRows& rows, int samples) noexcept {
  return group_lanes(round_to_block(samples) + rows.reach);
}

}  // namespace convolve
#endif

HWY_BEFORE_NAMESPACE();
namespace convolve {
namespace HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

#if HWY_TARGET == HWY_SCALAR

template <typename In, typename Out>
void Run(const LowRankRows& rows, const RowBlock& block, std::byte* scratch) {
  const std::size_t stride = pair_lanes(rows, block.samples);
  auto* const columns = reinterpret_cast<std::int32_t*>(scratch);
  const TileColumns seen(block, 0, block.samples, rows.reach);
  for (int y = 0; y < block.rows; ++y) {
    for (std::size_t i = 0; i < rows.products.size(); ++i) {
      const LowRankRows::Product& product = rows.products[i];
      for (int x = 0; x < block.samples + rows.reach; ++x) {
        const int at = seen.sample(x);
        auto sum = static_cast<std::uint32_t>(product.init);
        for (const DotTap& tap : product.vertical.taps) {
          const auto* const in = reinterpret_cast<const In*>(block.in[y + tap.row]);
          const std::int32_t sample = sizeof(In) == 1 ? in[at] : static_cast<std::int16_t>(in[at]);
          sum += static_cast<std::uint32_t>(tap.weight) * static_cast<std::uint32_t>(sample);
        }
        columns[i * stride + static_cast<std::size_t>(x)] =
            static_cast<std::int16_t>(static_cast<std::int32_t>(sum) >> product.shift);
      }
    }
    auto* const out = reinterpret_cast<Out*>(block.out[y]);
    for (int x = 0; x < block.samples; ++x) {
      std::uint32_t sum = 0;
      for (std::size_t i = 0; i < rows.products.size(); ++i) {
        const std::int32_t* const column = columns + i * stride + x;
        for (const LowRankRows::PairTap& tap : rows.pairs[i / 2].taps) {
          const auto half = static_cast<std::uint32_t>(tap.word) >> (i % 2 * 16);
          const std::int32_t weight = static_cast<std::int16_t>(half & 0xffffU);
          sum +=
              static_cast<std::uint32_t>(weight) * static_cast<std::uint32_t>(column[tap.sample]);
        }
      }
      out[x] = FinishOne<Out>(rows.finish, static_cast<std::int32_t>(sum));
    }
  }
}

#else

// Vectors of columns at a time: with two products, as many sums as dense taps have.
constexpr int kColumnVectors = kVectors / 2;

struct PairSums {
  VI32 at[2][kRowsAtOnce][kColumnVectors];
};

// Adds all groups of rows to the sums of output rows from `base` on.
template <typename In>
HWY_INLINE void AddGroups(PairSums& sums, const GroupRing<In>& ring, int first_group, int groups,
                          int x, const std::int32_t* words) {
  const DI32 d;
  constexpr int kWords = sizeof(In) == 1 && !CONVOLVE_BYTE_DOT ? 2 : 1;
  const auto step = static_cast<int>(hn::Lanes(d));
  for (int k = 0; k < groups; ++k) {
    const std::int32_t* const lanes = ring.lanes(first_group + k) + x;
    HWY_UNROLL(2)
    for (int v = 0; v < kColumnVectors; ++v) {
      const VI32 raw = hn::LoadU(d, lanes + v * step);
      const std::int32_t* word = words;
      HWY_UNROLL(2)
      for (int product = 0; product < 2; ++product, word += DotWeights::kOut * kWords) {
        HWY_UNROLL(4)
        for (int out = 0; out < kRowsAtOnce; ++out) {
          VI32& sum = sums.at[product][out][v];
          if constexpr (sizeof(In) == 1) {
            sum = Dot4(sum, SplitBytes(raw), word + out * kWords);
          } else {
            sum = Dot2(sum, raw, hn::Set(d, word[out]));
          }
        }
      }
    }
    words += 2 * DotWeights::kOut * kWords;
  }
}

/// The lanes of a pair of products, for kRowsAtOnce output rows from `base` on.
template <typename In>
HWY_INLINE void SumColumns(const LowRankRows& rows, std::size_t pair, const GroupRing<In>& ring,
                           int first_group, int base, int samples, std::int32_t* to,
                           std::size_t stride) {
  const DI32 d;
  constexpr bool kBytes = sizeof(In) == 1 && CONVOLVE_BYTE_DOT;
  constexpr int kWords = sizeof(In) == 1 && !CONVOLVE_BYTE_DOT ? 2 : 1;
  const auto step = static_cast<int>(hn::Lanes(d));
  const LowRankRows::Pair& weights = rows.pairs[pair];
  const LowRankRows::Product& first = rows.products[2 * pair];
  const LowRankRows::Product& second =
      rows.products[std::min(2 * pair + 1, rows.products.size() - 1)];
  const VI32 init[2] = {hn::Set(d, first.init), hn::Set(d, second.init)};
  const VI32 low_half = hn::Set(d, 0xffff);
  const int groups = static_cast<int>(first.vertical.groups.size());
  const int parts = kBytes ? weights.byte_parts : 1;
  const auto& table = kBytes ? weights.byte_words : weights.half_words;
  for (int x = 0; x < samples; x += kColumnVectors * step) {
    PairSums sums;
    const std::int32_t* words = table.data() + base * kWords;
    for (int part = 0; part < parts; ++part, words += groups * 2 * DotWeights::kOut * kWords) {
      HWY_UNROLL(2)
      for (int product = 0; product < 2; ++product) {
        for (auto& row : sums.at[product]) {
          for (VI32& sum : row) {
            sum = part > 0 ? hn::Add(hn::ShiftLeft<8>(sum), init[product])
                           : (parts == 1 ? init[product] : hn::Zero(d));
          }
        }
      }
      AddGroups<In>(sums, ring, first_group, groups, x, words);
    }
    HWY_UNROLL(4)
    for (int out = 0; out < kRowsAtOnce; ++out) {
      std::int32_t* const lanes = to + static_cast<std::size_t>(base + out) * stride + x;
      HWY_UNROLL(2)
      for (int v = 0; v < kColumnVectors; ++v) {
        const VI32 low = hn::ShiftRightSame(sums.at[0][out][v], first.shift);
        const VI32 high = hn::ShiftRightSame(sums.at[1][out][v], second.shift);
        hn::StoreU(hn::Or(hn::And(low, low_half), hn::ShiftLeft<16>(high)), d, lanes + v * step);
      }
    }
  }
}

/// An output row from the lanes of all pairs of products, `pair_stride` lanes apart.
template <typename Out>
HWY_INLINE void SumRows(const LowRankRows& rows, const Finisher<Out>& finisher,
                        const std::int32_t* lanes, std::size_t pair_stride, int samples, Out* out) {
  const DI32 d;
  const auto step = static_cast<int>(hn::Lanes(d));
  const int width = kVectors * step;
  for (int start = 0; start < samples; start += width) {
    const int x = samples >= kSampleBlock ? std::min(start, samples - width) : start;
    VI32 sums[kVectors];
    for (VI32& sum : sums) sum = finisher.Init();
    const std::int32_t* pair = lanes + x;
    for (const LowRankRows::Pair& weights : rows.pairs) {
      for (const LowRankRows::PairTap& tap : weights.taps) {
        const VI32 weight = hn::Set(d, tap.word);
        const std::int32_t* const from = pair + tap.sample;
        for (int v = 0; v < kVectors; ++v) {
          sums[v] = Dot2(sums[v], hn::LoadU(d, from + v * step), weight);
        }
      }
      pair += pair_stride;
    }
    finisher.Store(sums, out + x);
  }
}

template <typename In, typename Out>
void Run(const LowRankRows& rows, const RowBlock& block, std::byte* scratch) {
  constexpr int kOut = DotWeights::kOut;
  const Finisher<Out> finisher(rows.finish);
  const int wide = round_to_block(block.samples) + rows.reach;
  GroupRing<In> ring(rows.products.front().vertical, block, round_to_block(block.samples),
                     rows.reach, false, scratch);
  const std::size_t stride = pair_lanes(rows, block.samples);
  const std::size_t pair_stride = kOut * stride;
  auto* const lanes = reinterpret_cast<std::int32_t*>(ring.end());
  for (int y = 0; y < block.rows; y += kOut) {
    const int first_group = y / GroupRing<In>::kRows;
    ring.fill(first_group);
    const int count = std::min(kOut, block.rows - y);
    for (int base = 0; base < count; base += kRowsAtOnce) {
      for (std::size_t i = 0; i < rows.pairs.size(); ++i) {
        SumColumns<In>(rows, i, ring, first_group, base, wide, lanes + i * pair_stride, stride);
      }
    }
    for (int i = 0; i < count; ++i) {
      SumRows(rows, finisher, lanes + static_cast<std::size_t>(i) * stride, pair_stride,
              block.samples, reinterpret_cast<Out*>(block.out[y + i]));
    }
  }
}

#endif

void RunLowRankRows(const LowRankRows& rows, const RowBlock& block, std::byte* scratch) {
  WithIntegerTypes(rows.input, rows.output, [&](auto in, auto out) {
    Run<decltype(in), decltype(out)>(rows, block, scratch);
  });
}

}  // namespace HWY_NAMESPACE
}  // namespace convolve
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace convolve {

HWY_EXPORT(RunLowRankRows);

void LowRankRows::pair_up(int channels) {
  const std::size_t width = products.front().horizontal.size();
  reach = (static_cast<int>(width) - 1) * channels;
  // The words of a product's only column in a group of rows, or nothing where all are zero.
  const auto copy = [](const DotWeights& weights, const std::vector<std::int32_t>& table,
                       std::size_t first, std::size_t words, std::size_t group,
                       std::vector<std::int32_t>& to) {
    const DotWeights::Group& at = weights.groups[group];
    for (std::size_t i = 0; i < words; ++i) {
      to.push_back(
          at.begin == at.end ? 0 : table[(first + static_cast<std::size_t>(at.begin)) * words + i]);
    }
  };
  const DotWeights none(input, products.front().vertical.height, {});
  for (std::size_t i = 0; i < products.size(); i += 2) {
    const bool both = i + 1 < products.size();
    const DotWeights* const columns[2] = {&products[i].vertical,
                                          both ? &products[i + 1].vertical : &none};
    Pair& pair = pairs.emplace_back();
    pair.byte_parts = std::max(columns[0]->byte_parts, columns[1]->byte_parts);
    const std::size_t groups = columns[0]->groups.size();
    constexpr std::size_t kOut = DotWeights::kOut;
    for (int part = 0; part < pair.byte_parts && input == SampleType::u8; ++part) {
      for (std::size_t k = 0; k < groups; ++k) {
        for (const DotWeights* column : columns) {
          // The high part, which comes first, is zero where there is only a low one.
          const int own = part - (pair.byte_parts - column->byte_parts);
          const DotWeights& weights = own < 0 ? none : *column;
          copy(weights, weights.byte_words,
               static_cast<std::size_t>(std::max(own, 0)) * weights.samples.size(), kOut, k,
               pair.byte_words);
        }
      }
    }
    for (std::size_t k = 0; k < groups; ++k) {
      for (const DotWeights* column : columns) {
        copy(*column, column->half_words, 0, input == SampleType::u8 ? 2 * kOut : kOut, k,
             pair.half_words);
      }
    }
    for (std::size_t k = 0; k < width; ++k) {
      const std::int32_t word =
          pack_halves(products[i].horizontal[k], both ? products[i + 1].horizontal[k] : 0);
      if (word != 0) pair.taps.push_back({static_cast<int>(k) * channels, word});
    }
  }
}

std::size_t low_rank_scratch(const LowRankRows& rows, int samples) noexcept {
  return group_ring_bytes(rows.products.front().vertical, round_to_block(samples) + rows.reach) +
         rows.pairs.size() * DotWeights::kOut * pair_lanes(rows, samples) * sizeof(std::int32_t);
}

void run_low_rank_rows(const LowRankRows& rows, const RowBlock& block,
                       std::byte* scratch) noexcept {
  CONVOLVE_DISPATCH(RunLowRankRows)(rows, block, scratch);
}

}  // namespace convolve
#endif
