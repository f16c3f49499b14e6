// SPDX-License-Identifier: MIT
/// \file
/// Rows of samples into groups of 32-bit lanes. Included once per target.
#include <cstdint>

#include "core/simd/highway-inl.h"

#if defined(CONVOLVE_INTERLEAVE_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef CONVOLVE_INTERLEAVE_INL_H_
#undef CONVOLVE_INTERLEAVE_INL_H_
#else
#define CONVOLVE_INTERLEAVE_INL_H_
#endif

HWY_BEFORE_NAMESPACE();
namespace convolve {
namespace HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

#if HWY_TARGET != HWY_SCALAR

/// Lane x of `to` holds sample x of 4 rows. Writes, and reads, up to a vector beyond `samples`.
HWY_INLINE void InterleaveBytes(const std::byte* const (&rows)[4], int samples, std::int32_t* to) {
  const hn::ScalableTag<std::uint8_t> d;
  const auto step = static_cast<int>(hn::Lanes(d));
  const auto* const row0 = reinterpret_cast<const std::uint8_t*>(rows[0]);
  const auto* const row1 = reinterpret_cast<const std::uint8_t*>(rows[1]);
  const auto* const row2 = reinterpret_cast<const std::uint8_t*>(rows[2]);
  const auto* const row3 = reinterpret_cast<const std::uint8_t*>(rows[3]);
  auto* const bytes = reinterpret_cast<std::uint8_t*>(to);
  for (int x = 0; x < samples; x += step) {
    hn::StoreInterleaved4(hn::LoadU(d, row0 + x), hn::LoadU(d, row1 + x), hn::LoadU(d, row2 + x),
                          hn::LoadU(d, row3 + x), d, bytes + 4 * x);
  }
}

/// Lane x of `to` holds sample x of 2 rows, each less 32768 where `centred`, as signed halves.
HWY_INLINE void InterleaveHalves(const std::byte* const (&rows)[2], int samples, bool centred,
                                 std::int32_t* to) {
  const hn::ScalableTag<std::uint16_t> d;
  const auto step = static_cast<int>(hn::Lanes(d));
  const auto flip = hn::Set(d, static_cast<std::uint16_t>(centred ? 0x8000 : 0));
  const auto* const row0 = reinterpret_cast<const std::uint16_t*>(rows[0]);
  const auto* const row1 = reinterpret_cast<const std::uint16_t*>(rows[1]);
  auto* const halves = reinterpret_cast<std::uint16_t*>(to);
  for (int x = 0; x < samples; x += step) {
    hn::StoreInterleaved2(hn::Xor(hn::LoadU(d, row0 + x), flip),
                          hn::Xor(hn::LoadU(d, row1 + x), flip), d, halves + 2 * x);
  }
}

#endif  // HWY_SCALAR

}  // namespace HWY_NAMESPACE
}  // namespace convolve
HWY_AFTER_NAMESPACE();

#endif
