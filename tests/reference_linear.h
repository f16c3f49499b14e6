// SPDX-License-Identifier: MIT
/// \file
/// The filters kernel and gaussian, in double precision, and what other references share.
#pragma once

#include "color.h"

namespace convolve::test {

inline double largest_input(const Channel& channel) {
  return std::max(largest(channel.in), std::abs(channel.outside));
}

/// Applies a response to `v`, which may be off by `error` beside rounding, and allows for it.
inline Bounds responded(Grid v, const std::string& response, double bias, double slack,
                        const Channel& channel) {
  if (channel.difference) return around(v, slack);
  if (response == "rescale") {
    const auto [low, high] = std::minmax_element(v.value.begin(), v.value.end());
    // An error in v grows as v is stretched.
    if (*high > *low) slack *= 1.0 + 2.0 * channel.top / (*high - *low);
  }
  respond(v, response, bias, channel.top, channel.layout->is_float());
  return around(v, slack);
}

inline ChannelFilter kernel_filter(const Values& values) {
  Taps taps = read_taps(value_or(values, "kernel", "1"));
  int anchor_x = taps.width / 2;
  int anchor_y = taps.height / 2;
  if (value_or(values, "operation", "correlation") == "convolution") {
    taps = taps.rotated();
    anchor_x = taps.width - 1 - anchor_x;
    anchor_y = taps.height - 1 - anchor_y;
  }
  const bool integers = are_integers(taps.value);
  double scale = number(values, "scale", 1.0);
  if (value_or(values, "normalize", "false") == "true") scale /= taps.sum();
  const std::string response = value_or(values, "response", "clamp");
  const std::string border = value_or(values, "border", "replicate");
  const double bias = number(values, "bias", 0.0);

  ChannelFilter filter;
  filter.filters_chroma = response == "clamp";
  filter.x = make_axis(taps.width, anchor_x, values);
  filter.y = make_axis(taps.height, anchor_y, values);
  filter.apply = [=, x = filter.x, y = filter.y](const Channel& channel) {
    Grid v = correlate(channel.in, taps, x.on_grid(channel.shift_x), y.on_grid(channel.shift_y),
                       border, channel.outside, channel.out_width, channel.out_height);
    for (double& value : v.value) value *= scale;
    const double slack = allowance(*channel.layout, taps.gain() * std::abs(scale),
                                   integers && !channel.derived, largest_input(channel));
    return responded(v, response, bias, slack, channel);
  };
  return filter;
}

/// The sampled Gaussian, cut at 4σ, of sum 1; σ = 0 is the identity.
inline Taps gaussian_row(double sigma) {
  if (sigma <= 0) return {};
  const int radius = static_cast<int>(std::ceil(4 * sigma));
  Taps taps{2 * radius + 1, 1, {}};
  for (int i = -radius; i <= radius; ++i) {
    taps.value.push_back(std::exp(-i * i / (2 * sigma * sigma)));
  }
  const double sum = taps.sum();
  for (double& tap : taps.value) tap /= sum;
  return taps;
}

/// Below this, in pixels, a blur is held to SPEC §2 as any kernel is; above, to the whole code that
/// SPEC §5 grants every sigma.
inline constexpr double kPlainSigma = 8.0;

inline ChannelFilter gaussian_filter(const Values& values) {
  const double sigma_x = number(values, "sigma", 1.5);
  const double sigma_given = number(values, "sigma-y", -1.0);
  const double sigma_y = sigma_given < 0 ? sigma_x : sigma_given;
  const std::string border = value_or(values, "border", "replicate");
  ChannelFilter filter;
  filter.apply = [=](const Channel& channel) {
    const Taps row = gaussian_row(sigma_x / (1 << channel.shift_x));
    Taps column = gaussian_row(sigma_y / (1 << channel.shift_y));
    std::swap(column.width, column.height);
    const Axis across{.anchor = row.width / 2};
    const Axis down{.anchor = column.height / 2};
    const Grid rows = correlate(channel.in, row, across, Axis{}, border, channel.outside,
                                channel.out_width, channel.out_height);
    const Grid v = correlate(rows, column, Axis{}, down, border, channel.outside,
                             channel.out_width, channel.out_height);
    double slack = allowance(*channel.layout, 1.0, false, largest_input(channel));
    if (channel.layout->bits == 8 && std::max(sigma_x, sigma_y) > kPlainSigma) slack = 1.0;
    return around(v, slack);
  };
  return filter;
}

}  // namespace convolve::test
