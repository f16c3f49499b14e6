// SPDX-License-Identifier: MIT
// A kernel as a picture:
//
//   title
//   taps, slice by slice      |H| over both frequencies
//   |H| along x, y, the diagonal and in time
#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "chart.h"
#include "kernel_report.h"
#include "text.h"

namespace convolve::cli {

namespace {

constexpr int kWidth = 960;
constexpr int kHeight = 800;
constexpr double kSide = 400;  // of the two upper parts
constexpr int kGrid = 129;     // frequencies a side
constexpr int kCurve = 201;

std::string rounded(double number) {
  const double shown = std::round(number * 1e4) / 1e4;
  return number_text(shown == 0 ? 0 : shown);
}

double largest_tap(const Kernel& kernel) {
  double largest = 0;
  for (const double tap : kernel.taps()) largest = std::max(largest, std::abs(tap));
  return largest;
}

// One slice, its taps as cells of one size, with their numbers where they have room.
void draw_slice(const Canvas& canvas, const Box& box, const Kernel& kernel, int slice,
                double largest) {
  const double cell = std::min(box.width / kernel.width(), box.height / kernel.height());
  const double left = box.x + (box.width - cell * kernel.width()) / 2;
  const double top = box.y + (box.height - cell * kernel.height()) / 2;
  const double size = std::min(16.0, cell / 3);
  for (int y = 0; y < kernel.height(); ++y) {
    for (int x = 0; x < kernel.width(); ++x) {
      const double tap = kernel.tap(x, y, slice);
      const Box place{left + x * cell, top + y * cell, cell, cell};
      const double share = largest > 0 ? tap / largest : 0;
      canvas.fill(place, diverging(share));
      if (cell < 24) continue;
      canvas.outline(place, kFaint);
      canvas.text(place.x + cell / 2, place.y + cell / 2 + size / 3, size, rounded(tap),
                  Align::middle, std::abs(share) > 0.6 ? kPaper : kInk, cell - 2);
    }
  }
  canvas.outline({left, top, cell * kernel.width(), cell * kernel.height()}, kInk);
}

void draw_taps(const Canvas& canvas, const Box& box, const Kernel& kernel) {
  const double largest = largest_tap(kernel);
  // Slices in rows, as square as they come.
  const int columns = static_cast<int>(std::ceil(std::sqrt(kernel.depth())));
  const int rows = (kernel.depth() + columns - 1) / columns;
  const double gap = kernel.depth() > 1 ? 16 : 0;
  const double width = box.width / columns;
  const double height = box.height / rows;
  for (int t = 0; t < kernel.depth(); ++t) {
    const Box place{box.x + t % columns * width, box.y + t / columns * height + gap,
                    width - gap / 2, height - gap};
    if (kernel.depth() > 1) {
      const int frame = t - kernel.depth() / 2;
      canvas.text(place.x, place.y - 4, 11,
                  "frame " + std::string(frame > 0 ? "+" : "") + std::to_string(frame));
    }
    draw_slice(canvas, place, kernel, t, largest);
  }
}

// Frequencies at which a kernel in time passes something: still pictures, or the fastest change.
double shown_time(const Kernel& kernel) {
  return kernel.depth() > 1 && std::abs(kernel.sum()) <= 1e-9 ? 0.5 : 0;
}

// The grid as a picture, a pixel for each of its values.
VideoFrame as_picture(const std::vector<double>& grid, double most) {
  VideoFrame picture(*find_format("BGRx"), kGrid, kGrid);
  const FrameView view = picture.writable_view();
  for (int y = 0; y < kGrid; ++y) {
    std::byte* at = view.plane[0].data + y * view.plane[0].stride;
    for (int x = 0; x < kGrid; ++x, at += 4) {
      const double value = grid[static_cast<std::size_t>(y) * kGrid + static_cast<std::size_t>(x)];
      const Color color = heat(most > 0 ? value / most : 0);
      at[0] = static_cast<std::byte>(std::lround(color.blue * 255));
      at[1] = static_cast<std::byte>(std::lround(color.green * 255));
      at[2] = static_cast<std::byte>(std::lround(color.red * 255));
      at[3] = std::byte{0};
    }
  }
  return picture;
}

void draw_response(const Canvas& canvas, const Box& box, const Kernel& kernel) {
  const std::vector<double> grid = frequency_response_grid(kernel, kGrid, shown_time(kernel));
  const double most = *std::max_element(grid.begin(), grid.end());
  canvas.picture(box, as_picture(grid, most));
  canvas.outline(box, kInk);
  for (const double tick : {-0.5, -0.25, 0.0, 0.25, 0.5}) {
    const double share = tick + 0.5;
    canvas.text(box.x + share * box.width, box.y + box.height + 15, 11, number_text(tick),
                Align::middle);
    canvas.text(box.x - 6, box.y + share * box.height + 4, 11, number_text(tick), Align::right);
  }
  // The scale of colours.
  const Box scale{box.x + box.width + 14, box.y, 14, box.height};
  for (int i = 0; i < 100; ++i) {
    canvas.fill({scale.x, scale.y + i * scale.height / 100, scale.width, scale.height / 100 + 0.5},
                heat(1 - i / 99.0));
  }
  canvas.outline(scale, kInk);
  canvas.text(scale.x + 18, scale.y + 10, 11, rounded(most));
  canvas.text(scale.x + 18, scale.y + scale.height, 11, "0");
}

void draw_curves(const Canvas& canvas, const Box& box, const Kernel& kernel) {
  std::vector<std::string> names = {"along x", "along y", "diagonal"};
  std::vector<Color> colors(std::begin(kLines), std::end(kLines));
  if (kernel.depth() > 1) {
    names.emplace_back("in time");
    colors.push_back(kInk);
  }
  std::vector<std::vector<double>> curves(names.size());
  double most = 0;
  for (int i = 0; i < kCurve; ++i) {
    const double frequency = 0.5 * i / (kCurve - 1);
    const double values[] = {frequency_response(kernel, frequency, 0),
                             frequency_response(kernel, 0, frequency),
                             frequency_response(kernel, frequency, frequency),
                             frequency_response(kernel, 0, 0, frequency)};
    for (std::size_t k = 0; k < curves.size(); ++k) {
      curves[k].push_back(values[k]);
      most = std::max(most, values[k]);
    }
  }
  const Chart chart(canvas, box,
                    {0, 0.5, kernel.depth() > 1 ? "cycles a pixel, or a frame" : "cycles a pixel"},
                    {0, most > 0 ? most * 1.08 : 1, "frequency response |H|"});
  // Wide lines first: where curves lie on each other all are seen.
  for (std::size_t k = 0; k < curves.size(); ++k) {
    chart.line(curves[k], colors[k], 2.0 * static_cast<double>(curves.size() - k));
  }
  chart.legend(names, colors);
}

}  // namespace

void draw_kernel(const std::string& name, const Kernel& kernel, const std::string& output,
                 bool overwrite) {
  const KernelFacts facts = describe(kernel);
  const Canvas canvas(kWidth, kHeight);
  canvas.text(40, 40, 22, name, Align::left, kInk, kWidth - 80);
  std::string size = std::to_string(kernel.width()) + "×" + std::to_string(kernel.height());
  if (kernel.depth() > 1) size += "×" + std::to_string(kernel.depth());
  canvas.text(40, 62, 13,
              size + ", sum " + rounded(facts.sum) + ", rank " + std::to_string(facts.rank) +
                  (facts.separable() ? ", separable" : ", not separable"));
  canvas.text(40, 92, 12, "taps");
  draw_taps(canvas, {40, 100, kSide, kSide}, kernel);
  canvas.text(500, 92, 12,
              shown_time(kernel) > 0 ? "|H| over cycles a pixel, at 1/2 cycle a frame"
                                     : "|H| over cycles a pixel");
  draw_response(canvas, {500, 100, kSide, kSide}, kernel);
  draw_curves(canvas, {80, 560, kWidth - 160, 180}, kernel);
  canvas.save(output, overwrite);
}

}  // namespace convolve::cli
