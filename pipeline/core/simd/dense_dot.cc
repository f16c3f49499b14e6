// SPDX-License-Identifier: MIT
#include "core/simd/dense_dot.h"

#include <algorithm>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "core/simd/dense_dot.cc"
#include <hwy/foreach_target.h>
#include "core/simd/dispatch.h"
#include "core/simd/highway-inl.h"

#include "core/simd/dot_sums-inl.h"
#include "core/simd/int_finish-inl.h"
#include "core/simd/interleave-inl.h"
#include "core/simd/samples-inl.h"

HWY_BEFORE_NAMESPACE();
namespace convolve {
namespace HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

#if HWY_TARGET == HWY_SCALAR

template <typename In, typename Out>
void Run(const DenseDotRows& rows, const RowBlock& block, std::byte*) {
  for (int y = 0; y < block.rows; ++y) {
    auto* const out = reinterpret_cast<Out*>(block.out[y]);
    for (int x = 0; x < block.samples; ++x) {
      // Samples beyond the format's range may overflow the sum: it wraps, as vectors do.
      std::uint32_t sum = 0;
      for (const DotTap& tap : rows.weights.taps) {
        const auto* const in = reinterpret_cast<const In*>(block.in[y + tap.row]);
        const std::int32_t sample = in[x + tap.sample];
        const std::int32_t half = sizeof(In) == 1 ? sample
                                  : rows.centred  ? sample - 32768
                                                  : static_cast<std::int16_t>(sample);
        sum += static_cast<std::uint32_t>(tap.weight) * static_cast<std::uint32_t>(half);
      }
      out[x] = FinishOne<Out>(rows.finish, static_cast<std::int32_t>(sum));
    }
  }
}

#else

template <typename In, typename Out>
void Run(const DenseDotRows& rows, const RowBlock& block, std::byte* scratch) {
  const DI32 d;
  const DotWeights& weights = rows.weights;
  const Finisher<Out> finisher(rows.finish);
  constexpr int kGroupRows = sizeof(In) == 1 ? 4 : 2;
  constexpr int kOut = DotWeights::kOut;
  const int parts = sizeof(In) == 1 && CONVOLVE_BYTE_DOT ? weights.byte_parts : 1;
  const auto groups = static_cast<int>(weights.groups.size());
  const int samples = round_to_block(block.samples);
  GroupRing<In> ring(weights, block, samples + weights.reach, rows.centred, scratch);
  auto* const spare = ring.end();
  const auto step = static_cast<int>(hn::Lanes(d));

  for (int y = 0; y < block.rows; y += kOut) {
    const int first_group = y / kGroupRows;
    ring.fill(first_group);
    for (int base = 0; base < kOut && y + base < block.rows; base += kRowsAtOnce) {
      Out* to[kRowsAtOnce];
      for (int out = 0; out < kRowsAtOnce; ++out) {
        const int row = y + base + out;
        to[out] = reinterpret_cast<Out*>(row < block.rows ? block.out[row] : spare);
      }
      for (int x = 0; x < samples; x += kVectors * step) {
        Sums sums;
        const VI32 init = finisher.Init();
        for (int part = 0; part < parts; ++part) {
          StartPart(sums, part, parts, init);
          for (int k = 0; k < groups; ++k) {
            AddGroup<In>(sums, weights, weights.groups[static_cast<std::size_t>(k)], part, base,
                         ring.lanes(first_group + k) + x);
          }
        }
        HWY_UNROLL(4)
        for (int out = 0; out < kRowsAtOnce; ++out) finisher.Store(sums.at[out], to[out] + x);
      }
    }
  }
}

#endif

void RunDenseDotRows(const DenseDotRows& rows, const RowBlock& block, std::byte* scratch) {
  WithIntegerTypes(rows.input, rows.output, [&](auto in, auto out) {
    Run<decltype(in), decltype(out)>(rows, block, scratch);
  });
}

}  // namespace HWY_NAMESPACE
}  // namespace convolve
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace convolve {

HWY_EXPORT(RunDenseDotRows);

std::size_t dense_dot_scratch(const DenseDotRows& rows, int samples) noexcept {
  return group_ring_bytes(rows.weights, round_to_block(samples) + rows.weights.reach) +
         static_cast<std::size_t>(round_to_block(samples)) * sizeof(float);
}

void run_dense_dot_rows(const DenseDotRows& rows, const RowBlock& block,
                        std::byte* scratch) noexcept {
  CONVOLVE_DISPATCH(RunDenseDotRows)(rows, block, scratch);
}

}  // namespace convolve
#endif
