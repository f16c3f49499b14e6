// SPDX-License-Identifier: MIT
#include "core/simd/wide.h"

#include <cstdint>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "core/simd/wide.cc"
#include <hwy/foreach_target.h>
#include "core/simd/highway-inl.h"

#include "core/simd/samples-inl.h"

HWY_BEFORE_NAMESPACE();
namespace convolve {
namespace HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

template <typename In, typename Out>
void Run(const WideRows& rows, const RowBlock& block) {
  const hn::ScalableTag<double> d;
  const auto step = static_cast<int>(hn::Lanes(d));
  const Finish& finish = rows.finish;
  const auto scale = hn::Set(d, finish.scale);
  const auto before = hn::Set(d, finish.before);
  const auto post = hn::Set(d, finish.post);
  const auto most = hn::Set(d, finish.max_code);
  for (int y = 0; y < block.rows; ++y) {
    auto* const out = reinterpret_cast<Out*>(block.out[y]);
    for (int x = 0; x < block.samples; x += step) {
      auto sum = hn::Zero(d);
      for (const WideTap& tap : rows.taps) {
        const auto* in = reinterpret_cast<const In*>(block.in[y + tap.row]) + tap.sample + x;
        sum = hn::Add(sum, hn::Mul(LoadReal(d, in), hn::Set(d, tap.weight)));
      }
      auto value = hn::Add(hn::Mul(sum, scale), before);
      if (finish.absolute) value = hn::Abs(value);
      StoreReal(d, hn::Add(value, post), most, out + x);
    }
  }
}

void RunWideRows(const WideRows& rows, const RowBlock& block) {
  const bool same = rows.input == rows.output;
  switch (rows.input) {
    case SampleType::u8:
      return same ? Run<std::uint8_t, std::uint8_t>(rows, block)
                  : Run<std::uint8_t, float>(rows, block);
    case SampleType::u16:
      return same ? Run<std::uint16_t, std::uint16_t>(rows, block)
                  : Run<std::uint16_t, float>(rows, block);
    case SampleType::f32:
      if (rows.output == SampleType::u8) return Run<float, std::uint8_t>(rows, block);
      if (rows.output == SampleType::u16) return Run<float, std::uint16_t>(rows, block);
      return Run<float, float>(rows, block);
  }
}

}  // namespace HWY_NAMESPACE
}  // namespace convolve
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace convolve {

HWY_EXPORT(RunWideRows);

void run_wide_rows(const WideRows& rows, const RowBlock& block) noexcept {
  HWY_DYNAMIC_DISPATCH(RunWideRows)(rows, block);
}

}  // namespace convolve
#endif
