// SPDX-License-Identifier: MIT
/// \file
/// Gradients in real lanes. Included once per target.
#include "core/simd/highway-inl.h"

#include "core/simd/gradient.h"
#include "core/simd/samples-inl.h"

#if defined(CONVOLVE_GRADIENT_COLUMNS_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef CONVOLVE_GRADIENT_COLUMNS_INL_H_
#undef CONVOLVE_GRADIENT_COLUMNS_INL_H_
#else
#define CONVOLVE_GRADIENT_COLUMNS_INL_H_
#endif

HWY_BEFORE_NAMESPACE();
namespace convolve {
namespace HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

/// A vector of gradients.
template <class D>
struct GradientPair {
  hn::Vec<D> x;
  hn::Vec<D> y;
};

/// The gradients of a vector of columns, from row to row. Products are rounded, so that all
/// instruction sets agree, unless they are `kWhole` numbers that need no rounding. `kCrossed` as in
/// `GradientRows`.
template <class D, typename In, bool kCrossed, bool kWhole = false>
class Columns {
  using V = hn::Vec<D>;

 public:
  explicit Columns(const GradientRows& rows)
      : apart_(rows.channels),
        side_(hn::Set(D(), static_cast<hn::TFromD<D>>(rows.side))),
        middle_(hn::Set(D(), static_cast<hn::TFromD<D>>(rows.middle))),
        across_(hn::Zero(D())),
        slope_(across_),
        smooth_above_(across_),
        smooth_here_(across_) {}

  // Rows above that of a result's last taps.
  static constexpr int kRowsBefore = kCrossed ? 1 : 2;

  // Takes the rows before the first result's last.
  HWY_INLINE void Start(const std::byte* const* in, int x) {
    Step(in[0], x);
    if constexpr (!kCrossed) Step(in[1], x);
  }

  // Takes the last row of the next result.
  HWY_INLINE GradientPair<D> Step(const std::byte* in, int x) {
    const auto* const from = reinterpret_cast<const In*>(in) + x;
    if constexpr (kCrossed) {
      const V left = LoadReal(D(), from);
      const V right = LoadReal(D(), from + apart_);
      const GradientPair<D> pair{hn::Sub(right, smooth_above_), hn::Sub(left, smooth_here_)};
      smooth_above_ = left;
      smooth_here_ = right;
      return pair;
    } else {
      const V left = LoadReal(D(), from);
      const V right = LoadReal(D(), from + 2 * apart_);
      const V slope = hn::Sub(right, left);
      const V smooth =
          PlusProduct(hn::Mul(hn::Add(left, right), side_), LoadReal(D(), from + apart_), middle_);
      const GradientPair<D> pair{PlusProduct(across_, slope, side_),
                                 hn::Sub(smooth, smooth_above_)};
      across_ = PlusProduct(slope_, slope, middle_);
      slope_ = hn::Mul(slope, side_);
      smooth_above_ = smooth_here_;
      smooth_here_ = smooth;
      return pair;
    }
  }

 private:
  static HWY_INLINE V PlusProduct(V sum, V a, V b) {
    if constexpr (kWhole) {
      return hn::MulAdd(a, b, sum);
    } else {
      return hn::Add(sum, hn::Mul(a, b));
    }
  }

  int apart_;
  V side_;
  V middle_;
  V across_;  // of the next result, but for the row below it
  V slope_;   // of the row before, times `side_`
  V smooth_above_;
  V smooth_here_;
};

}  // namespace HWY_NAMESPACE
}  // namespace convolve
HWY_AFTER_NAMESPACE();

#endif
