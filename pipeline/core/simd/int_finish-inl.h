// SPDX-License-Identifier: MIT
/// \file
/// Whole-number sums to output samples. Included once per target.
#include <cmath>
#include <cstdint>

#include "core/simd/highway-inl.h"

#include "core/simd/int_finish.h"

#if defined(CONVOLVE_INT_FINISH_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef CONVOLVE_INT_FINISH_INL_H_
#undef CONVOLVE_INT_FINISH_INL_H_
#else
#define CONVOLVE_INT_FINISH_INL_H_
#endif

HWY_BEFORE_NAMESPACE();
namespace convolve {
namespace HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

/// The same on one sum, for targets and places without lanes.
template <typename Out>
HWY_INLINE Out FinishOne(const IntFinish& finish, std::int32_t sum) {
  const auto wrapped = [](std::uint32_t number) { return static_cast<std::int32_t>(number); };
  const auto bits = [](std::int32_t number) { return static_cast<std::uint32_t>(number); };
  std::int32_t value = wrapped(bits(sum) + bits(finish.init));
  if (finish.absolute && value < 0) value = wrapped(0U - bits(value));
  if (finish.real || sizeof(Out) == 4) {
    const float real = static_cast<float>(value) * finish.scale + finish.post;
    if constexpr (sizeof(Out) == 4) {
      return static_cast<Out>(real);
    } else {
      const float clamped = real < 0 ? 0 : real > finish.max_code ? finish.max_code : real;
      return static_cast<Out>(std::nearbyint(clamped));
    }
  }
  value = wrapped(bits(value) + bits(finish.add)) >> finish.shift;
  const auto most = static_cast<std::int32_t>(finish.max_code);
  return static_cast<Out>(value < 0 ? 0 : value > most ? most : value);
}

#if HWY_TARGET != HWY_SCALAR

/// Where the four-byte units of a pair of vectors of sums lie once both were narrowed to bytes:
/// targets interleave the two by blocks of 128 bits. Found by narrowing units that are numbered.
inline auto PairOrder() {
  const hn::ScalableTag<std::int32_t> d;
  const hn::Repartition<std::int16_t, decltype(d)> d16;
  const hn::Half<hn::Repartition<std::uint8_t, decltype(d)>> d8;
  const hn::Half<decltype(d)> units;
  const auto count = static_cast<std::int32_t>(hn::Lanes(d));
  const auto first = hn::ShiftRight<2>(hn::Iota(d, 0));
  const auto second = hn::ShiftRight<2>(hn::Iota(d, count));
  const auto bytes = hn::DemoteTo(d8, hn::ReorderDemote2To(d16, first, second));
  HWY_ALIGN std::uint8_t found[64];
  hn::Store(bytes, d8, found);
  HWY_ALIGN std::int32_t order[16] = {};
  for (std::int32_t i = 0; i < count / 2; ++i) order[found[4 * i]] = i;
  return hn::SetTableIndices(units, order);
}

/// The same for pairs that are narrowed to 16 bits, in units of two.
inline auto HalvesOrder() {
  const hn::ScalableTag<std::int32_t> d;
  const hn::Repartition<std::int16_t, decltype(d)> d16;
  const auto count = static_cast<std::int32_t>(hn::Lanes(d));
  const auto first = hn::ShiftRight<1>(hn::Iota(d, 0));
  const auto second = hn::ShiftRight<1>(hn::Iota(d, count));
  HWY_ALIGN std::int16_t found[64];
  hn::Store(hn::ReorderDemote2To(d16, first, second), d16, found);
  HWY_ALIGN std::int32_t order[16] = {};
  for (std::int32_t i = 0; i < count; ++i) order[found[2 * i]] = i;
  return hn::SetTableIndices(d, order);
}

/// Narrows two vectors of sums that fit 16 bits to one, in order.
class PairNarrower {
 public:
  template <class V>
  [[nodiscard]] HWY_INLINE auto operator()(V first, V second) const {
    const hn::ScalableTag<std::int32_t> d;
    const hn::Repartition<std::int16_t, decltype(d)> d16;
    const auto mixed = hn::ReorderDemote2To(d16, first, second);
    return hn::BitCast(d16, hn::TableLookupLanes(hn::BitCast(d, mixed), order_));
  }

 private:
  decltype(HalvesOrder()) order_ = HalvesOrder();
};

/// `IntFinish` with its constants in registers.
template <typename Out>
class Finisher {
  using D = hn::ScalableTag<std::int32_t>;
  using DF = hn::ScalableTag<float>;
  using V = hn::Vec<D>;

 public:
  explicit Finisher(const IntFinish& finish)
      : real_(finish.real || sizeof(Out) == 4),
        absolute_(finish.absolute),
        // Where a shift of 16 bits or more is all there is to do, the sums' upper halves are
        // enough.
        halves_(!real_ && !absolute_ && finish.shift >= 16 && finish.max_code <= 32767),
        shift_(finish.shift),
        init_(hn::Set(D(), finish.init)),
        in_turn_init_(halves_ ? hn::Add(init_, hn::Set(D(), finish.add)) : init_),
        add_(hn::Set(D(), finish.add)),
        most_(hn::Set(D(), static_cast<std::int32_t>(finish.max_code))),
        scale_(hn::Set(DF(), finish.scale)),
        post_(hn::Set(DF(), finish.post)),
        most_real_(hn::Set(DF(), finish.max_code)),
        order_(PairOrder()) {}

  /// What sums that `Store` takes start with.
  [[nodiscard]] HWY_INLINE V Init() const { return init_; }

  /// What sums that `StoreInTurn` takes start with.
  [[nodiscard]] HWY_INLINE V InitInTurn() const { return in_turn_init_; }

  /// Stores sums of even and of odd samples, in turn.
  HWY_INLINE void StoreInTurn(V even, V odd, Out* to) const {
    const D d;
    if constexpr (sizeof(Out) < 4) {
      if (halves_) return StoreHalvesInTurn(even, odd, to);
    }
    if (absolute_) {
      even = hn::Abs(even);
      odd = hn::Abs(odd);
    }
    if constexpr (sizeof(Out) == 4) {
      hn::StoreInterleaved2(Real(even), Real(odd), DF(), to);
    } else {
      const auto code = [&](V sum) HWY_ATTR {
        if (real_) return Code(Real(sum));
        const V value = hn::ShiftRightSame(hn::Add(sum, add_), shift_);
        return hn::Min(hn::Max(value, hn::Zero(d)), most_);
      };
      const V both = hn::Or(code(even), hn::ShiftLeft<16>(code(odd)));
      if constexpr (sizeof(Out) == 1) {
        const hn::Repartition<std::int16_t, D> d16;
        const hn::Half<hn::Repartition<std::uint8_t, D>> d8;
        hn::StoreU(hn::DemoteTo(d8, hn::BitCast(d16, both)), d8, to);
      } else {
        const hn::Repartition<std::uint16_t, D> d16;
        hn::StoreU(hn::BitCast(d16, both), d16, to);
      }
    }
  }

  /// Stores sums that started with `Init`; an even number of vectors.
  template <int kCount>
  HWY_INLINE void Store(V (&sums)[kCount], Out* to) const {
    if (absolute_) {
      for (V& sum : sums) sum = hn::Abs(sum);
    }
    if (real_) return StoreReal(sums, to);
    if constexpr (sizeof(Out) < 4) {
      for (V& sum : sums) sum = hn::ShiftRightSame(hn::Add(sum, add_), shift_);
      StoreWhole(sums, to);
    }
  }

 private:
  HWY_INLINE void StoreHalvesInTurn(V even, V odd, Out* to) const {
    const hn::Repartition<std::int16_t, D> d16;
    const auto upper = hn::BitCast(d16, hn::ShiftRight<16>(even));
    const auto codes = hn::ShiftRightSame(hn::OddEven(hn::BitCast(d16, odd), upper), shift_ - 16);
    if constexpr (sizeof(Out) == 1) {
      const hn::Half<hn::Repartition<std::uint8_t, D>> d8;
      hn::StoreU(hn::DemoteTo(d8, codes), d8, to);
    } else {
      const hn::Repartition<std::uint16_t, D> du16;
      const auto most = hn::BitCast(d16, hn::Or(most_, hn::ShiftLeft<16>(most_)));
      hn::StoreU(hn::BitCast(du16, hn::Min(hn::Max(codes, hn::Zero(d16)), most)), du16, to);
    }
  }

  template <int kCount>
  HWY_INLINE void StoreWhole(const V (&values)[kCount], Out* to) const {
    const D d;
    const auto step = static_cast<int>(hn::Lanes(d));
    if constexpr (sizeof(Out) == 1) {
      const hn::Repartition<std::int16_t, D> d16;
      const hn::Half<hn::Repartition<std::uint8_t, D>> d8;
      const hn::Half<D> units;
      for (int v = 0; v < kCount; v += 2) {
        const auto bytes = hn::DemoteTo(d8, hn::ReorderDemote2To(d16, values[v], values[v + 1]));
        const auto ordered = hn::TableLookupLanes(hn::BitCast(units, bytes), order_);
        hn::StoreU(hn::BitCast(d8, ordered), d8, to + v * step);
      }
    } else {
      const hn::Rebind<Out, D> d_out;
      for (int v = 0; v < kCount; ++v) {
        hn::StoreU(hn::DemoteTo(d_out, hn::Min(values[v], most_)), d_out, to + v * step);
      }
    }
  }

  [[nodiscard]] HWY_INLINE hn::Vec<DF> Real(V sum) const {
    return hn::Add(hn::Mul(hn::ConvertTo(DF(), sum), scale_), post_);
  }

  // Beyond the clamp the conversion saturates, and what it gives then differs by target.
  [[nodiscard]] HWY_INLINE V Code(hn::Vec<DF> value) const {
    return hn::NearestInt(hn::Min(hn::Max(value, hn::Zero(DF())), most_real_));
  }

  template <int kCount>
  HWY_INLINE void StoreReal(const V (&sums)[kCount], Out* to) const {
    const DF df;
    const auto step = static_cast<int>(hn::Lanes(df));
    V codes[kCount];
    for (int v = 0; v < kCount; ++v) {
      if constexpr (sizeof(Out) == 4) {
        hn::StoreU(Real(sums[v]), df, to + v * step);
      } else {
        codes[v] = Code(Real(sums[v]));
      }
    }
    if constexpr (sizeof(Out) < 4) StoreWhole(codes, to);
  }

  bool real_;
  bool absolute_;
  bool halves_;
  int shift_;
  V init_;
  V in_turn_init_;
  V add_;
  V most_;
  hn::Vec<DF> scale_;
  hn::Vec<DF> post_;
  hn::Vec<DF> most_real_;
  decltype(PairOrder()) order_;
};

#endif  // HWY_SCALAR

}  // namespace HWY_NAMESPACE
}  // namespace convolve
HWY_AFTER_NAMESPACE();

#endif
