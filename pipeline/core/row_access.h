// SPDX-License-Identifier: MIT
/// \file
/// How samples leave a frame for a stage's rows, and how they come back.
#pragma once

#include <array>
#include <cstddef>

#include <convolve/format.h>

namespace convolve {

/// Reads pixels of a frame into rows of samples.
struct Source {
  enum class Kind {
    plain,    ///< samples lie as the rows want them
    strided,  ///< one component among others
    luma,     ///< Y' = 0.299 R + 0.587 G + 0.114 B as f32, times `kLumaScale` for integer formats
  };
  /// Makes Y' of integers an integer, so that nothing is lost.
  static constexpr double kLumaScale = 1000;

  Kind kind = Kind::plain;
  SampleType type = SampleType::u8;  ///< of the rows
  int channels = 1;                  ///< of the rows
  int low_zero_bits = 0;
  SampleType frame_type = SampleType::u8;
  std::array<Component, 3> component{};  ///< the first one, or R G B for `luma`
  std::array<double, 4> border{};        ///< a constant border's pixel, in samples of the rows

  [[nodiscard]] int pixel_bytes() const noexcept { return channels * sample_size(type); }
  /// Where pixel `x` of row `y` begins; of the first component.
  [[nodiscard]] const std::byte* at(const ConstFrameView& frame, int x, int y) const noexcept {
    const auto& plane = frame.plane[component[0].plane];
    return plane.data + y * plane.stride + component[0].offset + x * component[0].step;
  }
  /// Writes pixels [x0, x1) of row `y`, all inside of the frame.
  void load(const ConstFrameView& frame, int y, int x0, int x1, std::byte* to) const noexcept;
  /// Writes `count` pixels of the constant border.
  void load_border(int count, std::byte* to) const noexcept;
};

/// Writes rows of samples into a frame.
struct Sink {
  enum class Kind {
    plain,       ///< as they come
    strided,     ///< one component among others
    broadcast,   ///< the same sample to R, G and B
    difference,  ///< f32 rows; how much they differ from the pixel's Y' is added to R, G and B
  };
  Kind kind = Kind::plain;
  SampleType type = SampleType::u8;  ///< of the rows
  int channels = 1;
  int low_zero_bits = 0;
  double max_code = 255;
  SampleType frame_type = SampleType::u8;
  std::array<Component, 3> component{};
  /// For `broadcast` to pixels of four bytes, each over its own: the byte beside R, G and B, which
  /// is copied from the original. Otherwise it keeps its value.
  static constexpr int kNone = -1;
  int fourth = kNone;

  [[nodiscard]] int pixel_bytes() const noexcept { return channels * sample_size(type); }
  [[nodiscard]] std::byte* at(const FrameView& frame, int x, int y) const noexcept {
    const auto& plane = frame.plane[component[0].plane];
    return plane.data + y * plane.stride + component[0].offset + x * component[0].step;
  }
  /// Stores `count` pixels from every `step`th of `row`, at pixel `x` of row `y`.
  /// \param original  needed where there is a `fourth`
  void store(const FrameView& frame, int y, int x, int count, int step, const std::byte* row,
             const ConstFrameView* original = nullptr) const noexcept;
  /// For `difference`: adds how much one sample of a row differs from the Y' of the pixel of
  /// `original` at (from_x, from_y), at (x, y).
  void store_difference(const ConstFrameView& original, int from_x, int from_y,
                        const FrameView& frame, int x, int y,
                        const std::byte* sample) const noexcept;
};

}  // namespace convolve
