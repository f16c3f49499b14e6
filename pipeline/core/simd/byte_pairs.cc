// SPDX-License-Identifier: MIT
#include "core/simd/byte_pairs.h"

#include <algorithm>
#include <cstdlib>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "core/simd/byte_pairs.cc"
#include <hwy/foreach_target.h>
#include "core/simd/dispatch.h"
#include "core/simd/highway-inl.h"

#include "core/simd/dot_sums-inl.h"

HWY_BEFORE_NAMESPACE();
namespace convolve {
namespace HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

#if HWY_TARGET == HWY_SCALAR

bool PrefersBytePairs(const BytePairRows&) { return false; }
void RunBytePairRows(const BytePairRows&, const RowBlock&, std::byte*) {}

#else

using D16 = hn::ScalableTag<std::int16_t>;
using V16 = hn::Vec<D16>;

constexpr int kPairOut = 2;

bool PrefersBytePairs(const BytePairRows& rows) {
  // Four bytes a product beat two, but for the smallest kernels, whose cost is in the stores.
  return !CONVOLVE_BYTE_DOT || rows.height <= 3;
}

// The finish of BytePairRows with its constants in registers.
class PairFinisher {
 public:
  explicit PairFinisher(const BytePairRows& rows)
      : absolute_(rows.absolute),
        scaled_(rows.factor != 0),
        shift_(rows.shift),
        init_(hn::Set(D16(), rows.init)),
        factor_(hn::Set(D16(), rows.factor)),
        add_(hn::Set(D16(), rows.add)) {}

  [[nodiscard]] HWY_INLINE V16 Init() const { return init_; }

  template <int kVectors>
  HWY_INLINE void Store(V16 (&sums)[kVectors], std::uint8_t* to) const {
    const hn::Rebind<std::uint8_t, D16> d8;
    const auto step = static_cast<int>(hn::Lanes(D16()));
    if (absolute_) {
      for (V16& sum : sums) sum = hn::Abs(sum);
    }
    if (scaled_) {
      for (V16& sum : sums) sum = hn::MulFixedPoint15(sum, factor_);
    }
    for (V16& sum : sums) sum = hn::Add(sum, add_);
    if (shift_ > 0) {
      for (V16& sum : sums) sum = hn::ShiftRightSame(sum, shift_);
    }
    for (int v = 0; v < kVectors; ++v) {
      hn::StoreU(hn::DemoteTo(d8, sums[v]), d8, to + v * step);
    }
  }

 private:
  bool absolute_;
  bool scaled_;
  int shift_;
  V16 init_;
  V16 factor_;
  V16 add_;
};

template <int kFirst, int kVectors>
HWY_INLINE void AddPairs(V16 (&sums)[kPairOut][kVectors], const BytePairRows& rows,
                         const BytePairRows::Group& group, const std::int16_t* lanes) {
  const D16 d;
  const auto step = static_cast<int>(hn::Lanes(d));
  for (int i = group.begin; i < group.end; ++i) {
    const std::int16_t* const from = lanes + rows.samples[static_cast<std::size_t>(i)];
    const std::int16_t* const words = rows.words.data() + kPairOut * i;
    V16 pairs[kVectors];
    for (int v = 0; v < kVectors; ++v) pairs[v] = hn::LoadU(d, from + v * step);
    for (int out = kFirst; out < kPairOut; ++out) {
      const V16 weight = hn::Set(d, words[out]);
      for (int v = 0; v < kVectors; ++v) {
        sums[out][v] = hn::Add(sums[out][v], DotBytePairs(pairs[v], weight));
      }
    }
  }
}

// Lane x of `to` holds sample x of 2 rows.
HWY_INLINE void InterleavePair(const std::byte* first, const std::byte* second, int samples,
                               std::int16_t* to) {
  const hn::ScalableTag<std::uint8_t> d;
  const auto step = static_cast<int>(hn::Lanes(d));
  const auto* const row0 = reinterpret_cast<const std::uint8_t*>(first);
  const auto* const row1 = reinterpret_cast<const std::uint8_t*>(second);
  auto* const bytes = reinterpret_cast<std::uint8_t*>(to);
  for (int x = 0; x < samples; x += step) {
    hn::StoreInterleaved2(hn::LoadU(d, row0 + x), hn::LoadU(d, row1 + x), d, bytes + 2 * x);
  }
}

// The groups that two output rows need, each made once.
class PairRing {
 public:
  PairRing(const BytePairRows& rows, const RowBlock& block, int samples, std::byte* scratch)
      : in_(block.in),
        last_row_(block.rows + rows.height - 2),
        samples_(samples),
        count_(static_cast<int>(rows.groups.size())),
        stride_(group_lanes(samples) + 64),
        lanes_(reinterpret_cast<std::int16_t*>(scratch)) {}

  void fill(int first) {
    for (; made_ < first + count_; ++made_) {
      InterleavePair(in_[std::min(2 * made_, last_row_)], in_[std::min(2 * made_ + 1, last_row_)],
                     samples_, lanes(made_));
    }
  }
  [[nodiscard]] HWY_INLINE std::int16_t* lanes(int group) const {
    return lanes_ + static_cast<std::size_t>(group % count_) * stride_;
  }
  [[nodiscard]] std::uint8_t* end() const {
    return reinterpret_cast<std::uint8_t*>(lanes_ + static_cast<std::size_t>(count_) * stride_);
  }

 private:
  const std::byte* const* in_;
  int last_row_;
  int samples_;
  int count_;
  std::size_t stride_;
  std::int16_t* lanes_;
  int made_ = 0;
};

// kVectors vectors of samples, from x on, of two output rows.
template <int kVectors>
HWY_INLINE void RunPairsAt(const BytePairRows& rows, const PairFinisher& finisher,
                           const PairRing& ring, int first_group, int x,
                           std::uint8_t* const (&out)[kPairOut]) {
  V16 sums[kPairOut][kVectors];
  for (auto& row : sums) {
    for (V16& sum : row) sum = finisher.Init();
  }
  for (int k = 0; k < static_cast<int>(rows.groups.size()); ++k) {
    const auto& group = rows.groups[static_cast<std::size_t>(k)];
    const std::int16_t* const from = ring.lanes(first_group + k) + x;
    if (group.first_out == 0) {
      AddPairs<0>(sums, rows, group, from);
    } else {
      AddPairs<1>(sums, rows, group, from);
    }
  }
  HWY_UNROLL(2)
  for (int i = 0; i < kPairOut; ++i) finisher.Store(sums[i], out[i] + x);
}

void RunBytePairRows(const BytePairRows& rows, const RowBlock& block, std::byte* scratch) {
  const auto step = static_cast<int>(hn::Lanes(D16()));
  const PairFinisher finisher(rows);
  const int whole = round_to_block(block.samples);
  PairRing ring(rows, block, whole + rows.reach, scratch);
  for (int y = 0; y < block.rows; y += kPairOut) {
    ring.fill(y / 2);
    std::uint8_t* out[kPairOut];
    for (int i = 0; i < kPairOut; ++i) {
      out[i] = y + i < block.rows ? reinterpret_cast<std::uint8_t*>(block.out[y + i]) : ring.end();
    }
    int x = 0;
    for (; x + 4 * step <= whole; x += 4 * step) {
      RunPairsAt<4>(rows, finisher, ring, y / 2, x, out);
    }
    for (; x < whole; x += 2 * step) RunPairsAt<2>(rows, finisher, ring, y / 2, x, out);
  }
}

#endif

}  // namespace HWY_NAMESPACE
}  // namespace convolve
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace convolve {

HWY_EXPORT(PrefersBytePairs);
HWY_EXPORT(RunBytePairRows);

bool prefers_byte_pairs(const BytePairRows& rows) noexcept {
  return CONVOLVE_DISPATCH(PrefersBytePairs)(rows);
}

std::size_t byte_pair_scratch(const BytePairRows& rows, int samples) noexcept {
  const int whole = round_to_block(samples);
  return (group_lanes(whole + rows.reach) + 64) * rows.groups.size() * sizeof(std::int16_t) +
         static_cast<std::size_t>(whole) + 256;
}

void run_byte_pair_rows(const BytePairRows& rows, const RowBlock& block,
                        std::byte* scratch) noexcept {
  CONVOLVE_DISPATCH(RunBytePairRows)(rows, block, scratch);
}

}  // namespace convolve
#endif
