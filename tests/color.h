// SPDX-License-Identifier: MIT
/// \file
/// The colour modes of SPEC §3 around any filter of one channel, in double precision.
#pragma once

#include <array>
#include <cstdint>
#include <cstdio>

#include "reference.h"

namespace convolve::test {

/// One channel for a filter: codes about black (luma) or about neutral (chroma).
struct Channel {
  Grid in;
  double outside = 0;      ///< the constant border's value, in the same terms
  double top = 255;        ///< M
  bool difference = false; ///< chroma about its centre: no bias, no response
  bool derived = false;    ///< Y' of R, G, B, so not whole codes
  int shift_x = 0;         ///< log2 of the subsampling
  int shift_y = 0;
  int out_width = 0;       ///< of the output, on the channel's own grid
  int out_height = 0;
  const Layout* layout = nullptr;
  std::vector<Grid> frames{};  ///< of a filter over time: its window, oldest first
};

/// A filter of one channel.
struct ChannelFilter {
  std::function<Bounds(const Channel&)> apply;
  bool filters_chroma = true;  ///< else chroma becomes neutral
  bool about_black = true;     ///< luma's result stands on the black level
  bool filters_alpha = false;  ///< else alpha is what lies nearest
  Axis x;
  Axis y;
};

/// What each component of the output may be, in codes; empty where the filter refuses the size.
struct Expected {
  const Layout* layout = nullptr;
  int width = 0;
  int height = 0;
  std::vector<Bounds> component;
};

/// The border colour in the codes of a format: R G B A, or Y U V A, or gray.
inline std::array<double, 4> border_codes(const Picture& in, std::uint32_t argb) {
  const Layout& layout = *in.layout;
  const double top = layout.max_code();
  const auto part = [&](int shift) { return (argb >> shift & 0xffU) / 255.0; };
  const double r = part(16);
  const double g = part(8);
  const double b = part(0);
  std::array<double, 4> codes{r * top, g * top, b * top, part(24) * top};
  if (layout.family == ColorFamily::gray) codes[0] = (0.299 * r + 0.587 * g + 0.114 * b) * top;
  if (layout.family == ColorFamily::yuv) {
    const double kr = in.matrix.kr;
    const double kb = in.matrix.kb;
    const double luma = kr * r + (1 - kr - kb) * g + kb * b;
    const double blue = (b - luma) / (2 * (1 - kb));
    const double red = (r - luma) / (2 * (1 - kr));
    const double unit = std::ldexp(1.0, layout.bits - 8);
    const bool video = in.range == ColorRange::video;
    codes[0] = video ? (16 + 219 * luma) * unit : luma * top;
    codes[1] = (top + 1) / 2 + blue * (video ? 224 * unit : top);
    codes[2] = (top + 1) / 2 + red * (video ? 224 * unit : top);
  }
  for (double& code : codes) {
    if (!layout.is_float()) code = std::clamp(std::round(code), 0.0, top);
  }
  return codes;
}

inline double black_level(const Picture& in) {
  return in.range == ColorRange::video ? std::ldexp(16.0, in.layout->bits - 8) : 0.0;
}

inline double luma_of(double r, double g, double b) { return 0.299 * r + 0.587 * g + 0.114 * b; }

inline Bounds plus(Bounds bounds, const Grid& other, double sign = 1.0) {
  for (std::size_t i = 0; i < other.value.size(); ++i) {
    bounds.low.value[i] += sign * other.value[i];
    bounds.high.value[i] += sign * other.value[i];
  }
  return bounds;
}

inline Bounds plus(Bounds bounds, double offset) {
  for (double& v : bounds.low.value) v += offset;
  for (double& v : bounds.high.value) v += offset;
  return bounds;
}

namespace detail {

inline Grid luma_grid(const Picture& in) {
  Grid luma = in.component[0];
  for (std::size_t i = 0; i < luma.value.size(); ++i) {
    luma.value[i] = luma_of(in.component[0].value[i], in.component[1].value[i],
                            in.component[2].value[i]);
  }
  return luma;
}

struct ColorJob {
  const Picture& in;
  const ChannelFilter& filter;
  std::string mode;
  std::array<double, 4> border;
  int out_width;
  int out_height;
  std::vector<const Picture*> frames;  ///< null: of the border's colour

  [[nodiscard]] double top() const { return in.layout->max_code(); }

  /// Component `c` about `base`, filtered, and back about it.
  [[nodiscard]] Bounds filtered(int c, double base, bool difference) const {
    const auto index = static_cast<std::size_t>(c);
    Channel channel{.in = in.component[index], .outside = border[index] - base, .top = top()};
    for (double& v : channel.in.value) v -= base;
    for (const Picture* frame : frames) {
      channel.frames.push_back(frame == nullptr
                                   ? Grid(channel.in.width, channel.in.height, border[index])
                                   : frame->component[index]);
      for (double& v : channel.frames.back().value) v -= base;
    }
    channel.difference = difference;
    if (in.layout->is_chroma(c)) {
      channel.shift_x = in.layout->shift_x;
      channel.shift_y = in.layout->shift_y;
    }
    channel.out_width = subsampled(out_width, channel.shift_x);
    channel.out_height = subsampled(out_height, channel.shift_y);
    channel.layout = in.layout;
    return plus(filter.apply(channel), difference || filter.about_black ? base : 0.0);
  }

  /// Component `c` as it was, at the output's size.
  [[nodiscard]] Bounds copied(int c) const {
    const bool chroma = in.layout->is_chroma(c);
    const int shift_x = chroma ? in.layout->shift_x : 0;
    const int shift_y = chroma ? in.layout->shift_y : 0;
    return around(nearest(in.component[static_cast<std::size_t>(c)], filter.x.on_grid(shift_x),
                          filter.y.on_grid(shift_y), subsampled(out_width, shift_x),
                          subsampled(out_height, shift_y)),
                  in.layout->is_float() ? 1e-7 : 0.0);
  }

  [[nodiscard]] Bounds neutral() const {
    return around(Grid(subsampled(out_width, in.layout->shift_x),
                       subsampled(out_height, in.layout->shift_y), (top() + 1) / 2),
                  0.0);
  }

  [[nodiscard]] Channel luma_of_rgb() const {
    Channel channel{.in = luma_grid(in), .top = top()};
    channel.outside = luma_of(border[0], border[1], border[2]);
    for (const Picture* frame : frames) {
      channel.frames.push_back(
          frame == nullptr ? Grid(channel.in.width, channel.in.height, channel.outside)
                           : luma_grid(*frame));
    }
    channel.derived = true;
    channel.out_width = out_width;
    channel.out_height = out_height;
    channel.layout = in.layout;
    return channel;
  }
};

inline std::vector<Bounds> color_of_rgb(const ColorJob& job) {
  std::vector<Bounds> out;
  if (job.mode == "per-channel" || job.mode == "raw") {
    for (int c = 0; c < 3; ++c) out.push_back(job.filtered(c, 0.0, false));
    return out;
  }
  const Channel luma = job.luma_of_rgb();
  const Bounds result = job.filter.apply(luma);
  for (int c = 0; c < 3; ++c) {
    if (job.mode == "greyscale") {
      out.push_back(result);
      continue;
    }
    const Grid before = nearest(luma.in, job.filter.x, job.filter.y, job.out_width, job.out_height);
    Bounds sum = plus(plus(result, before, -1.0), job.copied(c).low);
    if (job.in.layout->is_float()) {
      // R and Y' are taps of 1 too, beside the filter's own.
      const double slack = 2 * allowance(*job.in.layout, 1.0, false, largest(before));
      for (double& v : sum.low.value) v -= slack;
      for (double& v : sum.high.value) v += slack;
    }
    out.push_back(std::move(sum));
  }
  return out;
}

inline std::vector<Bounds> color_of_yuv(const ColorJob& job) {
  std::vector<Bounds> out;
  if (job.mode == "raw") {
    for (int c = 0; c < 3; ++c) out.push_back(job.filtered(c, 0.0, false));
    return out;
  }
  out.push_back(job.filtered(0, black_level(job.in), false));
  for (int c = 1; c < 3; ++c) {
    if (job.mode == "luma") {
      out.push_back(job.copied(c));
    } else if (job.mode == "per-channel" && job.filter.filters_chroma) {
      out.push_back(job.filtered(c, (job.top() + 1) / 2, true));
    } else {
      out.push_back(job.neutral());
    }
  }
  return out;
}

}  // namespace detail

/// A picture filtered in the colour mode that `values` name. \param frames  of a filter over time
inline Expected filter_picture(const Picture& in, const ChannelFilter& filter, const Values& values,
                               const std::string& default_mode = "per-channel",
                               std::vector<const Picture*> frames = {}) {
  const std::uint32_t argb = static_cast<std::uint32_t>(
      std::stoul(value_or(values, "border-color", "0xff000000"), nullptr, 0));
  const detail::ColorJob job{in,
                             filter,
                             value_or(values, "color-mode", default_mode),
                             border_codes(in, argb),
                             filter.x.outputs(in.width),
                             filter.y.outputs(in.height),
                             std::move(frames)};
  Expected expected{in.layout, job.out_width, job.out_height, {}};
  if (job.out_width < 1 || job.out_height < 1) return expected;
  switch (in.layout->family) {
    case ColorFamily::gray: expected.component.push_back(job.filtered(0, 0.0, false)); break;
    case ColorFamily::rgb: expected.component = detail::color_of_rgb(job); break;
    case ColorFamily::yuv: expected.component = detail::color_of_yuv(job); break;
  }
  if (in.layout->alpha) {
    const int alpha = in.layout->components() - 1;
    expected.component.push_back(filter.filters_alpha ? job.filtered(alpha, 0.0, false)
                                                      : job.copied(alpha));
  }
  return expected;
}

/// The gray picture that `color-mode=greyscale` may be negotiated to: luma's codes as they are, as
/// GStreamer's converter leaves them, or Y' of R, G and B.
inline Expected as_gray(Expected expected) {
  expected.layout = &layout_of(expected.layout->is_float() ? "GRAY_F32"
                               : expected.layout->bits == 8 ? "GRAY8" : "GRAY16_LE");
  if (!expected.component.empty()) expected.component.resize(1);
  return expected;
}

/// Limits the change to a rectangle "x,y,w,h", rounded outwards to the chroma grid; the rest is
/// the input.
inline void keep_outside(Expected& expected, const Picture& in, const std::string& roi) {
  int left = 0;
  int top = 0;
  int width = 0;
  int height = 0;
  if (std::sscanf(roi.c_str(), "%d,%d,%d,%d", &left, &top, &width, &height) != 4) return;
  const int grid_x = 1 << in.layout->shift_x;
  const int grid_y = 1 << in.layout->shift_y;
  const auto down = [](int v, int grid) { return v / grid * grid; };
  const auto up = [](int v, int grid) { return (v + grid - 1) / grid * grid; };
  const int right = up(left + width, grid_x);
  const int bottom = up(top + height, grid_y);
  left = down(left, grid_x);
  top = down(top, grid_y);
  for (int c = 0; c < in.layout->components(); ++c) {
    const Grid& was = in.component[static_cast<std::size_t>(c)];
    Bounds& bounds = expected.component[static_cast<std::size_t>(c)];
    const int unit_x = in.layout->is_chroma(c) ? grid_x : 1;
    const int unit_y = in.layout->is_chroma(c) ? grid_y : 1;
    for (int y = 0; y < was.height; ++y) {
      for (int x = 0; x < was.width; ++x) {
        const bool inside = x * unit_x >= left && x * unit_x < right && y * unit_y >= top &&
                            y * unit_y < bottom;
        if (!inside) bounds.low.at(x, y) = bounds.high.at(x, y) = was.at(x, y);
      }
    }
  }
}

}  // namespace convolve::test
