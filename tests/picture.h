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
#include <string>
#include <string_view>
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
  bool alpha = false;          ///< the last place is alpha
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

/// Every format of SPEC §3, then the float ones.
const std::vector<Layout>& all_layouts();

const Layout& layout_of(std::string_view name);

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
void fill(Picture& picture, Content content, std::mt19937& random);

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
