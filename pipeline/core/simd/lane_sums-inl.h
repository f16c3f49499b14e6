// SPDX-License-Identifier: MIT
/// \file
/// Sums of several output rows from groups of interleaved rows. Included once per target.
#include <algorithm>
#include <cstddef>
#include <cstdint>

#include <convolve/filter.h>

#include "core/simd/highway-inl.h"
#include "core/simd/lane_weights.h"
#include "core/simd/row_ends.h"

#include "core/simd/dot-inl.h"
#include "core/simd/interleave-inl.h"

#if defined(CONVOLVE_LANE_SUMS_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef CONVOLVE_LANE_SUMS_INL_H_
#undef CONVOLVE_LANE_SUMS_INL_H_
#else
#define CONVOLVE_LANE_SUMS_INL_H_
#endif

#ifndef CONVOLVE_LANE_SUMS_ONCE
#define CONVOLVE_LANE_SUMS_ONCE
namespace convolve {

/// Bytes that one group of interleaved rows takes, with what loads and stores may touch beyond.
constexpr std::size_t group_bytes(int samples, std::size_t lane) noexcept {
  return (static_cast<std::size_t>(std::max(samples, kLeastSamples)) + 2 * 64) / 64 * 64 * lane;
}

/// Scratch of `LaneRing`: the groups, and for each operation where its lanes begin.
inline std::size_t lane_ring_bytes(const LaneWeights& weights, int samples) noexcept {
  return group_bytes(std::max(samples, kLeastSamples) + weights.reach, sizeof(std::int32_t)) *
             static_cast<std::size_t>(weights.groups) +
         weights.operations.size() * sizeof(void*);
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
class LaneRing {
  static constexpr int kRows = LaneWeights::kRows;

 public:
  /// \param samples  of each output row
  LaneRing(const LaneWeights& weights, const RowBlock& block, int samples, bool centred,
           std::byte* scratch)
      : weights_(weights),
        in_(block.in),
        last_row_((block.rows - 1) * weights.row_step + weights.height - 1),
        seen_(block, 0, samples, weights.reach),
        centred_(centred),
        stride_(group_bytes(samples + weights.reach, sizeof(std::int32_t)) / sizeof(std::int32_t)),
        lanes_(reinterpret_cast<std::int32_t*>(scratch)),
        from_(reinterpret_cast<const std::int32_t**>(
            lanes_ + static_cast<std::size_t>(weights.groups) * stride_)) {}

  /// Makes the groups that the output rows from `y` on need; `y` never falls.
  void fill(int y) {
    const int first = y * weights_.row_step / kRows;
    made_ = std::max(made_, first);
    for (; made_ < first + weights_.groups; ++made_) {
      const std::byte* rows[kRows];
      for (int i = 0; i < kRows; ++i) {
        const std::byte* const row = in_[std::min(made_ * kRows + i, last_row_)];
        rows[i] = row + seen_.first() * static_cast<int>(sizeof(In));
      }
      std::int32_t* const to = lanes(made_ % weights_.groups);
      if constexpr (sizeof(In) == 1) {
        InterleaveWidened(rows, seen_.count(), to + seen_.before());
      } else {
        InterleaveHalves(rows, seen_.count(), centred_, to + seen_.before());
      }
      seen_.pad(to);
    }
    const int first_slot = first % weights_.groups;
    const std::int32_t** from = from_;
    for (const LaneWeights::Operation& operation : weights_.operations) {
      const int slot = first_slot + operation.group;
      *from++ = lanes(slot < weights_.groups ? slot : slot - weights_.groups) + operation.sample;
    }
  }

  /// Where the lanes of each operation begin.
  [[nodiscard]] const std::int32_t* const* from() const { return from_; }
  [[nodiscard]] std::byte* end() const {
    return reinterpret_cast<std::byte*>(from_ + weights_.operations.size());
  }

 private:
  [[nodiscard]] std::int32_t* lanes(int slot) const {
    return lanes_ + static_cast<std::size_t>(slot) * stride_;
  }

  const LaneWeights& weights_;
  const std::byte* const* in_;
  int last_row_;
  TileColumns seen_;
  bool centred_;
  std::size_t stride_;
  std::int32_t* lanes_;
  const std::int32_t** from_;
  int made_ = 0;
};

// 32 registers hold the sums of 4 rows, 16 those of 2. Fewer vectors would spill less with 16, but
// repeat the weights' loads: measured, that is slower.
constexpr int kLaneVectors = 4;
constexpr int kLaneOut =
    (HWY_TARGET == HWY_AVX3 || HWY_TARGET == HWY_AVX3_DL || HWY_ARCH_ARM_A64) ? 4 : 2;

struct LaneSums {
  VI32 at[kLaneOut][kLaneVectors];
};

/// Operations [begin, end) on the samples from `x` on, for output rows [kFirst, kLast] of those at
/// once, whose words are `words`.
template <int kFirst, int kLast>
HWY_INLINE void AddOperations(LaneSums& sums, const std::int32_t* const* begin,
                              const std::int32_t* const* end, const std::int32_t* words, int x) {
  const DI32 d;
  const auto step = static_cast<int>(hn::Lanes(d));
  for (; begin != end; ++begin, words += LaneWeights::kOut) {
    const std::int32_t* const from = *begin + x;
    // One vector at a time: this order keeps all sums in registers.
    VI32 weights[kLaneOut];
    for (int out = kFirst; out <= kLast; ++out) weights[out] = hn::Set(d, words[out]);
    for (int v = 0; v < kLaneVectors; ++v) {
      const VI32 lanes = hn::LoadU(d, from + v * step);
      for (int out = kFirst; out <= kLast; ++out) {
        sums.at[out][v] = Dot2(sums.at[out][v], lanes, weights[out]);
      }
    }
  }
}

/// Operations of `run` on the samples from `x` on; `base` is the first output row of those at once.
HWY_INLINE void AddRun(LaneSums& sums, const LaneWeights& weights, const LaneWeights::Run& run,
                       const std::int32_t* const* from, int base, int x) {
  const std::int32_t* const words =
      weights.words.data() + static_cast<std::ptrdiff_t>(run.begin) * LaneWeights::kOut + base;
  const std::int32_t* const* const begin = from + run.begin;
  const std::int32_t* const* const end = from + run.end;
  const int first = std::max(run.first_out - base, 0);
  const int last = std::min(run.last_out - base, kLaneOut - 1);
  constexpr int kLast = kLaneOut - 1;
  if (last < 0 || first > kLast) return;
  if (last == 0) return AddOperations<0, 0>(sums, begin, end, words, x);
  if (kLast == 3 && last == 1) return AddOperations<0, 1>(sums, begin, end, words, x);
  if (first == 0) return AddOperations<0, kLast>(sums, begin, end, words, x);
  if (first == kLast) return AddOperations<kLast, kLast>(sums, begin, end, words, x);
  if (first == kLast - 1) return AddOperations<kLast - 1, kLast>(sums, begin, end, words, x);
  AddOperations<1, kLast>(sums, begin, end, words, x);
}

#endif  // HWY_SCALAR

}  // namespace HWY_NAMESPACE
}  // namespace convolve
HWY_AFTER_NAMESPACE();

#endif
