// SPDX-License-Identifier: MIT
#include "core/folded_taps.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <utility>

#include "core/tap_scale.h"

namespace convolve {

bool fits_smooth_lanes(const StageSpec& spec) noexcept {
  const double centre = (spec.max_code + 1) / 2;
  return spec.input == spec.output && spec.integer && spec.input_scale == 1 && centre >= 128 &&
         centre <= 512 && spec.max_input == spec.max_code;
}

double smooth_unit(const StageSpec& spec) noexcept {
  return FoldedTaps::kUnit / (spec.max_code + 1);
}

SmoothRows smooth_rows_of(const StageSpec& spec, int scale) {
  SmoothRows rows;
  rows.type = spec.input;
  rows.channels = spec.channels;
  rows.centre = static_cast<int>((spec.max_code + 1) / 2);
  rows.shift = static_cast<int>(std::log2(smooth_unit(spec)));
  rows.scale = scale;
  rows.max_code = static_cast<int>(spec.max_code);
  return rows;
}

SmoothRows::Weight in_block(std::int32_t weight) noexcept {
  SmoothRows::Weight block;
  block.lanes.fill(static_cast<std::int16_t>(weight));
  return block;
}

HeldTaps round_all(std::vector<double> taps, double gain) {
  for (double& tap : taps) tap *= gain;
  RoundedTaps rounded = round_taps(taps, 15);
  return {std::move(rounded.weights), rounded.error / gain};
}

HeldTaps round_half(std::vector<double> taps, double gain) {
  const bool middle = taps.size() % 2 == 1;
  taps.resize((taps.size() + 1) / 2);
  // What is held counts twice, and so the middle tap as half of what it is.
  if (middle) taps.back() /= 2;
  HeldTaps held = round_all(std::move(taps), gain);
  if (middle) held.weights.back() *= 2;
  held.error *= 2;
  return held;
}

std::optional<FoldedTaps> fold_taps(const std::vector<double>& taps, double gain) {
  HeldTaps held = round_half(taps, gain);
  std::reverse(held.weights.begin(), held.weights.end());
  while (held.weights.size() > 1 && held.weights.back() == 0) held.weights.pop_back();
  FoldedTaps folded;
  for (const std::int32_t weight : held.weights) {
    if (weight >= static_cast<std::int32_t>(FoldedTaps::kUnit)) return std::nullopt;
    folded.weights.push_back(in_block(weight));
  }
  folded.error = held.error;
  folded.rounding = held.rounding();
  folded.gain = gain;
  return folded;
}

}  // namespace convolve
