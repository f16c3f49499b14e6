// SPDX-License-Identifier: MIT
/// \file
/// Complex transforms of lanes, and blocks of lanes turned. Included once per target.
///
/// Element `k` of a batch of complex transforms is a vector of real parts, then one of imaginary
/// parts.
#include <cstddef>

#include "core/simd/highway-inl.h"

#include "core/simd/fourier.h"

#if defined(CONVOLVE_FOURIER_LANES_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef CONVOLVE_FOURIER_LANES_INL_H_
#undef CONVOLVE_FOURIER_LANES_INL_H_
#else
#define CONVOLVE_FOURIER_LANES_INL_H_
#endif

HWY_BEFORE_NAMESPACE();
namespace convolve {
namespace HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

using DReal = hn::CappedTag<double, FourierTaps::kBlock>;
using VReal = hn::Vec<DReal>;
inline constexpr int kLanes = static_cast<int>(hn::MaxLanes(DReal()));
/// Doubles from one element of a batch to the next.
inline constexpr int kElement = 2 * kLanes;

struct Complex {
  VReal re;
  VReal im;
};

HWY_INLINE Complex LoadComplex(const double* from) {
  const DReal d;
  return {hn::Load(d, from), hn::Load(d, from + kLanes)};
}
HWY_INLINE void StoreComplex(const Complex& value, double* to) {
  const DReal d;
  hn::Store(value.re, d, to);
  hn::Store(value.im, d, to + kLanes);
}
HWY_INLINE Complex Sum(const Complex& a, const Complex& b) {
  return {hn::Add(a.re, b.re), hn::Add(a.im, b.im)};
}
HWY_INLINE Complex Difference(const Complex& a, const Complex& b) {
  return {hn::Sub(a.re, b.re), hn::Sub(a.im, b.im)};
}
/// a + i·b and a − i·b
HWY_INLINE Complex SumTurned(const Complex& a, const Complex& b) {
  return {hn::Sub(a.re, b.im), hn::Add(a.im, b.re)};
}
HWY_INLINE Complex DifferenceTurned(const Complex& a, const Complex& b) {
  return {hn::Add(a.re, b.im), hn::Sub(a.im, b.re)};
}
/// Products are fused, or rounded, so that all instruction sets agree.
template <bool kFused>
HWY_INLINE Complex Product(const Complex& a, const Complex& b) {
  if constexpr (!kFused) {
    return {hn::Sub(hn::Mul(a.re, b.re), hn::Mul(a.im, b.im)),
            hn::Add(hn::Mul(a.re, b.im), hn::Mul(a.im, b.re))};
  }
  return {hn::MulSub(a.re, b.re, hn::Mul(a.im, b.im)), hn::MulAdd(a.re, b.im, hn::Mul(a.im, b.re))};
}
template <bool kFused>
HWY_INLINE Complex ProductOfConjugate(const Complex& a, const Complex& conjugated) {
  if constexpr (!kFused) {
    return {hn::Add(hn::Mul(a.re, conjugated.re), hn::Mul(a.im, conjugated.im)),
            hn::Sub(hn::Mul(a.im, conjugated.re), hn::Mul(a.re, conjugated.im))};
  }
  return {hn::MulAdd(a.re, conjugated.re, hn::Mul(a.im, conjugated.im)),
          hn::MulSub(a.im, conjugated.re, hn::Mul(a.re, conjugated.im))};
}
HWY_INLINE Complex Twiddle(const double* twiddle) {
  const DReal d;
  return {hn::Set(d, twiddle[0]), hn::Set(d, twiddle[1])};
}

/// One butterfly of 4 elements that lie `apart` doubles apart. `kTwiddled` is false where the
/// factors are all 1.
template <bool kFused, bool kTwiddled>
HWY_INLINE void ButterflyForward(double* z, std::size_t apart, const double* twiddle) {
  const Complex a = LoadComplex(z);
  const Complex b = LoadComplex(z + apart);
  const Complex c = LoadComplex(z + 2 * apart);
  const Complex e = LoadComplex(z + 3 * apart);
  const Complex even = Sum(a, c);
  const Complex odd = Difference(a, c);
  const Complex even2 = Sum(b, e);
  const Complex odd2 = Difference(b, e);
  StoreComplex(Sum(even, even2), z);
  Complex one = DifferenceTurned(odd, odd2);
  Complex two = Difference(even, even2);
  Complex three = SumTurned(odd, odd2);
  if constexpr (kTwiddled) {
    one = Product<kFused>(one, Twiddle(twiddle));
    two = Product<kFused>(two, Twiddle(twiddle + 2));
    three = Product<kFused>(three, Twiddle(twiddle + 4));
  }
  StoreComplex(one, z + apart);
  StoreComplex(two, z + 2 * apart);
  StoreComplex(three, z + 3 * apart);
}

template <bool kFused, bool kTwiddled>
HWY_INLINE void ButterflyBack(double* z, std::size_t apart, const double* twiddle) {
  const Complex zero = LoadComplex(z);
  Complex one = LoadComplex(z + apart);
  Complex two = LoadComplex(z + 2 * apart);
  Complex three = LoadComplex(z + 3 * apart);
  if constexpr (kTwiddled) {
    one = ProductOfConjugate<kFused>(one, Twiddle(twiddle));
    two = ProductOfConjugate<kFused>(two, Twiddle(twiddle + 2));
    three = ProductOfConjugate<kFused>(three, Twiddle(twiddle + 4));
  }
  const Complex even = Sum(zero, two);
  const Complex odd = Difference(zero, two);
  const Complex even2 = Sum(one, three);
  const Complex odd2 = Difference(one, three);
  StoreComplex(Sum(even, even2), z);
  StoreComplex(SumTurned(odd, odd2), z + apart);
  StoreComplex(Difference(even, even2), z + 2 * apart);
  StoreComplex(DifferenceTurned(odd, odd2), z + 3 * apart);
}

HWY_INLINE void ButterflyOfTwo(double* z) {
  const Complex a = LoadComplex(z);
  const Complex b = LoadComplex(z + kElement);
  StoreComplex(Sum(a, b), z);
  StoreComplex(Difference(a, b), z + kElement);
}

template <bool kFused, bool kForward>
HWY_INLINE void RunBlock(const FourierAxis& axis, const FourierAxis::Pass& pass, double* z) {
  const auto quarter = static_cast<std::size_t>(pass.length / 4);
  const std::size_t apart = quarter * kElement;
  const double* twiddle = axis.twiddle.data() + pass.twiddle;
  if constexpr (kForward) {
    ButterflyForward<kFused, false>(z, apart, twiddle);
  } else {
    ButterflyBack<kFused, false>(z, apart, twiddle);
  }
  for (std::size_t j = 1; j < quarter; ++j) {
    z += kElement;
    twiddle += 6;
    if constexpr (kForward) {
      ButterflyForward<kFused, true>(z, apart, twiddle);
    } else {
      ButterflyBack<kFused, true>(z, apart, twiddle);
    }
  }
}

template <bool kFused, bool kForward>
HWY_INLINE void RunPass(const FourierAxis& axis, const FourierAxis::Pass& pass, double* z,
                        int length) {
  for (int first = 0; first < length; first += pass.length) {
    RunBlock<kFused, kForward>(axis, pass, z + static_cast<std::ptrdiff_t>(first) * kElement);
  }
}

HWY_INLINE void RunTwos(const FourierAxis& axis, double* z, int length) {
  if (axis.passes.back().length != 8) return;
  for (int k = 0; k < length; k += 2) ButterflyOfTwo(z + static_cast<std::ptrdiff_t>(k) * kElement);
}

/// In place, of `length` elements from pass `first` on. Long blocks are done one after the other,
/// so that each stays in the first caches from then on.
template <bool kFused>
void TransformForward(const FourierAxis& axis, double* z, int length, std::size_t first) {
  constexpr int kCached = 256;
  if (length > kCached) {
    RunBlock<kFused, true>(axis, axis.passes[first], z);
    for (int i = 0; i < 4; ++i) {
      TransformForward<kFused>(axis, z + static_cast<std::ptrdiff_t>(i) * (length / 4) * kElement,
                               length / 4, first + 1);
    }
    return;
  }
  for (std::size_t i = first; i < axis.passes.size(); ++i) {
    RunPass<kFused, true>(axis, axis.passes[i], z, length);
  }
  RunTwos(axis, z, length);
}

/// The way back, without the division by the length.
template <bool kFused>
void TransformBack(const FourierAxis& axis, double* z, int length, std::size_t first) {
  constexpr int kCached = 256;
  if (length > kCached) {
    for (int i = 0; i < 4; ++i) {
      TransformBack<kFused>(axis, z + static_cast<std::ptrdiff_t>(i) * (length / 4) * kElement,
                            length / 4, first + 1);
    }
    return RunBlock<kFused, false>(axis, axis.passes[first], z);
  }
  RunTwos(axis, z, length);
  for (std::size_t i = axis.passes.size(); i-- > first;) {
    RunPass<kFused, false>(axis, axis.passes[i], z, length);
  }
}

#if HWY_TARGET == HWY_SCALAR

HWY_INLINE void Turn(DReal, VReal (&)[1]) {}

#else

/// 4 × 4 blocks of 128 bits.
template <class D, class V = hn::Vec<D>>
HWY_INLINE void TurnBlocks(D d, const V (&in)[4], V (&out)[4]) {
  const V a = hn::ConcatLowerLower(d, in[2], in[0]);
  const V b = hn::ConcatLowerLower(d, in[3], in[1]);
  out[0] = hn::OddEvenBlocks(hn::SwapAdjacentBlocks(b), a);
  out[1] = hn::OddEvenBlocks(b, hn::SwapAdjacentBlocks(a));
  const V c = hn::ConcatUpperUpper(d, in[2], in[0]);
  const V e = hn::ConcatUpperUpper(d, in[3], in[1]);
  out[2] = hn::OddEvenBlocks(hn::SwapAdjacentBlocks(e), c);
  out[3] = hn::OddEvenBlocks(e, hn::SwapAdjacentBlocks(c));
}

/// Lane i of vector j becomes lane j of vector i.
template <class D, int kCount, class V = hn::Vec<D>>
HWY_INLINE void Turn(D d, V (&rows)[kCount]) {
  if constexpr (kCount == 2) {
    const V a = rows[0];
    rows[0] = hn::InterleaveLower(d, a, rows[1]);
    rows[1] = hn::InterleaveUpper(d, a, rows[1]);
  } else if constexpr (kCount == 4) {
    const V a = hn::InterleaveLower(d, rows[0], rows[1]);
    const V b = hn::InterleaveUpper(d, rows[0], rows[1]);
    const V c = hn::InterleaveLower(d, rows[2], rows[3]);
    const V e = hn::InterleaveUpper(d, rows[2], rows[3]);
    rows[0] = hn::ConcatLowerLower(d, c, a);
    rows[1] = hn::ConcatLowerLower(d, e, b);
    rows[2] = hn::ConcatUpperUpper(d, c, a);
    rows[3] = hn::ConcatUpperUpper(d, e, b);
  } else if constexpr (kCount == 8) {
    V lower[4];
    V upper[4];
    for (int i = 0; i < 4; ++i) {
      lower[i] = hn::InterleaveLower(d, rows[2 * i], rows[2 * i + 1]);
      upper[i] = hn::InterleaveUpper(d, rows[2 * i], rows[2 * i + 1]);
    }
    V even[4];
    V odd[4];
    TurnBlocks(d, lower, even);
    TurnBlocks(d, upper, odd);
    for (int i = 0; i < 4; ++i) {
      rows[2 * i] = even[i];
      rows[2 * i + 1] = odd[i];
    }
  }
}

#endif

}  // namespace HWY_NAMESPACE
}  // namespace convolve
HWY_AFTER_NAMESPACE();

#endif
