// SPDX-License-Identifier: MIT
#include "core/simd/byte_pairs.h"

#include <algorithm>
#include <type_traits>

#include "core/simd/row_ends.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "core/simd/byte_pairs.cc"
#include <hwy/foreach_target.h>
#include "core/simd/dispatch.h"
#include "core/simd/highway-inl.h"

#include "core/simd/int_finish-inl.h"
#include "core/simd/lane_sums-inl.h"

HWY_BEFORE_NAMESPACE();
namespace convolve {
namespace HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

bool PrefersBytePairs() { return HWY_TARGET != HWY_SCALAR && !CONVOLVE_BYTE_DOT; }

#if HWY_TARGET == HWY_SCALAR

void RunBytePairRows(const BytePairRows&, const RowBlock&, std::byte*) {}

#else

using D16 = hn::ScalableTag<std::int16_t>;
using V16 = hn::Vec<D16>;

constexpr int kPairOut = 2;

// The narrow finish of BytePairRows with its constants in registers.
class PairFinisher {
  using DU16 = hn::RebindToUnsigned<D16>;

 public:
  explicit PairFinisher(const BytePairRows& rows)
      : absolute_(rows.absolute),
        scaled_(rows.factor != 0),
        divided_(rows.high_factor != 0),
        shift_(rows.shift),
        init_(hn::Set(D16(), rows.init)),
        factor_(hn::Set(D16(), rows.factor)),
        high_factor_(hn::Set(DU16(), rows.high_factor)),
        add_(hn::Set(D16(), rows.add)) {}

  [[nodiscard]] HWY_INLINE V16 Init() const { return init_; }

  /// Stores an even number of vectors.
  template <int kVectors>
  HWY_INLINE void Store(V16 (&sums)[kVectors], std::uint8_t* to) const {
    const hn::ScalableTag<std::uint8_t> d8;
    if (absolute_) {
      for (V16& sum : sums) sum = hn::Abs(sum);
    }
    if (scaled_) {
      for (V16& sum : sums) sum = hn::MulFixedPoint15(sum, factor_);
    }
    for (V16& sum : sums) sum = hn::Add(sum, add_);
    if (divided_) {
      for (V16& sum : sums) {
        const auto above = hn::BitCast(DU16(), hn::Max(sum, hn::Zero(D16())));
        sum = hn::BitCast(D16(), hn::MulHigh(above, high_factor_));
      }
    }
    if (shift_ > 0) {
      for (V16& sum : sums) sum = hn::ShiftRightSame(sum, shift_);
    }
    for (int v = 0; v < kVectors; v += 2) {
      hn::StoreU(order_(NarrowBytes(sums[v], sums[v + 1])), d8, to);
      to += hn::Lanes(d8);
    }
  }

 private:
  bool absolute_;
  bool scaled_;
  bool divided_;
  int shift_;
  V16 init_;
  V16 factor_;
  hn::Vec<DU16> high_factor_;
  V16 add_;
  VectorsInOrder<2> order_;
};

// The groups that two output rows need, each made once, and where the lanes of operations begin.
class PairRing {
 public:
  PairRing(const BytePairRows& rows, const RowBlock& block, int samples, std::byte* scratch)
      : rows_(rows),
        in_(block.in),
        last_row_((block.rows - 1) * rows.row_step + rows.height - 1),
        seen_(block, 0, samples, rows.reach),
        stride_(group_bytes(samples + rows.reach, 1)),
        lanes_(reinterpret_cast<std::int16_t*>(scratch)),
        from_(reinterpret_cast<const std::int16_t**>(
            lanes_ + static_cast<std::size_t>(rows.groups) * stride_)) {}

  // Makes the groups that output row `y`, an even one, and the next need.
  void fill(int y) {
    const int first = y / kPairOut * rows_.row_step;
    for (; made_ < first + rows_.groups; ++made_) {
      const std::byte* const pair[] = {in_[std::min(2 * made_, last_row_)] + seen_.first(),
                                       in_[std::min(2 * made_ + 1, last_row_)] + seen_.first()};
      std::int16_t* const to = lanes(made_ % rows_.groups);
      InterleavePair(pair, seen_.count(), to + seen_.before());
      seen_.pad(to);
    }
    const int first_slot = first % rows_.groups;
    const std::int16_t** from = from_;
    for (const BytePairRows::Operation& operation : rows_.operations) {
      const int slot = first_slot + operation.group;
      *from++ = lanes(slot < rows_.groups ? slot : slot - rows_.groups) + operation.sample;
    }
  }
  [[nodiscard]] const std::int16_t* const* from() const { return from_; }
  [[nodiscard]] std::uint8_t* end() const {
    return reinterpret_cast<std::uint8_t*>(from_ + rows_.operations.size());
  }

 private:
  [[nodiscard]] std::int16_t* lanes(int slot) const {
    return lanes_ + static_cast<std::size_t>(slot) * stride_;
  }

  const BytePairRows& rows_;
  const std::byte* const* in_;
  int last_row_;
  TileColumns seen_;
  std::size_t stride_;
  std::int16_t* lanes_;
  const std::int16_t** from_;
  int made_ = 0;
};

template <int kVectors>
using PairSums = V16[kPairOut][kVectors];

// Operations [begin, end) on the samples from `x` on.
template <int kVectors>
HWY_INLINE void AddPairs(PairSums<kVectors>& sums, const BytePairRows& rows,
                         const std::int16_t* const* from, int begin, int end, int x) {
  const D16 d;
  const hn::Repartition<std::int32_t, D16> d32;
  const auto step = static_cast<int>(hn::Lanes(d));
  const std::int32_t* words = rows.words.data() + kPairOut * begin;
  for (int i = begin; i < end; ++i, words += kPairOut) {
    const std::int16_t* const lanes = from[i] + x;
    const V16 upper = hn::BitCast(d, hn::Set(d32, words[0]));
    const V16 lower = hn::BitCast(d, hn::Set(d32, words[1]));
    V16 pairs[kVectors];
    for (int v = 0; v < kVectors; ++v) pairs[v] = hn::LoadU(d, lanes + v * step);
    for (int v = 0; v < kVectors; ++v) {
      sums[0][v] = hn::Add(sums[0][v], DotBytePairs(pairs[v], upper));
    }
    for (int v = 0; v < kVectors; ++v) {
      sums[1][v] = hn::Add(sums[1][v], DotBytePairs(pairs[v], lower));
    }
  }
}

// kVectors vectors of samples, from `x` on, of two output rows.
template <int kVectors>
HWY_INLINE void RunNarrow(const BytePairRows& rows, const PairFinisher& finisher,
                          const std::int16_t* const* from, int x,
                          std::uint8_t* const (&out)[kPairOut]) {
  PairSums<kVectors> sums;
  for (auto& row : sums) {
    for (V16& sum : row) sum = finisher.Init();
  }
  AddPairs(sums, rows, from, 0, rows.ends[0], x);
  HWY_UNROLL(2)
  for (int i = 0; i < kPairOut; ++i) finisher.Store(sums[i], out[i] + x);
}

// The same with sums of 32 bits, of even and of odd samples.
template <int kVectors>
HWY_INLINE void RunWide(const BytePairRows& rows, const Finisher<std::uint8_t>& finisher,
                        const std::int16_t* const* from, int x,
                        std::uint8_t* const (&out)[kPairOut]) {
  const DI32 d;
  const VI32 ones = hn::Set(d, 1);
  VI32 even[kPairOut][kVectors];
  VI32 odd[kPairOut][kVectors];
  for (int i = 0; i < kPairOut; ++i) {
    for (int v = 0; v < kVectors; ++v) even[i][v] = odd[i][v] = finisher.Init();
  }
  int begin = 0;
  for (const int end : rows.ends) {
    PairSums<kVectors> sums;
    for (auto& row : sums) {
      for (V16& sum : row) sum = hn::Zero(D16());
    }
    AddPairs(sums, rows, from, begin, end, x);
    for (int i = 0; i < kPairOut; ++i) {
      for (int v = 0; v < kVectors; ++v) {
        const VI32 both = hn::BitCast(d, sums[i][v]);
        even[i][v] = Dot2(even[i][v], both, ones);  // times 1 and 0
        odd[i][v] = hn::Add(odd[i][v], hn::ShiftRight<16>(both));
      }
    }
    begin = end;
  }
  const auto step = static_cast<int>(hn::Lanes(D16()));
  HWY_UNROLL(2)
  for (int i = 0; i < kPairOut; ++i) {
    for (int v = 0; v < kVectors; ++v) {
      finisher.StoreInTurn(even[i][v], odd[i][v], out[i] + x + v * step);
    }
  }
}

// Calls run(pieces, first sample) so that `samples`, at least 64, are covered and no more: with 4
// vectors while there are as many, then with 2, of which the last overlap the ones before.
template <class Run>
HWY_INLINE void CoverRow(int samples, const Run& run) {
  const auto step = static_cast<int>(hn::Lanes(D16()));
  int x = 0;
  for (; x + 4 * step <= samples; x += 4 * step) run(std::integral_constant<int, 4>(), x);
  for (; x < samples; x += 2 * step) {
    run(std::integral_constant<int, 2>(), std::min(x, samples - 2 * step));
  }
}

void RunBytePairRows(const BytePairRows& rows, const RowBlock& block, std::byte* scratch) {
  const PairFinisher narrow(rows);
  const Finisher<std::uint8_t> wide(rows.wide_finish);
  const int samples = std::max(block.samples, kLeastSamples);
  PairRing ring(rows, block, samples, scratch);
  for (int y = 0; y < block.rows; y += kPairOut) {
    ring.fill(y);
    const std::int16_t* const* const from = ring.from();
    std::uint8_t* out[kPairOut];
    for (int i = 0; i < kPairOut; ++i) {
      out[i] = y + i < block.rows ? reinterpret_cast<std::uint8_t*>(block.out[y + i]) : ring.end();
    }
    if (rows.narrow) {
      CoverRow(samples, [&](auto vectors, int x) HWY_ATTR {
        RunNarrow<decltype(vectors)::value>(rows, narrow, from, x, out);
      });
    } else {
      CoverRow(samples, [&](auto vectors, int x) HWY_ATTR {
        RunWide<decltype(vectors)::value>(rows, wide, from, x, out);
      });
    }
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

bool prefers_byte_pairs() noexcept { return CONVOLVE_DISPATCH(PrefersBytePairs)(); }

std::size_t byte_pair_scratch(const BytePairRows& rows, int samples) noexcept {
  const int most = std::max(samples, kLeastSamples);
  return group_bytes(most + rows.reach, sizeof(std::int16_t)) *
             static_cast<std::size_t>(rows.groups) +
         rows.operations.size() * sizeof(void*) + static_cast<std::size_t>(most);
}

void run_byte_pair_rows(const BytePairRows& rows, const RowBlock& block,
                        std::byte* scratch) noexcept {
  CONVOLVE_DISPATCH(RunBytePairRows)(rows, block, scratch);
}

}  // namespace convolve
#endif
