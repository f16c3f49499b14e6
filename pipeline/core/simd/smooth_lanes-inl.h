// SPDX-License-Identifier: MIT
/// \file
/// What blurs in 16-bit lanes are made of. Included once per target.
#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "core/simd/highway-inl.h"
#include "core/simd/narrow-inl.h"
#include "core/simd/smooth_rows.h"

#if defined(CONVOLVE_SMOOTH_LANES_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef CONVOLVE_SMOOTH_LANES_INL_H_
#undef CONVOLVE_SMOOTH_LANES_INL_H_
#else
#define CONVOLVE_SMOOTH_LANES_INL_H_
#endif

#ifndef CONVOLVE_SMOOTH_LANES_ONCE
#define CONVOLVE_SMOOTH_LANES_ONCE
namespace convolve {

/// Vectors of which sums are made at a time: products take long to come.
inline constexpr int kSmoothVectors = 4;

/// Halves from one row in scratch to the next, of at least `halves` each: an odd number of lines of
/// cache, so that rows do not fall on the same few sets of it.
constexpr std::size_t smooth_stride(int halves) noexcept {
  constexpr int kLine = 32;
  return static_cast<std::size_t>(((halves + kLine - 1) / kLine | 1) * kLine);
}

/// The least samples of output that are computed at a time for `held` rows of halves to fill the
/// first cache; not so few that the columns at both ends of a tile become a large part of it.
inline int smooth_fit(const SmoothRows& rows, int held) noexcept {
  constexpr int kBytes = 24 * 1024;
  return std::max(kBytes / (held * static_cast<int>(sizeof(std::int16_t))), 8 * rows.reach());
}

}  // namespace convolve
#endif

HWY_BEFORE_NAMESPACE();
namespace convolve {
namespace HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

using D16 = hn::ScalableTag<std::int16_t>;
using V16 = hn::Vec<D16>;

HWY_INLINE int SmoothStep() { return static_cast<int>(hn::Lanes(D16())); }

HWY_INLINE V16 InAllLanes(const SmoothRows::Weight& weight) {
  return hn::LoadDup128(D16(), weight.lanes.data());
}

/// Rows of halves in turn. The table names them twice over, so that any run of them is one.
class RowRing {
 public:
  RowRing(std::int16_t* rows, int count, std::size_t stride) : count_(count) {
    for (int i = 0; i < count; ++i) {
      row_[i] = row_[i + count] = rows + static_cast<std::size_t>(i) * stride;
    }
  }
  /// Where the next row goes, in place of the oldest.
  HWY_INLINE std::int16_t* Next() {
    std::int16_t* const row = row_[next_];
    next_ = next_ + 1 == count_ ? 0 : next_ + 1;
    return row;
  }
  /// The newest rows, oldest first.
  [[nodiscard]] HWY_INLINE const std::int16_t* const* Newest(int rows) const {
    return row_ + next_ + count_ - rows;
  }

 private:
  int count_;
  int next_ = 0;
  std::int16_t* row_[2 * SmoothRows::kMostHeld];
};

/// Makes halves of samples.
template <typename T>
HWY_INLINE void LoadHalves(const SmoothRows& rows, const T* in, int samples, std::int16_t* to) {
  const D16 d;
  const hn::Rebind<T, D16> d_in;
  const V16 centre = hn::Set(d, static_cast<std::int16_t>(rows.centre));
  const int shift = rows.shift;
  for (int x = 0; x < samples; x += SmoothStep()) {
    if constexpr (sizeof(T) == 1) {
      const V16 code = hn::PromoteTo(d, hn::LoadU(d_in, in + x));
      hn::StoreU(hn::ShiftLeft<SmoothRows::kByteShift>(hn::Sub(code, centre)), d, to + x);
    } else {
      const V16 code = hn::BitCast(d, hn::LoadU(d_in, in + x));
      hn::StoreU(hn::ShiftLeftSame(hn::Sub(code, centre), shift), d, to + x);
    }
  }
}

/// Stores sums of `samples` halves, and more to a whole number of vectors at a time.
/// `sums.Sum(x, vectors)` makes as many vectors as the array has, from sample `x` on.
template <class Sums>
HWY_INLINE void StoreHalves(const Sums& sums, int samples, std::int16_t* to) {
  const int step = SmoothStep();
  for (int x = 0; x < samples; x += kSmoothVectors * step) {
    V16 sum[kSmoothVectors];
    sums.Sum(x, sum);
    HWY_UNROLL(4)
    for (int v = 0; v < kSmoothVectors; ++v) hn::StoreU(sum[v], D16(), to + x + v * step);
  }
}

/// Folded sums along a row of halves. Holds what it needs by value: what is stored between sums
/// might else be taken for it.
class Along {
 public:
  /// \param columns  the half under the leftmost tap of the first sum
  Along(const SmoothRows& rows, const std::int16_t* columns)
      : weights_(rows.horizontal.data()),
        taps_(rows.left()),
        channels_(rows.channels),
        middle_(columns + taps_ * channels_) {}

  template <int kVectors>
  HWY_INLINE void Sum(int x, V16 (&sum)[kVectors]) const {
    const D16 d;
    const int step = SmoothStep();
    const V16 centre = InAllLanes(weights_[0]);
    for (int v = 0; v < kVectors; ++v) {
      sum[v] = hn::MulFixedPoint15(hn::LoadU(d, middle_ + x + v * step), centre);
    }
    const std::int16_t* left = middle_ + x;
    const std::int16_t* right = middle_ + x;
    for (int k = 1; k <= taps_; ++k) {
      const V16 weight = InAllLanes(weights_[k]);
      left -= channels_;
      right += channels_;
      for (int v = 0; v < kVectors; ++v) {
        const V16 folded = hn::Add(hn::LoadU(d, left + v * step), hn::LoadU(d, right + v * step));
        sum[v] = hn::Add(sum[v], hn::MulFixedPoint15(folded, weight));
      }
    }
  }

 private:
  const SmoothRows::Weight* weights_;
  int taps_;
  int channels_;
  const std::int16_t* middle_;
};

/// Makes samples of sums.
template <typename T>
class SmoothCodes {
 public:
  explicit SmoothCodes(const SmoothRows& rows)
      : scale_(hn::Set(D16(), static_cast<std::int16_t>(rows.scale))),
        centre_(hn::Set(D16(), static_cast<std::int16_t>(rows.centre))),
        most_(hn::Set(D16(), static_cast<std::int16_t>(rows.max_code))) {}

  template <int kVectors>
  HWY_INLINE void Store(const V16 (&sum)[kVectors], T* to) const {
    const D16 d;
#if HWY_TARGET != HWY_SCALAR
    if constexpr (sizeof(T) == 1 && kVectors % 2 == 0) {
      const hn::ScalableTag<std::uint8_t> d_out;
      HWY_UNROLL(2)
      for (int v = 0; v < kVectors; v += 2) {
        const auto bytes = in_order_(NarrowBytes(Code(sum[v]), Code(sum[v + 1])));
        hn::StoreU(bytes, d_out, to + v * SmoothStep());
      }
      return;
    }
#endif
    const hn::Rebind<T, D16> d_out;
    HWY_UNROLL(4)
    for (int v = 0; v < kVectors; ++v) {
      const V16 code = Code(sum[v]);
      if constexpr (sizeof(T) == 1) {
        hn::StoreU(hn::DemoteTo(d_out, code), d_out, to + v * SmoothStep());
      } else {
        hn::StoreU(hn::BitCast(d_out, hn::Min(hn::Max(code, hn::Zero(d)), most_)), d_out,
                   to + v * SmoothStep());
      }
    }
  }

  /// Stores `samples` of a row, or a few more below a block.
  template <class Sums>
  HWY_INLINE void StoreRow(const Sums& sums, int samples, T* out) const {
    const int step = SmoothStep();
    const int most = kSmoothVectors * step;
    if (samples < most) {
      for (int x = 0; x < samples; x += step) StoreAt<1>(sums, vector_start(samples, x, step), out);
      return;
    }
    // The last vectors overlap those before them.
    for (int x = 0; x < samples; x += most) {
      StoreAt<kSmoothVectors>(sums, std::min(x, samples - most), out);
    }
  }

 private:
  template <int kVectors, class Sums>
  HWY_INLINE void StoreAt(const Sums& sums, int x, T* out) const {
    V16 sum[kVectors];
    sums.Sum(x, sum);
    Store(sum, out + x);
  }

  HWY_INLINE V16 Code(V16 sum) const { return hn::Add(hn::MulFixedPoint15(sum, scale_), centre_); }

  V16 scale_;
  V16 centre_;
  V16 most_;
#if HWY_TARGET != HWY_SCALAR
  VectorsInOrder<2> in_order_;
#endif
};

}  // namespace HWY_NAMESPACE
}  // namespace convolve
HWY_AFTER_NAMESPACE();

#endif
