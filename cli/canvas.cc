// SPDX-License-Identifier: MIT
#include "canvas.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>

namespace convolve::cli {

namespace {

Color mixed(const Color& from, const Color& to, double share) {
  return {from.red + (to.red - from.red) * share, from.green + (to.green - from.green) * share,
          from.blue + (to.blue - from.blue) * share};
}

// The longest beginning of UTF-8 text that has `bytes` bytes at most.
std::string cut(const std::string& text, std::size_t bytes) {
  while (bytes > 0 && (static_cast<unsigned char>(text[bytes]) & 0xC0U) == 0x80U) --bytes;
  return text.substr(0, bytes);
}

}  // namespace

Color heat(double share) {
  // Some of the colours of "viridis" (S. van der Walt and N. Smith, 2015).
  constexpr std::array<Color, 5> kStops = {{{0.267, 0.005, 0.329},
                                            {0.230, 0.322, 0.546},
                                            {0.128, 0.567, 0.551},
                                            {0.369, 0.789, 0.383},
                                            {0.993, 0.906, 0.144}}};
  const double at = std::clamp(share, 0.0, 1.0) * (kStops.size() - 1);
  const auto index = std::min(static_cast<std::size_t>(at), kStops.size() - 2);
  return mixed(kStops[index], kStops[index + 1], at - static_cast<double>(index));
}

Color diverging(double share) {
  constexpr Color kBelow{0.13, 0.40, 0.67};
  constexpr Color kAbove{0.70, 0.09, 0.17};
  const double strength = std::min(1.0, std::abs(share));
  return mixed(kPaper, share < 0 ? kBelow : kAbove, strength);
}

Canvas::Canvas(int width, int height)
    : width_(width),
      height_(height),
      surface_(cairo_image_surface_create(CAIRO_FORMAT_RGB24, width, height)),
      context_(cairo_create(surface_.get())) {
  if (cairo_status(context_.get()) != CAIRO_STATUS_SUCCESS) {
    throw MediaError(
        MediaError::Kind::running,
        std::string("picture: ") + cairo_status_to_string(cairo_status(context_.get())));
  }
  fill({0, 0, static_cast<double>(width), static_cast<double>(height)}, kPaper);
  cairo_set_line_width(context_.get(), 1);
  cairo_select_font_face(context_.get(), "sans-serif", CAIRO_FONT_SLANT_NORMAL,
                         CAIRO_FONT_WEIGHT_NORMAL);
}

void Canvas::set_color(const Color& color) const {
  cairo_set_source_rgb(context_.get(), color.red, color.green, color.blue);
}

void Canvas::fill(const Box& box, const Color& color) const {
  set_color(color);
  cairo_rectangle(context_.get(), box.x, box.y, box.width, box.height);
  cairo_fill(context_.get());
}

void Canvas::outline(const Box& box, const Color& color) const {
  set_color(color);
  // In the middle of pixels, so that lines are sharp.
  cairo_rectangle(context_.get(), std::floor(box.x) + 0.5, std::floor(box.y) + 0.5,
                  std::floor(box.width), std::floor(box.height));
  cairo_stroke(context_.get());
}

void Canvas::line(double from_x, double from_y, double to_x, double to_y,
                  const Color& color) const {
  set_color(color);
  cairo_move_to(context_.get(), std::floor(from_x) + 0.5, std::floor(from_y) + 0.5);
  cairo_line_to(context_.get(), std::floor(to_x) + 0.5, std::floor(to_y) + 0.5);
  cairo_stroke(context_.get());
}

double Canvas::text_width(double size, const std::string& text) const {
  cairo_set_font_size(context_.get(), size);
  cairo_text_extents_t extents;
  cairo_text_extents(context_.get(), text.c_str(), &extents);
  return extents.x_advance;
}

void Canvas::text(double x, double y, double size, const std::string& text, Align align,
                  const Color& color, double most) const {
  std::string shown = text;
  if (most > 0 && text_width(size, shown) > most) {
    std::size_t bytes = text.size();
    while (bytes > 0 && text_width(size, cut(text, bytes) + "…") > most) --bytes;
    shown = cut(text, bytes) + "…";
  }
  const double width = text_width(size, shown);
  const double left = align == Align::left ? x : align == Align::right ? x - width : x - width / 2;
  set_color(color);
  cairo_move_to(context_.get(), left, y);
  cairo_show_text(context_.get(), shown.c_str());
}

void Canvas::picture(const Box& box, const VideoFrame& frame) const {
  const ConstFrameView view = frame.view();
  // cairo only reads from it.
  auto* const data =
      const_cast<unsigned char*>(reinterpret_cast<const unsigned char*>(view.plane[0].data));
  const std::unique_ptr<cairo_surface_t, Free> surface(cairo_image_surface_create_for_data(
      data, CAIRO_FORMAT_RGB24, view.width, view.height, static_cast<int>(view.plane[0].stride)));
  cairo_t* const cairo = context_.get();
  cairo_save(cairo);
  cairo_translate(cairo, box.x, box.y);
  cairo_scale(cairo, box.width / view.width, box.height / view.height);
  cairo_set_source_surface(cairo, surface.get(), 0, 0);
  cairo_pattern_set_filter(cairo_get_source(cairo), CAIRO_FILTER_BEST);
  cairo_pattern_set_extend(cairo_get_source(cairo), CAIRO_EXTEND_PAD);
  cairo_rectangle(cairo, 0, 0, view.width, view.height);
  cairo_fill(cairo);
  cairo_restore(cairo);
}

void Canvas::save(const std::string& output, bool overwrite) const {
  cairo_surface_flush(surface_.get());
  // In memory a pixel of cairo's is a number 0x00RRGGBB.
  VideoFrame frame(*find_format("BGRx"), width_, height_);
  const FrameView view = frame.writable_view();
  const auto* const from = cairo_image_surface_get_data(surface_.get());
  const int stride = cairo_image_surface_get_stride(surface_.get());
  for (int y = 0; y < height_; ++y) {
    std::memcpy(view.plane[0].data + y * view.plane[0].stride, from + y * stride,
                static_cast<std::size_t>(width_) * 4);
  }
  WriteOptions options;
  options.overwrite = overwrite;
  MediaWriter writer(output, options);
  writer.write(frame);
  writer.finish();
}

}  // namespace convolve::cli
