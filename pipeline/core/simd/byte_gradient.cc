// SPDX-License-Identifier: MIT
#include "core/simd/byte_gradient.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstdlib>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "core/simd/byte_gradient.cc"
#include <hwy/foreach_target.h>
#include "core/simd/dispatch.h"
#include "core/simd/highway-inl.h"

#include "core/simd/dot-inl.h"
#include "core/simd/narrow-inl.h"
#include "core/simd/rows_ahead.h"

HWY_BEFORE_NAMESPACE();
namespace convolve {
namespace HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

#if HWY_TARGET == HWY_SCALAR

template <GradientResult kResult>
void Run(const ByteGradientRows& rows, const RowBlock& block) {
  const int step = rows.channels;
  for (int y = 0; y < block.rows; ++y) {
    const auto* const above = reinterpret_cast<const std::uint8_t*>(block.in[y]);
    const auto* const here = reinterpret_cast<const std::uint8_t*>(block.in[y + 1]);
    const auto* const below = reinterpret_cast<const std::uint8_t*>(block.in[y + 2]);
    auto* const out = reinterpret_cast<std::uint8_t*>(block.out[y]);
    const auto smooth = [&](int x) {
      return rows.side * (above[x] + below[x]) + rows.middle * here[x];
    };
    const auto slope = [&](int x) { return below[x] - above[x]; };
    for (int x = 0; x < block.samples; ++x) {
      const int gx = smooth(x + 2 * step) - smooth(x);
      const int gy = rows.side * (slope(x) + slope(x + 2 * step)) + rows.middle * slope(x + step);
      int value = kResult == GradientResult::l1    ? std::abs(gx) + std::abs(gy)
                  : kResult == GradientResult::max ? std::max(std::abs(gx), std::abs(gy))
                                                   : gx * gx + gy * gy;
      if (value < rows.threshold) value = 0;
      if (kResult == GradientResult::l2) {
        value = static_cast<int>(std::nearbyint(std::sqrt(static_cast<double>(value))));
      }
      out[x] = static_cast<std::uint8_t>(std::min(255, value + rows.post));
    }
  }
}

#else

using D8 = hn::ScalableTag<std::uint8_t>;
using D16 = hn::ScalableTag<std::int16_t>;
using V8 = hn::Vec<D8>;
using V16 = hn::Vec<D16>;

// Rows that are walked down together, column by column: as few as their first two rows, which
// belong to the group before as well, cost little.
constexpr int kGroup = 4;

// 16-bit lanes of the lower and of the upper halves of the blocks of 128 bits of some bytes.
struct Halves {
  V16 lower;
  V16 upper;
};

// Four vectors go through the same steps side by side: each step waits for the one before.
constexpr int kRoots = 4;

// The whole numbers nearest to the roots of the lanes, in their lower halves; the upper halves hold
// anything. Roots are at most 23170. Right for results up to 255; larger ones are at least 256:
// between two neighbours the root of a whole number is at least 0.125/255.5 = 4.9e-4 from the
// middle; an estimate of 11 bits or more is within 1e-4 after a step of Newton's, and one of 8 bits
// after two. The root of 0 is no number, whose lower half is 0.
HWY_INLINE void NearestRoots(const VI32 (&squares)[kRoots], V16 (&roots)[kRoots]) {
  const hn::ScalableTag<float> d;
  using V = hn::Vec<decltype(d)>;
  const V three = hn::Set(d, 3.0F);
  V numbers[kRoots];
  V inverses[kRoots];
  for (int i = 0; i < kRoots; ++i) numbers[i] = hn::ConvertTo(d, squares[i]);
  for (int i = 0; i < kRoots; ++i) inverses[i] = hn::ApproximateReciprocalSqrt(numbers[i]);
  if constexpr (!HWY_ARCH_X86) {
    for (int i = 0; i < kRoots; ++i) {
      const V rest = hn::NegMulAdd(hn::Mul(numbers[i], inverses[i]), inverses[i], three);
      inverses[i] = hn::Mul(hn::Mul(inverses[i], hn::Set(d, 0.5F)), rest);
    }
  }
  for (int i = 0; i < kRoots; ++i) numbers[i] = hn::Mul(numbers[i], inverses[i]);
  for (int i = 0; i < kRoots; ++i) inverses[i] = hn::NegMulAdd(numbers[i], inverses[i], three);
  // Twice the root. At 1.5·2^24 floats are 2 apart, so that adding that rounds it as it should be.
  const V shift = hn::Set(d, 25165824.0F);
  for (int i = 0; i < kRoots; ++i) {
    roots[i] = hn::BitCast(D16(), hn::MulAdd(numbers[i], inverses[i], shift));
  }
}

// Where the bytes of `l2` results lie in each block of 128 bits: two vectors of 32-bit lanes were
// merged to one of 16-bit lanes, which lie in turn.
HWY_INLINE V8 ByteOrder() {
  alignas(16) static constexpr std::uint8_t kInTurn[16] = {0, 2,  4,  6,  1, 3,  5,  7,
                                                           8, 10, 12, 14, 9, 11, 13, 15};
  return hn::LoadDup128(D8(), kInTurn);
}

/// Turns gradients into magnitudes; the constants of that in registers.
template <GradientResult kResult, bool kCut>
class Magnitude {
 public:
  explicit Magnitude(const ByteGradientRows& rows)
      : least_(hn::Set(DI32(), rows.threshold)),
        least_half_(hn::Set(D16(), static_cast<std::int16_t>(std::min(rows.threshold, 32767)))),
        post_(hn::Set(D16(), static_cast<std::int16_t>(rows.post))),
        order_(ByteOrder()) {}

  HWY_INLINE V8 operator()(const Halves& gx, const Halves& gy) const {
    const Halves value = Of(gx, gy);
    const V8 narrowed = NarrowBytes(hn::Add(value.lower, post_), hn::Add(value.upper, post_));
    return kResult == GradientResult::l2 ? hn::TableLookupBytes(narrowed, order_) : narrowed;
  }

 private:
  HWY_INLINE Halves Of(const Halves& gx, const Halves& gy) const {
    const D16 d;
    if constexpr (kResult == GradientResult::l2) {
      const V16 pairs[kRoots] = {
          hn::InterleaveLower(d, gx.lower, gy.lower), hn::InterleaveUpper(d, gx.lower, gy.lower),
          hn::InterleaveLower(d, gx.upper, gy.upper), hn::InterleaveUpper(d, gx.upper, gy.upper)};
      const DI32 d32;
      VI32 squares[kRoots];
      for (int i = 0; i < kRoots; ++i) {
        const VI32 both = hn::BitCast(d32, pairs[i]);
        squares[i] = Dot2(hn::Zero(d32), both, both);
        if constexpr (kCut) {
          squares[i] = hn::IfThenZeroElse(hn::Lt(squares[i], least_), squares[i]);
        }
      }
      V16 roots[kRoots];
      NearestRoots(squares, roots);
      return {Merged(roots[0], roots[1]), Merged(roots[2], roots[3])};
    } else {
      return {Sum(gx.lower, gy.lower), Sum(gx.upper, gy.upper)};
    }
  }

  static HWY_INLINE V16 Merged(V16 even, V16 odd) {
    return hn::OddEven(hn::BitCast(D16(), hn::ShiftLeft<16>(hn::BitCast(DI32(), odd))), even);
  }

  HWY_INLINE V16 Sum(V16 gx, V16 gy) const {
    const V16 value = kResult == GradientResult::l1 ? hn::Add(hn::Abs(gx), hn::Abs(gy))
                                                    : hn::Max(hn::Abs(gx), hn::Abs(gy));
    return kCut ? hn::IfThenZeroElse(hn::Lt(value, least_half_), value) : value;
  }

  VI32 least_;
  V16 least_half_;
  V16 post_;
  V8 order_;
};

// The gradients of a vector of columns, from row to row.
class ByteColumns {
 public:
  explicit ByteColumns(const ByteGradientRows& rows)
      : apart_(rows.channels),
        side_(hn::Set(D16(), static_cast<std::int16_t>(rows.side * 256 + (-rows.side & 0xff)))),
        middle_(
            hn::Set(D16(), static_cast<std::int16_t>(rows.middle * 256 + (-rows.middle & 0xff)))),
        sides_(hn::Set(D16(), static_cast<std::int16_t>(rows.side * 257))),
        centre_(hn::Set(D16(), static_cast<std::int16_t>(rows.middle))) {}

  // Takes the two rows above the first result.
  HWY_INLINE void Start(const std::byte* const* in, int x) {
    const Row above = At(in[0], x);
    const Row here = At(in[1], x);
    across_ = Sum(above.side, here.middle);
    side_before_ = here.side;
    smooth_above_ = above.smooth;
    smooth_here_ = here.smooth;
  }

  // Takes the row below the next result.
  HWY_INLINE void Step(const std::byte* in, int x, Halves& gx, Halves& gy) {
    const Row below = At(in, x);
    gx = Sum(across_, below.side);
    gy = {hn::Sub(below.smooth.lower, smooth_above_.lower),
          hn::Sub(below.smooth.upper, smooth_above_.upper)};
    across_ = Sum(side_before_, below.middle);
    side_before_ = below.side;
    smooth_above_ = smooth_here_;
    smooth_here_ = below.smooth;
  }

 private:
  struct Row {
    Halves side;    // right minus left, times the weight of a row beside
    Halves middle;  // the same times the weight of the middle row
    Halves smooth;
  };

  static HWY_INLINE Halves Sum(const Halves& a, const Halves& b) {
    return {hn::Add(a.lower, b.lower), hn::Add(a.upper, b.upper)};
  }
  static HWY_INLINE Halves Products(const Halves& pairs, V16 weights) {
    return {DotBytePairs(pairs.lower, weights), DotBytePairs(pairs.upper, weights)};
  }

  static HWY_INLINE Halves Interleaved(V8 first, V8 second) {
    return {hn::BitCast(D16(), hn::InterleaveLower(D8(), first, second)),
            hn::BitCast(D16(), hn::InterleaveUpper(D8(), first, second))};
  }

  HWY_INLINE Row At(const std::byte* in, int x) const {
    const D8 d8;
    const auto* const from = reinterpret_cast<const std::uint8_t*>(in) + x;
    const Halves ends = Interleaved(hn::LoadU(d8, from), hn::LoadU(d8, from + 2 * apart_));
    const Halves centre = Interleaved(hn::LoadU(d8, from + apart_), hn::Zero(d8));
    return {Products(ends, side_), Products(ends, middle_),
            Sum(Products(ends, sides_), Products(centre, centre_))};
  }

  int apart_;
  V16 side_;
  V16 middle_;
  V16 sides_;
  V16 centre_;
  Halves across_;  // of the next result, but for the row below it
  Halves side_before_;
  Halves smooth_above_;
  Halves smooth_here_;
};

template <GradientResult kResult, bool kCut>
void RunCut(const ByteGradientRows& rows, const RowBlock& block) {
  const D8 d;
  const auto step = static_cast<int>(hn::Lanes(d));
  const Magnitude<kResult, kCut> magnitude(rows);
  ByteColumns columns(rows);
  for (int first = 0; first < block.rows; first += kGroup) {
    const int last = std::min(first + kGroup, block.rows);
    const RowsAhead<kGroup> ahead(block.in, last + 2, block.rows + 1);
    for (int begin = 0; begin < block.samples; begin += step) {
      const int x = vector_start(block.samples, begin, step);
      ahead.fetch(x);
      columns.Start(block.in + first, x);
      // A row's magnitudes, each step of which waits for the one before, are computed beside the
      // gradients of the next row.
      Halves gx;
      Halves gy;
      columns.Step(block.in[first + 2], x, gx, gy);
      for (int y = first; y < last - 1; ++y) {
        Halves next_gx;
        Halves next_gy;
        columns.Step(block.in[y + 3], x, next_gx, next_gy);
        hn::StoreU(magnitude(gx, gy), d, reinterpret_cast<std::uint8_t*>(block.out[y]) + x);
        gx = next_gx;
        gy = next_gy;
      }
      hn::StoreU(magnitude(gx, gy), d, reinterpret_cast<std::uint8_t*>(block.out[last - 1]) + x);
    }
  }
}

template <GradientResult kResult>
void Run(const ByteGradientRows& rows, const RowBlock& block) {
  if (rows.threshold > 0) return RunCut<kResult, true>(rows, block);
  RunCut<kResult, false>(rows, block);
}

#endif

void RunByteGradientRows(const ByteGradientRows& rows, const RowBlock& block) {
  switch (rows.result) {
    case GradientResult::l1:
      return Run<GradientResult::l1>(rows, block);
    case GradientResult::max:
      return Run<GradientResult::max>(rows, block);
    default:
      return Run<GradientResult::l2>(rows, block);
  }
}

}  // namespace HWY_NAMESPACE
}  // namespace convolve
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace convolve {

HWY_EXPORT(RunByteGradientRows);

void run_byte_gradient_rows(const ByteGradientRows& rows, const RowBlock& block) noexcept {
  CONVOLVE_DISPATCH(RunByteGradientRows)(rows, block);
}

}  // namespace convolve
#endif
