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
        const double slack =
            allowance(*channel.layout, met.gain() * std::abs(unit),
                      integers && !channel.derived, largest_input(channel));
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
        const auto [left, right] = window_at(x * stride + (axis.origin >> channel.shift_x) - lead,
                                             size, channel.in.width);
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

/// What SPEC says that filter `name` makes of `in` with these parameters.
inline Expected reference(const std::string& name, const Picture& in, const Values& values) {
  Expected expected;
  if (name == "kernel") {
    expected = filter_picture(in, kernel_filter(values), values);
  } else if (name == "gaussian") {
    expected = filter_picture(in, gaussian_filter(values), values);
  } else if (name == "sobel") {
    expected = filter_picture(in, sobel_filter(values), values, "greyscale");
  } else if (name == "upsample") {
    expected = filter_picture(in, upsample_filter(values), values);
  } else if (name == "pool") {
    expected = filter_picture(in, pool_filter(values), values);
  } else {
    throw std::invalid_argument("tests: no reference for " + name);
  }
  const auto roi = values.find("roi");
  if (roi != values.end() && !roi->second.empty()) keep_outside(expected, in, roi->second);
  return expected;
}

}  // namespace convolve::test
