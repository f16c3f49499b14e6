// SPDX-License-Identifier: MIT
/// \file
/// The filters that change the size, upsample and pool, in double precision.
#pragma once

#include <numbers>

#include "reference_linear.h"

namespace convolve::test {

// ---------------------------------------------------------------------------------------------
// Upsampling: input i adds tap k to output i·S + k − lead.

inline double interpolator(const std::string& name, double x) {
  const double t = std::abs(x);
  if (name == "nearest") return 1;
  if (name == "bilinear") return std::max(0.0, 1 - t);
  if (name == "bicubic") {
    if (t <= 1) return 1.5 * t * t * t - 2.5 * t * t + 1;
    return t < 2 ? -0.5 * t * t * t + 2.5 * t * t - 4 * t + 2 : 0;
  }
  const auto sinc = [](double v) {
    return v == 0 ? 1.0 : std::sin(std::numbers::pi * v) / (std::numbers::pi * v);
  };
  return t < 3 ? sinc(t) * sinc(t / 3) : 0;
}

/// Taps by name or by text. Interpolators are sampled where the centres of output pixels lie about
/// an input pixel's centre; of an odd stride, that is an odd number of places.
inline Taps upsample_taps(const std::string& text, int stride) {
  const std::map<std::string, int> support{
      {"nearest", 1}, {"bilinear", 2}, {"bicubic", 4}, {"lanczos3", 6}};
  const auto found = support.find(text);
  if (found == support.end()) return read_taps(text);
  int count = found->second * stride;
  if (count % 2 != stride % 2) --count;
  std::vector<double> row;
  for (int i = 0; i < count; ++i) {
    row.push_back(interpolator(text, (i - (count - 1) / 2.0) / stride));
  }
  Taps taps{count, count, {}};
  for (const double y : row) {
    for (const double x : row) taps.value.push_back(x * y);
  }
  return taps;
}

inline ChannelFilter upsample_filter(const Values& values) {
  const int stride = whole(values, "stride", 2);
  const Taps taps = upsample_taps(value_or(values, "kernel", "bilinear"), stride);
  const bool normalize = value_or(values, "normalize", "true") == "true";
  const int padding = whole(values, "padding", -1);
  const std::string border = value_or(values, "border", "replicate");
  const auto centred = [&](int count) {
    return static_cast<int>(std::ceil((count - stride) / 2.0));
  };
  const auto axis = [&](int count) {
    Axis made;
    made.scale = stride;
    const int cut = padding < 0 ? count - stride : 2 * padding;
    made.growth = count - cut + whole(values, "output-padding", 0) - 2;
    made.origin = padding < 0 ? 0 : padding - centred(count);
    return made;
  };
  ChannelFilter filter;
  filter.x = axis(taps.width);
  filter.y = axis(taps.height);
  const auto changes_size = [](const Axis& each) {
    return each.scale != 1 || each.origin != 0 || each.growth != -1;
  };
  filter.filters_alpha = changes_size(filter.x) || changes_size(filter.y);
  const bool integers = are_integers(taps.value);
  const int centre_x = centred(taps.width);
  const int centre_y = centred(taps.height);
  filter.apply = [=, x_axis = filter.x, y_axis = filter.y](const Channel& channel) {
    const int lead_x = centre_x + (x_axis.origin >> channel.shift_x);
    const int lead_y = centre_y + (y_axis.origin >> channel.shift_y);
    const double most = largest_input(channel);
    Bounds bounds{Grid(channel.out_width, channel.out_height),
                  Grid(channel.out_width, channel.out_height)};
    for (int y = 0; y < channel.out_height; ++y) {
      for (int x = 0; x < channel.out_width; ++x) {
        double v = 0;
        Taps met{0, 1, {}};
        for (int j = modulo(y + lead_y, stride); j < taps.height; j += stride) {
          for (int i = modulo(x + lead_x, stride); i < taps.width; i += stride) {
            met.value.push_back(taps.at(i, j));
            v += taps.at(i, j) * extended(channel.in, (x + lead_x - i) / stride,
                                          (y + lead_y - j) / stride, border, channel.outside);
          }
        }
        const double unit = normalize ? 1 / met.sum() : 1;
        const double slack = allowance(*channel.layout, met.gain() * std::abs(unit),
                                       integers && !channel.derived, most);
        bounds.low.at(x, y) = v * unit - slack;
        bounds.high.at(x, y) = v * unit + slack;
      }
    }
    return bounds;
  };
  return filter;
}

// ---------------------------------------------------------------------------------------------
// Pooling, as PyTorch's MaxPool2d and AvgPool2d(count_include_pad=False).

/// The samples of the window that begins at `start`, or the nearest where it lies outside.
inline std::pair<int, int> window_at(int start, int size, int n) {
  if (start >= n) return {n - 1, n};
  if (start + size <= 0) return {0, 1};
  return {std::max(start, 0), std::min(start + size, n)};
}

inline ChannelFilter pool_filter(const Values& values) {
  const std::string kind = value_or(values, "operator", "max");
  const int size = whole(values, "size", 2);
  const int given = whole(values, "stride", 0);
  const int stride = given == 0 ? size : given;
  const int padding = whole(values, "padding", 0);
  const bool ceil_mode = value_or(values, "ceil-mode", "false") == "true";
  // A window is centred about `stride` inputs; subsampled planes halve how far those are moved.
  const int lead = static_cast<int>(std::floor((size - stride) / 2.0));
  Axis axis{.stride = stride};
  axis.origin = lead - padding;
  axis.middle = stride / 2;
  axis.growth = 2 * padding - size;
  if (ceil_mode) axis.growth = std::min(axis.growth + stride - 1, padding - 1);
  ChannelFilter filter;
  filter.x = axis;
  filter.y = axis;
  filter.apply = [=](const Channel& channel) {
    Grid v(channel.out_width, channel.out_height);
    for (int y = 0; y < v.height; ++y) {
      for (int x = 0; x < v.width; ++x) {
        const auto [left, right] =
            window_at(x * stride + (axis.origin >> channel.shift_x) - lead, size, channel.in.width);
        const auto [top, bottom] = window_at(y * stride + (axis.origin >> channel.shift_y) - lead,
                                             size, channel.in.height);
        double sum = 0;
        double most = channel.in.at(left, top);
        double least = most;
        for (int j = top; j < bottom; ++j) {
          for (int i = left; i < right; ++i) {
            sum += channel.in.at(i, j);
            most = std::max(most, channel.in.at(i, j));
            least = std::min(least, channel.in.at(i, j));
          }
        }
        v.at(x, y) = kind == "max"   ? most
                     : kind == "min" ? least
                                     : sum / ((right - left) * (bottom - top));
      }
    }
    // Extremes are samples as they were; means are rounded to nearest.
    double slack = kind == "mean" || channel.derived ? 0.5 + 2e-7 * channel.top : 0;
    if (channel.layout->is_float()) {
      slack = allowance(*channel.layout, 1.0, false, largest_input(channel));
    }
    return around(v, slack);
  };
  return filter;
}

}  // namespace convolve::test
