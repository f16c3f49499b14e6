// SPDX-License-Identifier: MIT
#include "core/simd/pair_sums.h"

#include <algorithm>
#include <cstring>
#include <iterator>
#include <map>

#include "core/tap_scale.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "core/simd/pair_sums.cc"
#include <hwy/foreach_target.h>
#include "core/simd/dispatch.h"
#include "core/simd/highway-inl.h"

#include "core/simd/dot-inl.h"
#include "core/simd/int_finish-inl.h"

HWY_BEFORE_NAMESPACE();
namespace convolve {
namespace HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

#if HWY_TARGET == HWY_SCALAR

template <typename T>
void Interleave(const HalfSamples& samples, const T* first, const T* second, int count,
                std::int32_t* lanes) {
  const auto half = [&](T sample) {
    return static_cast<std::uint32_t>(((sample << samples.shift) ^ samples.flip()) & 0xffff);
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
          lanes[static_cast<std::size_t>(sums.pair[j]) * stride + static_cast<std::size_t>(x)];
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

void TransposeHalves(const std::byte* from, std::ptrdiff_t from_stride, int rows, int first,
                     int last, std::byte* to, std::ptrdiff_t to_stride) {
  for (int y = 0; y < rows; ++y) {
    const auto* const row = reinterpret_cast<const std::int16_t*>(from + y * from_stride);
    for (int x = first; x < last; ++x) {
      reinterpret_cast<std::int16_t*>(to + x * to_stride)[y] = row[x];
    }
  }
}

#else

using D16 = hn::ScalableTag<std::int16_t>;

template <typename T>
HWY_INLINE hn::Vec<hn::ScalableTag<std::uint16_t>> LoadWide(const T* from) {
  const hn::ScalableTag<std::uint16_t> d;
  if constexpr (sizeof(T) == 1) {
    return hn::PromoteTo(d, hn::LoadU(hn::Rebind<T, decltype(d)>(), from));
  } else {
    return hn::LoadU(d, from);
  }
}

/// Makes halves of samples. The shift of bytes is a constant, and halves are not shifted at all:
/// shifts by what is known only at run time take two operations.
template <typename T, bool kHalves>
class ToHalves {
  using D = hn::ScalableTag<std::uint16_t>;

 public:
  explicit ToHalves(const HalfSamples& samples)
      : shift_(samples.shift), flip_(hn::Set(D(), static_cast<std::uint16_t>(samples.flip()))) {}

  HWY_INLINE hn::Vec<D> operator()(const T* from) const {
    const auto wide = LoadWide(from);
    if constexpr (kHalves) {
      return wide;
    } else if constexpr (sizeof(T) == 1) {
      return hn::Xor(hn::ShiftLeft<HalfSamples::kByteShift>(wide), flip_);
    } else {
      return hn::Xor(hn::ShiftLeftSame(wide, shift_), flip_);
    }
  }

 private:
  int shift_;
  hn::Vec<D> flip_;
};

// Lanes of one vector of samples each.
template <typename T, bool kHalves>
HWY_INLINE void InterleaveAt(const ToHalves<T, kHalves>& halves, const T* first, const T* second,
                             std::int32_t* lanes) {
  hn::StoreInterleaved2(halves(first), halves(second), hn::ScalableTag<std::uint16_t>(),
                        reinterpret_cast<std::uint16_t*>(lanes));
}

template <typename T, bool kHalves>
void InterleaveAll(const HalfSamples& samples, const T* first, const T* second, int count,
                   std::int32_t* lanes) {
  const auto step = static_cast<int>(hn::Lanes(D16()));
  const ToHalves<T, kHalves> halves(samples);
  int x = 0;
  for (; x + step <= count; x += step) InterleaveAt(halves, first + x, second + x, lanes + x);
  if (x == count) return;
  T ends[2][64] = {};
  std::copy(first + x, first + count, ends[0]);
  std::copy(second + x, second + count, ends[1]);
  InterleaveAt(halves, ends[0], ends[1], lanes + x);
}

template <typename T>
void Interleave(const HalfSamples& samples, const T* first, const T* second, int count,
                std::int32_t* lanes) {
  if constexpr (sizeof(T) == 2) {
    if (samples.shift == 0) return InterleaveAll<T, true>(samples, first, second, count, lanes);
  }
  InterleaveAll<T, false>(samples, first, second, count, lanes);
}

// Not inlined: within loops over lines and columns, compilers spend more on addresses than on sums.
// `kShift` is that of sums, where it is known; else 0.
template <int kVectors, int kShift, typename T>
HWY_NOINLINE void SumAt(const int* pairs, const std::int32_t* words, std::size_t count,
                        const std::int32_t* lanes, std::size_t stride, const HalfSamples& samples,
                        const PairNarrower& narrow, T* to) {
  const DI32 d;
  const D16 d16;
  const auto step = static_cast<int>(hn::Lanes(d));
  const int shift = HalfSamples::kWeightBits + samples.shift;
  VI32 sum[kVectors];
  for (VI32& value : sum) value = hn::Set(d, 1 << (shift - 1));
  for (std::size_t j = 0; j < count; ++j) {
    const std::int32_t* const from = lanes + static_cast<std::size_t>(pairs[j]) * stride;
    const VI32 weights = hn::Set(d, words[j]);
    for (int v = 0; v < kVectors; ++v) {
      sum[v] = Dot2(sum[v], hn::LoadU(d, from + v * step), weights);
    }
  }
  const auto centre = hn::Set(d16, static_cast<std::int16_t>(samples.centre));
  HWY_UNROLL(4)
  for (int v = 0; v < kVectors; v += 2) {
    if constexpr (kShift > 0) {
      sum[v] = hn::ShiftRight<kShift>(sum[v]);
      sum[v + 1] = hn::ShiftRight<kShift>(sum[v + 1]);
    } else {
      sum[v] = hn::ShiftRightSame(sum[v], shift);
      sum[v + 1] = hn::ShiftRightSame(sum[v + 1], shift);
    }
    const auto codes = hn::Add(narrow(sum[v], sum[v + 1]), centre);
    if constexpr (sizeof(T) == 1) {
      const hn::Rebind<std::uint8_t, D16> d8;
      hn::StoreU(hn::DemoteTo(d8, codes), d8, to + v * step);
    } else {
      const hn::ScalableTag<std::uint16_t> du16;
      hn::StoreU(hn::BitCast(du16, codes), du16, to + v * step);
    }
  }
}

template <typename T, int kShift>
void SumAll(const PairSums& sums, int first, int last, const std::int32_t* lanes,
            std::size_t stride, int count, const HalfSamples& samples, std::byte* to,
            std::ptrdiff_t to_stride) {
  constexpr int kVectors = 8;
  const auto step = static_cast<int>(hn::Lanes(DI32()));
  const PairNarrower narrow;
  for (int line = first; line < last; ++line, to += to_stride) {
    const auto begin = static_cast<std::size_t>(sums.begin[static_cast<std::size_t>(line)]);
    const auto end = static_cast<std::size_t>(sums.begin[static_cast<std::size_t>(line) + 1]);
    for (int x = 0; x < count; x += kVectors * step) {
      SumAt<kVectors, kShift>(sums.pair.data() + begin, sums.word.data() + begin, end - begin,
                              lanes + x, stride, samples, narrow, reinterpret_cast<T*>(to) + x);
    }
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

// Blocks of 8 × 8, by interleaving rows with those 4, then 2, then 1 further on.
HWY_INLINE void TransposeBlock(const std::byte* from, std::ptrdiff_t from_stride, std::byte* to,
                               std::ptrdiff_t to_stride) {
  const hn::Full128<std::int16_t> d;
  using V = hn::Vec<decltype(d)>;
  V row[8];
  for (int i = 0; i < 8; ++i) {
    row[i] = hn::LoadU(d, reinterpret_cast<const std::int16_t*>(from + i * from_stride));
  }
  for (int round = 0; round < 3; ++round) {
    V next[8];
    for (int i = 0; i < 4; ++i) {
      next[2 * i] = hn::InterleaveLower(d, row[i], row[i + 4]);
      next[2 * i + 1] = hn::InterleaveUpper(d, row[i], row[i + 4]);
    }
    for (int i = 0; i < 8; ++i) row[i] = next[i];
  }
  for (int i = 0; i < 8; ++i) {
    hn::StoreU(row[i], d, reinterpret_cast<std::int16_t*>(to + i * to_stride));
  }
}

void TransposeHalves(const std::byte* from, std::ptrdiff_t from_stride, int rows, int first,
                     int last, std::byte* to, std::ptrdiff_t to_stride) {
  for (int x = first; x < last; x += 8) {
    for (int y = 0; y < rows; y += 8) {
      TransposeBlock(from + y * from_stride + 2 * x, from_stride, to + x * to_stride + 2 * y,
                     to_stride);
    }
  }
}

#endif

void InterleaveLines(const HalfSamples& samples, const std::byte* first, const std::byte* second,
                     int x, int count, std::int32_t* lanes) {
  const auto run = [&](auto type) {
    using T = decltype(type);
    Interleave<T>(samples, reinterpret_cast<const T*>(first) + x,
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
HWY_EXPORT(TransposeHalves);

PairSums::PairSums(const LineSums& sums) : inputs(sums.inputs) {
  for (int line = 0; line < sums.lines(); ++line) {
    const auto first = static_cast<std::size_t>(sums.begin[static_cast<std::size_t>(line)]);
    const auto last = static_cast<std::size_t>(sums.begin[static_cast<std::size_t>(line) + 1]);
    const std::vector<double> weights(sums.weight.begin() + static_cast<std::ptrdiff_t>(first),
                                      sums.weight.begin() + static_cast<std::ptrdiff_t>(last));
    const RoundedTaps rounded = round_taps(weights, 15);
    std::map<int, std::int32_t> at;  // of each line
    for (std::size_t j = first; j < last; ++j) {
      const int index = sums.index[j] < 0 ? inputs : sums.index[j];
      at[index] += rounded.weights[j - first];
    }
    const auto inner = at.lower_bound(inputs);  // the border, if any
    of_line_.emplace_back(pairs(), 0);
    if (inner != at.begin()) {
      of_line_.back() = {at.begin()->first / 2, std::prev(inner)->first / 2 + 1};
    }
    std::map<int, std::pair<std::int32_t, std::int32_t>> of_pair;
    for (const auto& [index, weight] : at) {
      (index % 2 == 0 ? of_pair[index / 2].first : of_pair[index / 2].second) += weight;
    }
    for (auto [index, both] : of_pair) {
      // A weight of 1 is more than a half holds: it comes in two.
      while (both.first > 0 || both.second > 0) {
        const std::int32_t even = std::min(both.first, 16384);
        const std::int32_t odd = std::min(both.second, 16384);
        pair.push_back(index);
        word.push_back(even | (odd << 16));
        both.first -= even;
        both.second -= odd;
      }
    }
    begin.push_back(static_cast<int>(pair.size()));
  }
}

int PairSums::most_pairs_of_a_line() const noexcept {
  int most = 1;
  for (std::size_t i = 1; i < begin.size(); ++i) most = std::max(most, begin[i] - begin[i - 1]);
  return most;
}

std::pair<int, int> PairSums::pairs_of(int first, int last) const noexcept {
  int from = pairs();
  int to = 0;
  for (int line = first; line < last; ++line) {
    const auto& of_line = of_line_[static_cast<std::size_t>(line)];
    from = std::min(from, of_line.first);
    to = std::max(to, of_line.second);
  }
  return {std::min(from, to), to};
}

void interleave_lines(const HalfSamples& samples, const std::byte* first, const std::byte* second,
                      int x, int count, std::int32_t* lanes) noexcept {
  CONVOLVE_DISPATCH(InterleaveLines)(samples, first, second, x, count, lanes);
}

void sum_pairs(const PairSums& sums, int first, int last, const std::int32_t* lanes,
               std::size_t stride, int count, const HalfSamples& samples, std::byte* to,
               std::ptrdiff_t to_stride) noexcept {
  CONVOLVE_DISPATCH(SumPairs)(sums, first, last, lanes, stride, count, samples, to, to_stride);
}

void transpose_halves(const std::byte* from, std::ptrdiff_t from_stride, int rows, int first,
                      int last, std::byte* to, std::ptrdiff_t to_stride) noexcept {
  CONVOLVE_DISPATCH(TransposeHalves)(from, from_stride, rows, first, last, to, to_stride);
}

}  // namespace convolve
#endif
