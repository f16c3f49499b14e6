// SPDX-License-Identifier: MIT
/// \file
/// Pictures as plain numbers, and where GStreamer keeps those numbers in memory. Written from
/// GStreamer's description of its video formats, not from the library's own table: it is the check
/// on that table.
#pragma once

#include <convolve/format.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <random>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace convolve::test {

/// A rectangle of numbers.
struct Grid {
  int width = 0;
  int height = 0;
  std::vector<double> value;

  Grid() = default;
  Grid(int width_, int height_, double fill = 0.0)
      : width(width_),
        height(height_),
        value(static_cast<std::size_t>(width_) * static_cast<std::size_t>(height_), fill) {}

  [[nodiscard]] std::size_t index(int x, int y) const {
    return static_cast<std::size_t>(y) * static_cast<std::size_t>(width) +
           static_cast<std::size_t>(x);
  }
  double& at(int x, int y) { return value[index(x, y)]; }
  [[nodiscard]] double at(int x, int y) const { return value[index(x, y)]; }
};

/// First sample of a component in a row of its plane, and the way to the next one, in bytes.
struct Place {
  int plane = 0;
  int offset = 0;
  int step = 1;
};

struct Layout {
  std::string name;
  ColorFamily family = ColorFamily::gray;
  int bits = 8;           ///< 0: float
  int bytes = 1;          ///< of a sample
  int low_zero_bits = 0;  ///< P010 keeps its 10 bits at the top of 16
  int shift_x = 0;        ///< of chroma
  int shift_y = 0;
  bool alpha = false;        ///< the last place is alpha
  std::vector<Place> place{};  ///< R G B A, or Y U V A

  [[nodiscard]] bool is_float() const { return bits == 0; }
  [[nodiscard]] double max_code() const { return is_float() ? 1.0 : (1 << bits) - 1; }
  [[nodiscard]] int components() const { return static_cast<int>(place.size()); }
  [[nodiscard]] bool is_chroma(int component) const {
    return family == ColorFamily::yuv && (component == 1 || component == 2);
  }
  [[nodiscard]] bool is_alpha(int component) const {
    return alpha && component == components() - 1;
  }
  [[nodiscard]] int planes() const {
    int count = 0;
    for (const Place& p : place) count = std::max(count, p.plane + 1);
    return count;
  }
};

/// Half of a size, a quarter …, rounded up: an odd picture's last pixel has chroma too.
inline int subsampled(int size, int shift) { return (size + (1 << shift) - 1) >> shift; }

namespace detail {

/// One byte a component, in the order of the letters; `x` is padding.
inline Layout packed(std::string_view letters, ColorFamily family) {
  Layout layout{.name = std::string(letters), .family = family};
  const std::string_view order = family == ColorFamily::rgb ? "RGBA" : "YUVA";
  for (const char letter : order) {
    const std::size_t at = letters.find(letter);
    if (at == std::string_view::npos) continue;
    layout.place.push_back({0, static_cast<int>(at), static_cast<int>(letters.size())});
    layout.alpha = layout.alpha || letter == 'A';
  }
  return layout;
}

/// One plane a component; `planes` says which, in the order R G B A or Y U V A.
inline Layout planar(std::string_view name, ColorFamily family, int bits, int shift_x, int shift_y,
                     const std::vector<int>& planes) {
  Layout layout{.name = std::string(name), .family = family, .bits = bits};
  layout.bytes = bits == 0 ? 4 : bits > 8 ? 2 : 1;
  layout.shift_x = shift_x;
  layout.shift_y = shift_y;
  layout.alpha = planes.size() == 4;
  for (const int plane : planes) layout.place.push_back({plane, 0, layout.bytes});
  return layout;
}

/// YUV with components that share planes.
inline Layout mixed(std::string_view name, int shift_x, int shift_y, std::vector<Place> places) {
  Layout layout{.name = std::string(name), .family = ColorFamily::yuv};
  layout.shift_x = shift_x;
  layout.shift_y = shift_y;
  layout.place = std::move(places);
  return layout;
}

inline std::vector<Layout> make_layouts() {
  constexpr auto gray = ColorFamily::gray;
  constexpr auto rgb = ColorFamily::rgb;
  constexpr auto yuv = ColorFamily::yuv;
  std::vector<Layout> all{planar("GRAY8", gray, 8, 0, 0, {0}),
                          planar("GRAY16_LE", gray, 16, 0, 0, {0})};
  for (const char* letters :
       {"RGB", "BGR", "RGBx", "xRGB", "BGRx", "xBGR", "RGBA", "ARGB", "BGRA", "ABGR"}) {
    all.push_back(packed(letters, rgb));
  }
  all.push_back(planar("GBR", rgb, 8, 0, 0, {2, 0, 1}));
  all.push_back(planar("GBR_10LE", rgb, 10, 0, 0, {2, 0, 1}));
  all.push_back(planar("GBRA", rgb, 8, 0, 0, {2, 0, 1, 3}));
  all.push_back(planar("I420", yuv, 8, 1, 1, {0, 1, 2}));
  all.push_back(planar("YV12", yuv, 8, 1, 1, {0, 2, 1}));
  all.push_back(planar("Y42B", yuv, 8, 1, 0, {0, 1, 2}));
  all.push_back(planar("Y444", yuv, 8, 0, 0, {0, 1, 2}));
  all.push_back(mixed("NV12", 1, 1, {{0, 0, 1}, {1, 0, 2}, {1, 1, 2}}));
  all.push_back(mixed("NV21", 1, 1, {{0, 0, 1}, {1, 1, 2}, {1, 0, 2}}));
  all.push_back(mixed("YUY2", 1, 0, {{0, 0, 2}, {0, 1, 4}, {0, 3, 4}}));
  all.push_back(mixed("UYVY", 1, 0, {{0, 1, 2}, {0, 0, 4}, {0, 2, 4}}));
  all.push_back(packed("AYUV", yuv));
  all.push_back(planar("I420_10LE", yuv, 10, 1, 1, {0, 1, 2}));
  all.push_back(planar("I422_10LE", yuv, 10, 1, 0, {0, 1, 2}));
  all.push_back(planar("Y444_10LE", yuv, 10, 0, 0, {0, 1, 2}));
  Layout p010 = mixed("P010_10LE", 1, 1, {{0, 0, 2}, {1, 0, 4}, {1, 2, 4}});
  p010.bits = 10;
  p010.bytes = 2;
  p010.low_zero_bits = 6;
  all.push_back(p010);
  all.push_back(planar("Y444_16LE", yuv, 16, 0, 0, {0, 1, 2}));
  // The library's own float formats, which GStreamer does not have.
  all.push_back(planar("GRAY_F32", gray, 0, 0, 0, {0}));
  Layout rgb_float = planar("RGB_F32", rgb, 0, 0, 0, {0, 0, 0});
  rgb_float.place = {{0, 0, 12}, {0, 4, 12}, {0, 8, 12}};
  all.push_back(rgb_float);
  Layout rgba_float = planar("RGBA_F32", rgb, 0, 0, 0, {0, 0, 0, 0});
  rgba_float.place = {{0, 0, 16}, {0, 4, 16}, {0, 8, 16}, {0, 12, 16}};
  all.push_back(rgba_float);
  all.push_back(planar("GBR_F32", rgb, 0, 0, 0, {2, 0, 1}));
  return all;
}

}  // namespace detail

/// Every format of SPEC §3, then the float ones.
inline const std::vector<Layout>& all_layouts() {
  static const std::vector<Layout> all = detail::make_layouts();
  return all;
}

inline const Layout& layout_of(std::string_view name) {
  for (const Layout& layout : all_layouts()) {
    if (layout.name == name) return layout;
  }
  throw std::invalid_argument("tests: no format " + std::string(name));
}

/// A picture in numbers: one grid a component, in codes.
struct Picture {
  const Layout* layout = nullptr;
  int width = 0;
  int height = 0;
  ColorRange range = ColorRange::video;
  ColorMatrix matrix = kBt601;
  std::vector<Grid> component;

  Picture() = default;
  Picture(const Layout& layout_, int width_, int height_)
      : layout(&layout_), width(width_), height(height_) {
    for (int c = 0; c < layout->components(); ++c) {
      const bool chroma = layout->is_chroma(c);
      component.emplace_back(subsampled(width, chroma ? layout->shift_x : 0),
                             subsampled(height, chroma ? layout->shift_y : 0));
    }
  }
};

enum class Content { random, extreme, flat, ramp };

/// Fills every component; floats go a little beyond [0, 1], since they are not clamped.
inline void fill(Picture& picture, Content content, std::mt19937& random) {
  const double top = picture.layout->max_code();
  const bool whole = !picture.layout->is_float();
  std::uniform_real_distribution<double> any(whole ? 0.0 : -0.25, whole ? top + 1.0 : 1.25);
  const auto draw = [&] {
    const double value = any(random);
    return whole ? std::min(top, static_cast<double>(static_cast<int>(value)))
                 : static_cast<double>(static_cast<float>(value));
  };
  for (Grid& grid : picture.component) {
    const double level = draw();
    for (int y = 0; y < grid.height; ++y) {
      for (int x = 0; x < grid.width; ++x) {
        switch (content) {
          case Content::random: grid.at(x, y) = draw(); break;
          case Content::extreme: grid.at(x, y) = (random() & 1U) != 0 ? top : 0.0; break;
          case Content::flat: grid.at(x, y) = level; break;
          case Content::ramp: grid.at(x, y) = whole ? (x * 3 + y * 5) % (1 << picture.layout->bits)
                                                    : (x + 2 * y) / 128.0; break;
        }
      }
    }
  }
}

inline double read_sample(const Layout& layout, const std::byte* at) {
  if (layout.is_float()) {
    float value = 0;
    std::memcpy(&value, at, sizeof value);
    return value;
  }
  unsigned code = 0;
  for (int b = 0; b < layout.bytes; ++b) code |= std::to_integer<unsigned>(at[b]) << (8 * b);
  return code >> layout.low_zero_bits;
}

inline void write_sample(const Layout& layout, std::byte* at, double value) {
  if (layout.is_float()) {
    const float stored = static_cast<float>(value);
    std::memcpy(at, &stored, sizeof stored);
    return;
  }
  const unsigned code = static_cast<unsigned>(value) << layout.low_zero_bits;
  for (int b = 0; b < layout.bytes; ++b) at[b] = static_cast<std::byte>(code >> (8 * b) & 0xffU);
}

}  // namespace convolve::test
