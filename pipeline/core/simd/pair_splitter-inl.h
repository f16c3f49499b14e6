// SPDX-License-Identifier: MIT
/// \file
/// Pixels out of pairs of their codes. Included once per target.
#include <algorithm>
#include <cstdint>
#include <cstring>

#include "core/simd/highway-inl.h"

#if defined(CONVOLVE_PAIR_SPLITTER_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef CONVOLVE_PAIR_SPLITTER_INL_H_
#undef CONVOLVE_PAIR_SPLITTER_INL_H_
#else
#define CONVOLVE_PAIR_SPLITTER_INL_H_
#endif

HWY_BEFORE_NAMESPACE();
namespace convolve {
namespace HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

#if HWY_TARGET == HWY_SCALAR

struct PairSplitter {
  explicit PairSplitter(int) {}
};

#else

/// Pairs of codes to the two pixels that they are of. A cell is the pairs of one input pixel:
///
///     r0 r1 g0 g1 b0 b1  ->  r0 g0 b0 r1 g1 b1
///
/// Blocks of 128 bits take as many whole cells as they hold, of three channels two.
class PairSplitter {
  using D8 = hn::ScalableTag<std::uint8_t>;
  using D32 = hn::ScalableTag<std::int32_t>;
  using V8 = hn::Vec<D8>;
  using Indices = decltype(hn::SetTableIndices(D32(), static_cast<const std::int32_t*>(nullptr)));

 public:
  explicit PairSplitter(int channels)
      : is_wider_(channels == 3),
        step_(static_cast<int>(hn::Lanes(D8())) / 4 * (is_wider_ ? 3 : 4)),
        spread_(Lanes([](int i) { return i / 4 * 3 + std::min(i % 4, 2); })),
        closed_(Lanes([](int i) { return i / 3 * 4 + i % 3; })),
        places_(Places(channels)) {}

  /// Reads whole vectors, and writes such, but for the end of `room`.
  /// \param bytes  of whole cells; \param room  no fewer, that may be written
  void Run(const std::uint8_t* pairs, int bytes, int room, std::uint8_t* to) const {
    const D8 d;
    const auto vector = static_cast<int>(hn::Lanes(d));
    int at = 0;
    for (; at < bytes && at + vector <= room; at += step_) hn::StoreU(Of(pairs + at), d, to + at);
    HWY_ALIGN std::uint8_t last[HWY_MAX_BYTES];
    for (; at < bytes; at += step_) {
      hn::Store(Of(pairs + at), d, last);
      std::memcpy(to + at, last, static_cast<std::size_t>(std::min(step_, bytes - at)));
    }
  }

 private:
  template <class Place>
  static Indices Lanes(const Place& place) {
    HWY_ALIGN std::int32_t index[HWY_MAX_BYTES / 4];
    const auto lanes = static_cast<int>(hn::Lanes(D32()));
    for (int i = 0; i < lanes; ++i) index[i] = std::min(place(i), lanes - 1);
    return hn::SetTableIndices(D32(), index);
  }
  static V8 Places(int channels) {
    HWY_ALIGN std::uint8_t index[16];
    const int cell = 2 * channels;
    for (int i = 0; i < 16; ++i) {
      const int within = i % cell;
      const int from = i / cell * cell + within % channels * 2 + within / channels;
      index[i] = static_cast<std::uint8_t>(std::min(from, 15));
    }
    return hn::LoadDup128(D8(), index);
  }

  [[nodiscard]] HWY_INLINE V8 Of(const std::uint8_t* pairs) const {
    const D8 d;
    V8 cells = hn::LoadU(d, pairs);
    if (!is_wider_) return hn::TableLookupBytes(cells, places_);
    cells = hn::BitCast(d, hn::TableLookupLanes(hn::BitCast(D32(), cells), spread_));
    cells = hn::TableLookupBytes(cells, places_);
    return hn::BitCast(d, hn::TableLookupLanes(hn::BitCast(D32(), cells), closed_));
  }

  bool is_wider_;  // blocks come of 12 bytes
  int step_;       // bytes of a vector that are whole cells
  Indices spread_;
  Indices closed_;
  V8 places_;
};

#endif  // HWY_SCALAR

}  // namespace HWY_NAMESPACE
}  // namespace convolve
HWY_AFTER_NAMESPACE();

#endif
