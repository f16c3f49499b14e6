// SPDX-License-Identifier: MIT
/// \file
/// Two vectors of integers to one of integers half as wide, with saturation. Included once per
/// target.
///
/// Wide targets narrow by blocks of 128 bits, so that the lanes of the two come in turn by blocks;
/// `NarrowOrder` puts them right. Highway 1.0.3 lacks these but for signed halves.
#include <cstdint>

#include "core/simd/highway-inl.h"

#if defined(CONVOLVE_NARROW_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef CONVOLVE_NARROW_INL_H_
#undef CONVOLVE_NARROW_INL_H_
#else
#define CONVOLVE_NARROW_INL_H_
#endif

HWY_BEFORE_NAMESPACE();
namespace convolve {
namespace HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

#if HWY_TARGET != HWY_SCALAR

/// Signed 32 bits to signed 16.
template <class D = hn::ScalableTag<std::int32_t>>
HWY_INLINE hn::Vec<hn::ScalableTag<std::int16_t>> NarrowHalves(hn::Vec<D> first,
                                                               hn::Vec<D> second) {
  return hn::ReorderDemote2To(hn::ScalableTag<std::int16_t>(), first, second);
}

/// Signed 32 bits to unsigned 16.
template <class D = hn::ScalableTag<std::int32_t>, class D16 = hn::ScalableTag<std::uint16_t>>
HWY_INLINE hn::Vec<D16> NarrowHalvesUnsigned(hn::Vec<D> first, hn::Vec<D> second) {
#if HWY_TARGET == HWY_AVX3 || HWY_TARGET == HWY_AVX3_DL
  return hn::Vec<D16>{_mm512_packus_epi32(first.raw, second.raw)};
#elif HWY_TARGET == HWY_AVX2
  return hn::Vec<D16>{_mm256_packus_epi32(first.raw, second.raw)};
#elif HWY_TARGET == HWY_SSE4
  return hn::Vec<D16>{_mm_packus_epi32(first.raw, second.raw)};
#else
  const hn::Half<D16> half;
  return hn::Combine(D16(), hn::DemoteTo(half, second), hn::DemoteTo(half, first));
#endif
}

/// Signed 16 bits to unsigned 8.
template <class D = hn::ScalableTag<std::int16_t>, class D8 = hn::ScalableTag<std::uint8_t>>
HWY_INLINE hn::Vec<D8> NarrowBytes(hn::Vec<D> first, hn::Vec<D> second) {
#if HWY_TARGET == HWY_AVX3 || HWY_TARGET == HWY_AVX3_DL
  return hn::Vec<D8>{_mm512_packus_epi16(first.raw, second.raw)};
#elif HWY_TARGET == HWY_AVX2
  return hn::Vec<D8>{_mm256_packus_epi16(first.raw, second.raw)};
#elif HWY_TARGET == HWY_SSE4 || HWY_TARGET == HWY_SSSE3
  return hn::Vec<D8>{_mm_packus_epi16(first.raw, second.raw)};
#else
  const hn::Half<D8> half;
  return hn::Combine(D8(), hn::DemoteTo(half, second), hn::DemoteTo(half, first));
#endif
}

/// Where the lanes of `kVectors` vectors lie that were narrowed to one, in units of 32 bits: each
/// unit is of one vector and one block.
template <int kVectors>
inline auto NarrowOrder() {
  const hn::ScalableTag<std::int32_t> d;
  constexpr bool kByBlocks = HWY_TARGET == HWY_AVX2 || HWY_TARGET == HWY_AVX3 ||
                             HWY_TARGET == HWY_AVX3_DL || HWY_TARGET == HWY_SSE4 ||
                             HWY_TARGET == HWY_SSSE3;
  const auto lanes = static_cast<std::int32_t>(hn::Lanes(d));
  const std::int32_t units = 4 / kVectors;  // of a vector, in a block
  const std::int32_t of_vector = lanes / kVectors;
  HWY_ALIGN std::int32_t order[16] = {};
  for (std::int32_t i = 0; i < lanes; ++i) {
    const std::int32_t vector = i / of_vector;
    const std::int32_t within = i % of_vector;
    order[i] = kByBlocks ? within / units * 4 + vector * units + within % units : i;
  }
  return hn::SetTableIndices(d, order);
}

/// Puts vectors in order that were narrowed to one. \tparam kVectors  that it was
template <int kVectors>
class VectorsInOrder {
 public:
  template <class V>
  [[nodiscard]] HWY_INLINE V operator()(V narrowed) const {
    const hn::DFromV<V> d;
    const hn::ScalableTag<std::int32_t> units;
    if constexpr (hn::MaxLanes(decltype(units)()) == 4) return narrowed;
    return hn::BitCast(d, hn::TableLookupLanes(hn::BitCast(units, narrowed), order_));
  }

 private:
  decltype(NarrowOrder<kVectors>()) order_ = NarrowOrder<kVectors>();
};

/// The same for four vectors narrowed to bytes, whose first lanes come first, then the second ones.
class LanesInTurn {
  using D8 = hn::ScalableTag<std::uint8_t>;

 public:
  LanesInTurn() {
    alignas(16) static constexpr std::uint8_t kPlaces[16] = {0, 4, 8,  12, 1, 5, 9,  13,
                                                             2, 6, 10, 14, 3, 7, 11, 15};
    places_ = hn::LoadDup128(D8(), kPlaces);
  }
  [[nodiscard]] HWY_INLINE hn::Vec<D8> operator()(hn::Vec<D8> narrowed) const {
    return hn::TableLookupBytes(narrowed, places_);
  }

 private:
  hn::Vec<D8> places_;
};

/// The same where each vector has 4 samples of each 16: they are in order.
class BlocksInTurn {
 public:
  template <class V>
  [[nodiscard]] HWY_INLINE V operator()(V narrowed) const {
    return narrowed;
  }
};

#endif  // HWY_SCALAR

}  // namespace HWY_NAMESPACE
}  // namespace convolve
HWY_AFTER_NAMESPACE();

#endif
