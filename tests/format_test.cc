// SPDX-License-Identifier: MIT
// The library's formats, against the tests' own description and against GStreamer's.
#include <convolve/format.h>
#include <gst/video/video.h>
#include <gtest/gtest.h>

#include <string>

#include "picture.h"

namespace convolve::test {
namespace {

TEST(Formats, AreTheListInItsOrder) {
  ASSERT_EQ(all_formats().size(), all_layouts().size());
  for (std::size_t i = 0; i < all_layouts().size(); ++i) {
    EXPECT_EQ(all_formats()[i].name, all_layouts()[i].name);
  }
  EXPECT_EQ(find_format("nothing"), nullptr);
}

TEST(Formats, LieInMemoryAsTheTestsSay) {
  for (const Layout& layout : all_layouts()) {
    SCOPED_TRACE(layout.name);
    const PixelFormat* format = find_format(layout.name);
    ASSERT_NE(format, nullptr);
    EXPECT_EQ(format->family, layout.family);
    EXPECT_EQ(sample_size(format->type), layout.bytes);
    EXPECT_EQ(format->max_code(), layout.max_code());
    EXPECT_EQ(format->low_zero_bits, layout.low_zero_bits);
    EXPECT_EQ(format->planes, layout.planes());
    EXPECT_EQ(format->components, layout.components());
    EXPECT_EQ(format->alpha, layout.alpha);
    for (int c = 0; c < layout.components(); ++c) {
      const Component& component = format->component[static_cast<std::size_t>(c)];
      const Place& place = layout.place[static_cast<std::size_t>(c)];
      EXPECT_EQ(component.plane, place.plane) << c;
      EXPECT_EQ(component.offset, place.offset) << c;
      EXPECT_EQ(component.step, place.step) << c;
      EXPECT_EQ(component.shift_x, layout.is_chroma(c) ? layout.shift_x : 0) << c;
      EXPECT_EQ(component.shift_y, layout.is_chroma(c) ? layout.shift_y : 0) << c;
    }
  }
}

TEST(Formats, LieInMemoryAsGStreamerSays) {
  for (const Layout& layout : all_layouts()) {
    if (layout.is_float()) continue;
    SCOPED_TRACE(layout.name);
    const GstVideoFormat id = gst_video_format_from_string(layout.name.c_str());
    ASSERT_NE(id, GST_VIDEO_FORMAT_UNKNOWN);
    const GstVideoFormatInfo* info = gst_video_format_get_info(id);
    EXPECT_EQ(static_cast<int>(GST_VIDEO_FORMAT_INFO_N_PLANES(info)), layout.planes());
    EXPECT_EQ(static_cast<bool>(GST_VIDEO_FORMAT_INFO_HAS_ALPHA(info)), layout.alpha);
    for (int c = 0; c < layout.components(); ++c) {
      const auto i = static_cast<guint>(c);
      const Place& place = layout.place[i];
      EXPECT_EQ(static_cast<int>(GST_VIDEO_FORMAT_INFO_PLANE(info, i)), place.plane) << c;
      // GStreamer 1.22 counts the offset of P010's V in samples, not in bytes.
      const int unit = layout.low_zero_bits > 0 ? layout.bytes : 1;
      EXPECT_EQ(GST_VIDEO_FORMAT_INFO_POFFSET(info, i) * unit, place.offset) << c;
      EXPECT_EQ(GST_VIDEO_FORMAT_INFO_PSTRIDE(info, i), place.step) << c;
      EXPECT_EQ(static_cast<int>(GST_VIDEO_FORMAT_INFO_DEPTH(info, i)), layout.bits) << c;
      EXPECT_EQ(static_cast<int>(GST_VIDEO_FORMAT_INFO_SHIFT(info, i)), layout.low_zero_bits) << c;
      const bool chroma = layout.is_chroma(c);
      EXPECT_EQ(static_cast<int>(GST_VIDEO_FORMAT_INFO_W_SUB(info, i)), chroma ? layout.shift_x : 0);
      EXPECT_EQ(static_cast<int>(GST_VIDEO_FORMAT_INFO_H_SUB(info, i)), chroma ? layout.shift_y : 0);
    }
  }
}

TEST(Formats, OddSizesRoundUp) {
  const PixelFormat& i420 = *find_format("I420");
  EXPECT_EQ(plane_row_bytes(i420, 0, 5), 5);
  EXPECT_EQ(plane_row_bytes(i420, 1, 5), 3);
  EXPECT_EQ(plane_rows(i420, 0, 5), 5);
  EXPECT_EQ(plane_rows(i420, 2, 5), 3);
  EXPECT_EQ(plane_row_bytes(*find_format("NV12"), 1, 5), 6);
  EXPECT_EQ(plane_row_bytes(*find_format("P010_10LE"), 1, 5), 12);
  EXPECT_EQ(plane_row_bytes(*find_format("YUY2"), 0, 5), 12);
  EXPECT_EQ(plane_row_bytes(*find_format("UYVY"), 0, 1), 4);
  EXPECT_EQ(plane_row_bytes(*find_format("xRGB"), 0, 3), 12);
  EXPECT_EQ(plane_row_bytes(*find_format("RGB_F32"), 0, 3), 36);
}

TEST(Frames, OwnAlignedZeroedMemory) {
  for (const PixelFormat& format : all_formats()) {
    SCOPED_TRACE(std::string(format.name));
    const Frame frame(format, 7, 5);
    for (int p = 0; p < format.planes; ++p) {
      const auto& plane = frame.view().plane[static_cast<std::size_t>(p)];
      ASSERT_NE(plane.data, nullptr);
      EXPECT_EQ(reinterpret_cast<std::uintptr_t>(plane.data) % 64, 0U);
      EXPECT_GE(plane.stride, plane_row_bytes(format, p, 7));
      for (int y = 0; y < plane_rows(format, p, 5); ++y) {
        for (int x = 0; x < plane_row_bytes(format, p, 7); ++x) {
          ASSERT_EQ(plane.data[y * plane.stride + x], std::byte{0});
        }
      }
    }
  }
  EXPECT_THROW(Frame(*find_format("GRAY8"), 0, 5), std::invalid_argument);
  EXPECT_THROW(Frame(*find_format("GRAY8"), 5, -1), std::invalid_argument);
}

TEST(Images, AreFrames) {
  const Image gray(9, 4, SampleType::u8);
  EXPECT_EQ(as_frame(gray.view()).format->name, "GRAY8");
  const Image wide(9, 4, SampleType::u16);
  EXPECT_EQ(as_frame(wide.view()).format->name, "GRAY16_LE");
  const Image rgb(9, 4, SampleType::u8, 3);
  const FrameView view = as_frame(rgb.view());
  EXPECT_EQ(view.format->name, "RGB");
  EXPECT_EQ(view.width, 9);
  EXPECT_EQ(view.height, 4);
  EXPECT_EQ(view.plane[0].data, rgb.view().data);
  EXPECT_EQ(view.plane[0].stride, rgb.view().stride);
  EXPECT_EQ(as_frame(Image(3, 3, SampleType::u8, 4).view()).format->name, "RGBA");
  EXPECT_EQ(as_frame(Image(3, 3, SampleType::f32, 3).view()).format->name, "RGB_F32");
  EXPECT_THROW(as_frame(Image(3, 3, SampleType::u8, 2).view()), std::invalid_argument);
}

}  // namespace
}  // namespace convolve::test
