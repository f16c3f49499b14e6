// SPDX-License-Identifier: MIT
#include "core/simd/difference.h"

#include <algorithm>
#include <cstdlib>
#include <cstring>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "core/simd/difference.cc"
#include <hwy/foreach_target.h>
#include "core/simd/dispatch.h"
#include "core/simd/highway-inl.h"

#ifndef CONVOLVE_DIFFERENCE_ONCE
#define CONVOLVE_DIFFERENCE_ONCE
namespace convolve {

// The same, a sample at a time, from byte `at` of the rows on.
template <typename T>
std::uint64_t differences_from(const std::byte* one, const std::byte* other, std::size_t at,
                               std::size_t bytes, std::uint32_t mask) noexcept {
  std::uint64_t sum = 0;
  for (; at + sizeof(T) <= bytes; at += sizeof(T)) {
    T a;
    T b;
    T bits;
    std::memcpy(&a, one + at, sizeof a);
    std::memcpy(&b, other + at, sizeof b);
    std::memcpy(&bits, reinterpret_cast<const std::byte*>(&mask) + at % 4, sizeof bits);
    sum += static_cast<std::uint64_t>(std::abs((a & bits) - (b & bits)));
  }
  return sum;
}

}  // namespace convolve
#endif

HWY_BEFORE_NAMESPACE();
namespace convolve {
namespace HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

#if HWY_TARGET == HWY_SCALAR

std::uint64_t RowDifference(SampleType type, const std::byte* one, const std::byte* other,
                            std::size_t bytes, std::uint32_t mask) {
  return type == SampleType::u8 ? differences_from<std::uint8_t>(one, other, 0, bytes, mask)
                                : differences_from<std::uint16_t>(one, other, 0, bytes, mask);
}

#else

using DU32 = hn::ScalableTag<std::uint32_t>;
using DU64 = hn::ScalableTag<std::uint64_t>;

// |a − b| of unsigned samples, of which one difference is none.
template <class D>
HWY_INLINE hn::Vec<D> Distances(D d, const std::byte* one, const std::byte* other,
                                hn::Vec<D> mask) {
  using T = hn::TFromD<D>;
  const auto a = hn::And(hn::LoadU(d, reinterpret_cast<const T*>(one)), mask);
  const auto b = hn::And(hn::LoadU(d, reinterpret_cast<const T*>(other)), mask);
  return hn::Or(hn::SaturatedSub(a, b), hn::SaturatedSub(b, a));
}

// The sum of unsigned lanes, in 64 bits.
template <class D>
HWY_INLINE std::uint64_t SumLanes(D d, hn::Vec<D> sums) {
  HWY_ALIGN hn::TFromD<D> lanes[hn::MaxLanes(D())];
  hn::Store(sums, d, lanes);
  std::uint64_t sum = 0;
  for (std::size_t i = 0; i < hn::Lanes(d); ++i) sum += lanes[i];
  return sum;
}

std::uint64_t DifferenceOfBytes(const std::byte* one, const std::byte* other, std::size_t bytes,
                                std::uint32_t mask) {
  const hn::ScalableTag<std::uint8_t> d;
  const auto masks = hn::BitCast(d, hn::Set(DU32(), mask));
  auto sums = hn::Zero(DU64());
  std::size_t at = 0;
  for (; at + hn::Lanes(d) <= bytes; at += hn::Lanes(d)) {
    sums = hn::Add(sums, hn::SumsOf8(Distances(d, one + at, other + at, masks)));
  }
  return SumLanes(DU64(), sums) + differences_from<std::uint8_t>(one, other, at, bytes, mask);
}

std::uint64_t DifferenceOfHalves(const std::byte* one, const std::byte* other, std::size_t bytes,
                                 std::uint32_t mask) {
  constexpr std::size_t kMostSteps = 1 << 14;  // whose sums 32 bits hold
  const hn::ScalableTag<std::uint16_t> d;
  const DU32 d32;
  const std::size_t step = 2 * hn::Lanes(d);
  const auto masks = hn::BitCast(d, hn::Set(d32, mask));
  const auto low = hn::Set(d32, 0xffff);
  std::uint64_t sum = 0;
  std::size_t at = 0;
  while (at + step <= bytes) {
    auto sums = hn::Zero(d32);
    const std::size_t steps = std::min(kMostSteps, (bytes - at) / step);
    for (const std::size_t end = at + steps * step; at < end; at += step) {
      const auto pairs = hn::BitCast(d32, Distances(d, one + at, other + at, masks));
      sums = hn::Add(sums, hn::Add(hn::And(pairs, low), hn::ShiftRight<16>(pairs)));
    }
    sum += SumLanes(d32, sums);
  }
  return sum + differences_from<std::uint16_t>(one, other, at, bytes, mask);
}

std::uint64_t RowDifference(SampleType type, const std::byte* one, const std::byte* other,
                            std::size_t bytes, std::uint32_t mask) {
  return type == SampleType::u8 ? DifferenceOfBytes(one, other, bytes, mask)
                                : DifferenceOfHalves(one, other, bytes, mask);
}

#endif

}  // namespace HWY_NAMESPACE
}  // namespace convolve
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace convolve {

HWY_EXPORT(RowDifference);

std::uint64_t row_difference(SampleType type, const std::byte* one, const std::byte* other,
                             std::size_t bytes, std::uint32_t mask) noexcept {
  return CONVOLVE_DISPATCH(RowDifference)(type, one, other, bytes, mask);
}

}  // namespace convolve
#endif
