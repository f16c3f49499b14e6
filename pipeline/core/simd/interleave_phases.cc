// SPDX-License-Identifier: MIT
#include "core/simd/interleave_phases.h"

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <numeric>
#include <span>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "core/simd/interleave_phases.cc"
#include <hwy/foreach_target.h>
#include "core/simd/dispatch.h"
#include "core/simd/highway-inl.h"

HWY_BEFORE_NAMESPACE();
namespace convolve {
namespace HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

using Rows = PhaseInterleaver::Rows;

// Pixels one by one.
void CopyPixels(const PhaseInterleaver& phases, const Rows& rows, int pixels, std::byte* to) {
  const auto bytes = static_cast<std::size_t>(phases.pixel_bytes());
  const auto scale = static_cast<std::size_t>(phases.scale());
  for (std::size_t j = 0; j < static_cast<std::size_t>(pixels); ++j) {
    for (std::size_t f = 0; f < scale; ++f) {
      std::memcpy(to, rows[f] + j * bytes, bytes);
      to += bytes;
    }
  }
}

#if HWY_TARGET == HWY_SCALAR

bool Shuffle(const PhaseInterleaver&, const Rows&, int, std::byte*) { return false; }

#else

// 16 bytes of `kScale` rows, or of as many as there are picks.
template <int kScale>
HWY_INLINE void ShuffleAt(std::span<const BytePick> picks, const Rows& rows, std::ptrdiff_t from,
                          std::uint8_t* to) {
  const hn::Full128<std::uint8_t> d;
  const std::size_t scale = kScale > 0 ? kScale : picks.size();
  auto made = hn::Zero(d);
  for (std::size_t f = 0; f < scale; ++f) {
    const auto* const row = reinterpret_cast<const std::uint8_t*>(rows[f]) + from;
    made = hn::Or(made, hn::TableLookupBytesOr0(hn::LoadU(d, row + picks[f].from),
                                                hn::Load(d, picks[f].order.data())));
  }
  hn::StoreU(made, d, to);
}

// In rounds, of which the last overlaps the one before.
template <int kScale>
void ShuffleAll(const PhaseInterleaver& phases, const Rows& rows, int pixels, std::byte* to) {
  const std::span<const BytePick> picks(phases.picks());
  const auto scale = static_cast<std::size_t>(phases.scale());
  const std::ptrdiff_t bytes = phases.pixel_bytes();
  const int round = phases.round_pixels();
  for (int next = 0; next < pixels; next += round) {
    const int x = std::min(next, pixels - round);
    auto* out = reinterpret_cast<std::uint8_t*>(to) + x * bytes * phases.scale();
    for (std::size_t i = 0; i < picks.size(); i += scale, out += BytePick::kBytes) {
      ShuffleAt<kScale>(picks.subspan(i, scale), rows, x * bytes, out);
    }
  }
}

bool Shuffle(const PhaseInterleaver& phases, const Rows& rows, int pixels, std::byte* to) {
  if (pixels < phases.round_pixels()) return false;
  switch (phases.scale()) {
    case 2:
      ShuffleAll<2>(phases, rows, pixels, to);
      return true;
    case 3:
      ShuffleAll<3>(phases, rows, pixels, to);
      return true;
    case 4:
      ShuffleAll<4>(phases, rows, pixels, to);
      return true;
    default:
      ShuffleAll<0>(phases, rows, pixels, to);
      return true;
  }
}

#endif

// As many pixels from `x` on as a vector holds; a pixel is one lane.
template <int kScale, typename T>
HWY_INLINE void InterleaveAt(const Rows& rows, int x, T* to) {
  const hn::ScalableTag<T> d;
  const auto load = [&](std::size_t f)
                        HWY_ATTR { return hn::LoadU(d, reinterpret_cast<const T*>(rows[f]) + x); };
  if constexpr (kScale == 2) {
    hn::StoreInterleaved2(load(0), load(1), d, to + 2 * x);
  } else if constexpr (kScale == 3) {
    hn::StoreInterleaved3(load(0), load(1), load(2), d, to + 3 * x);
  } else {
    hn::StoreInterleaved4(load(0), load(1), load(2), load(3), d, to + 4 * x);
  }
}

template <int kScale, typename T>
void InterleaveLanes(const PhaseInterleaver& phases, const Rows& rows, int pixels, std::byte* to) {
  const auto lanes = static_cast<int>(hn::Lanes(hn::ScalableTag<T>()));
  if (pixels < lanes) return CopyPixels(phases, rows, pixels, to);
  // The last vector overlaps the one before.
  for (int next = 0; next < pixels; next += lanes) {
    InterleaveAt<kScale, T>(rows, std::min(next, pixels - lanes), reinterpret_cast<T*>(to));
  }
}

template <typename T>
void InterleaveAs(const PhaseInterleaver& phases, const Rows& rows, int pixels, std::byte* to) {
  switch (phases.scale()) {
    case 2:
      return InterleaveLanes<2, T>(phases, rows, pixels, to);
    case 3:
      return InterleaveLanes<3, T>(phases, rows, pixels, to);
    default:
      return InterleaveLanes<4, T>(phases, rows, pixels, to);
  }
}

void InterleavePhases(const PhaseInterleaver& phases, const Rows& rows, int pixels, std::byte* to) {
  if (!phases.has_lanes()) {
    if (!Shuffle(phases, rows, pixels, to)) CopyPixels(phases, rows, pixels, to);
    return;
  }
  switch (phases.pixel_bytes()) {
    case 1:
      return InterleaveAs<std::uint8_t>(phases, rows, pixels, to);
    case 2:
      return InterleaveAs<std::uint16_t>(phases, rows, pixels, to);
    default:
      return InterleaveAs<std::uint32_t>(phases, rows, pixels, to);
  }
}

}  // namespace HWY_NAMESPACE
}  // namespace convolve
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace convolve {

HWY_EXPORT(InterleavePhases);

PhaseInterleaver::PhaseInterleaver(int scale, int pixel_bytes)
    : scale_(scale), pixel_bytes_(pixel_bytes) {
  const bool lane = pixel_bytes == 1 || pixel_bytes == 2 || pixel_bytes == 4;
  if (lane && scale <= 4) return;
  const int round = std::lcm(BytePick::kBytes, scale * pixel_bytes);
  round_pixels_ = round / (scale * pixel_bytes);
  for (int begin = 0; begin < round; begin += BytePick::kBytes) {
    for (int row = 0; row < scale; ++row) {
      BytePick& pick = picks_.emplace_back();
      pick.from = -1;
      for (int i = 0; i < BytePick::kBytes; ++i) {
        const int pixel = (begin + i) / pixel_bytes;
        if (pixel % scale != row) continue;
        const int from = pixel / scale * pixel_bytes + (begin + i) % pixel_bytes;
        if (pick.from < 0) pick.from = from;
        pick.order[static_cast<std::size_t>(i)] = static_cast<std::uint8_t>(from - pick.from);
      }
      pick.from = std::max<std::ptrdiff_t>(pick.from, 0);
    }
  }
}

void PhaseInterleaver::run(const Rows& rows, int pixels, std::byte* to) const noexcept {
  CONVOLVE_DISPATCH(InterleavePhases)(*this, rows, pixels, to);
}

}  // namespace convolve
#endif
