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

inline constexpr Speed kSpeeds[] = {
    // byte_dot, wide, half_dot, pair_tap, product, single_tap, wide_tap, fourier_level
    {0.017, 0.030, 0.025, 0.025, 0.12, 0.11, 0.22, 0.24},  // 512 bits, byte dot product
    {0.062, 0.062, 0.038, 0.030, 0.15, 0.11, 0.22, 0.24},  // 512 bits
    {0.115, 0.115, 0.065, 0.055, 0.25, 0.17, 0.34, 0.35},  // 256 bits
    {0.215, 0.215, 0.130, 0.110, 0.50, 0.35, 0.80, 0.65},  // 128 bits
};
inline constexpr Speed kOneLane{2.0, 2.0, 1.0, 2.0, 2.0, 0.8, 0.8, 1.3};

}  // namespace convolve
#endif

HWY_BEFORE_NAMESPACE();
namespace convolve {
namespace HWY_NAMESPACE {

const Speed* SpeedOfTarget() {
  if (HWY_TARGET == HWY_SCALAR) return &kOneLane;
  if (HWY_TARGET == HWY_AVX3_DL) return &kSpeeds[0];
  return &kSpeeds[HWY_MAX_BYTES >= 64 ? 1 : HWY_MAX_BYTES == 32 ? 2 : 3];
}

}  // namespace HWY_NAMESPACE
}  // namespace convolve
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace convolve {

HWY_EXPORT(SpeedOfTarget);

const Speed& speed() noexcept { return *CONVOLVE_DISPATCH(SpeedOfTarget)(); }

const Speed& reference_speed() noexcept { return kSpeeds[2]; }

std::span<const Speed> all_speeds() noexcept { return kSpeeds; }

}  // namespace convolve
#endif
