// SPDX-License-Identifier: MIT
#include "overlay.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <memory>

#include <cairo.h>

#include "keys.h"

namespace convolve::cli {

namespace {

constexpr int kPixel = 4;  // bytes of BGRx

struct Destroy {
  void operator()(cairo_t* cairo) const noexcept { cairo_destroy(cairo); }
  void operator()(cairo_surface_t* surface) const noexcept { cairo_surface_destroy(surface); }
};

// A size that reads well on small pictures and does not cover large ones.
double font_size(const FrameView& frame) {
  return std::clamp(static_cast<double>(frame.height) / 26, 13.0, 40.0);
}

double text_width(cairo_t* cairo, const std::string& text) {
  cairo_text_extents_t extents;
  cairo_text_extents(cairo, text.c_str(), &extents);
  return extents.x_advance;
}

void draw_box(cairo_t* cairo, double x, double y, double width, double height, double opacity) {
  cairo_set_source_rgba(cairo, 0, 0, 0, 0.65 * opacity);
  cairo_rectangle(cairo, x, y, width, height);
  cairo_fill(cairo);
}

void draw_text(cairo_t* cairo, double x, double y, const std::string& text, double opacity) {
  cairo_set_source_rgba(cairo, 1, 1, 1, opacity);
  cairo_move_to(cairo, x, y);
  cairo_show_text(cairo, text.c_str());
}

void draw_line(cairo_t* cairo, const FrameView& frame, const Overlay& overlay, double size) {
  if (overlay.opacity <= 0 || overlay.line.empty()) return;
  const double pad = size * 0.6;
  const double small = size * 0.7;
  cairo_set_font_size(cairo, small);
  double width = text_width(cairo, overlay.detail);
  cairo_set_font_size(cairo, size);
  width = std::max(width, text_width(cairo, overlay.line));
  const double height = size + pad * 1.2 + (overlay.detail.empty() ? 0 : small * 1.4);
  const double top = frame.height - height - pad;
  draw_box(cairo, pad, top, width + 2 * pad, height, overlay.opacity);
  draw_text(cairo, 2 * pad, top + pad * 0.5 + size, overlay.line, overlay.opacity);
  if (overlay.detail.empty()) return;
  cairo_set_font_size(cairo, small);
  draw_text(cairo, 2 * pad, top + height - pad * 0.6, overlay.detail, overlay.opacity * 0.85);
}

void draw_corner(cairo_t* cairo, const FrameView& frame, const std::string& text, double size,
                 bool right) {
  if (text.empty()) return;
  cairo_set_font_size(cairo, size * 0.8);
  const double pad = size * 0.5;
  const double width = text_width(cairo, text) + 2 * pad;
  const double x = right ? frame.width - width - pad : pad;
  draw_box(cairo, x, pad, width, size * 1.3, 1);
  draw_text(cairo, x + pad, pad + size * 0.95, text, 1);
}

void draw_keys(cairo_t* cairo, const FrameView& frame, double size) {
  // All keys fit, whatever the picture's height.
  const auto rows = static_cast<double>(key_table().size());
  const double text = std::min(size * 0.85, frame.height / (rows + 2) / 1.4);
  const double row = text * 1.4;
  cairo_set_font_size(cairo, text);
  double names = 0;
  double helps = 0;
  for (const Key& key : key_table()) {
    names = std::max(names, text_width(cairo, std::string(key.shown)));
    helps = std::max(helps, text_width(cairo, std::string(key.help)));
  }
  const double width = names + helps + text * 4;
  const double height = row * (rows + 1);
  const double x = std::max(0.0, (frame.width - width) / 2);
  const double y = std::max(0.0, (frame.height - height) / 2);
  draw_box(cairo, x, y, width, height, 1.2);
  double at = y + row;
  for (const Key& key : key_table()) {
    draw_text(cairo, x + text, at + text * 0.3, std::string(key.shown), 1);
    draw_text(cairo, x + text * 3 + names, at + text * 0.3, std::string(key.help), 0.9);
    at += row;
  }
}

void draw_split(cairo_t* cairo, const FrameView& frame, double split) {
  const double x = std::floor(split * frame.width) + 0.5;
  for (const auto& [shade, width] : {std::pair{0.0, 3.0}, std::pair{1.0, 1.0}}) {
    cairo_set_source_rgb(cairo, shade, shade, shade);
    cairo_set_line_width(cairo, width);
    cairo_move_to(cairo, x, 0);
    cairo_line_to(cairo, x, frame.height);
    cairo_stroke(cairo);
  }
}

}  // namespace

void draw_overlay(const FrameView& frame, const Overlay& overlay) {
  auto* const pixels = reinterpret_cast<unsigned char*>(frame.plane[0].data);
  const std::unique_ptr<cairo_surface_t, Destroy> surface(
      cairo_image_surface_create_for_data(pixels, CAIRO_FORMAT_RGB24, frame.width, frame.height,
                                          static_cast<int>(frame.plane[0].stride)));
  const std::unique_ptr<cairo_t, Destroy> cairo(cairo_create(surface.get()));
  cairo_select_font_face(cairo.get(), "sans-serif", CAIRO_FONT_SLANT_NORMAL,
                         CAIRO_FONT_WEIGHT_NORMAL);
  const double size = font_size(frame);
  if (overlay.split) draw_split(cairo.get(), frame, *overlay.split);
  std::string marks;
  for (const std::string& mark : overlay.marks) marks += (marks.empty() ? "" : ", ") + mark;
  draw_corner(cairo.get(), frame, marks, size, true);
  draw_corner(cairo.get(), frame, overlay.stats, size, false);
  draw_line(cairo.get(), frame, overlay, size);
  if (overlay.keys) draw_keys(cairo.get(), frame, size);
  cairo_surface_flush(surface.get());
}

void put_left_part(const ConstFrameView& before, const FrameView& after, double split) {
  const int columns = std::clamp(static_cast<int>(split * after.width), 0, after.width);
  for (int y = 0; y < after.height; ++y) {
    std::memcpy(after.plane[0].data + y * after.plane[0].stride,
                before.plane[0].data + y * before.plane[0].stride,
                static_cast<std::size_t>(columns) * kPixel);
  }
}

}  // namespace convolve::cli
