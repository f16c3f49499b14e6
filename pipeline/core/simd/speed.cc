// SPDX-License-Identifier: MIT
#include "core/simd/speed.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "core/simd/speed.cc"
#include <hwy/foreach_target.h>
#include "core/simd/dispatch.h"
#include "core/simd/highway-inl.h"

#ifndef CONVOLVE_SPEED_ONCE
#define CONVOLVE_SPEED_ONCE
namespace convolve {

//                               byte_dot half_dot single  wide  fourier
inline constexpr Speed kByteDot512{0.017, 0.025, 0.11, 0.22, 0.24};
inline constexpr Speed kVectors512{0.062, 0.038, 0.11, 0.22, 0.24};
inline constexpr Speed kVectors256{0.115, 0.065, 0.17, 0.34, 0.35};
inline constexpr Speed kVectors128{0.215, 0.130, 0.35, 0.80, 0.65};
inline constexpr Speed kOneLane{2.0, 1.0, 0.8, 0.8, 1.3};

}  // namespace convolve
#endif

HWY_BEFORE_NAMESPACE();
namespace convolve {
namespace HWY_NAMESPACE {

const Speed* SpeedOfTarget() {
  if (HWY_TARGET == HWY_SCALAR) return &kOneLane;
  if (HWY_TARGET == HWY_AVX3_DL) return &kByteDot512;
  return HWY_MAX_BYTES >= 64 ? &kVectors512 : HWY_MAX_BYTES == 32 ? &kVectors256 : &kVectors128;
}

}  // namespace HWY_NAMESPACE
}  // namespace convolve
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace convolve {

HWY_EXPORT(SpeedOfTarget);

const Speed& speed() noexcept { return *CONVOLVE_DISPATCH(SpeedOfTarget)(); }

const Speed& reference_speed() noexcept { return kVectors256; }

}  // namespace convolve
#endif
