// SPDX-License-Identifier: MIT
#include <convolve/format.h>

#include <algorithm>
#include <stdexcept>

namespace convolve {

namespace {

// Layouts as GStreamer's video-format.h defines them.

constexpr PixelFormat gray(std::string_view name, SampleType type, std::uint8_t bits) {
  const auto step = static_cast<std::uint8_t>(sample_size(type));
  PixelFormat format{name, ColorFamily::gray, type, bits};
  format.component[0] = {0, 0, step, 0, 0};
  return format;
}

// One plane of R G B and perhaps A samples; the offsets are counted in samples.
constexpr PixelFormat packed_rgb(std::string_view name, SampleType type, int step, int r, int g,
                                 int b, int a = -1) {
  const int size = sample_size(type);
  PixelFormat format{name, ColorFamily::rgb, type,
                     static_cast<std::uint8_t>(type == SampleType::f32 ? 32 : 8)};
  format.components = a < 0 ? 3 : 4;
  format.alpha = a >= 0;
  const int offsets[4] = {r, g, b, a < 0 ? 0 : a};
  for (std::size_t i = 0; i < format.components; ++i) {
    format.component[i] = {0, static_cast<std::uint8_t>(offsets[i] * size),
                           static_cast<std::uint8_t>(step * size), 0, 0};
  }
  return format;
}

// A plane for each component; `order` says which plane holds component i.
constexpr PixelFormat planar(std::string_view name, ColorFamily family, SampleType type,
                             std::uint8_t bits, int components, int shift_x, int shift_y,
                             std::array<std::uint8_t, 4> order) {
  const auto step = static_cast<std::uint8_t>(sample_size(type));
  PixelFormat format{name, family, type, bits};
  format.planes = static_cast<std::uint8_t>(components);
  format.components = static_cast<std::uint8_t>(components);
  format.alpha = components == 4;
  for (std::size_t i = 0; i < format.components; ++i) {
    const bool chroma = family == ColorFamily::yuv && (i == 1 || i == 2);
    format.component[i] = {order[i], 0, step, static_cast<std::uint8_t>(chroma ? shift_x : 0),
                           static_cast<std::uint8_t>(chroma ? shift_y : 0)};
  }
  return format;
}

// A plane of luma, and one of pairs of chroma.
constexpr PixelFormat semi_planar(std::string_view name, SampleType type, std::uint8_t bits,
                                  int low_zero_bits, bool v_first) {
  const int size = sample_size(type);
  PixelFormat format{name, ColorFamily::yuv, type, bits};
  format.low_zero_bits = static_cast<std::uint8_t>(low_zero_bits);
  format.planes = 2;
  format.components = 3;
  format.component[0] = {0, 0, static_cast<std::uint8_t>(size), 0, 0};
  format.component[1] = {1, static_cast<std::uint8_t>(v_first ? size : 0),
                         static_cast<std::uint8_t>(2 * size), 1, 1};
  format.component[2] = {1, static_cast<std::uint8_t>(v_first ? 0 : size),
                         static_cast<std::uint8_t>(2 * size), 1, 1};
  return format;
}

constexpr PixelFormat packed_422(std::string_view name, std::uint8_t y, std::uint8_t u,
                                 std::uint8_t v) {
  PixelFormat format{name, ColorFamily::yuv, SampleType::u8};
  format.components = 3;
  format.component[0] = {0, y, 2, 0, 0};
  format.component[1] = {0, u, 4, 1, 0};
  format.component[2] = {0, v, 4, 1, 0};
  return format;
}

constexpr PixelFormat ayuv() {
  PixelFormat format{"AYUV", ColorFamily::yuv, SampleType::u8};
  format.components = 4;
  format.alpha = true;
  for (std::size_t i = 0; i < 4; ++i) {
    format.component[i] = {0, static_cast<std::uint8_t>((i + 1) % 4), 4, 0, 0};
  }
  return format;
}

constexpr auto kU8 = SampleType::u8;
constexpr auto kU16 = SampleType::u16;
constexpr auto kF32 = SampleType::f32;
constexpr auto kRgb = ColorFamily::rgb;
constexpr auto kYuv = ColorFamily::yuv;
constexpr std::array<std::uint8_t, 4> kInOrder{0, 1, 2, 3};
constexpr std::array<std::uint8_t, 4> kGbr{2, 0, 1, 3};

constexpr PixelFormat kFormats[] = {
    gray("GRAY8", kU8, 8),
    gray("GRAY16_LE", kU16, 16),
    packed_rgb("RGB", kU8, 3, 0, 1, 2),
    packed_rgb("BGR", kU8, 3, 2, 1, 0),
    packed_rgb("RGBx", kU8, 4, 0, 1, 2),
    packed_rgb("xRGB", kU8, 4, 1, 2, 3),
    packed_rgb("BGRx", kU8, 4, 2, 1, 0),
    packed_rgb("xBGR", kU8, 4, 3, 2, 1),
    packed_rgb("RGBA", kU8, 4, 0, 1, 2, 3),
    packed_rgb("ARGB", kU8, 4, 1, 2, 3, 0),
    packed_rgb("BGRA", kU8, 4, 2, 1, 0, 3),
    packed_rgb("ABGR", kU8, 4, 3, 2, 1, 0),
    planar("GBR", kRgb, kU8, 8, 3, 0, 0, kGbr),
    planar("GBR_10LE", kRgb, kU16, 10, 3, 0, 0, kGbr),
    planar("GBRA", kRgb, kU8, 8, 4, 0, 0, kGbr),
    planar("I420", kYuv, kU8, 8, 3, 1, 1, kInOrder),
    planar("YV12", kYuv, kU8, 8, 3, 1, 1, {0, 2, 1, 3}),
    planar("Y42B", kYuv, kU8, 8, 3, 1, 0, kInOrder),
    planar("Y444", kYuv, kU8, 8, 3, 0, 0, kInOrder),
    semi_planar("NV12", kU8, 8, 0, false),
    semi_planar("NV21", kU8, 8, 0, true),
    packed_422("YUY2", 0, 1, 3),
    packed_422("UYVY", 1, 0, 2),
    ayuv(),
    planar("I420_10LE", kYuv, kU16, 10, 3, 1, 1, kInOrder),
    planar("I422_10LE", kYuv, kU16, 10, 3, 1, 0, kInOrder),
    planar("Y444_10LE", kYuv, kU16, 10, 3, 0, 0, kInOrder),
    semi_planar("P010_10LE", kU16, 10, 6, false),
    planar("Y444_16LE", kYuv, kU16, 16, 3, 0, 0, kInOrder),
    gray("GRAY_F32", kF32, 32),
    packed_rgb("RGB_F32", kF32, 3, 0, 1, 2),
    packed_rgb("RGBA_F32", kF32, 4, 0, 1, 2, 3),
    planar("GBR_F32", kRgb, kF32, 32, 3, 0, 0, kGbr),
};

template <typename View, typename FrameOf>
FrameOf frame_of(const View& image) {
  constexpr std::string_view kNames[3][3] = {
      {"GRAY8", "RGB", "RGBA"}, {"GRAY16_LE", "", ""}, {"GRAY_F32", "RGB_F32", "RGBA_F32"}};
  const int column = image.channels == 1 ? 0 : image.channels - 2;
  const PixelFormat* format =
      column < 0 || column > 2 || image.channels == 2
          ? nullptr
          : find_format(kNames[static_cast<std::size_t>(image.type)][column]);
  if (format == nullptr) {
    throw std::invalid_argument("image: no pixel format of that sample type has " +
                                std::to_string(image.channels) + " channels");
  }
  FrameOf frame;
  frame.format = format;
  frame.width = image.width;
  frame.height = image.height;
  frame.plane[0] = {image.data, image.stride};
  frame.range = ColorRange::full;
  return frame;
}

}  // namespace

std::span<const PixelFormat> all_formats() noexcept { return kFormats; }

const PixelFormat* find_format(std::string_view name) noexcept {
  for (const PixelFormat& format : kFormats) {
    if (format.name == name) return &format;
  }
  return nullptr;
}

int plane_row_bytes(const PixelFormat& format, int plane, int width) noexcept {
  int bytes = 0;
  for (std::size_t i = 0; i < format.components; ++i) {
    const Component& component = format.component[i];
    if (component.plane != plane) continue;
    bytes = std::max(bytes, component_size(width, component.shift_x) * component.step);
  }
  return bytes;
}

int plane_rows(const PixelFormat& format, int plane, int height) noexcept {
  for (std::size_t i = 0; i < format.components; ++i) {
    const Component& component = format.component[i];
    if (component.plane == plane) return component_size(height, component.shift_y);
  }
  return 0;
}

Frame::Frame(const PixelFormat& format, int width, int height) {
  if (width < 1 || height < 1) {
    throw std::invalid_argument("frame: width and height must be 1 or more");
  }
  view_.format = &format;
  view_.width = width;
  view_.height = height;
  for (int plane = 0; plane < format.planes; ++plane) {
    planes_.emplace_back(plane_row_bytes(format, plane, width), plane_rows(format, plane, height),
                         SampleType::u8);
    const ImageView& view = planes_.back().view();
    view_.plane[static_cast<std::size_t>(plane)] = {view.data, view.stride};
  }
}

FrameView as_frame(const ImageView& image) { return frame_of<ImageView, FrameView>(image); }
ConstFrameView as_frame(const ConstImageView& image) {
  return frame_of<ConstImageView, ConstFrameView>(image);
}

}  // namespace convolve
