// SPDX-License-Identifier: MIT
/// \file
/// Diagrams on a canvas: axes with numbers, lines and bars.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "canvas.h"

namespace convolve::cli {

struct Axis {
  double from = 0;
  double to = 1;
  std::string title;
};

/// A diagram within a box of the canvas; axes and their numbers lie left of it and below it.
class Chart {
 public:
  Chart(const Canvas& canvas, const Box& box, Axis x, Axis y);

  /// A line through `values`, which stand evenly from one end of the x axis to the other.
  void line(std::span<const double> values, const Color& color, double width = 1.5) const;
  /// Bars side by side, half see-through.
  void bars(std::span<const double> values, const Color& color) const;
  /// Names of lines, in the upper right corner.
  void legend(std::span<const std::string> names, std::span<const Color> colors) const;

 private:
  void draw_axes() const;
  [[nodiscard]] double place_x(double value) const;
  [[nodiscard]] double place_y(double value) const;

  const Canvas& canvas_;
  Box box_;
  Axis x_;
  Axis y_;
};

/// Round numbers between `from` and `to`, about `count` of them.
std::vector<double> ticks(double from, double to, int count);

}  // namespace convolve::cli
