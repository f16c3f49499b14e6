// SPDX-License-Identifier: MIT
/// \file
/// Whole-number sums to output samples. Included once per target.
#include <cmath>
#include <cstdint>
#include <type_traits>

#include "core/simd/highway-inl.h"

#include "core/simd/int_finish.h"
#include "core/simd/narrow-inl.h"

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
  value = wrapped(bits(value) + bits(finish.add));
  if (finish.factor != 0) {
    const auto clamped = static_cast<std::uint32_t>(value < 0 ? 0 : value > 65535 ? 65535 : value);
    value = static_cast<std::int32_t>(clamped * finish.factor >> 16);
  }
  value >>= finish.shift;
  const auto most = static_cast<std::int32_t>(finish.max_code);
  return static_cast<Out>(value < 0 ? 0 : value > most ? most : value);
}

#if HWY_TARGET != HWY_SCALAR

/// Narrows two vectors of sums that fit 16 bits to one, in order.
class PairNarrower {
 public:
  template <class V>
  [[nodiscard]] HWY_INLINE auto operator()(V first, V second) const {
    return order_(NarrowHalves(first, second));
  }

 private:
  VectorsInOrder<2> order_;
};

/// `IntFinish` with its constants in registers. Integers are narrowed as soon as that cannot change
/// them: what is left to do is then done on twice as many at a time.
/// \tparam Order  how samples lie in the vectors of sums; see narrow-inl.h
template <typename Out, class Order = VectorsInOrder<sizeof(Out) == 1 ? 4 : 2>>
class Finisher {
  using D = hn::ScalableTag<std::int32_t>;
  using D16 = hn::ScalableTag<std::int16_t>;
  using DU16 = hn::ScalableTag<std::uint16_t>;
  using DF = hn::ScalableTag<float>;
  using V = hn::Vec<D>;
  using V16 = hn::Vec<D16>;

  enum class Form { real, factor, short_shift, shift };

 public:
  explicit Finisher(const IntFinish& finish)
      : form_(form_of(finish)),
        absolute_(finish.absolute),
        is_upper_(form_ == Form::shift && !absolute_ && finish.shift >= 16 &&
                  finish.max_code <= 32767),
        shift_(finish.shift),
        init_(hn::Set(
            D(), finish.absolute || form_ == Form::real ? finish.init : finish.init + finish.add)),
        add_(hn::Set(D(), finish.add)),
        factor_(hn::Set(DU16(), finish.factor)),
        most_(hn::Set(DU16(), static_cast<std::uint16_t>(finish.max_code))),
        scale_(hn::Set(DF(), finish.scale)),
        post_(hn::Set(DF(), finish.post)) {}

  /// What sums start with.
  [[nodiscard]] HWY_INLINE V Init() const { return init_; }

  /// Stores sums of even and of odd samples that started with `Init`, in turn.
  HWY_INLINE void StoreInTurn(V even, V odd, Out* to) const {
    if constexpr (sizeof(Out) < 4) {
      if (is_upper_) return StoreUpperInTurn(even, odd, to);
    }
    V sums[2] = {even, odd};
    if (absolute_) MakeAbsolute(sums);
    if constexpr (sizeof(Out) == 4) {
      hn::StoreInterleaved2(Real(sums[0]), Real(sums[1]), DF(), to);
    } else {
      for (V& sum : sums) sum = WithinHalf(sum);
      // The lower halves of the first, and those of the second moved up.
      const auto both =
          hn::OddEven(hn::BitCast(D16(), hn::ShiftLeft<16>(sums[1])), hn::BitCast(D16(), sums[0]));
      const V16 codes = Codes(both);
      if constexpr (sizeof(Out) == 1) {
        const hn::Half<hn::ScalableTag<std::uint8_t>> d8;
        hn::StoreU(hn::DemoteTo(d8, codes), d8, to);
      } else {
        hn::StoreU(hn::BitCast(DU16(), codes), DU16(), to);
      }
    }
  }

  /// Stores sums that started with `Init`; two vectors, or a multiple of four.
  template <int kCount>
  HWY_INLINE void Store(V (&sums)[kCount], Out* to) const {
    constexpr auto kInVector = static_cast<int>(hn::MaxLanes(D()));
    if (absolute_) MakeAbsolute(sums);
    if constexpr (sizeof(Out) == 4 && std::is_same_v<Order, LanesInTurn>) {
      static_assert(kCount == 4);
      hn::StoreInterleaved4(Real(sums[0]), Real(sums[1]), Real(sums[2]), Real(sums[3]), DF(), to);
    } else if constexpr (sizeof(Out) == 4) {
      for (int v = 0; v < kCount; ++v) hn::StoreU(Real(sums[v]), DF(), to + v * kInVector);
    } else if constexpr (sizeof(Out) == 2) {
      for (int v = 0; v < kCount; v += 2) {
        const V16 codes = Narrowed(sums[v], sums[v + 1]);
        hn::StoreU(order_(hn::BitCast(DU16(), codes)), DU16(), to + v * kInVector);
      }
    } else {
      const hn::ScalableTag<std::uint8_t> d8;
      if constexpr (kCount == 2) {
        const V16 codes = Narrowed(sums[0], sums[1]);
        const auto twice = order_(NarrowBytes(codes, codes));
        hn::StoreU(hn::LowerHalf(twice), hn::Half<decltype(d8)>(), to);
        return;
      }
      for (int v = 0; v + 4 <= kCount; v += 4) {
        const V16 first = Narrowed(sums[v], sums[v + 1]);
        const V16 second = Narrowed(sums[v + 2], sums[v + 3]);
        hn::StoreU(order_(NarrowBytes(first, second)), d8, to + v * kInVector);
      }
    }
  }

 private:
  static Form form_of(const IntFinish& finish) {
    if (finish.real || sizeof(Out) == 4) return Form::real;
    if (finish.factor != 0) return Form::factor;
    // What is shifted out of unsigned halves leaves all codes, and what saturated is above them.
    const bool is_short = sizeof(Out) == 1 && finish.shift >= 1 && finish.shift <= 8;
    return is_short ? Form::short_shift : Form::shift;
  }

  // From the upper halves of sums alone.
  HWY_INLINE void StoreUpperInTurn(V even, V odd, Out* to) const {
    const auto upper = hn::BitCast(D16(), hn::ShiftRight<16>(even));
    const V16 codes = hn::ShiftRightSame(hn::OddEven(hn::BitCast(D16(), odd), upper), shift_ - 16);
    if constexpr (sizeof(Out) == 1) {
      const hn::Half<hn::ScalableTag<std::uint8_t>> d8;
      hn::StoreU(hn::DemoteTo(d8, codes), d8, to);
    } else {
      const auto above = hn::BitCast(DU16(), hn::Max(codes, hn::Zero(D16())));
      hn::StoreU(hn::Min(above, most_), DU16(), to);
    }
  }

  template <int kCount>
  HWY_INLINE void MakeAbsolute(V (&sums)[kCount]) const {
    for (V& sum : sums) sum = hn::Abs(sum);
    if (form_ == Form::real) return;
    for (V& sum : sums) sum = hn::Add(sum, add_);
  }

  [[nodiscard]] HWY_INLINE hn::Vec<DF> Real(V sum) const {
    return hn::Add(hn::Mul(hn::ConvertTo(DF(), sum), scale_), post_);
  }

  // Rounded to nearest, ties to even: 2^23 has no bits below 1. Larger ones are larger integers.
  [[nodiscard]] HWY_INLINE V RoundedReal(V sum) const {
    const auto magic = hn::Set(DF(), 8388608.0F);
    const auto rounded = hn::Add(hn::Max(Real(sum), hn::Zero(DF())), magic);
    return hn::Sub(hn::BitCast(D(), rounded), hn::BitCast(D(), magic));
  }

  // What remains to be done once sums are halves.
  [[nodiscard]] HWY_INLINE V16 Codes(V16 halves) const {
    const DU16 du16;
    auto codes = hn::BitCast(du16, halves);
    if (form_ == Form::factor) codes = hn::MulHigh(codes, factor_);
    if (form_ == Form::factor || form_ == Form::short_shift) {
      codes = hn::ShiftRightSame(codes, shift_);
    }
    if constexpr (sizeof(Out) == 2) codes = hn::Min(codes, most_);
    return hn::BitCast(D16(), codes);
  }

  // Halves of two vectors, not in order.
  [[nodiscard]] HWY_INLINE V16 Narrowed(V first, V second) const {
    if (form_ == Form::real) {
      first = RoundedReal(first);
      second = RoundedReal(second);
    } else if (form_ == Form::shift) {
      first = hn::ShiftRightSame(first, shift_);
      second = hn::ShiftRightSame(second, shift_);
    }
    if (sizeof(Out) == 1 && (form_ == Form::real || form_ == Form::shift)) {
      return NarrowHalves(first, second);
    }
    return Codes(hn::BitCast(D16(), NarrowHalvesUnsigned(first, second)));
  }

  // One vector clamped to what halves hold: unsigned where something remains to be done, else
  // codes.
  [[nodiscard]] HWY_INLINE V WithinHalf(V sum) const {
    if (form_ == Form::real) sum = RoundedReal(sum);
    if (form_ == Form::shift) sum = hn::ShiftRightSame(sum, shift_);
    const bool is_code = sizeof(Out) == 1 && (form_ == Form::real || form_ == Form::shift);
    const V most = hn::Set(D(), is_code ? 255 : 65535);
    return hn::Min(hn::Max(sum, hn::Zero(D())), most);
  }

  Form form_;
  bool absolute_;
  bool is_upper_;  // a shift of 16 bits or more is all there is to do
  int shift_;
  V init_;
  V add_;
  hn::Vec<DU16> factor_;
  hn::Vec<DU16> most_;
  hn::Vec<DF> scale_;
  hn::Vec<DF> post_;
  Order order_;
};

#endif  // HWY_SCALAR

}  // namespace HWY_NAMESPACE
}  // namespace convolve
HWY_AFTER_NAMESPACE();

#endif
