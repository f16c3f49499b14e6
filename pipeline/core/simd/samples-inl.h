// SPDX-License-Identifier: MIT
/// \file
/// Samples to real lanes and back. Included once per target.
#include <cstdint>

#include <convolve/image.h>

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

/// 1.5·2^23: there floats are whole numbers, so that adding this rounds to nearest, ties to even,
/// and leaves numbers from 0 to 65535 in the lower half of the bits.
inline constexpr float kRounding = 12582912.0F;

/// Stores numbers of the range of `T` that `kRounding` was added to.
template <class D, typename T, class V = hn::Vec<D>>
HWY_INLINE void StoreRounded(D d, V sums, T* to) {
  const hn::Rebind<std::uint16_t, D> d16;
  const auto halves = hn::TruncateTo(d16, hn::BitCast(hn::RebindToUnsigned<D>(), sums));
  if constexpr (sizeof(T) == 2) {
    hn::StoreU(halves, d16, to);
  } else {
    const hn::Rebind<std::uint8_t, D> d8;
    hn::StoreU(hn::DemoteTo(d8, hn::BitCast(hn::Rebind<std::int16_t, D>(), halves)), d8, to);
  }
  (void)d;
}

/// Stores two vectors of numbers of the range of `Out` that `kRounding` was added to.
template <typename Out>
class PairStore {
  using D = hn::ScalableTag<float>;

 public:
  HWY_INLINE void operator()(hn::Vec<D> first, hn::Vec<D> second, Out* to) const {
    StoreRounded(D(), first, to);
    StoreRounded(D(), second, to + hn::Lanes(D()));
  }
};

#if HWY_TARGET != HWY_SCALAR

template <>
class PairStore<std::uint8_t> {
  using D = hn::ScalableTag<float>;
  using D32 = hn::RebindToSigned<D>;
  using D16 = hn::Repartition<std::int16_t, D>;
  using D8 = hn::Repartition<std::uint8_t, D>;
  using Indices = decltype(hn::SetTableIndices(D32(), static_cast<const std::int32_t*>(nullptr)));

 public:
  PairStore() : places_(Places()), lanes_(Lanes()) {}

  HWY_INLINE void operator()(hn::Vec<D> first, hn::Vec<D> second, std::uint8_t* to) const {
    const auto upper = hn::ShiftLeft<16>(hn::BitCast(D32(), second));
    const auto both = hn::OddEven(hn::BitCast(D16(), upper), hn::BitCast(D16(), first));
    const auto fours = hn::TableLookupBytes(hn::BitCast(D8(), both), places_);
    const auto codes = hn::TableLookupLanes(hn::BitCast(D32(), fours), lanes_);
    hn::StoreU(hn::LowerHalf(hn::BitCast(D8(), codes)), hn::Half<D8>(), to);
  }

 private:
  // Of each block of 128 bits, four codes of the first, then of the second.
  static hn::Vec<D8> Places() {
    alignas(16) static constexpr std::uint8_t kPlaces[16] = {0, 4, 8, 12, 2, 6, 10, 14,
                                                             0, 4, 8, 12, 2, 6, 10, 14};
    return hn::LoadDup128(D8(), kPlaces);
  }
  static Indices Lanes() {
    HWY_ALIGN std::int32_t index[HWY_MAX_BYTES / 4];
    const auto lanes = static_cast<int>(hn::Lanes(D32()));
    for (int i = 0; i < lanes; ++i) index[i] = (4 * i / lanes) % 2 + 4 * i % lanes;
    return hn::SetTableIndices(D32(), index);
  }

  hn::Vec<D8> places_;
  Indices lanes_;
};

#endif

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
      StoreRounded(d, hn::Add(clamped, hn::Set(d, kRounding)), to);
    }
  }
}

/// Calls `run` with samples of the types of integer input and of output: the same, or float.
template <class Run>
void WithIntegerTypes(SampleType input, SampleType output, const Run& run) {
  const bool same = input == output;
  if (input == SampleType::u8) {
    return same ? run(std::uint8_t{}, std::uint8_t{}) : run(std::uint8_t{}, float{});
  }
  same ? run(std::uint16_t{}, std::uint16_t{}) : run(std::uint16_t{}, float{});
}

/// The same where input may be float, too, which may become anything.
template <class Run>
void WithTypes(SampleType input, SampleType output, const Run& run) {
  if (input != SampleType::f32) return WithIntegerTypes(input, output, run);
  if (output == SampleType::u8) return run(float{}, std::uint8_t{});
  if (output == SampleType::u16) return run(float{}, std::uint16_t{});
  run(float{}, float{});
}

}  // namespace HWY_NAMESPACE
}  // namespace convolve
HWY_AFTER_NAMESPACE();

#endif
