// SPDX-License-Identifier: MIT
#include "chart.h"

#include <algorithm>
#include <cmath>

#include "text.h"

namespace convolve::cli {

std::vector<double> ticks(double from, double to, int count) {
  if (!(to > from) || count < 1) return {from};
  const double rough = (to - from) / count;
  const double power = std::pow(10, std::floor(std::log10(rough)));
  double step = power * 10;
  for (const double factor : {1.0, 2.0, 5.0}) {
    if (power * factor >= rough * 0.99) {
      step = power * factor;
      break;
    }
  }
  std::vector<double> places;
  for (double i = std::ceil(from / step - 1e-9); i * step <= to + step * 1e-9; ++i) {
    // Sums would leave 0.30000000000000004.
    places.push_back(std::round(i * step / power * 10) / 10 * power);
  }
  return places;
}

namespace {

std::string tick_text(double value) {
  const double rounded = std::round(value * 1e6) / 1e6;
  if (std::abs(rounded) >= 1e6) return number_text(std::round(rounded / 1e5) / 10) + "M";
  return number_text(rounded == 0 ? 0 : rounded);
}

}  // namespace

Chart::Chart(const Canvas& canvas, const Box& box, Axis x, Axis y)
    : canvas_(canvas), box_(box), x_(std::move(x)), y_(std::move(y)) {
  if (!(y_.to > y_.from)) y_.to = y_.from + 1;
  if (!(x_.to > x_.from)) x_.to = x_.from + 1;
  draw_axes();
}

double Chart::place_x(double value) const {
  return box_.x + (value - x_.from) / (x_.to - x_.from) * box_.width;
}

double Chart::place_y(double value) const {
  return box_.y + box_.height - (value - y_.from) / (y_.to - y_.from) * box_.height;
}

void Chart::draw_axes() const {
  const double bottom = box_.y + box_.height;
  for (const double tick : ticks(x_.from, x_.to, std::max(2, static_cast<int>(box_.width / 70)))) {
    canvas_.line(place_x(tick), box_.y, place_x(tick), bottom, kFaint);
    canvas_.text(place_x(tick), bottom + 15, 11, tick_text(tick), Align::middle);
  }
  for (const double tick : ticks(y_.from, y_.to, std::max(2, static_cast<int>(box_.height / 28)))) {
    canvas_.line(box_.x, place_y(tick), box_.x + box_.width, place_y(tick), kFaint);
    canvas_.text(box_.x - 6, place_y(tick) + 4, 11, tick_text(tick), Align::right);
  }
  canvas_.outline(box_, kInk);
  canvas_.text(box_.x + box_.width / 2, bottom + 32, 12, x_.title, Align::middle);
  canvas_.text(box_.x, box_.y - 7, 12, y_.title);
}

void Chart::line(std::span<const double> values, const Color& color, double width) const {
  if (values.empty()) return;
  cairo_t* const cairo = canvas_.context();
  cairo_save(cairo);
  cairo_rectangle(cairo, box_.x, box_.y - 1, box_.width, box_.height + 2);
  cairo_clip(cairo);
  canvas_.set_color(color);
  cairo_set_line_width(cairo, width);
  const auto last = static_cast<double>(std::max<std::size_t>(1, values.size() - 1));
  for (std::size_t i = 0; i < values.size(); ++i) {
    cairo_line_to(cairo, box_.x + static_cast<double>(i) / last * box_.width, place_y(values[i]));
  }
  cairo_stroke(cairo);
  cairo_restore(cairo);
}

void Chart::bars(std::span<const double> values, const Color& color) const {
  cairo_t* const cairo = canvas_.context();
  const double width = box_.width / static_cast<double>(std::max<std::size_t>(1, values.size()));
  cairo_set_source_rgba(cairo, color.red, color.green, color.blue, 0.5);
  for (std::size_t i = 0; i < values.size(); ++i) {
    const double top = place_y(std::min(values[i], y_.to));
    cairo_rectangle(cairo, box_.x + static_cast<double>(i) * width, top, width,
                    box_.y + box_.height - top);
  }
  cairo_fill(cairo);
}

void Chart::legend(std::span<const std::string> names, std::span<const Color> colors) const {
  double widest = 0;
  for (const std::string& name : names) widest = std::max(widest, canvas_.text_width(12, name));
  const double left = box_.x + box_.width - widest - 42;
  const auto rows = static_cast<double>(names.size());
  canvas_.fill({left - 6, box_.y + 5, widest + 42, rows * 17 + 6}, kPaper);
  canvas_.outline({left - 6, box_.y + 5, widest + 42, rows * 17 + 6}, kFaint);
  for (std::size_t i = 0; i < names.size(); ++i) {
    const double y = box_.y + 20 + static_cast<double>(i) * 17;
    canvas_.fill({left, y - 6, 22, 3}, colors[i]);
    canvas_.text(left + 28, y, 12, names[i]);
  }
}

}  // namespace convolve::cli
