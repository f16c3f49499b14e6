// SPDX-License-Identifier: MIT
#include "core/folded_taps.h"

#include <cmath>
#include <cstddef>
#include <cstdint>

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

std::optional<FoldedTaps> fold_taps(const std::vector<double>& taps, double gain) {
  std::vector<double> halves;
  for (std::size_t k = taps.size() / 2 + 1; k-- > 0;) {
    halves.push_back(taps[k] * gain * (k == taps.size() / 2 ? 0.5 : 1.0));
  }
  const RoundedTaps rounded = round_taps(halves, 15);
  FoldedTaps folded;
  // Outer taps of no weight are left out.
  std::size_t used = rounded.weights.size();
  while (used > 1 && rounded.weights[used - 1] == 0) --used;
  for (std::size_t k = 0; k < used; ++k) {
    const std::int32_t weight = rounded.weights[k] * (k == 0 ? 2 : 1);
    if (weight >= static_cast<std::int32_t>(FoldedTaps::kUnit)) return std::nullopt;
    folded.weights.push_back(in_block(weight));
  }
  folded.error = 2 * rounded.error / gain;
  folded.rounding = 0.5 * static_cast<double>(used);
  folded.gain = gain;
  return folded;
}

}  // namespace convolve
