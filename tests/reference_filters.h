// SPDX-License-Identifier: MIT
/// \file
/// The filters of SPEC §5 by their parameters' texts, in double precision.
#pragma once

#include <numbers>

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

// ---------------------------------------------------------------------------------------------
// Sobel and its kin: x is right minus left, y is below minus above.

struct GradientTaps {
  Taps x;
  Taps y;
};

inline GradientTaps gradient_taps(const std::string& name) {
  if (name == "roberts") return {read_taps("-1 0; 0 1"), read_taps("0 -1; 1 0")};
  const std::string side = name == "sobel" ? "1 2 1" : name == "scharr" ? "3 10 3" : "1 1 1";
  const Taps smooth = read_taps(side);
  GradientTaps taps{{3, 3, {}}, {3, 3, {}}};
  for (int j = 0; j < 3; ++j) {
    for (int i = 0; i < 3; ++i) {
      taps.x.value.push_back((i - 1) * smooth.at(j, 0));
      taps.y.value.push_back((j - 1) * smooth.at(i, 0));
    }
  }
  return taps;
}

inline double norm_of(double x, double y, const std::string& norm) {
  if (norm == "l1") return std::abs(x) + std::abs(y);
  if (norm == "max") return std::max(std::abs(x), std::abs(y));
  return std::sqrt(x * x + y * y);
}

/// Magnitudes below the threshold become 0; one that may be either side of it may be either.
inline Bounds magnitudes(const Grid& gx, const Grid& gy, const std::string& norm, double threshold,
                         double slack) {
  Grid exact(gx.width, gx.height);
  for (std::size_t i = 0; i < exact.value.size(); ++i) {
    exact.value[i] = norm_of(gx.value[i], gy.value[i], norm);
  }
  Bounds bounds = around(exact, slack);
  for (std::size_t i = 0; i < exact.value.size(); ++i) {
    if (exact.value[i] - slack < threshold) bounds.low.value[i] = -slack;
    if (exact.value[i] + slack < threshold) bounds.high.value[i] = slack;
  }
  return bounds;
}

/// `error` is how far a gradient may be off: where it is short, its direction is anything.
inline Bounds directions(const Grid& gx, const Grid& gy, double top, double slack, double error) {
  constexpr double kTurn = 2 * std::numbers::pi;
  Grid exact(gx.width, gx.height);
  Bounds bounds{exact, exact};
  for (std::size_t i = 0; i < exact.value.size(); ++i) {
    double angle = std::atan2(gy.value[i], gx.value[i]);
    if (angle < 0) angle += kTurn;
    const double length = std::hypot(gx.value[i], gy.value[i]);
    double away = 0;
    if (error > 0) away = length > error ? std::asin(error / length) : kTurn;
    const bool wraps = error > 0 && (angle - away < 0 || angle + away > kTurn);
    bounds.low.value[i] = (wraps ? 0 : (angle - away) / kTurn * top) - slack;
    bounds.high.value[i] = (wraps ? top : (angle + away) / kTurn * top) + slack;
  }
  return bounds;
}

inline ChannelFilter sobel_filter(const Values& values) {
  const GradientTaps taps = gradient_taps(value_or(values, "operator", "sobel"));
  const std::string output = value_or(values, "output", "magnitude");
  const std::string norm = value_or(values, "norm", "l2");
  const std::string response = value_or(values, "response", "absolute");
  const std::string border = value_or(values, "border", "replicate");
  const double scale = number(values, "scale", 1.0);
  const double threshold = number(values, "threshold", 0.0);
  const bool one_axis = output == "x" || output == "y";

  ChannelFilter filter;
  filter.filters_chroma = one_axis && response == "clamp";
  filter.about_black = output != "direction";
  filter.apply = [=](const Channel& channel) {
    const auto gradient = [&](const Taps& axis_taps) {
      const Axis across{.anchor = axis_taps.width / 2};
      const Axis down{.anchor = axis_taps.height / 2};
      Grid v = correlate(channel.in, axis_taps, across, down, border, channel.outside,
                         channel.out_width, channel.out_height);
      for (double& value : v.value) value *= scale;
      return v;
    };
    const bool is_float = channel.layout->is_float();
    const double gain = taps.x.gain() * std::abs(scale);
    const double most = largest_input(channel);
    const double slack = allowance(*channel.layout, gain, !channel.derived, most);
    if (output == "x") return responded(gradient(taps.x), response, 0, slack, channel);
    if (output == "y") return responded(gradient(taps.y), response, 0, slack, channel);
    const Grid gx = gradient(taps.x);
    const Grid gy = gradient(taps.y);
    if (output == "magnitude") {
      const bool doubled = norm == "l1" && (is_float || channel.derived);
      return magnitudes(gx, gy, norm, threshold * channel.top, doubled ? 2 * slack : slack);
    }
    const double plain = allowance(*channel.layout, 1.0, false, 1.0);
    const double error = is_float || channel.derived ? slack : 0.0;
    return directions(gx, gy, channel.top, plain, error);
  };
  return filter;
}

/// What SPEC says that filter `name` makes of `in` with these parameters.
inline Expected reference(const std::string& name, const Picture& in, const Values& values) {
  Expected expected;
  if (name == "kernel") {
    expected = filter_picture(in, kernel_filter(values), values);
  } else if (name == "gaussian") {
    expected = filter_picture(in, gaussian_filter(values), values);
  } else if (name == "sobel") {
    expected = filter_picture(in, sobel_filter(values), values, "greyscale");
  } else {
    throw std::invalid_argument("tests: no reference for " + name);
  }
  const auto roi = values.find("roi");
  if (roi != values.end() && !roi->second.empty()) keep_outside(expected, in, roi->second);
  return expected;
}

}  // namespace convolve::test
