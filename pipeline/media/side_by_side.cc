// SPDX-License-Identifier: MIT
#include <algorithm>
#include <cstring>

#include <convolve/media.h>

namespace convolve {

namespace {

// A distance in pixels at which every plane has a sample of its own.
int on_chroma_grid(const PixelFormat& format, int pixels) {
  int shift = 0;
  for (int i = 0; i < format.components; ++i) {
    shift = std::max<int>(shift, format.component[static_cast<std::size_t>(i)].shift_x);
  }
  return component_size(pixels, shift) << shift;
}

// The code of black in component `index`.
unsigned black(const PixelFormat& format, ColorRange range, int index) {
  const auto max = static_cast<unsigned>(format.max_code());
  if (format.alpha && index == format.components - 1) return max;
  if (format.family != ColorFamily::yuv) return 0;
  if (index > 0) return (max + 1) / 2;
  return range == ColorRange::video ? (max + 1) / 16 : 0;
}

void fill_black(const FrameView& view) {
  const PixelFormat& format = *view.format;
  const bool wide = format.type == SampleType::u16;
  for (int i = 0; i < format.components; ++i) {
    const Component& component = format.component[static_cast<std::size_t>(i)];
    const auto code =
        static_cast<std::uint16_t>(black(format, view.range, i) << format.low_zero_bits);
    for (int y = 0; y < component_size(view.height, component.shift_y); ++y) {
      std::byte* at = view.plane[component.plane].data + y * view.plane[component.plane].stride +
                      component.offset;
      for (int x = 0; x < component_size(view.width, component.shift_x); ++x) {
        if (wide) {
          std::memcpy(at, &code, sizeof code);
        } else {
          *at = static_cast<std::byte>(code);
        }
        at += component.step;
      }
    }
  }
}

void copy(const ConstFrameView& from, const FrameView& to, int x) {
  const PixelFormat& format = *from.format;
  for (int plane = 0; plane < format.planes; ++plane) {
    const auto index = static_cast<std::size_t>(plane);
    const int before = x == 0 ? 0 : plane_row_bytes(format, plane, x);
    const auto bytes = static_cast<std::size_t>(plane_row_bytes(format, plane, from.width));
    for (int y = 0; y < plane_rows(format, plane, from.height); ++y) {
      std::memcpy(to.plane[index].data + y * to.plane[index].stride + before,
                  from.plane[index].data + y * from.plane[index].stride, bytes);
    }
  }
}

}  // namespace

VideoFrame side_by_side(const VideoFrame& before, const VideoFrame& after) {
  const PixelFormat& format = after.format();
  if (&before.format() != &format) {
    return side_by_side(convert(before, format, before.width(), before.height()), after);
  }
  const int left = on_chroma_grid(format, before.width());
  const int height = std::max(before.height(), after.height());
  VideoFrame both(format, left + after.width(), height);
  both.copy_properties(after);
  const FrameView view = both.writable_view();
  if (left != before.width() || before.height() != after.height()) fill_black(view);
  copy(before.view(), view, 0);
  copy(after.view(), view, left);
  return both;
}

}  // namespace convolve
