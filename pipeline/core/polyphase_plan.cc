// SPDX-License-Identifier: MIT
#include "core/polyphase_plan.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>

#include "core/simd/pack_weights.h"
#include "core/tap_scale.h"

namespace convolve {

namespace {

constexpr int kWeightBits = 15;
constexpr double kCentre = 128;
constexpr double kUnit = 1.0 / (1 << PolyphaseByteRows::kFraction);  // in codes
constexpr double kMostSum = 32767 * kUnit;
// Products that may be wrong by rounding: more would not be worth their speed.
constexpr std::size_t kMostTaps = 64;

// A phase in whole weights.
struct RoundedPhase {
  PolyphaseByteRows::Phase taps;
  double sum = 0;        // of the exact taps
  double magnitude = 0;  // of the weights
  double error = 0;      // Σ |weight − tap|
  int zero_bits = 30;    // of all weights, at their lower ends
};

// Weights of 1 and more are halved until they are fractions: 1 is 1/2 and 1/2.
void add_weight(std::int32_t weight, int offset, RoundedPhase& phase) {
  constexpr std::int32_t kMost = (1 << kWeightBits) - 1;
  while (weight != 0) {
    const std::int32_t part =
        std::abs(weight) <= kMost ? weight : std::clamp(weight, -(1 << 14), 1 << 14);
    phase.taps.push_back({offset, pack_halves(part, part)});
    phase.zero_bits = std::min(phase.zero_bits, std::countr_zero(static_cast<std::uint32_t>(part)));
    weight -= part;
  }
}

RoundedPhase round_phase(const AxisPhase& phase, int first, int step) {
  RoundedPhase made;
  const RoundedTaps rounded = round_taps(phase.taps, kWeightBits);
  made.sum = sum_of(phase.taps);
  made.error = rounded.error;
  made.magnitude = std::ldexp(magnitude_of(rounded.weights), -kWeightBits);
  for (std::size_t i = 0; i < phase.taps.size(); ++i) {
    add_weight(rounded.weights[i], (phase.first - first + static_cast<int>(i)) * step, made);
  }
  // A phase without taps is dark; a weight of 0 spares the loops a case.
  if (made.taps.empty()) made.taps.push_back({0, 0});
  return made;
}

struct Reach {
  int before = 0;
  int after = 0;
};

Reach reach_of(const std::vector<AxisPhase>& phases) {
  Reach reach;
  for (const AxisPhase& phase : phases) {
    reach.before = std::max(reach.before, -phase.first);
    reach.after = std::max(reach.after, phase.first + static_cast<int>(phase.taps.size()) - 1);
  }
  return reach;
}

// SPEC §2 promises the nearest code for whole taps, or taps over one divisor, up to 1023.
bool promised_exact(const AxisPhase& x, const AxisPhase& y) {
  const auto across = as_whole(x.taps, 1023);
  const auto down = as_whole(y.taps, 1023);
  return across && down && largest_of(across->weights) * largest_of(down->weights) <= 1023;
}

// What is added to results, in units: v = Σ K(p − base) + base, about the centre as the samples.
double offset_of(const StageSpec& spec, double sum) {
  return ((kCentre - spec.base) * sum + spec.base - kCentre) / kUnit;
}

// The error of a pair of phases, in codes before rounding.
double error_of(const RoundedPhase& x, const RoundedPhase& y, double offset) {
  const double rounding = 0.5 * kUnit;
  // Samples have as many bits below the code as sums, all zero.
  const int zeros = PolyphaseByteRows::kFraction + y.zero_bits - kWeightBits;
  const double down_rounding = zeros >= 0 ? 0 : rounding * static_cast<double>(y.taps.size());
  const bool across_exact = zeros >= 0 && zeros + x.zero_bits >= kWeightBits;
  const double across_rounding = across_exact ? 0 : rounding * static_cast<double>(x.taps.size());
  const double down = y.error * kCentre + down_rounding;
  return down * x.magnitude + x.error * (kCentre * y.magnitude + down) + across_rounding +
         std::abs(offset - std::nearbyint(offset)) * kUnit;
}

}  // namespace

std::optional<PolyphaseBytePlan> plan_polyphase_bytes(const StageSpec& spec,
                                                      const std::vector<AxisPhase>& across,
                                                      const std::vector<AxisPhase>& down) {
  if (spec.input != SampleType::u8 || spec.output != SampleType::u8) return std::nullopt;
  const Reach x_reach = reach_of(across);
  const Reach y_reach = reach_of(down);
  const auto is_long = [](const AxisPhase& phase) {
    return phase.taps.size() > kMostTaps || magnitude_of(phase.taps) * kCentre >= kMostSum;
  };
  if (std::any_of(across.begin(), across.end(), is_long) ||
      std::any_of(down.begin(), down.end(), is_long)) {
    return std::nullopt;
  }
  std::vector<RoundedPhase> x_phases;
  std::vector<RoundedPhase> y_phases;
  for (const AxisPhase& x : across) {
    x_phases.push_back(round_phase(x, -x_reach.before, spec.channels));
  }
  for (const AxisPhase& y : down) y_phases.push_back(round_phase(y, -y_reach.before, 1));

  PolyphaseBytePlan plan;
  plan.window = {x_reach.before, x_reach.after, y_reach.before, y_reach.after};
  plan.rows.channels = spec.channels;
  plan.rows.height = y_reach.before + y_reach.after + 1;
  plan.rows.reach = (x_reach.before + x_reach.after) * spec.channels;
  for (std::size_t i = 0; i < down.size(); ++i) {
    for (std::size_t j = 0; j < across.size(); ++j) {
      const RoundedPhase& x = x_phases[j];
      const RoundedPhase& y = y_phases[i];
      const double offset = offset_of(spec, x.sum * y.sum);
      const double error = error_of(x, y, offset);
      const double magnitude = x.magnitude * y.magnitude;
      // A little less than what SPEC leaves, for the bounds' own rounding.
      const bool good = promised_exact(across[j], down[i])
                            ? error < 1e-9
                            : error <= 0.049 * std::max(1.0, magnitude);
      const double most = kCentre * magnitude + error + std::abs(offset) * kUnit + 1;
      if (!good || most >= kMostSum || y.magnitude * kCentre + 1 >= kMostSum) return std::nullopt;
      plan.rows.init.push_back(static_cast<std::int16_t>(std::nearbyint(offset)));
    }
  }
  for (RoundedPhase& x : x_phases) plan.rows.across.push_back(std::move(x.taps));
  for (RoundedPhase& y : y_phases) plan.rows.down.push_back(std::move(y.taps));
  plan.rows.prepare();
  return plan;
}

}  // namespace convolve
