// SPDX-License-Identifier: MIT
#include "core/simd/pixels.h"

#include <algorithm>
#include <cstdint>

#include <hwy/cache_control.h>

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

// Replaces the first byte of every four.
HWY_INLINE void StoreFourths(const std::uint8_t* from, std::uint8_t* to) {
#if HWY_TARGET == HWY_SCALAR
  *to = *from;
#else
  const hn::ScalableTag<std::uint32_t> wide;
  const hn::Rebind<std::uint8_t, decltype(wide)> quarter;
  const auto others = hn::Set(wide, 0xffffff00);
  const auto step = static_cast<int>(hn::Lanes(wide));
  for (int i = 0; i < static_cast<int>(hn::Lanes(D8())); i += step) {
    std::uint8_t* const at = to + 4 * i;
    const auto kept = hn::And(hn::BitCast(wide, hn::LoadU(D8(), at)), others);
    const auto fresh = hn::PromoteTo(wide, hn::LoadU(quarter, from + i));
    hn::StoreU(hn::BitCast(D8(), hn::Or(kept, fresh)), D8(), at);
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
    if constexpr (kStep == 2) {
      StoreEven(from + i, at);
    } else if constexpr (kStep == 3) {
      hn::LoadInterleaved3(d, at, a, b, c);
      hn::StoreInterleaved3(value, b, c, d, at);
    } else {
      StoreFourths(from + i, at);
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

#if HWY_TARGET == HWY_SCALAR

int TripleVectors(const std::uint8_t*, int, std::ptrdiff_t, std::uint8_t*) { return 0; }
int TripleBesideVectors(const std::uint8_t*, int, int, const std::uint8_t*, std::ptrdiff_t,
                        std::uint8_t*) {
  return 0;
}

#else

using DU32 = hn::ScalableTag<std::uint32_t>;

// A third of a vector of bytes, each three times. Block k of the three thirds, 16 bytes, repeats
// bytes of block k/3.
class Third {
  using Indices = decltype(hn::SetTableIndices(DU32(), static_cast<const std::int32_t*>(nullptr)));

 public:
  explicit Third(int number) : blocks_(Blocks(number)), bytes_(Bytes(number)) {}
  [[nodiscard]] HWY_INLINE V8 Of(V8 value) const {
    // A vector of one block has nothing to choose from.
    if (hn::Lanes(D8()) > 16) {
      value = hn::BitCast(D8(), hn::TableLookupLanes(hn::BitCast(DU32(), value), blocks_));
    }
    return hn::TableLookupBytes(value, bytes_);
  }

 private:
  static Indices Blocks(int number) {
    const auto lanes = static_cast<int>(hn::Lanes(DU32()));
    HWY_ALIGN std::int32_t index[HWY_MAX_BYTES / 4];
    for (int i = 0; i < lanes; ++i) index[i] = (number * lanes + i) / 4 / 3 * 4 + i % 4;
    return hn::SetTableIndices(DU32(), index);
  }
  static V8 Bytes(int number) {
    const auto lanes = static_cast<int>(hn::Lanes(D8()));
    HWY_ALIGN std::uint8_t index[HWY_MAX_BYTES];
    for (int i = 0; i < lanes; ++i) {
      index[i] = static_cast<std::uint8_t>((number * lanes + i) % 48 / 3);
    }
    return hn::Load(D8(), index);
  }

  Indices blocks_;
  V8 bytes_;
};

// Both return how many of the bytes they saw to.

int TripleVectors(const std::uint8_t* from, int count, std::ptrdiff_t ahead, std::uint8_t* to) {
  const D8 d;
  const auto lanes = static_cast<int>(hn::Lanes(d));
  const Third first(0);
  const Third second(1);
  const Third third(2);
  int i = 0;
  for (; i + lanes <= count; i += lanes) {
    const V8 value = hn::LoadU(d, from + i);
    for (int v = 0; v < 3; ++v) hwy::Prefetch(to + ahead + 3 * i + v * lanes);
    hn::StoreU(first.Of(value), d, to + 3 * i);
    hn::StoreU(second.Of(value), d, to + 3 * i + lanes);
    hn::StoreU(third.Of(value), d, to + 3 * i + 2 * lanes);
  }
  return i;
}

int TripleBesideVectors(const std::uint8_t* from, int count, int fourth,
                        const std::uint8_t* original, std::ptrdiff_t ahead, std::uint8_t* to) {
  const D8 d;
  const auto pixels = static_cast<int>(hn::Lanes(DU32()));
  HWY_ALIGN std::uint8_t index[HWY_MAX_BYTES];
  for (int i = 0; i < 4 * pixels; ++i) {
    index[i] = static_cast<std::uint8_t>(i % 4 == fourth ? 0x80 : i / 4);
  }
  const V8 spread = hn::Load(d, index);
  const auto kept = hn::BitCast(d, hn::Set(DU32(), 0xffU << (8 * fourth)));
  int i = 0;
  // Bytes are read 16 at a time.
  for (; i + 16 <= count; i += pixels) {
    hwy::Prefetch(to + ahead + 4 * i);
    const V8 colour = hn::TableLookupBytesOr0(hn::LoadDup128(d, from + i), spread);
    hn::StoreU(hn::Or(colour, hn::And(hn::LoadU(d, original + 4 * i), kept)), d, to + 4 * i);
  }
  return i;
}

#endif

void TripleBytes(const std::uint8_t* from, int count, std::ptrdiff_t ahead, std::uint8_t* to) {
  for (int i = TripleVectors(from, count, ahead, to); i < count; ++i) {
    to[3 * i] = to[3 * i + 1] = to[3 * i + 2] = from[i];
  }
}

void TripleBesideBytes(const std::uint8_t* from, int count, int fourth,
                       const std::uint8_t* original, std::ptrdiff_t ahead, std::uint8_t* to) {
  for (int i = TripleBesideVectors(from, count, fourth, original, ahead, to); i < count; ++i) {
    for (int c = 0; c < 4; ++c) to[4 * i + c] = c == fourth ? original[4 * i + c] : from[i];
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
HWY_EXPORT(TripleBesideBytes);

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

void triple_bytes(const std::byte* from, int count, std::ptrdiff_t ahead, std::byte* to) noexcept {
  CONVOLVE_DISPATCH(TripleBytes)(bytes(from), count, ahead, bytes(to));
}

void triple_beside_bytes(const std::byte* from, int count, int fourth, const std::byte* original,
                         std::ptrdiff_t ahead, std::byte* to) noexcept {
  CONVOLVE_DISPATCH(TripleBesideBytes)
  (bytes(from), count, fourth, bytes(original), ahead, bytes(to));
}

}  // namespace convolve
#endif
