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

#ifndef CONVOLVE_BYTE_GRADIENT_ONCE
#define CONVOLVE_BYTE_GRADIENT_ONCE
namespace convolve {

// Halves of a row in scratch, with what loads and stores may touch beyond.
inline std::size_t gradient_halves(const ByteGradientRows& rows, int samples) noexcept {
  return static_cast<std::size_t>((samples + 63) / 64 * 64 + 2 * rows.channels + 128);
}

}  // namespace convolve
#endif

HWY_BEFORE_NAMESPACE();
namespace convolve {
namespace HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

#if HWY_TARGET == HWY_SCALAR

template <GradientResult kResult>
void Run(const ByteGradientRows& rows, const RowBlock& block, std::byte*) {
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

using D16 = hn::ScalableTag<std::int16_t>;
using V16 = hn::Vec<D16>;

// The two rows that a gradient is made of: smoothed down the columns, and below minus above.
HWY_INLINE void Columns(const ByteGradientRows& rows, const std::byte* const* in, int samples,
                        std::int16_t* smooth, std::int16_t* slope) {
  const D16 d;
  const hn::Rebind<std::uint8_t, D16> d8;
  const auto step = static_cast<int>(hn::Lanes(d));
  const V16 side = hn::Set(d, static_cast<std::int16_t>(rows.side));
  const V16 middle = hn::Set(d, static_cast<std::int16_t>(rows.middle));
  const auto load = [&](int row, int x) HWY_ATTR {
    return hn::PromoteTo(d, hn::LoadU(d8, reinterpret_cast<const std::uint8_t*>(in[row]) + x));
  };
  for (int x = 0; x < samples; x += step) {
    const V16 above = load(0, x);
    const V16 below = load(2, x);
    hn::StoreU(hn::Add(hn::Mul(hn::Add(above, below), side), hn::Mul(load(1, x), middle)), d,
               smooth + x);
    hn::StoreU(hn::Sub(below, above), d, slope + x);
  }
}

// The whole number nearest to the root of each lane, for results up to 255; larger ones are at
// least 256. Between two neighbours the root of a whole number is at least 0.125/255.5 = 4.9e-4
// from the middle; an estimate of 11 bits or more is within 1.3e-4 after a step of Newton's, and
// one of 8 bits after two.
HWY_INLINE VI32 NearestRoot(VI32 square) {
  constexpr int kSteps = HWY_ARCH_X86 ? 1 : 2;
  const hn::ScalableTag<float> d;
  const auto number = hn::Min(hn::ConvertTo(d, square), hn::Set(d, 66000.0F));
  const auto inverse = hn::ApproximateReciprocalSqrt(hn::Max(number, hn::Set(d, 1.0F)));
  const auto half = hn::Mul(inverse, hn::Set(d, 0.5F));
  auto root = hn::Mul(number, inverse);
  for (int i = 0; i < kSteps; ++i) root = hn::MulAdd(hn::NegMulAdd(root, root, number), half, root);
  return hn::NearestInt(root);
}

template <GradientResult kResult>
HWY_INLINE V16 Magnitude(V16 gx, V16 gy, std::int32_t threshold) {
  const D16 d;
  if constexpr (kResult == GradientResult::l2) {
    const DI32 d32;
    const VI32 least = hn::Set(d32, threshold);
    const auto root = [&](V16 pairs) HWY_ATTR {
      const VI32 both = hn::BitCast(d32, pairs);
      VI32 square = Dot2(hn::Zero(d32), both, both);
      if (threshold > 0) square = hn::IfThenZeroElse(hn::Lt(square, least), square);
      return NearestRoot(square);
    };
    // Narrowing puts the halves back to where interleaving took them from.
    return hn::ReorderDemote2To(d, root(hn::InterleaveLower(d, gx, gy)),
                                root(hn::InterleaveUpper(d, gx, gy)));
  } else {
    const V16 value = kResult == GradientResult::l1 ? hn::SaturatedAdd(hn::Abs(gx), hn::Abs(gy))
                                                    : hn::Max(hn::Abs(gx), hn::Abs(gy));
    const V16 least = hn::Set(d, static_cast<std::int16_t>(std::min(threshold, 32767)));
    return hn::IfThenZeroElse(hn::Lt(value, least), value);
  }
}

template <GradientResult kResult>
void Run(const ByteGradientRows& rows, const RowBlock& block, std::byte* scratch) {
  const D16 d;
  const hn::Rebind<std::uint8_t, D16> d8;
  const auto step = static_cast<int>(hn::Lanes(d));
  auto* const smooth = reinterpret_cast<std::int16_t*>(scratch);
  std::int16_t* const slope = smooth + gradient_halves(rows, block.samples);
  const V16 side = hn::Set(d, static_cast<std::int16_t>(rows.side));
  const V16 middle = hn::Set(d, static_cast<std::int16_t>(rows.middle));
  const V16 post = hn::Set(d, static_cast<std::int16_t>(rows.post));
  const int apart = rows.channels;
  for (int y = 0; y < block.rows; ++y) {
    Columns(rows, block.in + y, block.samples + 2 * apart, smooth, slope);
    auto* const out = reinterpret_cast<std::uint8_t*>(block.out[y]);
    for (int x = 0; x < block.samples; x += step) {
      const V16 gx = hn::Sub(hn::LoadU(d, smooth + x + 2 * apart), hn::LoadU(d, smooth + x));
      const V16 sides = hn::Add(hn::LoadU(d, slope + x), hn::LoadU(d, slope + x + 2 * apart));
      const V16 gy =
          hn::Add(hn::Mul(sides, side), hn::Mul(hn::LoadU(d, slope + x + apart), middle));
      const V16 value = hn::SaturatedAdd(Magnitude<kResult>(gx, gy, rows.threshold), post);
      hn::StoreU(hn::DemoteTo(d8, value), d8, out + x);
    }
  }
}

#endif

void RunByteGradientRows(const ByteGradientRows& rows, const RowBlock& block, std::byte* scratch) {
  switch (rows.result) {
    case GradientResult::l1:
      return Run<GradientResult::l1>(rows, block, scratch);
    case GradientResult::max:
      return Run<GradientResult::max>(rows, block, scratch);
    default:
      return Run<GradientResult::l2>(rows, block, scratch);
  }
}

}  // namespace HWY_NAMESPACE
}  // namespace convolve
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace convolve {

HWY_EXPORT(RunByteGradientRows);

std::size_t byte_gradient_scratch(const ByteGradientRows& rows, int samples) noexcept {
  return 2 * gradient_halves(rows, samples) * sizeof(std::int16_t);
}

void run_byte_gradient_rows(const ByteGradientRows& rows, const RowBlock& block,
                            std::byte* scratch) noexcept {
  CONVOLVE_DISPATCH(RunByteGradientRows)(rows, block, scratch);
}

}  // namespace convolve
#endif
