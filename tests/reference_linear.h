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

/// What `kernel` and `kernel3d` are told beside their taps.
struct LinearValues {
  bool convolves = false;
  double scale = 1;
  std::string response;
  std::string border;
  double bias = 0;

  /// Where the anchor stands on an axis of so many taps in correlation order.
  [[nodiscard]] int anchor(int taps) const { return convolves ? taps - 1 - taps / 2 : taps / 2; }
};

/// \param normalize  the filter's default
inline LinearValues linear_values(const Values& values, const char* normalize, double tap_sum) {
  LinearValues linear;
  linear.convolves = value_or(values, "operation", "correlation") == "convolution";
  linear.scale = number(values, "scale", 1.0);
  if (value_or(values, "normalize", normalize) == "true") linear.scale /= tap_sum;
  linear.response = value_or(values, "response", "clamp");
  linear.border = value_or(values, "border", "replicate");
  linear.bias = number(values, "bias", 0.0);
  return linear;
}

inline ChannelFilter kernel_filter(const Values& values) {
  Taps taps = read_taps(value_or(values, "kernel", "1"));
  const LinearValues linear = linear_values(values, "false", taps.sum());
  if (linear.convolves) taps = taps.rotated();
  const bool integers = are_integers(taps.value);

  ChannelFilter filter;
  filter.filters_chroma = linear.response == "clamp";
  filter.x = make_axis(taps.width, linear.anchor(taps.width), values);
  filter.y = make_axis(taps.height, linear.anchor(taps.height), values);
  filter.apply = [=, x = filter.x, y = filter.y](const Channel& channel) {
    Grid v = correlate(channel.in, taps, x.on_grid(channel.shift_x), y.on_grid(channel.shift_y),
                       linear.border, channel.outside, channel.out_width, channel.out_height);
    for (double& value : v.value) value *= linear.scale;
    const double slack = allowance(*channel.layout, taps.gain() * std::abs(linear.scale),
                                   integers && !channel.derived, largest_input(channel));
    return responded(v, linear.response, linear.bias, slack, channel);
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
    const Grid v = correlate(rows, column, Axis{}, down, border, channel.outside, channel.out_width,
                             channel.out_height);
    double slack = allowance(*channel.layout, 1.0, false, largest_input(channel));
    if (channel.layout->bits == 8 && std::max(sigma_x, sigma_y) > kPlainSigma) slack = 1.0;
    return around(v, slack);
  };
  return filter;
}

}  // namespace convolve::test
