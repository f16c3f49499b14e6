// SPDX-License-Identifier: MIT
#include "core/simd/dense_dot.h"

#include <algorithm>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "core/simd/dense_dot.cc"
#include <hwy/foreach_target.h>
#include "core/simd/highway-inl.h"

#include "core/simd/dot-inl.h"
#include "core/simd/int_finish-inl.h"
#include "core/simd/interleave-inl.h"

#ifndef CONVOLVE_DENSE_DOT_ONCE
#define CONVOLVE_DENSE_DOT_ONCE
namespace convolve {

// Samples are computed in blocks of so many, whatever was asked.
constexpr int kBlock = 64;
constexpr int round_to_block(int samples) noexcept {
  return (samples + kBlock - 1) / kBlock * kBlock;
}

// Lanes of a group of rows in scratch.
inline std::size_t group_lanes(const DotWeights& weights, int samples) noexcept {
  return static_cast<std::size_t>(round_to_block(samples) + round_to_block(weights.reach) + kBlock);
}

}  // namespace convolve
#endif

HWY_BEFORE_NAMESPACE();
namespace convolve {
namespace HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

#if HWY_TARGET == HWY_SCALAR

template <typename In, typename Out>
void Run(const DenseDotRows& rows, const RowBlock& block, std::byte*) {
  for (int y = 0; y < block.rows; ++y) {
    auto* const out = reinterpret_cast<Out*>(block.out[y]);
    for (int x = 0; x < block.samples; ++x) {
      // Samples beyond the format's range may overflow the sum: it wraps, as vectors do.
      std::uint32_t sum = 0;
      for (const DotTap& tap : rows.weights.taps) {
        const auto* const in = reinterpret_cast<const In*>(block.in[y + tap.row]);
        const std::int32_t sample = in[x + tap.sample];
        const std::int32_t half = sizeof(In) == 1 ? sample
                                  : rows.centred  ? sample - 32768
                                                  : static_cast<std::int16_t>(sample);
        sum += static_cast<std::uint32_t>(tap.weight) * static_cast<std::uint32_t>(half);
      }
      out[x] = FinishOne<Out>(rows.finish, static_cast<std::int32_t>(sum));
    }
  }
}

#else

// 32 registers hold the sums of 4 rows, 16 those of 2.
constexpr int kVectors = 4;
constexpr int kRowsAtOnce =
    (HWY_TARGET == HWY_AVX3 || HWY_TARGET == HWY_AVX3_DL || HWY_ARCH_ARM_A64) ? 4 : 2;

struct Sums {
  VI32 at[kRowsAtOnce][kVectors];
};

// Adds operations [begin, end) to the sums of output rows [kFirst, kLast] of those at once.
template <typename In, int kFirst, int kLast>
HWY_INLINE void AddOperations(Sums& sums, const int* samples, int count,
                              const std::int32_t* words, int stride, const std::int32_t* lanes) {
  const DI32 d;
  constexpr int kWords = sizeof(In) == 1 && !CONVOLVE_BYTE_DOT ? 2 : 1;
  const auto step = static_cast<int>(hn::Lanes(d));
  for (int i = 0; i < count; ++i, words += stride) {
    const std::int32_t* const from = lanes + samples[i];
    HWY_ALIGN VI32 raw[kVectors];
    for (int v = 0; v < kVectors; ++v) raw[v] = hn::LoadU(d, from + v * step);
    if constexpr (sizeof(In) == 1) {
      for (int v = 0; v < kVectors; ++v) {
        const Bytes bytes = SplitBytes(raw[v]);
        for (int out = kFirst; out <= kLast; ++out) {
          sums.at[out][v] = Dot4(sums.at[out][v], bytes, words + out * kWords);
        }
      }
    } else {
      for (int out = kFirst; out <= kLast; ++out) {
        const VI32 weight = hn::Set(d, words[out]);
        for (int v = 0; v < kVectors; ++v) {
          sums.at[out][v] = Dot2(sums.at[out][v], raw[v], weight);
        }
      }
    }
  }
}

// One group of rows; `base` is the first output row of those at once.
template <typename In>
HWY_INLINE void AddGroup(Sums& sums, const DotWeights& weights, const DotWeights::Group& group,
                         int part, int base, const std::int32_t* lanes) {
  constexpr bool kBytes = sizeof(In) == 1 && CONVOLVE_BYTE_DOT;
  constexpr int kWords = sizeof(In) == 1 && !CONVOLVE_BYTE_DOT ? 2 : 1;
  constexpr int kStride = DotWeights::kOut * kWords;
  const auto& table = kBytes ? weights.byte_words : weights.half_words;
  const std::int32_t* const words =
      table.data() +
      (static_cast<std::size_t>(part) * weights.samples.size() +
       static_cast<std::size_t>(group.begin)) *
          kStride +
      base * kWords;
  const int* const samples = weights.samples.data() + group.begin;
  const int count = group.end - group.begin;
  const int first = group.first_out - base;
  const int last = std::min(group.last_out - base, kRowsAtOnce - 1);
  if (last < 0 || first >= kRowsAtOnce) return;
  constexpr int kLast = kRowsAtOnce - 1;
  if (kLast == 3 && last == 1) return AddOperations<In, 0, 1>(sums, samples, count, words, kStride, lanes);
  if (first <= 0) return AddOperations<In, 0, kLast>(sums, samples, count, words, kStride, lanes);
  if (first == kLast) {
    return AddOperations<In, kLast, kLast>(sums, samples, count, words, kStride, lanes);
  }
  if (first == kLast - 1) {
    return AddOperations<In, kLast - 1, kLast>(sums, samples, count, words, kStride, lanes);
  }
  AddOperations<In, 1, kLast>(sums, samples, count, words, kStride, lanes);
}

template <typename In, typename Out>
void Run(const DenseDotRows& rows, const RowBlock& block, std::byte* scratch) {
  const DI32 d;
  const DotWeights& weights = rows.weights;
  const Finisher<Out> finisher(rows.finish);
  constexpr int kGroupRows = sizeof(In) == 1 ? 4 : 2;
  constexpr int kOut = DotWeights::kOut;
  const int parts = sizeof(In) == 1 && CONVOLVE_BYTE_DOT ? weights.byte_parts : 1;
  const auto groups = static_cast<int>(weights.groups.size());
  const std::size_t lanes_of_group = group_lanes(weights, block.samples);
  auto* const ring = reinterpret_cast<std::int32_t*>(scratch);
  auto* const spare = reinterpret_cast<std::byte*>(ring + lanes_of_group * weights.groups.size());
  const int samples = round_to_block(block.samples);
  const int last_row = block.rows + weights.height - 2;
  const auto step = static_cast<int>(hn::Lanes(d));
  const auto lanes_at = [&](int group) {
    return ring + static_cast<std::size_t>(group % groups) * lanes_of_group;
  };

  int interleaved = 0;  // groups, from the top of the block
  for (int y = 0; y < block.rows; y += kOut) {
    const int first_group = y / kGroupRows;
    for (; interleaved < first_group + groups; ++interleaved) {
      const std::byte* in[kGroupRows];
      for (int i = 0; i < kGroupRows; ++i) {
        in[i] = block.in[std::min(interleaved * kGroupRows + i, last_row)];
      }
      if constexpr (kGroupRows == 4) {
        InterleaveBytes(in, samples + weights.reach, lanes_at(interleaved));
      } else {
        InterleaveHalves(in, samples + weights.reach, rows.centred, lanes_at(interleaved));
      }
    }
    for (int base = 0; base < kOut && y + base < block.rows; base += kRowsAtOnce) {
      for (int x = 0; x < samples; x += kVectors * step) {
        Sums sums;
        const VI32 init = finisher.Init();
        for (int part = 0; part < parts; ++part) {
          for (auto& row : sums.at) {
            for (VI32& sum : row) {
              sum = part + 1 < parts ? hn::Zero(d) : part > 0 ? hn::Add(hn::ShiftLeft<8>(sum), init) : init;
            }
          }
          for (int k = 0; k < groups; ++k) {
            AddGroup<In>(sums, weights, weights.groups[static_cast<std::size_t>(k)], part, base,
                         lanes_at(first_group + k) + x);
          }
        }
        for (int out = 0; out < kRowsAtOnce; ++out) {
          const int row = y + base + out;
          auto* const to =
              reinterpret_cast<Out*>(row < block.rows ? block.out[row] : spare) + x;
          for (int v = 0; v < kVectors; ++v) finisher.Store(sums.at[out][v], to + v * step);
        }
      }
    }
  }
}

#endif

void RunDenseDotRows(const DenseDotRows& rows, const RowBlock& block, std::byte* scratch) {
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

HWY_EXPORT(RunDenseDotRows);

std::size_t dense_dot_scratch(const DenseDotRows& rows, int samples) noexcept {
  return group_lanes(rows.weights, samples) * rows.weights.groups.size() * sizeof(std::int32_t) +
         static_cast<std::size_t>(round_to_block(samples)) * sizeof(float);
}

void run_dense_dot_rows(const DenseDotRows& rows, const RowBlock& block,
                        std::byte* scratch) noexcept {
  HWY_DYNAMIC_DISPATCH(RunDenseDotRows)(rows, block, scratch);
}

}  // namespace convolve
#endif
