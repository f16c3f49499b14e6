// SPDX-License-Identifier: MIT
/// \file
/// Pictures that are drawn: by cairo, written by libav's encoders.
#pragma once

#include <memory>
#include <string>

#include <cairo.h>

#include <convolve/media.h>

namespace convolve::cli {

struct Color {
  double red = 0;
  double green = 0;
  double blue = 0;
};

inline constexpr Color kInk{0.13, 0.13, 0.16};
inline constexpr Color kFaint{0.80, 0.80, 0.83};
inline constexpr Color kPaper{1, 1, 1};
/// For lines beside one another, told apart also by people who see few colours (Okabe and Ito).
inline constexpr Color kLines[] = {{0.00, 0.45, 0.70}, {0.90, 0.37, 0.00}, {0.00, 0.62, 0.45}};

/// From dark blue by green to yellow. \param share  0 … 1
Color heat(double share);
/// Blue below 0, white at 0, red above. \param share  −1 … 1
Color diverging(double share);

struct Box {
  double x = 0;
  double y = 0;
  double width = 0;
  double height = 0;
};

enum class Align { left, middle, right };

/// White at first. Text is placed by its baseline.
class Canvas {
 public:
  /// \throws MediaError of kind running where the memory is lacking
  Canvas(int width, int height);

  [[nodiscard]] cairo_t* context() const noexcept { return context_.get(); }
  [[nodiscard]] int width() const noexcept { return width_; }
  [[nodiscard]] int height() const noexcept { return height_; }

  void set_color(const Color& color) const;
  void fill(const Box& box, const Color& color) const;
  void outline(const Box& box, const Color& color) const;
  void line(double from_x, double from_y, double to_x, double to_y, const Color& color) const;
  /// \param most  pixels that the text may take; longer ones end in an ellipsis. 0: no limit
  void text(double x, double y, double size, const std::string& text, Align align = Align::left,
            const Color& color = kInk, double most = 0) const;
  [[nodiscard]] double text_width(double size, const std::string& text) const;
  /// Draws a frame of format BGRx into the box, which has its proportions.
  void picture(const Box& box, const VideoFrame& frame) const;

  /// Writes a picture file. \throws MediaError
  void save(const std::string& output, bool overwrite) const;

 private:
  struct Free {
    void operator()(cairo_surface_t* surface) const noexcept { cairo_surface_destroy(surface); }
    void operator()(cairo_t* context) const noexcept { cairo_destroy(context); }
  };
  int width_;
  int height_;
  std::unique_ptr<cairo_surface_t, Free> surface_;
  std::unique_ptr<cairo_t, Free> context_;
};

}  // namespace convolve::cli
