// SPDX-License-Identifier: MIT
/// \file
/// The passes of half_columns.h, a vector of samples at a time. Included once per target.
#include <cstddef>
#include <cstdint>
#include <vector>

#include <hwy/cache_control.h>

#include "core/simd/half_columns.h"
#include "core/simd/highway-inl.h"

#include "core/simd/dot-inl.h"
#include "core/simd/interleave-inl.h"
#include "core/simd/narrow-inl.h"
#include "core/simd/quad_finish-inl.h"

#if defined(CONVOLVE_HALF_COLUMNS_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef CONVOLVE_HALF_COLUMNS_INL_H_
#undef CONVOLVE_HALF_COLUMNS_INL_H_
#else
#define CONVOLVE_HALF_COLUMNS_INL_H_
#endif

HWY_BEFORE_NAMESPACE();
namespace convolve {
namespace HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

#if HWY_TARGET != HWY_SCALAR

using D8 = hn::ScalableTag<std::uint8_t>;
using D16 = hn::ScalableTag<std::int16_t>;
using V16 = hn::Vec<D16>;

// Samples that all passes make at a time: a vector of bytes.
HWY_INLINE int Step() { return static_cast<int>(hn::Lanes(D8())); }

// Of many frames in turn, processors fetch none as early as it takes, nor what is written: stores
// wait for their lines one after the other, and loads for stores before them. Beyond the end of a
// row mostly lies the next one. Narrow vectors, several to a line of cache, are slow enough.
constexpr bool kFetches = HWY_MAX_BYTES >= 32;
constexpr int kAhead = 512;

// Frames, rows and steps of the rows' taps; 0 for any number of each.
template <int kFrames_, int kHeight_, int kSteps_>
struct Shape {
  static constexpr int kFrames = kFrames_;
  static constexpr int kHeight = kHeight_;
  static constexpr int kSteps = kSteps_;
};

// Weights everywhere in vectors. Of a known number, they stay in registers: stores of bytes might
// change all that lies in memory.
template <int kCount>
class Weights {
 public:
  explicit Weights(const std::vector<std::int32_t>& words) {
    for (int i = 0; i < kCount; ++i) at_[i] = hn::Set(DI32(), words[static_cast<std::size_t>(i)]);
  }
  [[nodiscard]] HWY_INLINE VI32 operator[](int i) const { return at_[i]; }
  [[nodiscard]] static constexpr int size() { return kCount; }

 private:
  VI32 at_[kCount];
};

template <>
class Weights<0> {
 public:
  explicit Weights(const std::vector<std::int32_t>& words) : words_(words) {}
  [[nodiscard]] HWY_INLINE VI32 operator[](int i) const {
    return hn::Set(DI32(), words_[static_cast<std::size_t>(i)]);
  }
  [[nodiscard]] int size() const { return static_cast<int>(words_.size()); }

 private:
  const std::vector<std::int32_t>& words_;
};

// Sums over time and of columns. Blocks of 128 bits of the two vectors of a step lie in turn until
// columns are stored.
template <class S>
class ColumnSummer {
 public:
  explicit ColumnSummer(const HalfColumnRows& rows)
      : frames_(rows.frames()),
        time_(rows.time_words),
        vertical_(rows.vertical_words),
        init_(hn::Set(D16(), static_cast<std::int16_t>(rows.column_init))) {}

  [[nodiscard]] HWY_INLINE int frames() const { return S::kFrames > 0 ? S::kFrames : frames_; }
  [[nodiscard]] HWY_INLINE int height() const { return vertical_.size(); }

  // Sums over time of the rows `in` of all frames, at `x`.
  template <class Frames>
  HWY_INLINE void SumOverTime(const Frames& in, int x, std::int16_t* to) const {
    const D8 d;
    V16 low = hn::Zero(D16());
    V16 high = low;
    if (kFetches) {
      HWY_UNROLL(5)
      for (int t = 0; t < frames(); ++t) hwy::Prefetch(in[t] + x + kAhead);
    }
    HWY_UNROLL(3)
    for (int t = 0; t < frames(); t += 2) {
      const auto first = hn::LoadU(d, reinterpret_cast<const std::uint8_t*>(in[t]) + x);
      auto second = hn::Zero(d);
      if (t + 1 < frames()) {
        second = hn::LoadU(d, reinterpret_cast<const std::uint8_t*>(in[t + 1]) + x);
      }
      const V16 weights = hn::BitCast(D16(), time_[t / 2]);
      low = hn::Add(
          low, DotBytePairs(hn::BitCast(D16(), hn::InterleaveLower(d, first, second)), weights));
      high = hn::Add(
          high, DotBytePairs(hn::BitCast(D16(), hn::InterleaveUpper(d, first, second)), weights));
    }
    hn::StoreU(low, D16(), to);
    hn::StoreU(high, D16(), to + hn::Lanes(D16()));
  }

  // Sums of columns of the rows `in` of sums over time.
  template <class Ring>
  HWY_INLINE void SumColumns(const Ring& in, int x, std::int16_t* to) const {
    V16 low = init_;
    V16 high = init_;
    HWY_UNROLL(5)
    for (int row = 0; row < height(); ++row) {
      const V16 weight = hn::BitCast(D16(), vertical_[row]);
      const std::int16_t* const from = in[row] + x;
      low = hn::Add(low, hn::Mul(hn::LoadU(D16(), from), weight));
      high = hn::Add(high, hn::Mul(hn::LoadU(D16(), from + hn::Lanes(D16())), weight));
    }
    StoreBlocksInTurn(low, high, to + x);
  }

 private:
  int frames_;
  Weights<(S::kFrames + 1) / 2> time_;
  Weights<S::kHeight> vertical_;
  V16 init_;
};

// Taps of one channel: even and odd samples come from the same loads. Two vectors of each.
class Neighbours {
 public:
  // Blocks hold 4 even samples and 4 odd ones of one vector, then those of the next.
  class Order {
   public:
    Order() {
      alignas(16) static constexpr std::uint8_t kPlaces[16] = {0, 4,  1, 5,  2,  6,  3,  7,
                                                               8, 12, 9, 13, 10, 14, 11, 15};
      places_ = hn::LoadDup128(D8(), kPlaces);
    }
    [[nodiscard]] HWY_INLINE hn::Vec<D8> operator()(hn::Vec<D8> narrowed) const {
      return vectors_(hn::TableLookupBytes(narrowed, places_));
    }

   private:
    hn::Vec<D8> places_;
    VectorsInOrder<2> vectors_;
  };

  explicit Neighbours(const HalfColumnRows&) {}

  template <class W>
  HWY_INLINE void Add(VI32 (&sums)[kQuarters], const std::int16_t* from, const W& words,
                      int i) const {
    const VI32 even = words[2 * i];
    const VI32 odd = words[2 * i + 1];
    for (int v = 0; v < 2; ++v) {
      const VI32 pairs =
          hn::BitCast(DI32(), hn::LoadU(D16(), from + v * static_cast<int>(hn::Lanes(D16()))));
      sums[2 * v] = Dot2(sums[2 * v], pairs, even);
      sums[2 * v + 1] = Dot2(sums[2 * v + 1], pairs, odd);
    }
  }
  static constexpr int kWords = 2;  // of a step
  [[nodiscard]] HWY_INLINE int step() const { return 2; }
};

// Taps of several channels: sums that a tap lies between are brought together.
class Apart {
 public:
  using Order = VectorsInOrder<2>;
  explicit Apart(const HalfColumnRows& rows) : channels_(rows.channels) {}

  template <class W>
  HWY_INLINE void Add(VI32 (&sums)[kQuarters], const std::int16_t* from, const W& words,
                      int i) const {
    const VI32 weights = words[i];
    for (int v = 0; v < 2; ++v, from += hn::Lanes(D16())) {
      const V16 first = hn::LoadU(D16(), from);
      const V16 second = hn::LoadU(D16(), from + channels_);
      const VI32 low = hn::BitCast(DI32(), hn::InterleaveLower(D16(), first, second));
      const VI32 high = hn::BitCast(DI32(), hn::InterleaveUpper(D16(), first, second));
      sums[2 * v] = Dot2(sums[2 * v], low, weights);
      sums[2 * v + 1] = Dot2(sums[2 * v + 1], high, weights);
    }
  }
  static constexpr int kWords = 1;
  [[nodiscard]] HWY_INLINE int step() const { return 2 * channels_; }

 private:
  int channels_;
};

// Codes from sums of columns.
template <class S, class Taps, class Finish>
class RowSummer {
 public:
  explicit RowSummer(const HalfColumnRows& rows)
      : taps_(rows), finish_(rows.finish), words_(rows.horizontal_words) {}

  HWY_INLINE void SumAt(const std::int16_t* columns, std::uint8_t* out) const {
    const int steps = words_.size() / Taps::kWords;
    const VI32 init = finish_.Init();
    VI32 sums[kQuarters] = {init, init, init, init};
    HWY_UNROLL(3)
    for (int i = 0; i < steps; ++i, columns += taps_.step()) taps_.Add(sums, columns, words_, i);
    finish_.Store(sums, out);
  }

 private:
  Taps taps_;
  Finish finish_;
  Weights<S::kSteps * Taps::kWords> words_;
};

// Where rows begin. Of a known number, that stays in registers, too.
template <int kCount, typename T>
class Places {
 public:
  explicit Places(T* const* rows) {
    for (int i = 0; i < kCount; ++i) at_[i] = rows[i];
  }
  [[nodiscard]] HWY_INLINE T* operator[](int i) const { return at_[i]; }

 private:
  T* at_[kCount];
};

template <typename T>
class Places<0, T> {
 public:
  explicit Places(T* const* rows) : rows_(rows) {}
  [[nodiscard]] HWY_INLINE T* operator[](int i) const { return rows_[i]; }

 private:
  T* const* rows_;
};

#endif  // HWY_SCALAR

}  // namespace HWY_NAMESPACE
}  // namespace convolve
HWY_AFTER_NAMESPACE();

#endif
