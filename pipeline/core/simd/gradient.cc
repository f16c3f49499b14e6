// SPDX-License-Identifier: MIT
#include "core/simd/gradient.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <type_traits>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "core/simd/gradient.cc"
#include <hwy/foreach_target.h>
#include "core/simd/dispatch.h"
#include "core/simd/highway-inl.h"

#include "core/simd/gradient_columns-inl.h"
#include "core/simd/samples-inl.h"

HWY_BEFORE_NAMESPACE();
namespace convolve {
namespace HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

// atan(t)/t as a polynomial in t², interpolated at the Chebyshev nodes of [0, 1]; the largest
// error of atan is 2.4e-10.
constexpr double kArctangent[] = {0.9999999995535377,   -0.33333322488912137, 0.1999955810037959,
                                  -0.14278576024980524, 0.11050771276841961,  -0.08785043285684387,
                                  0.06685281524656952,  -0.04392841081843584, 0.02191294592947254,
                                  -0.00703066949672668, 0.0010576074425757474};

constexpr double kPi = 3.14159265358979323846;

// The angle of (x, y) in [0, 2π); 0 for (0, 0).
template <class D, class V = hn::Vec<D>>
HWY_INLINE V Angle(D d, V x, V y) {
  using T = hn::TFromD<D>;
  const V width = hn::Abs(x);
  const V height = hn::Abs(y);
  const V zero = hn::Zero(d);
  const V larger = hn::Max(width, height);
  const V divisor = hn::IfThenElse(hn::Eq(larger, zero), hn::Set(d, T{1}), larger);
  const V t = hn::Div(hn::Min(width, height), divisor);
  const V square = hn::Mul(t, t);
  constexpr int kTerms = sizeof(kArctangent) / sizeof(kArctangent[0]);
  V sum = hn::Set(d, static_cast<T>(kArctangent[kTerms - 1]));
  for (int i = kTerms - 2; i >= 0; --i) {
    sum = hn::Add(hn::Mul(sum, square), hn::Set(d, static_cast<T>(kArctangent[i])));
  }
  V angle = hn::Mul(sum, t);
  angle = hn::IfThenElse(hn::Gt(height, width), hn::Sub(hn::Set(d, T(kPi / 2)), angle), angle);
  angle = hn::IfThenElse(hn::Lt(x, zero), hn::Sub(hn::Set(d, T(kPi)), angle), angle);
  return hn::IfThenElse(hn::Lt(y, zero), hn::Sub(hn::Set(d, T(2 * kPi)), angle), angle);
}

// Rows that are walked down together, column by column.
constexpr int kGroup = 8;

template <GradientResult kResult, class D, class V = hn::Vec<D>>
HWY_INLINE V Combine(D d, const GradientPair<D>& pair, V scale, V threshold) {
  const V gx = pair.x;
  const V gy = pair.y;
  V value = gx;
  if constexpr (kResult == GradientResult::direction) {
    return hn::Mul(Angle(d, gx, gy), scale);
  } else if constexpr (kResult == GradientResult::l2) {
    value = hn::Sqrt(hn::Add(hn::Mul(gx, gx), hn::Mul(gy, gy)));
  } else if constexpr (kResult == GradientResult::l1) {
    value = hn::Add(hn::Abs(gx), hn::Abs(gy));
  } else {
    value = hn::Max(hn::Abs(gx), hn::Abs(gy));
  }
  value = hn::Mul(value, scale);
  return hn::IfThenElseZero(hn::Ge(value, threshold), value);
}

// The least value of T that is not below `threshold`, so that comparing means the same in any T.
template <typename T>
T RoundedUp(double threshold) {
  const T rounded = static_cast<T>(threshold);
  return static_cast<double>(rounded) < threshold
             ? std::nextafter(rounded, std::numeric_limits<T>::infinity())
             : rounded;
}

/// The constants of a kind of result, in registers.
template <class D>
struct Constants {
  using T = hn::TFromD<D>;
  Constants(D d, const GradientRows& rows)
      : scale(hn::Set(
            d, static_cast<T>(rows.result == GradientResult::direction ? rows.max_code / (2 * kPi)
                                                                       : rows.scale))),
        threshold(hn::Set(d, RoundedUp<T>(rows.threshold))),
        post(hn::Set(d, static_cast<T>(rows.post))),
        most(hn::Set(d, static_cast<T>(rows.max_code))) {}

  hn::Vec<D> scale;
  hn::Vec<D> threshold;
  hn::Vec<D> post;
  hn::Vec<D> most;
};

#if HWY_HAVE_FLOAT64 && HWY_TARGET != HWY_SCALAR
constexpr bool kEstimates = true;
#else
constexpr bool kEstimates = false;
#endif

/// Magnitudes in codes by estimates of a relative error below 6e-7.
template <GradientResult kResult, bool kCut>
class Estimate {
  using D = hn::ScalableTag<float>;
  using V = hn::Vec<D>;

 public:
  explicit Estimate(const GradientRows& rows)
      : scale_(hn::Set(D(), static_cast<float>(rows.scale))),
        half_scale_(hn::Mul(scale_, hn::Set(D(), 0.5F))),
        post_(hn::Set(D(), static_cast<float>(rows.post))),
        top_(hn::Set(D(), static_cast<float>(rows.max_code + 0.25))),
        limit_(hn::Set(D(), static_cast<float>(0.5 - std::ldexp(rows.max_code, -20)))),
        threshold_(hn::Set(D(), static_cast<float>(rows.threshold))),
        around_threshold_(hn::Set(
            D(), static_cast<float>(std::ldexp(std::max(rows.max_code, rows.threshold), -20)))) {}

  struct Codes {
    V rounded;  // for StoreRounded
    V rest;     // how far from a code; near to the threshold, 0.5
  };

  // The first half of the way: what `Of` takes.
  static HWY_INLINE V Sum(const GradientPair<D>& pair) {
    if constexpr (kResult == GradientResult::l2) {
      return hn::MulAdd(pair.x, pair.x, hn::Mul(pair.y, pair.y));
    } else if constexpr (kResult == GradientResult::l1) {
      return hn::Add(hn::Abs(pair.x), hn::Abs(pair.y));
    } else {
      return hn::Max(hn::Abs(pair.x), hn::Abs(pair.y));
    }
  }

  HWY_INLINE Codes Of(V sum) const {
    const D d;
    V value = Value(sum);
    V around = hn::Zero(d);
    if constexpr (kCut) {
      const V off = hn::Abs(hn::Sub(value, threshold_));
      around = hn::IfThenElseZero(hn::Lt(off, around_threshold_), hn::Set(d, 0.5F));
      value = hn::IfThenElseZero(hn::Ge(value, threshold_), value);
    }
    // What exceeds the largest code does not come near to one.
    value = hn::Min(hn::Add(value, post_), top_);
    const V shift = hn::Set(d, kRounding);
    const V rounded = hn::Add(value, shift);
    const V rest = hn::Abs(hn::Sub(value, hn::Sub(rounded, shift)));
    return {rounded, kCut ? hn::Max(rest, around) : rest};
  }

  // True where a rounding or the threshold may have been missed.
  [[nodiscard]] HWY_INLINE bool IsClose(V rest) const {
    return !hn::AllFalse(D(), hn::Gt(rest, limit_));
  }

 private:
  HWY_INLINE V Value(V square) const {
    const D d;
    if constexpr (kResult != GradientResult::l2) {
      return hn::Mul(square, scale_);
    } else {
      const V three = hn::Set(d, 3.0F);
      // Whole numbers: 0, or no less than 1.
      V inverse = hn::ApproximateReciprocalSqrt(hn::Max(square, hn::Set(d, 1.0F)));
      if constexpr (!HWY_ARCH_X86) {
        const V rest = hn::NegMulAdd(hn::Mul(square, inverse), inverse, three);
        inverse = hn::Mul(hn::Mul(inverse, hn::Set(d, 0.5F)), rest);
      }
      const V root = hn::Mul(square, inverse);
      return hn::Mul(hn::Mul(root, half_scale_), hn::NegMulAdd(root, inverse, three));
    }
  }

  V scale_;
  V half_scale_;
  V post_;
  V top_;
  V limit_;
  V threshold_;
  V around_threshold_;
};

// Some results in double.
template <GradientResult kResult, bool kCrossed, typename In, typename Out>
HWY_NOINLINE void RunExactly(const GradientRows& rows, const std::byte* const* in, int x, int count,
                             Out* out) {
#if HWY_HAVE_FLOAT64
  const hn::ScalableTag<double> d;
  using D = std::remove_const_t<decltype(d)>;
  const Constants<D> constants(d, rows);
  Columns<D, In, kCrossed> columns(rows);
  for (int i = x; i < x + count; i += static_cast<int>(hn::Lanes(d))) {
    columns.Start(in, i);
    const auto pair = columns.Step(in[columns.kRowsBefore], i);
    const auto value = Combine<kResult>(d, pair, constants.scale, constants.threshold);
    StoreReal(d, hn::Add(value, constants.post), constants.most, out + i);
  }
#else
  (void)rows, (void)in, (void)x, (void)count, (void)out;
#endif
}

// Two vectors' results, from what `Estimate` takes.
template <GradientResult kResult, bool kCrossed, bool kCut, typename In, typename Out, class V>
HWY_INLINE void StoreEstimates(const GradientRows& rows, const Estimate<kResult, kCut>& estimate,
                               const PairStore<Out>& store, V left, V right,
                               const std::byte* const* in, int x, Out* out) {
  const hn::ScalableTag<float> d;
  const auto lanes = static_cast<int>(hn::Lanes(d));
  const auto first = estimate.Of(left);
  const auto second = estimate.Of(right);
  store(first.rounded, second.rounded, out + x);
  if (HWY_UNLIKELY(estimate.IsClose(hn::Max(first.rest, second.rest)))) {
    RunExactly<kResult, kCrossed, In>(rows, in, x, 2 * lanes, out);
  }
}

// By estimates. A row's, each step of which waits for the one before, are made two vectors at a
// time and beside the gradients of the next row.
template <GradientResult kResult, bool kCrossed, bool kCut, typename In, typename Out>
void RunNearly(const GradientRows& rows, const RowBlock& block) {
  const hn::ScalableTag<float> d;
  using D = std::remove_const_t<decltype(d)>;
  using V = hn::Vec<D>;
  const auto lanes = static_cast<int>(hn::Lanes(d));
  const Estimate<kResult, kCut> estimate(rows);
  const PairStore<Out> store;
  Columns<D, In, kCrossed, true> left(rows);
  Columns<D, In, kCrossed, true> right(rows);
  const int before = left.kRowsBefore;
  for (int first = 0; first < block.rows; first += kGroup) {
    const int last = std::min(first + kGroup, block.rows) - 1;
    for (int begin = 0; begin < block.samples; begin += 2 * lanes) {
      const int x = vector_start(block.samples, begin, 2 * lanes);
      left.Start(block.in + first, x);
      right.Start(block.in + first, x + lanes);
      V left_sum = estimate.Sum(left.Step(block.in[first + before], x));
      V right_sum = estimate.Sum(right.Step(block.in[first + before], x + lanes));
      for (int y = first; y < last; ++y) {
        const std::byte* const next = block.in[y + 1 + before];
        const V next_left = estimate.Sum(left.Step(next, x));
        const V next_right = estimate.Sum(right.Step(next, x + lanes));
        StoreEstimates<kResult, kCrossed, kCut, In>(rows, estimate, store, left_sum, right_sum,
                                                    block.in + y, x,
                                                    reinterpret_cast<Out*>(block.out[y]));
        left_sum = next_left;
        right_sum = next_right;
      }
      StoreEstimates<kResult, kCrossed, kCut, In>(rows, estimate, store, left_sum, right_sum,
                                                  block.in + last, x,
                                                  reinterpret_cast<Out*>(block.out[last]));
    }
  }
}

template <GradientResult kResult, bool kCrossed, typename In, typename Out>
void RunPlainly(const GradientRows& rows, const RowBlock& block) {
  const hn::ScalableTag<float> d;
  using D = std::remove_const_t<decltype(d)>;
  const Constants<D> constants(d, rows);
  const auto step = static_cast<int>(hn::Lanes(d));
  Columns<D, In, kCrossed> columns(rows);
  for (int first = 0; first < block.rows; first += kGroup) {
    const int last = std::min(first + kGroup, block.rows);
    for (int begin = 0; begin < block.samples; begin += step) {
      const int x = vector_start(block.samples, begin, step);
      columns.Start(block.in + first, x);
      for (int y = first; y < last; ++y) {
        const auto pair = columns.Step(block.in[y + columns.kRowsBefore], x);
        const auto value = Combine<kResult>(d, pair, constants.scale, constants.threshold);
        StoreReal(d, hn::Add(value, constants.post), constants.most,
                  reinterpret_cast<Out*>(block.out[y]) + x);
      }
    }
  }
}

template <GradientResult kResult, bool kCrossed, typename In, typename Out>
void RunResult(const GradientRows& rows, const RowBlock& block) {
  if constexpr (kResult != GradientResult::direction && sizeof(Out) < 4) {
    if (rows.exact && kEstimates) {
      // Magnitudes times a negative factor are below the threshold, too.
      return rows.threshold > 0 || rows.scale < 0
                 ? RunNearly<kResult, kCrossed, true, In, Out>(rows, block)
                 : RunNearly<kResult, kCrossed, false, In, Out>(rows, block);
    }
    if (rows.exact && HWY_HAVE_FLOAT64) {
      for (int y = 0; y < block.rows; ++y) {
        RunExactly<kResult, kCrossed, In>(rows, block.in + y, 0, block.samples,
                                          reinterpret_cast<Out*>(block.out[y]));
      }
      return;
    }
  }
  RunPlainly<kResult, kCrossed, In, Out>(rows, block);
}

template <bool kCrossed, typename In, typename Out>
void RunTyped(const GradientRows& rows, const RowBlock& block) {
  switch (rows.result) {
    case GradientResult::l2:
      return RunResult<GradientResult::l2, kCrossed, In, Out>(rows, block);
    case GradientResult::l1:
      return RunResult<GradientResult::l1, kCrossed, In, Out>(rows, block);
    case GradientResult::max:
      return RunResult<GradientResult::max, kCrossed, In, Out>(rows, block);
    case GradientResult::direction:
      return RunResult<GradientResult::direction, kCrossed, In, Out>(rows, block);
  }
}

void RunGradientRows(const GradientRows& rows, const RowBlock& block) {
  WithTypes(rows.input, rows.output, [&](auto in, auto out) {
    using In = decltype(in);
    using Out = decltype(out);
    // Magnitudes of integers are asked for as such.
    if constexpr (std::is_same_v<In, Out> || std::is_same_v<In, float>) {
      rows.crossed ? RunTyped<true, In, Out>(rows, block) : RunTyped<false, In, Out>(rows, block);
    }
  });
}

}  // namespace HWY_NAMESPACE
}  // namespace convolve
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace convolve {

HWY_EXPORT(RunGradientRows);

void run_gradient_rows(const GradientRows& rows, const RowBlock& block) noexcept {
  CONVOLVE_DISPATCH(RunGradientRows)(rows, block);
}

}  // namespace convolve
#endif
