// SPDX-License-Identifier: MIT
/// \file
/// The filter sobel, in double precision.
#pragma once

#include "reference_linear.h"

namespace convolve::test {

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

}  // namespace convolve::test
