// SPDX-License-Identifier: MIT
/// \file
/// The filter kernel3d, in double precision: a stream of pictures, one of them wanted.
#pragma once

#include "reference_linear.h"

namespace convolve::test {

/// Slices of rows, oldest first.
inline std::vector<Taps> read_slices(const std::string& text) {
  std::vector<Taps> slices;
  std::istringstream parts(text);
  for (std::string part; std::getline(parts, part, '|');) slices.push_back(read_taps(part));
  return slices;
}

/// What of time a filter's parameters say.
struct TimeWindow {
  int before = 0;
  int after = 0;
  std::string border = "replicate";
  bool causal = false;
};

inline TimeWindow time_window(const Values& values, int slices) {
  TimeWindow window;
  window.before = slices / 2;
  if (value_or(values, "operation", "correlation") == "convolution") {
    window.before = slices - 1 - window.before;
  }
  window.causal = value_or(values, "alignment", "centred") == "causal";
  if (window.causal) window.before = slices - 1;
  window.after = slices - 1 - window.before;
  window.border = value_or(values, "time-border", "replicate");
  return window;
}

inline const char* const kBox3d = "1 1 1;1 1 1;1 1 1|1 1 1;1 1 1;1 1 1|1 1 1;1 1 1;1 1 1";

/// Correlates the frames of a channel's window with the slices.
inline ChannelFilter kernel3d_filter(const Values& values) {
  std::vector<Taps> slices = read_slices(value_or(values, "kernel", kBox3d));
  std::vector<double> all;
  for (const Taps& slice : slices) {
    all.insert(all.end(), slice.value.begin(), slice.value.end());
  }
  const Taps flat{static_cast<int>(all.size()), 1, all};
  const LinearValues linear = linear_values(values, "true", flat.sum());
  if (linear.convolves) {
    std::reverse(slices.begin(), slices.end());
    for (Taps& slice : slices) slice = slice.rotated();
  }

  ChannelFilter filter;
  filter.filters_chroma = linear.response == "clamp";
  filter.apply = [=](const Channel& channel) {
    Grid v(channel.out_width, channel.out_height);
    double most = std::abs(channel.outside);
    for (std::size_t t = 0; t < slices.size(); ++t) {
      const Grid part =
          correlate(channel.frames[t], slices[t], Axis{.anchor = linear.anchor(slices[t].width)},
                    Axis{.anchor = linear.anchor(slices[t].height)}, linear.border, channel.outside,
                    channel.out_width, channel.out_height);
      for (std::size_t i = 0; i < v.value.size(); ++i) v.value[i] += part.value[i];
      most = std::max(most, largest(channel.frames[t]));
    }
    for (double& value : v.value) value *= linear.scale;
    const double slack = allowance(*channel.layout, flat.gain() * std::abs(linear.scale),
                                   are_integers(all) && !channel.derived, most);
    return responded(v, linear.response, linear.bias, slack, channel);
  };
  return filter;
}

}  // namespace convolve::test
