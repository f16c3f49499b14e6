// SPDX-License-Identifier: MIT
#include "picture.h"

#include <stdexcept>
#include <utility>

namespace convolve::test {

namespace {

/// One byte a component, in the order of the letters; `x` is padding.
Layout packed(std::string_view letters, ColorFamily family) {
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
Layout planar(std::string_view name, ColorFamily family, int bits, int shift_x, int shift_y,
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
Layout mixed(std::string_view name, int shift_x, int shift_y, std::vector<Place> places) {
  Layout layout{.name = std::string(name), .family = ColorFamily::yuv};
  layout.shift_x = shift_x;
  layout.shift_y = shift_y;
  layout.place = std::move(places);
  return layout;
}

std::vector<Layout> make_layouts() {
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

}  // namespace

const std::vector<Layout>& all_layouts() {
  static const std::vector<Layout> all = make_layouts();
  return all;
}

const Layout& layout_of(std::string_view name) {
  for (const Layout& layout : all_layouts()) {
    if (layout.name == name) return layout;
  }
  throw std::invalid_argument("tests: no format " + std::string(name));
}

void fill(Picture& picture, Content content, std::mt19937& random) {
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
          case Content::random:
            grid.at(x, y) = draw();
            break;
          case Content::extreme:
            grid.at(x, y) = (random() & 1U) != 0 ? top : 0.0;
            break;
          case Content::flat:
            grid.at(x, y) = level;
            break;
          case Content::ramp:
            grid.at(x, y) =
                whole ? (x * 3 + y * 5) % (1 << picture.layout->bits) : (x + 2 * y) / 128.0;
            break;
        }
      }
    }
  }
}

}  // namespace convolve::test
