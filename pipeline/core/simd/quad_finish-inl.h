// SPDX-License-Identifier: MIT
/// \file
/// The usual ways from four vectors of whole-number sums to a vector of codes, each with nothing to
/// ask in between. Included once per target.
///
/// The results are those of `Finisher`, which does all there are.
#include <cmath>
#include <cstdint>
#include <type_traits>

#include "core/simd/highway-inl.h"

#include "core/simd/dot-inl.h"
#include "core/simd/int_finish.h"
#include "core/simd/narrow-inl.h"
#include "core/simd/samples-inl.h"

#if defined(CONVOLVE_QUAD_FINISH_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef CONVOLVE_QUAD_FINISH_INL_H_
#undef CONVOLVE_QUAD_FINISH_INL_H_
#else
#define CONVOLVE_QUAD_FINISH_INL_H_
#endif

HWY_BEFORE_NAMESPACE();
namespace convolve {
namespace HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

#if HWY_TARGET != HWY_SCALAR

/// Vectors of sums that make a vector of codes.
inline constexpr int kQuarters = 4;

// The usual finishes, with nothing to ask in between. Sums below 65536 times a factor, or moved
// down by a multiplication, or both.
template <class Order, bool kBoth>
class FactorFinish {
  using DU16 = hn::ScalableTag<std::uint16_t>;
  using VU16 = hn::Vec<DU16>;

 public:
  explicit FactorFinish(const IntFinish& finish)
      : init_(hn::Set(DI32(), finish.init + finish.add)),
        factor_(hn::Set(DU16(), finish.factor != 0 ? finish.factor : Down(finish.shift))),
        down_(hn::Set(DU16(), Down(finish.shift))) {}

  /// What saturates is above all codes.
  static bool serves(const IntFinish& finish, double /*most_sum*/) {
    if (finish.absolute || finish.real) return false;
    if (finish.factor != 0) return kBoth == (finish.shift != 0);
    return !kBoth && finish.shift >= 1 && finish.shift <= 8;
  }

  [[nodiscard]] HWY_INLINE VI32 Init() const { return init_; }
  HWY_INLINE void Store(VI32 (&sums)[kQuarters], std::uint8_t* to) const {
    const hn::ScalableTag<std::int16_t> d;
    const VU16 first = Codes(NarrowHalvesUnsigned(sums[0], sums[1]));
    const VU16 second = Codes(NarrowHalvesUnsigned(sums[2], sums[3]));
    hn::StoreU(order_(NarrowBytes(hn::BitCast(d, first), hn::BitCast(d, second))),
               hn::ScalableTag<std::uint8_t>(), to);
  }

 private:
  static std::uint16_t Down(int shift) { return static_cast<std::uint16_t>(0x10000 >> shift); }
  [[nodiscard]] HWY_INLINE VU16 Codes(VU16 sums) const {
    const VU16 codes = hn::MulHigh(sums, factor_);
    return kBoth ? hn::MulHigh(codes, down_) : codes;
  }

  VI32 init_;
  VU16 factor_;
  VU16 down_;
  Order order_;
};

/// Sums moved down, or codes as they are.
template <class Order, bool kMove>
class ShiftFinish {
 public:
  explicit ShiftFinish(const IntFinish& finish)
      : init_(hn::Set(DI32(), finish.init + finish.add)), shift_(hn::Set(DI32(), finish.shift)) {}

  static bool serves(const IntFinish& finish, double /*most_sum*/) {
    return !finish.absolute && !finish.real && finish.factor == 0 && (kMove || finish.shift == 0);
  }

  [[nodiscard]] HWY_INLINE VI32 Init() const { return init_; }
  HWY_INLINE void Store(VI32 (&sums)[kQuarters], std::uint8_t* to) const {
    if constexpr (kMove) {
      for (VI32& sum : sums) sum = hn::Shr(sum, shift_);
    }
    hn::StoreU(order_(NarrowBytes(NarrowHalves(sums[0], sums[1]), NarrowHalves(sums[2], sums[3]))),
               hn::ScalableTag<std::uint8_t>(), to);
  }

 private:
  VI32 init_;
  VI32 shift_;
  Order order_;
};

/// Sums times a fraction that is none of the above.
template <class Order>
class RealFinish {
  using DF = hn::ScalableTag<float>;
  // Of a magnitude up to which adding `kRounding` rounds.
  static constexpr double kMost = 4194304;

 public:
  explicit RealFinish(const IntFinish& finish)
      : init_(hn::Set(DI32(), finish.init)), scale_(hn::Set(DF(), finish.scale)) {}

  static bool serves(const IntFinish& finish, double most_sum) {
    return finish.real && !finish.absolute && finish.post == 0 &&
           std::abs(static_cast<double>(finish.scale)) * most_sum < kMost;
  }

  [[nodiscard]] HWY_INLINE VI32 Init() const { return init_; }
  HWY_INLINE void Store(VI32 (&sums)[kQuarters], std::uint8_t* to) const {
    const auto rounding = hn::Set(DF(), kRounding);
    const VI32 bits = hn::BitCast(DI32(), rounding);
    for (VI32& sum : sums) {
      const auto code = hn::Add(hn::Mul(hn::ConvertTo(DF(), sum), scale_), rounding);
      sum = hn::Sub(hn::BitCast(DI32(), code), bits);
    }
    hn::StoreU(order_(NarrowBytes(NarrowHalves(sums[0], sums[1]), NarrowHalves(sums[2], sums[3]))),
               hn::ScalableTag<std::uint8_t>(), to);
  }

 private:
  VI32 init_;
  hn::Vec<DF> scale_;
  Order order_;
};

/// Sums over an odd divisor by one multiplication with addition: they begin with the bits of a
/// float of a size where floats are whole numbers, so that their bits are those of a float, too.
///
/// That is `(sum + offset)·scale - offset/divisor`, rounded once. The offset is a multiple of the
/// divisor, so all that is off is `sum + offset` times what the scale is: less than half of
/// 1/divisor, while a sum over an odd number is no nearer than that to the middle between two
/// codes. So results are the nearest codes, as those of `RealFinish` are, which all instruction
/// sets have.
template <class Order>
class FusedFinish {
  using DF = hn::ScalableTag<float>;
  static constexpr std::int32_t kFirst = 1 << 23;  // from here to twice as much, floats are whole
  static constexpr std::int32_t kFirstBits = 0x4b000000;
  static constexpr std::int32_t kMostSum = 1 << 21;
  // Up to which `RealFinish` is nearest: three roundings of codes below 512 are off by less.
  static constexpr std::int32_t kMostDivisor = 5400;

 public:
  explicit FusedFinish(const IntFinish& finish)
      : init_(hn::Set(DI32(), finish.init + kFirstBits + Offset(finish) - kFirst)),
        scale_(hn::Set(DF(), finish.scale)),
        rounding_(hn::Set(DF(), kRounding - static_cast<float>(Offset(finish) / Divisor(finish)))) {
  }

  static bool serves(const IntFinish& finish, double most_sum) {
    if (!HWY_NATIVE_FMA || !finish.real || finish.absolute || finish.post != 0) return false;
    if (most_sum > kMostSum || finish.scale < 1.0F / kMostDivisor || finish.scale > 1) return false;
    const std::int32_t divisor = Divisor(finish);
    const double off = std::abs(static_cast<double>(finish.scale) * divisor - 1);
    return divisor % 2 != 0 && off * (Offset(finish) + 256.0 * divisor) < 0.49;
  }

  [[nodiscard]] HWY_INLINE VI32 Init() const { return init_; }
  HWY_INLINE void Store(VI32 (&sums)[kQuarters], std::uint8_t* to) const {
    const VI32 bits = hn::BitCast(DI32(), hn::Set(DF(), kRounding));
    for (VI32& sum : sums) {
      const auto code = hn::MulAdd(hn::BitCast(DF(), sum), scale_, rounding_);
      sum = hn::Sub(hn::BitCast(DI32(), code), bits);
    }
    hn::StoreU(order_(NarrowBytes(NarrowHalves(sums[0], sums[1]), NarrowHalves(sums[2], sums[3]))),
               hn::ScalableTag<std::uint8_t>(), to);
  }

 private:
  static std::int32_t Divisor(const IntFinish& finish) {
    return static_cast<std::int32_t>(std::nearbyint(1 / static_cast<double>(finish.scale)));
  }
  static std::int32_t Offset(const IntFinish& finish) {
    const std::int32_t divisor = Divisor(finish);
    return (kFirst + kMostSum + divisor - 1) / divisor * divisor;
  }

  VI32 init_;
  hn::Vec<DF> scale_;
  hn::Vec<DF> rounding_;
  Order order_;
};

/// Calls `run(std::type_identity<…>())` with the first of the finishes that serves, else with
/// `Any`.
template <class Any, class Finish, class... Finishes, class Run>
HWY_INLINE void WithFinish(const IntFinish& finish, double most_sum, const Run& run) {
  if (Finish::serves(finish, most_sum)) return run(std::type_identity<Finish>());
  if constexpr (sizeof...(Finishes) > 0) {
    WithFinish<Any, Finishes...>(finish, most_sum, run);
  } else {
    run(std::type_identity<Any>());
  }
}

#endif  // HWY_SCALAR

}  // namespace HWY_NAMESPACE
}  // namespace convolve
HWY_AFTER_NAMESPACE();

#endif
