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
        shift_(finish.shift),
        init_(hn::Set(D(), finish.init)),
        add_(hn::Set(D(), finish.add)),
        most_(hn::Set(D(), static_cast<std::int32_t>(finish.max_code))),
        scale_(hn::Set(DF(), finish.scale)),
        post_(hn::Set(DF(), finish.post)),
        most_real_(hn::Set(DF(), finish.max_code)) {}

  /// What sums start with.
  [[nodiscard]] HWY_INLINE V Init() const { return init_; }

  /// Stores one vector of sums that started with `Init`.
  HWY_INLINE void Store(V value, Out* to) const {
    const D d;
    if (absolute_) value = hn::Abs(value);
    if (real_) return StoreReal(hn::Add(hn::Mul(hn::ConvertTo(DF(), value), scale_), post_), to);
    if constexpr (sizeof(Out) < 4) {
      value = hn::ShiftRightSame(hn::Add(value, add_), shift_);
      if constexpr (sizeof(Out) == 2) value = hn::Min(value, most_);
      hn::StoreU(hn::DemoteTo(hn::Rebind<Out, D>(), value), hn::Rebind<Out, D>(), to);
    }
  }

 private:
  HWY_INLINE void StoreReal(hn::Vec<DF> value, Out* to) const {
    const D d;
    if constexpr (sizeof(Out) == 4) {
      hn::StoreU(value, DF(), to);
    } else {
      // Beyond the clamp the conversion saturates, and what it saturates to differs by target.
      value = hn::Min(hn::Max(value, hn::Zero(DF())), most_real_);
      hn::StoreU(hn::DemoteTo(hn::Rebind<Out, D>(), hn::NearestInt(value)), hn::Rebind<Out, D>(),
                 to);
    }
  }

  bool real_;
  bool absolute_;
  int shift_;
  V init_;
  V add_;
  V most_;
  hn::Vec<DF> scale_;
  hn::Vec<DF> post_;
  hn::Vec<DF> most_real_;
};

#endif  // HWY_SCALAR

}  // namespace HWY_NAMESPACE
}  // namespace convolve
HWY_AFTER_NAMESPACE();

#endif
