// SPDX-License-Identifier: MIT
#include "core/simd/pixels.h"

#include <algorithm>
#include <cstdint>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "core/simd/pixels.cc"
#include <hwy/foreach_target.h>
#include "core/simd/dispatch.h"
#include "core/simd/highway-inl.h"

HWY_BEFORE_NAMESPACE();
namespace convolve {
namespace HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

using D8 = hn::ScalableTag<std::uint8_t>;
using V8 = hn::Vec<D8>;

// The first byte of every two.
HWY_INLINE V8 LoadEven(const std::uint8_t* from) {
  const D8 d;
#if HWY_TARGET == HWY_SCALAR
  return hn::LoadU(d, from);
#else
  const hn::RepartitionToWide<D8> wide;
  const hn::Half<D8> half;
  const auto low = hn::Set(wide, 0xff);
  const auto first = [&](const std::uint8_t* at) HWY_ATTR {
    const auto pairs = hn::BitCast(wide, hn::LoadU(d, at));
    return hn::DemoteTo(half,
                        hn::BitCast(hn::RebindToSigned<decltype(wide)>(), hn::And(pairs, low)));
  };
  return hn::Combine(d, first(from + hn::Lanes(d)), first(from));
#endif
}

// Replaces it.
HWY_INLINE void StoreEven(const std::uint8_t* from, std::uint8_t* to) {
#if HWY_TARGET == HWY_SCALAR
  *to = *from;
#else
  const D8 d;
  const hn::RepartitionToWide<D8> wide;
  const hn::Rebind<std::uint8_t, decltype(wide)> half;
  const auto high = hn::Set(wide, 0xff00);
  for (int part = 0; part < 2; ++part) {
    std::uint8_t* const pairs = to + part * static_cast<int>(hn::Lanes(d));
    const auto kept = hn::And(hn::BitCast(wide, hn::LoadU(d, pairs)), high);
    const auto fresh =
        hn::PromoteTo(wide, hn::LoadU(half, from + part * static_cast<int>(hn::Lanes(half))));
    hn::StoreU(hn::BitCast(d, hn::Or(kept, fresh)), d, pairs);
  }
#endif
}

// The first of every kStep bytes, for a vector of them.
template <int kStep>
HWY_INLINE V8 LoadFirst(const std::uint8_t* from) {
  const D8 d;
  V8 a = hn::Zero(d);
  V8 b = a;
  V8 c = a;
  V8 e = a;
  if constexpr (kStep == 1) return hn::LoadU(d, from);
  if constexpr (kStep == 2) return LoadEven(from);
  if constexpr (kStep == 3) hn::LoadInterleaved3(d, from, a, b, c);
  if constexpr (kStep == 4) hn::LoadInterleaved4(d, from, a, b, c, e);
  return a;
}

// Whole vectors read up to the last sample's neighbours, so the last few are left to single steps.
template <int kStep>
HWY_INLINE int VectorCount(int count) {
  const auto lanes = static_cast<int>(hn::Lanes(D8()));
  return kStep == 1 ? count / lanes * lanes : std::max(0, count - 1) / lanes * lanes;
}

template <int kStep>
void Gather(const std::uint8_t* from, int count, std::uint8_t* to) {
  const D8 d;
  const auto lanes = static_cast<int>(hn::Lanes(d));
  const int whole = VectorCount<kStep>(count);
  int i = 0;
  for (; i < whole; i += lanes) hn::StoreU(LoadFirst<kStep>(from + i * kStep), d, to + i);
  for (; i < count; ++i) to[i] = from[i * kStep];
}

template <int kStep>
void Scatter(const std::uint8_t* from, int count, std::uint8_t* to) {
  const D8 d;
  const auto lanes = static_cast<int>(hn::Lanes(d));
  const int whole = VectorCount<kStep>(count);
  int i = 0;
  for (; i < whole; i += lanes) {
    const V8 value = hn::LoadU(d, from + i);
    std::uint8_t* const at = to + i * kStep;
    V8 a;
    V8 b;
    V8 c;
    V8 e;
    if constexpr (kStep == 2) {
      StoreEven(from + i, at);
    } else if constexpr (kStep == 3) {
      hn::LoadInterleaved3(d, at, a, b, c);
      hn::StoreInterleaved3(value, b, c, d, at);
    } else {
      hn::LoadInterleaved4(d, at, a, b, c, e);
      hn::StoreInterleaved4(value, b, c, e, d, at);
    }
  }
  for (; i < count; ++i) to[i * kStep] = from[i];
}

void GatherBytes(const std::uint8_t* from, int step, int count, std::uint8_t* to) {
  switch (step) {
    case 1:
      return Gather<1>(from, count, to);
    case 2:
      return Gather<2>(from, count, to);
    case 3:
      return Gather<3>(from, count, to);
    default:
      return Gather<4>(from, count, to);
  }
}

void ScatterBytes(const std::uint8_t* from, int count, int step, std::uint8_t* to) {
  switch (step) {
    case 1:
      std::copy_n(from, count, to);
      return;
    case 2:
      return Scatter<2>(from, count, to);
    case 3:
      return Scatter<3>(from, count, to);
    default:
      return Scatter<4>(from, count, to);
  }
}

void TripleBytes(const std::uint8_t* from, int count, std::uint8_t* to) {
  const D8 d;
  const auto lanes = static_cast<int>(hn::Lanes(d));
  int i = 0;
  for (; i + lanes <= count; i += lanes) {
    const V8 value = hn::LoadU(d, from + i);
    hn::StoreInterleaved3(value, value, value, d, to + 3 * i);
  }
  for (; i < count; ++i) to[3 * i] = to[3 * i + 1] = to[3 * i + 2] = from[i];
}

template <int kStep>
void Luma(const std::uint8_t* r, const std::uint8_t* g, const std::uint8_t* b, int count,
          float* to) {
  const hn::ScalableTag<float> df;
  const hn::Rebind<std::int32_t, decltype(df)> di;
  const hn::Rebind<std::uint8_t, decltype(df)> d_part;
  const auto lanes = static_cast<int>(hn::Lanes(D8()));
  const auto part = static_cast<int>(hn::Lanes(df));
  const int whole = VectorCount<kStep>(count);
  HWY_ALIGN std::uint8_t rgb[3][HWY_MAX_BYTES];
  int i = 0;
  for (; i < whole; i += lanes) {
    hn::Store(LoadFirst<kStep>(r + i * kStep), D8(), rgb[0]);
    hn::Store(LoadFirst<kStep>(g + i * kStep), D8(), rgb[1]);
    hn::Store(LoadFirst<kStep>(b + i * kStep), D8(), rgb[2]);
    for (int x = 0; x < lanes; x += part) {
      const auto real = [&](const std::uint8_t* from, float weight) HWY_ATTR {
        const auto sample = hn::ConvertTo(df, hn::PromoteTo(di, hn::LoadU(d_part, from + x)));
        return hn::Mul(sample, hn::Set(df, weight));
      };
      // Whole numbers below 2^24: exact in any order.
      const auto sum = hn::Add(hn::Add(real(rgb[0], 299), real(rgb[1], 587)), real(rgb[2], 114));
      hn::StoreU(sum, df, to + i + x);
    }
  }
  for (; i < count; ++i) {
    to[i] = static_cast<float>(299 * r[i * kStep] + 587 * g[i * kStep] + 114 * b[i * kStep]);
  }
}

void LumaOfBytes(const std::uint8_t* r, const std::uint8_t* g, const std::uint8_t* b, int step,
                 int count, float* to) {
  switch (step) {
    case 1:
      return Luma<1>(r, g, b, count, to);
    case 3:
      return Luma<3>(r, g, b, count, to);
    default:
      return Luma<4>(r, g, b, count, to);
  }
}

}  // namespace HWY_NAMESPACE
}  // namespace convolve
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace convolve {

HWY_EXPORT(GatherBytes);
HWY_EXPORT(ScatterBytes);
HWY_EXPORT(TripleBytes);
HWY_EXPORT(LumaOfBytes);

namespace {
const std::uint8_t* bytes(const std::byte* data) noexcept {
  return reinterpret_cast<const std::uint8_t*>(data);
}
std::uint8_t* bytes(std::byte* data) noexcept { return reinterpret_cast<std::uint8_t*>(data); }
}  // namespace

void gather_bytes(const std::byte* from, int step, int count, std::byte* to) noexcept {
  CONVOLVE_DISPATCH(GatherBytes)(bytes(from), step, count, bytes(to));
}

void scatter_bytes(const std::byte* from, int count, int step, std::byte* to) noexcept {
  CONVOLVE_DISPATCH(ScatterBytes)(bytes(from), count, step, bytes(to));
}

void triple_bytes(const std::byte* from, int count, std::byte* to) noexcept {
  CONVOLVE_DISPATCH(TripleBytes)(bytes(from), count, bytes(to));
}

void luma_of_bytes(const std::byte* r, const std::byte* g, const std::byte* b, int step, int count,
                   float* to) noexcept {
  CONVOLVE_DISPATCH(LumaOfBytes)(bytes(r), bytes(g), bytes(b), step, count, to);
}

}  // namespace convolve
#endif
