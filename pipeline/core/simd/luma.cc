// SPDX-License-Identifier: MIT
#include "core/simd/luma.h"

#include <algorithm>
#include <cstdint>
#include <cstring>

#include <hwy/cache_control.h>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "core/simd/luma.cc"
#include <hwy/foreach_target.h>
#include "core/simd/dispatch.h"
#include "core/simd/highway-inl.h"

#include "core/simd/dot-inl.h"

HWY_BEFORE_NAMESPACE();
namespace convolve {
namespace HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

#if HWY_TARGET != HWY_SCALAR

using DF = hn::ScalableTag<float>;

// Four bytes a lane, of one pixel or of a pixel and its neighbour's first; each has its weight.
class PixelWeights {
 public:
  explicit PixelWeights(const int (&weights)[4])
      : even_(hn::Set(DI32(), weights[0] + weights[2] * 65536)),
        odd_(hn::Set(DI32(), weights[1] + weights[3] * 65536)) {}

  // Whole numbers below 2^18.
  [[nodiscard]] HWY_INLINE hn::Vec<DF> Sum(VI32 pixels) const {
    const DI32 d;
    const hn::Repartition<std::uint16_t, DI32> d16;
    const VI32 even = hn::And(pixels, hn::Set(d, 0x00ff00ff));
    const VI32 odd = hn::BitCast(d, hn::ShiftRight<8>(hn::BitCast(d16, pixels)));
    return hn::ConvertTo(DF(), Dot2(Dot2(hn::Zero(d), even, even_), odd, odd_));
  }

 private:
  VI32 even_;
  VI32 odd_;
};

// Gives pixels of three bytes a lane each: each block of four lanes takes 12 bytes.
class PixelSpread {
  using D8 = hn::Repartition<std::uint8_t, DI32>;
  using Indices = decltype(hn::SetTableIndices(DI32(), static_cast<const std::int32_t*>(nullptr)));

 public:
  PixelSpread() : blocks_(Blocks()), bytes_(Bytes()) {}
  [[nodiscard]] HWY_INLINE VI32 Of(VI32 packed) const {
    if (hn::Lanes(DI32()) > 4) packed = hn::TableLookupLanes(packed, blocks_);
    return hn::BitCast(DI32(), hn::TableLookupBytes(hn::BitCast(D8(), packed), bytes_));
  }

 private:
  static Indices Blocks() {
    HWY_ALIGN std::int32_t index[HWY_MAX_BYTES / 4];
    for (int i = 0; i < static_cast<int>(hn::Lanes(DI32())); ++i) {
      index[i] = i / 4 * 3 + std::min(i % 4, 2);
    }
    return hn::SetTableIndices(DI32(), index);
  }
  static hn::Vec<D8> Bytes() {
    HWY_ALIGN std::uint8_t index[16];
    for (int i = 0; i < 16; ++i) index[i] = static_cast<std::uint8_t>(i / 4 * 3 + i % 4 % 3);
    return hn::LoadDup128(D8(), index);
  }

  Indices blocks_;
  hn::Vec<D8> bytes_;
};

template <int kStep>
HWY_INLINE hn::Vec<DF> SumAt(const PixelWeights& weights, const PixelSpread& spread,
                             const std::uint8_t* from) {
  const hn::Repartition<std::uint8_t, DI32> d8;
  const VI32 pixels = hn::BitCast(DI32(), hn::LoadU(d8, from));
  return weights.Sum(kStep == 3 ? spread.Of(pixels) : pixels);
}

// `bytes` bytes from the first one that has a weight on, for `count` pixels.
template <int kStep>
void LumaOfPixels(const std::uint8_t* from, int bytes, const PixelWeights& weights, int count,
                  std::ptrdiff_t ahead, float* to) {
  const PixelSpread spread;
  const auto lanes = static_cast<int>(hn::Lanes(DI32()));
  int i = 0;
  for (; i + lanes <= count && i * kStep + 4 * lanes <= bytes; i += lanes) {
    hwy::Prefetch(from + ahead + i * kStep);
    hn::StoreU(SumAt<kStep>(weights, spread, from + i * kStep), DF(), to + i);
  }
  // The last ones by way of a copy.
  HWY_ALIGN std::uint8_t pixels[HWY_MAX_BYTES] = {};
  HWY_ALIGN float sums[HWY_MAX_BYTES / sizeof(float)];
  for (; i < count; i += lanes) {
    const int rest = std::min(lanes, count - i);
    std::memcpy(pixels, from + i * kStep,
                static_cast<std::size_t>(std::min(rest * kStep, bytes - i * kStep)));
    hn::Store(SumAt<kStep>(weights, spread, pixels), DF(), sums);
    std::memcpy(to + i, sums, static_cast<std::size_t>(rest) * sizeof(float));
  }
}

int LumaOfPlanes(const std::uint8_t* r, const std::uint8_t* g, const std::uint8_t* b, int count,
                 float* to) {
  const DI32 d;
  const hn::Rebind<std::uint8_t, DI32> d8;
  const auto lanes = static_cast<int>(hn::Lanes(d));
  const VI32 red_green = hn::Set(d, 299 + 587 * 65536);
  const VI32 blue = hn::Set(d, 114);
  int i = 0;
  for (; i + lanes <= count; i += lanes) {
    const VI32 both = hn::Or(hn::PromoteTo(d, hn::LoadU(d8, r + i)),
                             hn::ShiftLeft<16>(hn::PromoteTo(d, hn::LoadU(d8, g + i))));
    const VI32 sum =
        Dot2(Dot2(hn::Zero(d), both, red_green), hn::PromoteTo(d, hn::LoadU(d8, b + i)), blue);
    hn::StoreU(hn::ConvertTo(DF(), sum), DF(), to + i);
  }
  return i;
}

#endif

void LumaOfBytes(const std::uint8_t* r, const std::uint8_t* g, const std::uint8_t* b, int step,
                 int count, [[maybe_unused]] std::ptrdiff_t ahead, float* to) {
  int done = 0;
#if HWY_TARGET != HWY_SCALAR
  if (step == 1) {
    done = LumaOfPlanes(r, g, b, count, to);
  } else {
    const std::uint8_t* const first = std::min({r, g, b});
    const auto bytes = static_cast<int>(std::max({r, g, b}) - first) + 1 + (count - 1) * step;
    int weights[4] = {};
    weights[r - first] = 299;
    weights[g - first] = 587;
    weights[b - first] = 114;
    if (step == 3) return LumaOfPixels<3>(first, bytes, PixelWeights(weights), count, ahead, to);
    return LumaOfPixels<4>(first, bytes, PixelWeights(weights), count, ahead, to);
  }
#endif
  for (int i = done; i < count; ++i) {
    to[i] = static_cast<float>(299 * r[i * step] + 587 * g[i * step] + 114 * b[i * step]);
  }
}

}  // namespace HWY_NAMESPACE
}  // namespace convolve
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace convolve {

HWY_EXPORT(LumaOfBytes);

void luma_of_bytes(const std::byte* r, const std::byte* g, const std::byte* b, int step, int count,
                   std::ptrdiff_t ahead, float* to) noexcept {
  const auto bytes = [](const std::byte* data) {
    return reinterpret_cast<const std::uint8_t*>(data);
  };
  CONVOLVE_DISPATCH(LumaOfBytes)(bytes(r), bytes(g), bytes(b), step, count, ahead, to);
}

}  // namespace convolve
#endif
