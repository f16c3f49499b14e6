// SPDX-License-Identifier: MIT
#include "core/simd/dense_dot.h"

#include <algorithm>
#include <utility>

#include "core/simd/row_ends.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "core/simd/dense_dot.cc"
#include <hwy/foreach_target.h>
#include "core/simd/dispatch.h"
#include "core/simd/highway-inl.h"

#include "core/simd/int_finish-inl.h"
#include "core/simd/lane_sums-inl.h"
#include "core/simd/samples-inl.h"

HWY_BEFORE_NAMESPACE();
namespace convolve {
namespace HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

#if HWY_TARGET == HWY_SCALAR

template <typename In, typename Out>
void Run(const DenseDotRows& rows, const RowBlock& block, std::byte*) {
  const TileColumns seen(block, 0, block.samples, rows.halves.reach);
  for (int y = 0; y < block.rows; ++y) {
    auto* const out = reinterpret_cast<Out*>(block.out[y]);
    for (int x = 0; x < block.samples; ++x) {
      // Samples beyond the format's range may overflow the sum: it wraps, as vectors do.
      std::uint32_t sum = 0;
      for (const DotTap& tap : rows.halves.taps) {
        const auto* const in =
            reinterpret_cast<const In*>(block.in[y * rows.halves.row_step + tap.row]);
        const std::int32_t sample = in[seen.sample(x + tap.sample)];
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
  constexpr auto kStep = kLaneVectors * static_cast<int>(hn::MaxLanes(DI32()));
  constexpr int kOut = LaneWeights::kOut;
  const LaneWeights& weights = rows.halves;
  const Finisher<Out> finisher(rows.finish);
  const int samples = std::max(block.samples, kLeastSamples);
  LaneRing<In> ring(weights, block, samples, rows.centred, scratch);
  auto* const spare = ring.end();

  for (int y = 0; y < block.rows; y += kOut) {
    ring.fill(y);
    for (int base = 0; base < kOut && y + base < block.rows; base += kLaneOut) {
      Out* to[kLaneOut];
      for (int out = 0; out < kLaneOut; ++out) {
        const int row = y + base + out;
        to[out] = reinterpret_cast<Out*>(row < block.rows ? block.out[row] : spare);
      }
      // The last step of a row overlaps the one before.
      for (int next = 0; next < samples; next += kStep) {
        const int x = std::min(next, samples - kStep);
        LaneSums sums;
        for (auto& row : sums.at) {
          for (VI32& sum : row) sum = finisher.Init();
        }
        for (const LaneWeights::Run& run : weights.runs) {
          AddRun(sums, weights, run, ring.from(), base, x);
        }
        HWY_UNROLL(4)
        for (int out = 0; out < kLaneOut; ++out) finisher.Store(sums.at[out], to[out] + x);
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

DenseDotRows::DenseDotRows(SampleType in, SampleType out, bool is_centred, int height,
                           std::span<const DotTap> taps, const IntFinish& int_finish, int row_step)
    : input(in),
      output(out),
      centred(is_centred),
      halves(height, taps, row_step),
      finish(int_finish) {}

std::size_t dense_dot_scratch(const DenseDotRows& rows, int samples) noexcept {
  const std::size_t spare =
      static_cast<std::size_t>(std::max(samples, kLeastSamples)) * sizeof(float);
  return lane_ring_bytes(rows.halves, samples) + spare;
}

void run_dense_dot_rows(const DenseDotRows& rows, const RowBlock& block,
                        std::byte* scratch) noexcept {
  CONVOLVE_DISPATCH(RunDenseDotRows)(rows, block, scratch);
}

}  // namespace convolve
#endif
