// SPDX-License-Identifier: MIT
/// \file
/// Integer dot products within 32-bit lanes. Included once per target.
///
/// A lane holds the samples of one column: four of 8 bits, or two of 16. All targets give the same
/// sums; they differ in how the weights of a lane are laid out, which `DotWords` describes.
#include <cstdint>

#include "core/simd/highway-inl.h"

#if defined(CONVOLVE_DOT_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef CONVOLVE_DOT_INL_H_
#undef CONVOLVE_DOT_INL_H_
#else
#define CONVOLVE_DOT_INL_H_
#endif

HWY_BEFORE_NAMESPACE();
namespace convolve {
namespace HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

// HWY_SCALAR has a single lane of each type, which cannot be seen as narrower ones.
#if HWY_TARGET != HWY_SCALAR

using DI32 = hn::ScalableTag<std::int32_t>;
using VI32 = hn::Vec<DI32>;

#undef CONVOLVE_BYTE_DOT
#undef CONVOLVE_ADJACENT_DOT
#if HWY_TARGET == HWY_AVX3_DL
#define CONVOLVE_BYTE_DOT 1
#else
#define CONVOLVE_BYTE_DOT 0
#endif
#if HWY_TARGET == HWY_SSSE3 || HWY_TARGET == HWY_SSE4 || HWY_TARGET == HWY_AVX2 || \
    HWY_TARGET == HWY_AVX3 || HWY_TARGET == HWY_AVX3_DL
#define CONVOLVE_ADJACENT_DOT 1
#else
#define CONVOLVE_ADJACENT_DOT 0
#endif

/// `sum` plus, in each lane, the products of the two signed 16-bit halves of `a` and `b`.
HWY_INLINE VI32 Dot2(VI32 sum, VI32 a, VI32 b) {
#if CONVOLVE_BYTE_DOT
  return VI32{_mm512_dpwssd_epi32(sum.raw, a.raw, b.raw)};
#else
  const DI32 d;
  const hn::Repartition<std::int16_t, DI32> d16;
  VI32 rest = hn::Zero(d);
#if CONVOLVE_ADJACENT_DOT
  return hn::ReorderWidenMulAccumulate(d, hn::BitCast(d16, a), hn::BitCast(d16, b), sum, rest);
#else
  const VI32 some =
      hn::ReorderWidenMulAccumulate(d, hn::BitCast(d16, a), hn::BitCast(d16, b), rest, rest);
  return hn::Add(sum, hn::RearrangeToOddPlusEven(some, rest));
#endif
#endif
}

#if CONVOLVE_BYTE_DOT
/// `sum` plus, in each lane, the products of four unsigned bytes of `a` and four signed ones of
/// `b`.
HWY_INLINE VI32 DotBytes(VI32 sum, VI32 a, VI32 b) {
  return VI32{_mm512_dpbusd_epi32(sum.raw, a.raw, b.raw)};
}
#endif

/// Four unsigned bytes a lane, ready for `Dot4`.
struct Bytes {
#if CONVOLVE_BYTE_DOT
  VI32 all;
#else
  VI32 even;  // bytes 0 and 2, as 16-bit halves
  VI32 odd;   // bytes 1 and 3
#endif
};

HWY_INLINE Bytes SplitBytes(VI32 lanes) {
#if CONVOLVE_BYTE_DOT
  return {lanes};
#else
  const DI32 d;
  const hn::Repartition<std::uint16_t, DI32> d16;
  return {hn::And(lanes, hn::Set(d, 0x00ff00ff)),
          hn::BitCast(d, hn::ShiftRight<8>(hn::BitCast(d16, lanes)))};
#endif
}

/// `sum` plus, in each lane, the products of the four bytes with four signed weights. The weights
/// are one word of bytes where the target multiplies bytes, else two words of 16-bit halves.
HWY_INLINE VI32 Dot4(VI32 sum, Bytes bytes, const std::int32_t* words) {
  const DI32 d;
#if CONVOLVE_BYTE_DOT
  return DotBytes(sum, bytes.all, hn::Set(d, words[0]));
#else
  sum = Dot2(sum, bytes.even, hn::Set(d, words[0]));
  return Dot2(sum, bytes.odd, hn::Set(d, words[1]));
#endif
}

/// In each 16-bit lane, the products of two unsigned bytes with two signed ones, which must stay
/// within 16 bits.
template <class V16 = hn::Vec<hn::ScalableTag<std::int16_t>>>
HWY_INLINE V16 DotBytePairs(V16 bytes, V16 weights) {
#if HWY_TARGET == HWY_AVX3 || HWY_TARGET == HWY_AVX3_DL
  return V16{_mm512_maddubs_epi16(bytes.raw, weights.raw)};
#elif HWY_TARGET == HWY_AVX2
  return V16{_mm256_maddubs_epi16(bytes.raw, weights.raw)};
#elif CONVOLVE_ADJACENT_DOT
  return V16{_mm_maddubs_epi16(bytes.raw, weights.raw)};
#else
  const hn::ScalableTag<std::int16_t> d;
  const hn::RebindToUnsigned<decltype(d)> du;
  const auto low = hn::And(bytes, hn::Set(d, 0xff));
  const auto high = hn::BitCast(d, hn::ShiftRight<8>(hn::BitCast(du, bytes)));
  return hn::Add(hn::Mul(low, hn::ShiftRight<8>(hn::ShiftLeft<8>(weights))),
                 hn::Mul(high, hn::ShiftRight<8>(weights)));
#endif
}

#endif  // HWY_SCALAR

}  // namespace HWY_NAMESPACE
}  // namespace convolve
HWY_AFTER_NAMESPACE();

#endif
