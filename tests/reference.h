// SPDX-License-Identifier: MIT
/// \file
/// What SPEC §1–§3 say, in double precision and in the simplest words, to compare the library with.
/// It shares no code with the library; only the enums' names are the same.
#pragma once

#include <convolve/params.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <map>
#include <optional>
#include <sstream>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "picture.h"

namespace convolve::test {

using Values = std::map<std::string, std::string>;

inline std::string value_or(const Values& values, const std::string& name, std::string fallback) {
  const auto found = values.find(name);
  return found == values.end() ? std::move(fallback) : found->second;
}

/// A decimal number, or a fraction of two.
inline double read_number(const std::string& text) {
  const std::size_t slash = text.find('/');
  return slash == std::string::npos ? std::stod(text)
                                    : std::stod(text) / std::stod(text.substr(slash + 1));
}

inline double number(const Values& values, const std::string& name, double fallback) {
  const auto found = values.find(name);
  return found == values.end() ? fallback : read_number(found->second);
}

inline int whole(const Values& values, const std::string& name, int fallback) {
  return static_cast<int>(number(values, name, fallback));
}

// ---------------------------------------------------------------------------------------------
// Borders, SPEC §1.

inline int modulo(int i, int n) { return (i % n + n) % n; }

/// The sample that stands at `i` of an axis with `n` samples; −1 is the border colour.
inline int border_index(int i, int n, const std::string& border) {
  if (i >= 0 && i < n) return i;
  if (border == "constant") return -1;
  if (border == "replicate") return i < 0 ? 0 : n - 1;
  if (border == "wrap") return modulo(i, n);
  if (border == "reflect") {
    const int place = modulo(i, 2 * n);
    return place < n ? place : 2 * n - 1 - place;
  }
  if (border != "reflect-101") throw std::invalid_argument("tests: no border " + border);
  if (n == 1) return 0;
  const int place = modulo(i, 2 * n - 2);
  return place < n ? place : 2 * n - 2 - place;
}

/// The input without end.
inline double extended(const Grid& in, int x, int y, const std::string& border, double outside) {
  const int column = border_index(x, in.width, border);
  const int row = border_index(y, in.height, border);
  return column < 0 || row < 0 ? outside : in.at(column, row);
}

// ---------------------------------------------------------------------------------------------
// Correlation, SPEC §1.

struct Taps {
  int width = 1;
  int height = 1;
  std::vector<double> value{1.0};

  [[nodiscard]] double at(int i, int j) const {
    return value[static_cast<std::size_t>(j * width + i)];
  }
  [[nodiscard]] double sum() const {
    double total = 0;
    for (const double tap : value) total += tap;
    return total;
  }
  [[nodiscard]] double gain() const {
    double total = 0;
    for (const double tap : value) total += std::abs(tap);
    return total;
  }
  [[nodiscard]] Taps rotated() const { return {width, height, {value.rbegin(), value.rend()}}; }
};

/// Rows of numbers; fractions too.
inline Taps read_taps(std::string text) {
  std::replace(text.begin(), text.end(), ',', ' ');
  Taps taps{0, 0, {}};
  std::istringstream rows(text);
  for (std::string row; std::getline(rows, row, ';');) {
    std::istringstream numbers(row);
    taps.width = 0;
    for (std::string item; numbers >> item; ++taps.width) taps.value.push_back(read_number(item));
    ++taps.height;
  }
  return taps;
}

/// One axis: the tap `i` of output `o` reads input `o·stride + origin + (i − anchor)·dilation`.
struct Axis {
  int stride = 1;
  int dilation = 1;
  int anchor = 0;
  int origin = 0;
  int growth = -1;
  int scale = 1;   ///< outputs an input
  int middle = 0;  ///< from the input under an output to the one that stands for it

  /// ⌊((n − 1)·scale + 1 + growth)/stride⌋ + 1, SPEC §1; 0 where nothing fits.
  [[nodiscard]] int outputs(int n) const {
    const int last = (n - 1) * scale + 1 + growth;
    return last < 0 ? 0 : last / stride + 1;
  }
  [[nodiscard]] int input(int o) const {
    return static_cast<int>(std::floor((o * stride + origin) / static_cast<double>(scale))) +
           middle;
  }
  /// The same axis on a chroma grid: the origin is rounded down, the taps act on that grid.
  [[nodiscard]] Axis on_grid(int shift) const {
    Axis chroma = *this;
    chroma.origin = origin >> shift;
    return chroma;
  }
};

inline Axis make_axis(int taps, int anchor, const Values& values) {
  Axis axis{.stride = whole(values, "stride", 1), .dilation = whole(values, "dilation", 1)};
  axis.anchor = anchor;
  const int extent = axis.dilation * (taps - 1) + 1;
  const int padding = whole(values, "padding", -1);
  const std::string mode = value_or(values, "size-mode", "same");
  if (padding >= 0) {
    axis.origin = anchor * axis.dilation - padding;
    axis.growth = 2 * padding - extent;
  } else if (mode == "valid") {
    axis.origin = anchor * axis.dilation;
    axis.growth = -extent;
  } else if (mode == "full") {
    axis.origin = anchor * axis.dilation - (extent - 1);
    axis.growth = extent - 2;
  }
  return axis;
}

/// Where each tap reads for each output, tap after tap; `n` stands for the border colour.
inline std::vector<int> places_read(const Axis& axis, int taps, int outputs, int n,
                                    const std::string& border) {
  std::vector<int> places;
  for (int i = 0; i < taps; ++i) {
    for (int o = 0; o < outputs; ++o) {
      const int place = border_index(axis.input(o) + (i - axis.anchor) * axis.dilation, n, border);
      places.push_back(place < 0 ? n : place);
    }
  }
  return places;
}

/// `out` samples of the correlation of `in` with `taps`.
inline Grid correlate(const Grid& in, const Taps& taps, const Axis& ax, const Axis& ay,
                      const std::string& border, double outside, int out_width, int out_height) {
  const std::vector<int> columns = places_read(ax, taps.width, out_width, in.width, border);
  const std::vector<int> rows = places_read(ay, taps.height, out_height, in.height, border);
  // The input, with the border's colour right of it and below.
  Grid bordered(in.width + 1, in.height + 1, outside);
  for (int y = 0; y < in.height; ++y) {
    for (int x = 0; x < in.width; ++x) bordered.at(x, y) = in.at(x, y);
  }
  Grid out(out_width, out_height);
  for (int y = 0; y < out.height; ++y) {
    double* const sum = &out.at(0, y);
    for (int j = 0; j < taps.height; ++j) {
      const double* const row = &bordered.at(0, rows[static_cast<std::size_t>(j * out.height + y)]);
      for (int i = 0; i < taps.width; ++i) {
        const double tap = taps.at(i, j);
        const int* const column = &columns[static_cast<std::size_t>(i * out.width)];
        for (int x = 0; x < out.width; ++x) sum[x] += tap * row[column[x]];
      }
    }
  }
  return out;
}

/// The input sample that lies under each output's anchor.
inline Grid nearest(const Grid& in, const Axis& ax, const Axis& ay, int out_width, int out_height) {
  Grid out(out_width, out_height);
  for (int y = 0; y < out.height; ++y) {
    for (int x = 0; x < out.width; ++x) {
      out.at(x, y) = in.at(std::clamp(ax.input(x), 0, in.width - 1),
                           std::clamp(ay.input(y), 0, in.height - 1));
    }
  }
  return out;
}

// ---------------------------------------------------------------------------------------------
// Response, SPEC §2.

/// Turns `v` into output, before rounding.
inline void respond(Grid& grid, const std::string& response, double bias, double top,
                    bool is_float) {
  if (response == "rescale") {
    const auto [low, high] = std::minmax_element(grid.value.begin(), grid.value.end());
    const double from = *low;
    const double range = *high - *low;
    for (double& v : grid.value) v = range > 0 ? (v - from) / range * top : 0.0;
    return;
  }
  const double middle = is_float ? 0.5 : (top + 1.0) / 2.0;
  for (double& v : grid.value) {
    if (response == "absolute") v = std::abs(v);
    if (response == "offset") v += middle;
    v += bias * top;
  }
}

/// True where all taps are integers, or integers over one divisor, none beyond ±1023: then results
/// are exact.
inline bool are_integers(const std::vector<double>& taps) {
  double smallest = 0;
  for (const double tap : taps) {
    if (tap != 0 && (smallest == 0 || std::abs(tap) < smallest)) smallest = std::abs(tap);
  }
  if (smallest == 0) return true;
  for (int unit = 1; unit <= 1023; ++unit) {
    const bool fits = std::all_of(taps.begin(), taps.end(), [&](double tap) {
      const double multiple = tap / smallest * unit;
      return std::abs(multiple) <= 1023.5 && std::abs(multiple - std::round(multiple)) < 1e-9;
    });
    if (fits) return true;
  }
  return false;
}

/// How far an output may be from the exact value, SPEC §2. `gain` is Σ|scale·K|.
inline double allowance(const Layout& layout, double gain, bool integers, double largest) {
  if (layout.is_float()) return 2e-6 * gain * largest + 1e-7;
  if (layout.bits > 8) return 1.0 * std::max(1.0, gain);
  return integers ? 0.5 + 1e-6 : 0.5 + 0.05 * std::max(1.0, gain);
}

/// What an output sample may be.
struct Bounds {
  Grid low;
  Grid high;
};

inline Bounds around(const Grid& exact, double slack) {
  Bounds bounds{exact, exact};
  for (double& v : bounds.low.value) v -= slack;
  for (double& v : bounds.high.value) v += slack;
  return bounds;
}

inline double largest(const Grid& grid) {
  double most = 0;
  for (const double v : grid.value) most = std::max(most, std::abs(v));
  return most;
}

}  // namespace convolve::test
