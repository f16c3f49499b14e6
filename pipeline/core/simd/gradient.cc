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

template <class D>
struct GradientPair {
  hn::Vec<D> x;
  hn::Vec<D> y;
};

// The gradients of a vector of columns, from row to row. Products are rounded, so that all
// instruction sets agree.
template <class D, typename In>
class Columns {
  using V = hn::Vec<D>;

 public:
  explicit Columns(const GradientRows& rows)
      : crossed_(rows.crossed),
        apart_(rows.channels),
        side_(hn::Set(D(), static_cast<hn::TFromD<D>>(rows.side))),
        middle_(hn::Set(D(), static_cast<hn::TFromD<D>>(rows.middle))),
        across_(hn::Zero(D())),
        slope_(across_),
        smooth_above_(across_),
        smooth_here_(across_) {}

  // Rows above that of a result's last taps.
  [[nodiscard]] HWY_INLINE int RowsBefore() const { return crossed_ ? 1 : 2; }

  // Takes the rows before the first result's last.
  HWY_INLINE void Start(const std::byte* const* in, int x) {
    Step(in[0], x);
    if (!crossed_) Step(in[1], x);
  }

  // Takes the last row of the next result.
  HWY_INLINE GradientPair<D> Step(const std::byte* in, int x) {
    const auto* const from = reinterpret_cast<const In*>(in) + x;
    if (crossed_) {
      const V left = LoadReal(D(), from);
      const V right = LoadReal(D(), from + apart_);
      const GradientPair<D> pair{hn::Sub(right, smooth_above_), hn::Sub(left, smooth_here_)};
      smooth_above_ = left;
      smooth_here_ = right;
      return pair;
    }
    const V left = LoadReal(D(), from);
    const V right = LoadReal(D(), from + 2 * apart_);
    const V slope = hn::Sub(right, left);
    const V smooth = hn::Add(hn::Mul(hn::Add(left, right), side_),
                             hn::Mul(LoadReal(D(), from + apart_), middle_));
    const V beside = hn::Mul(slope, side_);
    const GradientPair<D> pair{hn::Add(across_, beside), hn::Sub(smooth, smooth_above_)};
    across_ = hn::Add(slope_, hn::Mul(slope, middle_));
    slope_ = beside;
    smooth_above_ = smooth_here_;
    smooth_here_ = smooth;
    return pair;
  }

 private:
  bool crossed_;
  int apart_;
  V side_;
  V middle_;
  V across_;  // of the next result, but for the row below it
  V slope_;   // of the row before, times `side_`
  V smooth_above_;
  V smooth_here_;
};

// √square to 3e-7 of it; of 0 no number.
template <class D, class V = hn::Vec<D>>
HWY_INLINE V NearRoot(D d, V square) {
  const V three = hn::Set(d, 3.0F);
  const V half = hn::Set(d, 0.5F);
  V inverse = hn::ApproximateReciprocalSqrt(square);
  if constexpr (!HWY_ARCH_X86) {
    const V rest = hn::NegMulAdd(hn::Mul(square, inverse), inverse, three);
    inverse = hn::Mul(hn::Mul(inverse, half), rest);
  }
  const V root = hn::Mul(square, inverse);
  return hn::Mul(hn::Mul(root, half), hn::NegMulAdd(root, inverse, three));
}

// \param near  roots need not be the nearest
template <GradientResult kResult, class D, class V = hn::Vec<D>>
HWY_INLINE V Combine(D d, const GradientPair<D>& pair, V scale, V threshold, bool near) {
  const V gx = pair.x;
  const V gy = pair.y;
  V value = gx;
  if constexpr (kResult == GradientResult::direction) {
    return hn::Mul(Angle(d, gx, gy), scale);
  } else if constexpr (kResult == GradientResult::l2) {
    const V square = hn::Add(hn::Mul(gx, gx), hn::Mul(gy, gy));
    // Estimates of HWY_SCALAR are off by percents.
    if constexpr (sizeof(hn::TFromD<D>) == 4 && HWY_TARGET != HWY_SCALAR) {
      value = near ? NearRoot(d, square) : hn::Sqrt(square);
    } else {
      value = hn::Sqrt(square);
    }
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

#if HWY_HAVE_FLOAT64
constexpr bool kHasDouble = true;
#else
constexpr bool kHasDouble = false;
#endif

// True where float, whose relative error is below 6e-7, may have missed a rounding or the
// threshold. What exceeds the largest code does not come near to one.
template <class D, class V = hn::Vec<D>>
HWY_INLINE bool IsClose(D d, const Constants<D>& constants, V value) {
  const V off = hn::Mul(constants.most, hn::Set(d, 0x1p-20F));
  const V below = hn::Min(value, hn::Add(constants.most, hn::Set(d, 0.25F)));
  const V rest = hn::Abs(hn::Sub(below, hn::ConvertTo(d, hn::NearestInt(below))));
  const V to_threshold = hn::Abs(hn::Sub(below, constants.threshold));
  return !hn::AllFalse(
      d, hn::Or(hn::Gt(rest, hn::Sub(hn::Set(d, 0.5F), off)), hn::Lt(to_threshold, off)));
}

// One vector of floats' results once more, in double.
template <GradientResult kResult, typename In, typename Out>
HWY_NOINLINE void RunExactly(const GradientRows& rows, const std::byte* const* in, int x,
                             Out* out) {
#if HWY_HAVE_FLOAT64
  const hn::ScalableTag<double> d;
  using D = std::remove_const_t<decltype(d)>;
  const Constants<D> constants(d, rows);
  Columns<D, In> columns(rows);
  const auto count = static_cast<int>(hn::Lanes(hn::ScalableTag<float>()));
  for (int i = x; i < x + count; i += static_cast<int>(hn::Lanes(d))) {
    columns.Start(in, i);
    const auto pair = columns.Step(in[columns.RowsBefore()], i);
    const auto value = Combine<kResult>(d, pair, constants.scale, constants.threshold, false);
    StoreReal(d, hn::Add(value, constants.post), constants.most, out + i);
  }
#else
  (void)rows, (void)in, (void)x, (void)out;
#endif
}

template <GradientResult kResult, typename In, typename Out>
void RunResult(const GradientRows& rows, const RowBlock& block) {
  const hn::ScalableTag<float> d;
  using D = std::remove_const_t<decltype(d)>;
  const Constants<D> constants(d, rows);
  const auto step = static_cast<int>(hn::Lanes(d));
  const bool exact = rows.exact && kHasDouble;
  Columns<D, In> columns(rows);
  for (int first = 0; first < block.rows; first += kGroup) {
    const int last = std::min(first + kGroup, block.rows);
    for (int begin = 0; begin < block.samples; begin += step) {
      const int x = block.samples < 64 ? begin : std::min(begin, block.samples - step);
      columns.Start(block.in + first, x);
      for (int y = first; y < last; ++y) {
        auto* const out = reinterpret_cast<Out*>(block.out[y]);
        const auto pair = columns.Step(block.in[y + columns.RowsBefore()], x);
        const auto value = Combine<kResult>(d, pair, constants.scale, constants.threshold, exact);
        StoreReal(d, hn::Add(value, constants.post), constants.most, out + x);
        if (exact && IsClose(d, constants, value)) {
          RunExactly<kResult, In>(rows, block.in + y, x, out);
        }
      }
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
  WithTypes(rows.input, rows.output, [&](auto in, auto out) {
    using In = decltype(in);
    using Out = decltype(out);
    // Magnitudes of integers are asked for as such.
    if constexpr (std::is_same_v<In, Out> || std::is_same_v<In, float>) {
      RunTyped<In, Out>(rows, block);
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
