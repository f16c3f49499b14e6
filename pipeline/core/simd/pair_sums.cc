// SPDX-License-Identifier: MIT
#include "core/simd/pair_sums.h"

#include <algorithm>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "core/simd/pair_sums.cc"
#include <hwy/foreach_target.h>
#include "core/simd/dispatch.h"
#include "core/simd/highway-inl.h"

#include "core/simd/dot-inl.h"
#include "core/simd/narrow-inl.h"
#include "core/simd/place.h"

HWY_BEFORE_NAMESPACE();
namespace convolve {
namespace HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

#if HWY_TARGET == HWY_SCALAR

template <typename T>
void Interleave(const HalfSamples& samples, int spare_bits, const T* first, const T* second,
                int count, std::int32_t* lanes) {
  const auto half = [&](T sample) {
    const auto whole = static_cast<std::int16_t>((sample << samples.shift) ^ samples.flip());
    if (spare_bits == 0) return static_cast<std::uint32_t>(whole) & 0xffff;
    const int rounded = std::min(whole + (1 << (spare_bits - 1)), 32767) >> spare_bits;
    return static_cast<std::uint32_t>(rounded) & 0xffff;
  };
  for (int x = 0; x < count; ++x) {
    lanes[x] = static_cast<std::int32_t>(half(first[x]) | (half(second[x]) << 16));
  }
}

template <typename T>
void SumLine(const PairSums& sums, int line, const std::int32_t* lanes, std::size_t stride,
             int count, const HalfSamples& samples, T* to) {
  const auto begin = static_cast<std::size_t>(sums.begin[static_cast<std::size_t>(line)]);
  const auto end = static_cast<std::size_t>(sums.begin[static_cast<std::size_t>(line) + 1]);
  const int shift = HalfSamples::kWeightBits + samples.shift;
  const auto low = [](std::int32_t lane) { return static_cast<std::int16_t>(lane & 0xffff); };
  for (int x = 0; x < count; ++x) {
    std::int32_t sum = 1 << (shift - 1);
    for (std::size_t j = begin; j < end; ++j) {
      const std::int32_t lane =
          lanes[static_cast<std::size_t>(sums.slot[j]) * stride + static_cast<std::size_t>(x)];
      sum += low(lane) * low(sums.word[j]) + (lane >> 16) * (sums.word[j] >> 16);
    }
    to[x] = static_cast<T>((sum >> shift) + samples.centre);
  }
}

template <typename T>
void Sum(const PairSums& sums, int first, int last, const std::int32_t* lanes, std::size_t stride,
         int count, const HalfSamples& samples, std::byte* to, std::ptrdiff_t to_stride) {
  for (int line = first; line < last; ++line, to += to_stride) {
    SumLine(sums, line, lanes, stride, count, samples, reinterpret_cast<T*>(to));
  }
}

#else

using D16 = hn::ScalableTag<std::int16_t>;

// Where units of 32 bits lie so that each block has 8 columns of either half of the vector.
auto BytePairOrder() {
  const hn::ScalableTag<std::int32_t> d;
  constexpr std::size_t kUnits = hn::MaxLanes(decltype(d)());
  HWY_ALIGN std::int32_t order[kUnits];
  for (std::size_t i = 0; i < kUnits; ++i) {
    order[i] = static_cast<std::int32_t>(i / 4 * 2 + i % 2 + (i % 4 < 2 ? 0 : kUnits / 2));
  }
  return hn::SetTableIndices(d, order);
}

// Interleaving goes by blocks of 128 bits, as narrowing does: of two vectors of lanes, the first
// has the first half of each block of 8 columns. Bytes fill four such vectors, and are put in order
// beforehand. They have no bits where halves have `kSpareBits`.
template <int kSpareBits>
class BytePairs {
  using D = hn::ScalableTag<std::uint8_t>;
  using D16 = hn::ScalableTag<std::int16_t>;
  using D32 = hn::ScalableTag<std::int32_t>;

 public:
  static constexpr std::size_t kStep = hn::MaxLanes(D());

  explicit BytePairs(const HalfSamples& samples)
      : flip_(hn::Set(D(), static_cast<std::uint8_t>(samples.flip() >> HalfSamples::kByteShift))) {}

  HWY_INLINE void operator()(const std::uint8_t* first, const std::uint8_t* second,
                             std::int32_t* lanes) const {
    const D d;
    const auto a = Load(first);
    const auto b = Load(second);
    const auto lower = hn::InterleaveLower(d, a, b);
    const auto upper = hn::InterleaveUpper(d, a, b);
    const auto zero = hn::Zero(d);  // the lower byte of each half
    Store(hn::InterleaveLower(d, zero, lower), 0, lanes);
    Store(hn::InterleaveUpper(d, zero, lower), 1, lanes);
    Store(hn::InterleaveLower(d, zero, upper), 2, lanes);
    Store(hn::InterleaveUpper(d, zero, upper), 3, lanes);
  }

 private:
  HWY_INLINE hn::Vec<D> Load(const std::uint8_t* from) const {
    const D d;
    const auto bytes = hn::Xor(hn::LoadU(d, from), flip_);
    if constexpr (kStep == 16) return bytes;
    return hn::BitCast(d, hn::TableLookupLanes(hn::BitCast(D32(), bytes), order_));
  }
  HWY_INLINE static void Store(hn::Vec<D> halves, std::size_t vector, std::int32_t* lanes) {
    const D32 d;
    if constexpr (kSpareBits > 0) {
      halves = hn::BitCast(D(), hn::ShiftRight<kSpareBits>(hn::BitCast(D16(), halves)));
    }
    hn::StoreU(hn::BitCast(d, halves), d, lanes + vector * hn::MaxLanes(d));
  }

  hn::Vec<D> flip_;
  decltype(BytePairOrder()) order_ = BytePairOrder();
};

/// The same for codes of more bits, or with `kHalves` for halves themselves.
template <int kSpareBits, bool kHalves>
class WidePairs {
  using D = hn::ScalableTag<std::uint16_t>;
  using D16 = hn::ScalableTag<std::int16_t>;

 public:
  static constexpr std::size_t kStep = hn::MaxLanes(D());

  explicit WidePairs(const HalfSamples& samples)
      : shift_(samples.shift), flip_(hn::Set(D(), static_cast<std::uint16_t>(samples.flip()))) {}

  HWY_INLINE void operator()(const std::uint16_t* first, const std::uint16_t* second,
                             std::int32_t* lanes) const {
    const D d;
    const auto a = Load(first);
    const auto b = Load(second);
    auto* const halves = reinterpret_cast<std::uint16_t*>(lanes);
    hn::StoreU(hn::InterleaveLower(d, a, b), d, halves);
    hn::StoreU(hn::InterleaveUpper(d, a, b), d, halves + kStep);
  }

 private:
  HWY_INLINE hn::Vec<D> Load(const std::uint16_t* from) const {
    auto halves = hn::LoadU(D(), from);
    if constexpr (!kHalves) halves = hn::Xor(hn::ShiftLeftSame(halves, shift_), flip_);
    if constexpr (kSpareBits > 0) {
      const auto half = hn::Set(D16(), 1 << (kSpareBits - 1));
      const auto raised = hn::SaturatedAdd(hn::BitCast(D16(), halves), half);
      halves = hn::BitCast(D(), hn::ShiftRight<kSpareBits>(raised));
    }
    return halves;
  }

  int shift_;
  hn::Vec<D> flip_;
};

template <class Pairs, typename T>
void InterleaveAll(const HalfSamples& samples, const T* first, const T* second, int count,
                   std::int32_t* lanes) {
  constexpr auto kStep = static_cast<int>(Pairs::kStep);
  const Pairs pairs(samples);
  int x = 0;
  for (; x + kStep <= count; x += kStep) pairs(first + x, second + x, lanes + x);
  if (x == count) return;
  T ends[2][kStep] = {};
  std::copy(first + x, first + count, ends[0]);
  std::copy(second + x, second + count, ends[1]);
  pairs(ends[0], ends[1], lanes + x);
}

template <int kSpareBits, typename T>
void InterleaveWith(const HalfSamples& samples, const T* first, const T* second, int count,
                    std::int32_t* lanes) {
  if constexpr (sizeof(T) == 1) {
    InterleaveAll<BytePairs<kSpareBits>>(samples, first, second, count, lanes);
  } else if (samples.shift == 0) {
    InterleaveAll<WidePairs<kSpareBits, true>>(samples, first, second, count, lanes);
  } else {
    InterleaveAll<WidePairs<kSpareBits, false>>(samples, first, second, count, lanes);
  }
}

template <typename T>
void Interleave(const HalfSamples& samples, int spare_bits, const T* first, const T* second,
                int count, std::int32_t* lanes) {
  if (spare_bits == 0) return InterleaveWith<0>(samples, first, second, count, lanes);
  InterleaveWith<PairSums::kSpareBits>(samples, first, second, count, lanes);
}

// Four sums to samples, two vectors at a time to halves.
template <int kShift>
class SumFinish {
  using D = hn::ScalableTag<std::int16_t>;

 public:
  explicit SumFinish(const HalfSamples& samples)
      : shift_(HalfSamples::kWeightBits + samples.shift),
        centre_(hn::Set(D(), static_cast<std::int16_t>(samples.centre))) {}

  [[nodiscard]] HWY_INLINE VI32 Start() const { return hn::Set(DI32(), 1 << (shift_ - 1)); }
  HWY_INLINE void Store(const VI32* sums, std::uint8_t* to) const {
    hn::StoreU(in_order_(NarrowBytes(Codes(sums), Codes(sums + 2))),
               hn::ScalableTag<std::uint8_t>(), to);
  }
  HWY_INLINE void Store(const VI32* sums, std::uint16_t* to) const {
    const hn::ScalableTag<std::uint16_t> d;
    hn::StoreU(hn::BitCast(d, Codes(sums)), d, to);
    hn::StoreU(hn::BitCast(d, Codes(sums + 2)), d, to + hn::Lanes(d));
  }

 private:
  [[nodiscard]] HWY_INLINE VI32 Shift(VI32 sum) const {
    if constexpr (kShift > 0) return hn::ShiftRight<kShift>(sum);
    return hn::ShiftRightSame(sum, shift_);
  }
  [[nodiscard]] HWY_INLINE hn::Vec<D> Codes(const VI32* sums) const {
    return hn::Add(NarrowHalves(Shift(sums[0]), Shift(sums[1])), centre_);
  }

  int shift_;
  hn::Vec<D> centre_;
  VectorsInOrder<2> in_order_;
};

// Not inlined: within loops over lines and columns, compilers spend more on addresses than on sums.
// `kShift` is that of sums, where it is known; else 0.
template <int kVectors, int kShift, typename T>
HWY_NOINLINE void SumAt(const int* slots, const std::int32_t* words, std::size_t count,
                        const std::int32_t* lanes, std::size_t stride,
                        const SumFinish<kShift>& finish, T* to) {
  const DI32 d;
  const auto step = static_cast<int>(hn::Lanes(d));
  VI32 sum[kVectors];
  HWY_UNROLL(8)
  for (int v = 0; v < kVectors; ++v) sum[v] = finish.Start();
  for (std::size_t j = 0; j < count; ++j) {
    const auto slot = static_cast<std::size_t>(slots[j]);
    const std::int32_t* const from = place(lanes, static_cast<std::ptrdiff_t>(slot * stride));
    const VI32 weights = hn::Set(d, words[j]);
    HWY_UNROLL(8)
    for (int v = 0; v < kVectors; ++v) {
      sum[v] = Dot2(sum[v], weights, hn::LoadU(d, from + v * step));
    }
  }
  HWY_UNROLL(2)
  for (int v = 0; v < kVectors; v += 4) finish.Store(sum + v, to + v * step);
}

template <typename T, int kShift>
void SumAll(const PairSums& sums, int first, int last, const std::int32_t* lanes,
            std::size_t stride, int count, const HalfSamples& samples, std::byte* to,
            std::ptrdiff_t to_stride) {
  constexpr int kVectors = 8;
  const auto step = static_cast<int>(hn::Lanes(DI32()));
  const SumFinish<kShift> finish(samples);
  for (int line = first; line < last; ++line, to += to_stride) {
    const auto begin = static_cast<std::size_t>(sums.begin[static_cast<std::size_t>(line)]);
    const auto pairs =
        static_cast<std::size_t>(sums.begin[static_cast<std::size_t>(line) + 1]) - begin;
    const int* const slots = sums.slot.data() + begin;
    const std::int32_t* const words = sums.word.data() + begin;
    auto* const out = reinterpret_cast<T*>(to);
    int x = 0;
    for (; count - x > kVectors / 2 * step; x += kVectors * step) {
      SumAt<kVectors>(slots, words, pairs, lanes + x, stride, finish, out + x);
    }
    if (x < count) SumAt<kVectors / 2>(slots, words, pairs, lanes + x, stride, finish, out + x);
  }
}

template <typename T>
void Sum(const PairSums& sums, int first, int last, const std::int32_t* lanes, std::size_t stride,
         int count, const HalfSamples& samples, std::byte* to, std::ptrdiff_t to_stride) {
  constexpr int kHalves = HalfSamples::kWeightBits;
  if constexpr (sizeof(T) == 1) {
    constexpr int kShift = kHalves + HalfSamples::kByteShift;
    SumAll<T, kShift>(sums, first, last, lanes, stride, count, samples, to, to_stride);
  } else if (samples.shift == 0) {
    SumAll<T, kHalves>(sums, first, last, lanes, stride, count, samples, to, to_stride);
  } else {
    SumAll<T, 0>(sums, first, last, lanes, stride, count, samples, to, to_stride);
  }
}

#endif

void InterleaveLines(const PairSums& sums, const HalfSamples& samples, const std::byte* first,
                     const std::byte* second, int x, int count, std::int32_t* lanes) {
  const auto run = [&](auto type) {
    using T = decltype(type);
    Interleave<T>(samples, sums.spare_bits, reinterpret_cast<const T*>(first) + x,
                  reinterpret_cast<const T*>(second) + x, count, lanes);
  };
  samples.type == SampleType::u8 ? run(std::uint8_t{}) : run(std::uint16_t{});
}

void SumPairs(const PairSums& sums, int first, int last, const std::int32_t* lanes,
              std::size_t stride, int count, const HalfSamples& samples, std::byte* to,
              std::ptrdiff_t to_stride) {
  if (samples.type == SampleType::u8) {
    return Sum<std::uint8_t>(sums, first, last, lanes, stride, count, samples, to, to_stride);
  }
  Sum<std::uint16_t>(sums, first, last, lanes, stride, count, samples, to, to_stride);
}

}  // namespace HWY_NAMESPACE
}  // namespace convolve
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace convolve {

HWY_EXPORT(InterleaveLines);
HWY_EXPORT(SumPairs);

void interleave_lines(const PairSums& sums, const HalfSamples& samples, const std::byte* first,
                      const std::byte* second, int x, int count, std::int32_t* lanes) noexcept {
  CONVOLVE_DISPATCH(InterleaveLines)(sums, samples, first, second, x, count, lanes);
}

void sum_pairs(const PairSums& sums, int first, int last, const std::int32_t* lanes,
               std::size_t stride, int count, const HalfSamples& samples, std::byte* to,
               std::ptrdiff_t to_stride) noexcept {
  CONVOLVE_DISPATCH(SumPairs)(sums, first, last, lanes, stride, count, samples, to, to_stride);
}

}  // namespace convolve
#endif
