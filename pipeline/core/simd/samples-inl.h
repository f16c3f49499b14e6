// SPDX-License-Identifier: MIT
/// \file
/// Samples to real lanes and back. Included once per target.
#include <cstdint>

#include "core/simd/highway-inl.h"

#if defined(CONVOLVE_SAMPLES_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef CONVOLVE_SAMPLES_INL_H_
#undef CONVOLVE_SAMPLES_INL_H_
#else
#define CONVOLVE_SAMPLES_INL_H_
#endif

HWY_BEFORE_NAMESPACE();
namespace convolve {
namespace HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

/// As many samples of type `T` as `d` has lanes, as `d`'s float or double.
template <class D, typename T>
HWY_INLINE hn::Vec<D> LoadReal(D d, const T* from) {
  constexpr bool kWide = sizeof(hn::TFromD<D>) == 8;
  if constexpr (sizeof(T) == sizeof(hn::TFromD<D>)) {
    return hn::LoadU(d, from);
  } else if constexpr (sizeof(T) == 4) {
    return hn::PromoteTo(d, hn::LoadU(hn::Rebind<float, D>(), from));
  } else {
    const hn::Rebind<std::int32_t, D> di;
    const auto whole = hn::PromoteTo(di, hn::LoadU(hn::Rebind<T, D>(), from));
    if constexpr (kWide) {
      return hn::PromoteTo(d, whole);
    } else {
      return hn::ConvertTo(d, whole);
    }
  }
}

/// Stores real lanes: integers are clamped to [0, most] and rounded to nearest, ties to even.
template <class D, typename T, class V = hn::Vec<D>>
HWY_INLINE void StoreReal(D d, V value, V most, T* to) {
  constexpr bool kWide = sizeof(hn::TFromD<D>) == 8;
  if constexpr (sizeof(T) == 4) {
    if constexpr (kWide) {
      hn::StoreU(hn::DemoteTo(hn::Rebind<float, D>(), value), hn::Rebind<float, D>(), to);
    } else {
      hn::StoreU(value, d, to);
    }
  } else {
    const hn::Rebind<std::int32_t, D> di;
    const V clamped = hn::Min(hn::Max(value, hn::Zero(d)), most);
    if constexpr (kWide) {
      hn::StoreU(hn::DemoteTo(hn::Rebind<T, D>(), hn::DemoteTo(di, hn::Round(clamped))),
                 hn::Rebind<T, D>(), to);
    } else {
      hn::StoreU(hn::DemoteTo(hn::Rebind<T, D>(), hn::NearestInt(clamped)), hn::Rebind<T, D>(), to);
    }
  }
}

}  // namespace HWY_NAMESPACE
}  // namespace convolve
HWY_AFTER_NAMESPACE();

#endif
