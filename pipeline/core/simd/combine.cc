// SPDX-License-Identifier: MIT
#include "core/simd/combine.h"

#include <algorithm>
#include <cstdint>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "core/simd/combine.cc"
#include <hwy/foreach_target.h>
#include "core/simd/dispatch.h"
#include "core/simd/highway-inl.h"

#include "core/simd/samples-inl.h"

HWY_BEFORE_NAMESPACE();
namespace convolve {
namespace HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

// Rows that are summed before they join the total, so that rounding does not grow with all.
constexpr std::size_t kPiece = 32;

template <int kVectors, typename In, typename Out, class D>
HWY_INLINE void CombineAt(D d, const RowSum& sum, int x, Out* to) {
  using V = hn::Vec<D>;
  const auto step = static_cast<int>(hn::Lanes(d));
  V total[kVectors];
  for (V& value : total) value = hn::Zero(d);
  for (std::size_t first = 0; first < sum.rows.size(); first += kPiece) {
    V piece[kVectors];
    for (V& value : piece) value = hn::Zero(d);
    const std::size_t last = std::min(first + kPiece, sum.rows.size());
    for (std::size_t i = first; i < last; ++i) {
      const auto* const in = reinterpret_cast<const In*>(sum.rows[i]) + x;
      const V weight = hn::Set(d, sum.weights[i]);
      for (int v = 0; v < kVectors; ++v) {
        piece[v] = hn::Add(piece[v], hn::Mul(LoadReal(d, in + v * step), weight));
      }
    }
    for (int v = 0; v < kVectors; ++v) total[v] = hn::Add(total[v], piece[v]);
  }
  const V most = hn::Set(d, sum.max_code);
  const V scale = hn::Set(d, sum.scale);
  for (int v = 0; v < kVectors; ++v) {
    StoreReal(d, hn::Mul(total[v], scale), most, to + x + v * step);
  }
}

template <typename In, typename Out>
void Combine(const RowSum& sum, int first, int last, Out* to) {
  const hn::ScalableTag<float> d;
  constexpr int kVectors = 4;
  const auto step = static_cast<int>(hn::Lanes(d));
  int x = first;
  for (; x + kVectors * step <= last; x += kVectors * step) {
    CombineAt<kVectors, In, Out>(d, sum, x, to);
  }
  for (; x + step <= last; x += step) CombineAt<1, In, Out>(d, sum, x, to);
  const hn::CappedTag<float, 1> d1;
  for (; x < last; ++x) CombineAt<1, In, Out>(d1, sum, x, to);
}

void CombineRows(const RowSum& sum, int first, int last, std::byte* to) {
  const auto run = [&](auto in, auto out) {
    Combine<decltype(in)>(sum, first, last, reinterpret_cast<decltype(out)*>(to));
  };
  if (sum.output == SampleType::u8) return run(float{}, std::uint8_t{});
  if (sum.output == SampleType::u16) return run(float{}, std::uint16_t{});
  if (sum.input == SampleType::u8) return run(std::uint8_t{}, float{});
  if (sum.input == SampleType::u16) return run(std::uint16_t{}, float{});
  run(float{}, float{});
}

}  // namespace HWY_NAMESPACE
}  // namespace convolve
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace convolve {

HWY_EXPORT(CombineRows);

void combine_rows(const RowSum& sum, int first, int last, std::byte* to) noexcept {
  CONVOLVE_DISPATCH(CombineRows)(sum, first, last, to);
}

}  // namespace convolve
#endif
