// SPDX-License-Identifier: MIT
#include "core/simd/gradient.h"

#include <cmath>
#include <cstdint>
#include <limits>
#include <type_traits>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "core/simd/gradient.cc"
#include <hwy/foreach_target.h>
#include "core/simd/dispatch.h"
#include "core/simd/highway-inl.h"

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

template <class D, typename In>
HWY_INLINE hn::Vec<D> Gradient(D d, std::span<const GradientTap> taps, const std::byte* const* in,
                               int x) {
  hn::Vec<D> sum = hn::Zero(d);
  for (const GradientTap& tap : taps) {
    const auto* from = reinterpret_cast<const In*>(in[tap.row]) + tap.sample + x;
    const auto weight = hn::Set(d, static_cast<hn::TFromD<D>>(tap.weight));
    sum = hn::Add(sum, hn::Mul(LoadReal(d, from), weight));
  }
  return sum;
}

template <GradientResult kResult, class D, class V = hn::Vec<D>>
HWY_INLINE V Combine(D d, V gx, V gy, V scale, V threshold) {
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

template <GradientResult kResult, class D, typename In>
HWY_INLINE hn::Vec<D> ValueAt(D d, const GradientRows& rows, const Constants<D>& constants,
                              const std::byte* const* in, int x) {
  const auto gx = Gradient<D, In>(d, rows.x, in, x);
  const auto gy = Gradient<D, In>(d, rows.y, in, x);
  return Combine<kResult>(d, gx, gy, constants.scale, constants.threshold);
}

// True where float, which is within 1e-4 of a code of 8 bits, may have missed a rounding or the
// threshold.
template <class D, class V = hn::Vec<D>>
HWY_INLINE bool IsClose(D d, const Constants<D>& constants, V value) {
  const V off = hn::Set(d, 1e-3F);
  const V rest = hn::Abs(hn::Sub(value, hn::Round(value)));
  const V to_threshold = hn::Abs(hn::Sub(value, constants.threshold));
  const auto close =
      hn::Or(hn::Gt(rest, hn::Sub(hn::Set(d, 0.5F), off)), hn::Lt(to_threshold, off));
  return !hn::AllFalse(d, hn::And(close, hn::Le(value, hn::Add(constants.most, off))));
}

template <GradientResult kResult, typename In, typename Out>
void RunResult(const GradientRows& rows, const RowBlock& block) {
  const hn::ScalableTag<float> d;
  using D = std::remove_const_t<decltype(d)>;
  const Constants<D> constants(d, rows);
  const auto step = static_cast<int>(hn::Lanes(d));
#if HWY_HAVE_FLOAT64
  const hn::ScalableTag<double> wide;
  using Wide = std::remove_const_t<decltype(wide)>;
  const Constants<Wide> wide_constants(wide, rows);
  const auto wide_step = static_cast<int>(hn::Lanes(wide));
#endif
  for (int y = 0; y < block.rows; ++y) {
    auto* const out = reinterpret_cast<Out*>(block.out[y]);
    const std::byte* const* const in = block.in + y;
    for (int x = 0; x < block.samples; x += step) {
      const auto value = ValueAt<kResult, D, In>(d, rows, constants, in, x);
      StoreReal(d, hn::Add(value, constants.post), constants.most, out + x);
#if HWY_HAVE_FLOAT64
      if (!rows.exact || !IsClose(d, constants, value)) continue;
      for (int i = 0; i < step; i += wide_step) {
        const auto again = ValueAt<kResult, Wide, In>(wide, rows, wide_constants, in, x + i);
        StoreReal(wide, hn::Add(again, wide_constants.post), wide_constants.most, out + x + i);
      }
#endif
    }
  }
}

template <typename In, typename Out>
void RunTyped(const GradientRows& rows, const RowBlock& block) {
  switch (rows.result) {
    case GradientResult::l2:
      return RunResult<GradientResult::l2, In, Out>(rows, block);
    case GradientResult::l1:
      return RunResult<GradientResult::l1, In, Out>(rows, block);
    case GradientResult::max:
      return RunResult<GradientResult::max, In, Out>(rows, block);
    case GradientResult::direction:
      return RunResult<GradientResult::direction, In, Out>(rows, block);
  }
}

void RunGradientRows(const GradientRows& rows, const RowBlock& block) {
  WithTypes(rows.input, rows.output,
            [&](auto in, auto out) { RunTyped<decltype(in), decltype(out)>(rows, block); });
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
