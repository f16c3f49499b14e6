// SPDX-License-Identifier: MIT
/// \file
/// Pixel formats (SPEC §3) and frames of them. The names are GStreamer's.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include <convolve/image.h>

namespace convolve {

enum class ColorFamily : std::uint8_t { gray, rgb, yuv };
enum class ColorRange : std::uint8_t { full, video };

/// Weights of R and B in luma (`kr`, `kb`); only a coloured constant border depends on it.
struct ColorMatrix {
  double kr = 0.299;
  double kb = 0.114;
};
inline constexpr ColorMatrix kBt601{0.299, 0.114};
inline constexpr ColorMatrix kBt709{0.2126, 0.0722};
inline constexpr ColorMatrix kBt2020{0.2627, 0.0593};

/// Where a sample of subsampled chroma lies: over the first of the luma samples that it stands for,
/// or in their middle.
struct ChromaSite {
  bool left = false;
  bool top = false;
  bool operator==(const ChromaSite&) const = default;
};

/// Where one component's samples lie.
struct Component {
  std::uint8_t plane = 0;
  std::uint8_t offset = 0;   ///< bytes from the start of the row to the first sample
  std::uint8_t step = 1;     ///< bytes from one sample to the next in a row
  std::uint8_t shift_x = 0;  ///< log2 of the horizontal subsampling
  std::uint8_t shift_y = 0;  ///< log2 of the vertical subsampling
};

/// One pixel format. Components are in the order R G B A or Y U V A.
struct PixelFormat {
  std::string_view name;
  ColorFamily family = ColorFamily::gray;
  SampleType type = SampleType::u8;
  std::uint8_t bits = 8;           ///< significant bits of an integer sample
  std::uint8_t low_zero_bits = 0;  ///< the code stands this many bits up (P010: 6)
  std::uint8_t planes = 1;
  std::uint8_t components = 1;  ///< with alpha
  bool alpha = false;           ///< the last component is alpha
  std::array<Component, 4> component{};

  /// Largest code of a sample, SPEC's M.
  [[nodiscard]] double max_code() const noexcept {
    return type == SampleType::f32 ? 1.0 : static_cast<double>((1U << bits) - 1U);
  }
};

/// Every format, in the order of SPEC §3, then the float formats (GRAY_F32, RGB_F32, GBR_F32),
/// which only the library has.
std::span<const PixelFormat> all_formats() noexcept;

/// The format of that name, or nullptr.
const PixelFormat* find_format(std::string_view name) noexcept;

/// A frame that somebody else owns. Layout comes from here alone: any stride and plane address is
/// accepted, without alignment; chroma sizes are rounded up.
template <typename Byte>
struct BasicFrameView {
  struct Plane {
    Byte* data = nullptr;
    std::ptrdiff_t stride = 0;  ///< bytes from row to row
  };

  const PixelFormat* format = nullptr;
  int width = 0;   ///< pixels
  int height = 0;  ///< rows
  std::array<Plane, 4> plane{};
  ColorRange range = ColorRange::video;  ///< of YUV; RGB and GRAY are always full
  ColorMatrix matrix = kBt601;
  ChromaSite site;  ///< of subsampled chroma; matters where pictures are scaled up

  operator BasicFrameView<const std::byte>() const noexcept {
    BasicFrameView<const std::byte> view{format, width, height, {}, range, matrix, site};
    for (std::size_t i = 0; i < plane.size(); ++i) view.plane[i] = {plane[i].data, plane[i].stride};
    return view;
  }
};

using FrameView = BasicFrameView<std::byte>;
using ConstFrameView = BasicFrameView<const std::byte>;

/// Samples that a component has along an axis of `size` pixels.
constexpr int component_size(int size, int shift) noexcept {
  return (size + (1 << shift) - 1) >> shift;
}

/// Bytes that hold one row of `plane`, without padding; and its rows.
int plane_row_bytes(const PixelFormat& format, int plane, int width) noexcept;
int plane_rows(const PixelFormat& format, int plane, int height) noexcept;

/// Owns a frame; rows start on 64-byte boundaries. Contents start as zero.
/// \throws std::invalid_argument for a size that is not positive, std::bad_alloc.
class Frame {
 public:
  Frame() = default;
  Frame(const PixelFormat& format, int width, int height);

  [[nodiscard]] const FrameView& view() const noexcept { return view_; }
  [[nodiscard]] FrameView& view() noexcept { return view_; }

 private:
  std::vector<Image> planes_;
  FrameView view_;
};

/// An image as a frame: 1 channel is GRAY, 3 RGB, 4 RGBA, of its sample type.
/// \throws std::invalid_argument where no format fits.
FrameView as_frame(const ImageView& image);
ConstFrameView as_frame(const ConstImageView& image);

}  // namespace convolve
