// SPDX-License-Identifier: MIT
/// \file
/// Sums of several output rows from groups of interleaved rows. Included once per target.
#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "core/simd/dense_dot.h"
#include "core/simd/highway-inl.h"
#include "core/simd/row_ends.h"

#include "core/simd/dot-inl.h"
#include "core/simd/interleave-inl.h"

#if defined(CONVOLVE_DOT_SUMS_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef CONVOLVE_DOT_SUMS_INL_H_
#undef CONVOLVE_DOT_SUMS_INL_H_
#else
#define CONVOLVE_DOT_SUMS_INL_H_
#endif

#ifndef CONVOLVE_DOT_SUMS_ONCE
#define CONVOLVE_DOT_SUMS_ONCE
namespace convolve {

/// Stages compute whole blocks of so many samples.
inline constexpr int kSampleBlock = 64;
constexpr int round_to_block(int samples) noexcept {
  return (samples + kSampleBlock - 1) / kSampleBlock * kSampleBlock;
}

/// Lanes that a group of `samples` takes in scratch, with what loads and stores may touch beyond.
constexpr std::size_t group_lanes(int samples) noexcept {
  return static_cast<std::size_t>(round_to_block(samples) + kSampleBlock);
}

inline std::size_t group_ring_bytes(const DotWeights& weights, int samples) noexcept {
  return group_lanes(round_to_block(samples)) * weights.groups.size() * sizeof(std::int32_t);
}

}  // namespace convolve
#endif

HWY_BEFORE_NAMESPACE();
namespace convolve {
namespace HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

#if HWY_TARGET != HWY_SCALAR

/// The groups of interleaved rows that the current output rows need; each is made once.
template <typename In>
class GroupRing {
 public:
  static constexpr int kRows = sizeof(In) == 1 ? 4 : 2;

  /// \param reach  samples under the taps of one of `samples` beside its own
  GroupRing(const DotWeights& weights, const RowBlock& block, int samples, int reach, bool centred,
            std::byte* scratch)
      : in_(block.in),
        last_row_((block.rows - 1) * weights.row_step + weights.height - 1),
        seen_(block, 0, samples, reach),
        centred_(centred),
        count_(static_cast<int>(weights.groups.size())),
        stride_(group_lanes(samples + reach)),
        lanes_(reinterpret_cast<std::int32_t*>(scratch)) {}

  /// Makes groups [first, first + number of groups); `first` never falls.
  void fill(int first) {
    first_slot_ = (first_slot_ + first - first_) % count_;
    first_ = first;
    for (; made_ < first + count_; ++made_) {
      const std::byte* rows[kRows];
      for (int i = 0; i < kRows; ++i) {
        const std::byte* const row = in_[std::min(made_ * kRows + i, last_row_)];
        rows[i] = row + seen_.first() * static_cast<int>(sizeof(In));
      }
      std::int32_t* const to = lanes(made_);
      if constexpr (kRows == 4) {
        InterleaveBytes(rows, seen_.count(), to + seen_.before());
      } else {
        InterleaveHalves(rows, seen_.count(), centred_, to + seen_.before());
      }
      seen_.pad(to);
    }
  }

  /// Of one of the groups that `fill` made last.
  [[nodiscard]] HWY_INLINE std::int32_t* lanes(int group) const {
    const int slot = first_slot_ + group - first_;
    return lanes_ + static_cast<std::size_t>(slot < count_ ? slot : slot - count_) * stride_;
  }
  [[nodiscard]] std::byte* end() const {
    return reinterpret_cast<std::byte*>(lanes_ + static_cast<std::size_t>(count_) * stride_);
  }

 private:
  const std::byte* const* in_;
  int last_row_;
  TileColumns seen_;
  bool centred_;
  int count_;
  std::size_t stride_;
  std::int32_t* lanes_;
  int first_ = 0;       // group of the last `fill`
  int first_slot_ = 0;  // where it lies
  int made_ = 0;
};

// 32 registers hold the sums of 4 rows, 16 those of 2. Fewer vectors would spill less with 16, but
// repeat the weights' loads: measured, that is slower.
constexpr int kVectors = 4;
constexpr int kRowsAtOnce =
    (HWY_TARGET == HWY_AVX3 || HWY_TARGET == HWY_AVX3_DL || HWY_ARCH_ARM_A64) ? 4 : 2;

struct Sums {
  VI32 at[kRowsAtOnce][kVectors];
};

// Adds operations [begin, end) to the sums of output rows [kFirst, kLast] of those at once.
template <typename In, int kFirst, int kLast>
HWY_INLINE void AddOperations(Sums& sums, const int* samples, int count, const std::int32_t* words,
                              int stride, const std::int32_t* lanes) {
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
  const std::int32_t* const words = table.data() +
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
  if (last == 0) return AddOperations<In, 0, 0>(sums, samples, count, words, kStride, lanes);
  if (kLast == 3 && last == 2) {
    return AddOperations<In, 0, std::min(2, kLast)>(sums, samples, count, words, kStride, lanes);
  }
  if (kLast == 3 && last == 1)
    return AddOperations<In, 0, 1>(sums, samples, count, words, kStride, lanes);
  if (first <= 0) return AddOperations<In, 0, kLast>(sums, samples, count, words, kStride, lanes);
  if (first == kLast) {
    return AddOperations<In, kLast, kLast>(sums, samples, count, words, kStride, lanes);
  }
  if (first == kLast - 1) {
    return AddOperations<In, kLast - 1, kLast>(sums, samples, count, words, kStride, lanes);
  }
  AddOperations<In, 1, kLast>(sums, samples, count, words, kStride, lanes);
}

/// Begins a part: the first starts at 0 or `init`; the last goes on from 256 times the one before.
HWY_INLINE void StartPart(Sums& sums, int part, int parts, VI32 init) {
  for (auto& row : sums.at) {
    for (VI32& sum : row) {
      if (part > 0) {
        sum = hn::Add(hn::ShiftLeft<8>(sum), init);
      } else {
        sum = parts == 1 ? init : hn::Zero(DI32());
      }
    }
  }
}

#endif  // HWY_SCALAR

}  // namespace HWY_NAMESPACE
}  // namespace convolve
HWY_AFTER_NAMESPACE();

#endif
