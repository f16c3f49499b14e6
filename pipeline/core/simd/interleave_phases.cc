// SPDX-License-Identifier: MIT
#include "core/simd/interleave_phases.h"

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <type_traits>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "core/simd/interleave_phases.cc"
#include <hwy/foreach_target.h>
#include "core/simd/dispatch.h"
#include "core/simd/highway-inl.h"

HWY_BEFORE_NAMESPACE();
namespace convolve {
namespace HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

// Pixels [first, last) of any size, one by one.
template <std::size_t kBytes>
void CopyPixels(const PhaseRows& phases, int first, int last, std::byte* to) {
  to += static_cast<std::ptrdiff_t>(first) * phases.scale * static_cast<int>(kBytes);
  for (int j = first; j < last; ++j) {
    for (int f = 0; f < phases.scale; ++f) {
      std::memcpy(to,
                  phases.row[static_cast<std::size_t>(f)] + static_cast<std::size_t>(j) * kBytes,
                  kBytes);
      to += kBytes;
    }
  }
}

// As many pixels from `x` on as a vector holds; a pixel is one lane.
template <int kScale, typename T>
HWY_INLINE void InterleaveAt(const PhaseRows& phases, int x, T* to) {
  const hn::ScalableTag<T> d;
  const auto load = [&](std::size_t f) HWY_ATTR {
    return hn::LoadU(d, reinterpret_cast<const T*>(phases.row[f]) + x);
  };
  if constexpr (kScale == 2) {
    hn::StoreInterleaved2(load(0), load(1), d, to + 2 * x);
  } else if constexpr (kScale == 3) {
    hn::StoreInterleaved3(load(0), load(1), load(2), d, to + 3 * x);
  } else {
    hn::StoreInterleaved4(load(0), load(1), load(2), load(3), d, to + 4 * x);
  }
}

template <int kScale, typename T>
void Interleave(const PhaseRows& phases, int pixels, std::byte* to) {
  const auto lanes = static_cast<int>(hn::Lanes(hn::ScalableTag<T>()));
  if (pixels < lanes) return CopyPixels<sizeof(T)>(phases, 0, pixels, to);
  // The last vector overlaps the one before.
  for (int next = 0; next < pixels; next += lanes) {
    InterleaveAt<kScale, T>(phases, std::min(next, pixels - lanes), reinterpret_cast<T*>(to));
  }
}

template <typename T>
void InterleaveLanes(const PhaseRows& phases, int pixels, std::byte* to) {
  switch (phases.scale) {
    case 2:
      return Interleave<2, T>(phases, pixels, to);
    case 3:
      return Interleave<3, T>(phases, pixels, to);
    case 4:
      return Interleave<4, T>(phases, pixels, to);
    default:
      return CopyPixels<sizeof(T)>(phases, 0, pixels, to);
  }
}

void InterleavePhases(const PhaseRows& phases, int pixels, std::byte* to) {
  switch (phases.pixel_bytes) {
    case 1:
      return InterleaveLanes<std::uint8_t>(phases, pixels, to);
    case 2:
      return InterleaveLanes<std::uint16_t>(phases, pixels, to);
    case 3:
      return CopyPixels<3>(phases, 0, pixels, to);
    case 4:
      return InterleaveLanes<std::uint32_t>(phases, pixels, to);
    case 6:
      return CopyPixels<6>(phases, 0, pixels, to);
    case 8:
      return CopyPixels<8>(phases, 0, pixels, to);
    case 12:
      return CopyPixels<12>(phases, 0, pixels, to);
    default:
      return CopyPixels<16>(phases, 0, pixels, to);
  }
}

}  // namespace HWY_NAMESPACE
}  // namespace convolve
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace convolve {

HWY_EXPORT(InterleavePhases);

void interleave_phases(const PhaseRows& phases, int pixels, std::byte* to) noexcept {
  CONVOLVE_DISPATCH(InterleavePhases)(phases, pixels, to);
}

}  // namespace convolve
#endif
