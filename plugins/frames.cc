// SPDX-License-Identifier: MIT
#include "frames.h"

#include <algorithm>
#include <cstring>
#include <stdexcept>
#include <string>
#include <vector>

namespace convolve {

namespace {

int plane_shift_y(const PixelFormat& format, int plane) {
  for (int i = 0; i < format.components; ++i) {
    const Component& component = format.component[static_cast<std::size_t>(i)];
    if (component.plane == plane) return component.shift_y;
  }
  return 0;
}

// Bytes from a plane's start to the pixel at the corner.
std::ptrdiff_t corner_offset(const PixelFormat& format, int plane, Corner corner,
                             std::ptrdiff_t stride) {
  int shift_x = 0;
  int bytes = 0;
  for (int i = 0; i < format.components; ++i) {
    const Component& component = format.component[static_cast<std::size_t>(i)];
    if (component.plane != plane) continue;
    // Packed 4:2:2 has two luma samples to each pair of chroma.
    if (component.shift_x >= shift_x) {
      shift_x = component.shift_x;
      bytes = component.step;
    }
  }
  return (corner.x >> shift_x) * bytes + (corner.y >> plane_shift_y(format, plane)) * stride;
}

// Mappings that lie about their extent (some exporters leave it out) are taken at their word.
void check_extent(const GstMapInfo& map, const std::byte* data, std::ptrdiff_t stride, int rows,
                  int row_bytes) {
  const auto* const begin = reinterpret_cast<const std::byte*>(map.data);
  const auto* const end = begin + map.size;
  if (map.data == nullptr || data < begin || data >= end) return;
  const std::byte* const last_row = data + stride * (rows - 1);
  if (std::min(data, last_row) < begin || std::max(data, last_row) + row_bytes > end) {
    throw std::invalid_argument("a buffer is too small for the frame that it should hold");
  }
}

// GStreamer takes it for a programming error where these do not hold.
bool fits(const GstVideoMeta& layout, const GstVideoInfo& info) {
  return layout.format == GST_VIDEO_INFO_FORMAT(&info) &&
         layout.n_planes == GST_VIDEO_INFO_N_PLANES(&info) &&
         layout.width >= static_cast<guint>(GST_VIDEO_INFO_WIDTH(&info)) &&
         layout.height >= static_cast<guint>(GST_VIDEO_INFO_FIELD_HEIGHT(&info));
}

void set_colors(FrameView& view, const GstVideoColorimetry& colorimetry) {
  if (view.format->family != ColorFamily::yuv) view.range = ColorRange::full;
  if (colorimetry.range == GST_VIDEO_COLOR_RANGE_0_255) view.range = ColorRange::full;
  ColorMatrix matrix;
  if (gst_video_color_matrix_get_Kr_Kb(colorimetry.matrix, &matrix.kr, &matrix.kb)) {
    view.matrix = matrix;
  }
}

template <typename Byte>
BasicFrameView<Byte> field_of(const BasicFrameView<Byte>& frame, int field) {
  BasicFrameView<Byte> view = frame;
  view.height = (frame.height + 1 - field) / 2;
  for (auto& plane : view.plane) {
    if (plane.data == nullptr) continue;
    plane.data += field * plane.stride;
    plane.stride *= 2;
  }
  return view;
}

// In 4:2:0, a frame of 2 mod 4 rows has one chroma row less in the second field than its luma asks
// for.
bool lacks_rows(const ConstFrameView& frame, int field) {
  const int height = (frame.height + 1 - field) / 2;
  for (int plane = 0; plane < frame.format->planes; ++plane) {
    const int there = (plane_rows(*frame.format, plane, frame.height) + 1 - field) / 2;
    if (plane_rows(*frame.format, plane, height) > there) return true;
  }
  return false;
}

Frame copied_field(const ConstFrameView& frame, int field) {
  Frame copy(*frame.format, frame.width, (frame.height + 1 - field) / 2);
  copy.view().range = frame.range;
  copy.view().matrix = frame.matrix;
  for (int plane = 0; plane < frame.format->planes; ++plane) {
    const auto p = static_cast<std::size_t>(plane);
    const int rows = plane_rows(*frame.format, plane, frame.height);
    const int bytes = plane_row_bytes(*frame.format, plane, frame.width);
    for (int y = 0; y < plane_rows(*frame.format, plane, copy.view().height); ++y) {
      const int from = std::min(2 * y + field, rows - 1);
      std::memcpy(copy.view().plane[p].data + y * copy.view().plane[p].stride,
                  frame.plane[p].data + from * frame.plane[p].stride,
                  static_cast<std::size_t>(bytes));
    }
  }
  return copy;
}

void put_field(const ConstFrameView& from, const FrameView& frame, int field) {
  for (int plane = 0; plane < frame.format->planes; ++plane) {
    const auto p = static_cast<std::size_t>(plane);
    const int rows = plane_rows(*frame.format, plane, frame.height);
    const int bytes = plane_row_bytes(*frame.format, plane, frame.width);
    for (int y = field; y < rows; y += 2) {
      std::memcpy(frame.plane[p].data + y * frame.plane[p].stride,
                  from.plane[p].data + (y / 2) * from.plane[p].stride,
                  static_cast<std::size_t>(bytes));
    }
  }
}

}  // namespace

MappedFrame::MappedFrame(const GstVideoInfo& info, GstBuffer* buffer, GstMapFlags access) {
  const GstVideoMeta* const layout = gst_buffer_get_video_meta(buffer);
  const auto flags = static_cast<GstMapFlags>(static_cast<int>(access) |
                                              static_cast<int>(GST_VIDEO_FRAME_MAP_FLAG_NO_REF));
  if ((layout != nullptr && !fits(*layout, info)) ||
      !gst_video_frame_map(&frame_, &info, buffer, flags)) {
    throw std::invalid_argument("a buffer of " + std::to_string(gst_buffer_get_size(buffer)) +
                                " bytes does not hold a frame of " +
                                std::to_string(GST_VIDEO_INFO_WIDTH(&info)) + "×" +
                                std::to_string(GST_VIDEO_INFO_FIELD_HEIGHT(&info)) + " " +
                                gst_video_format_to_string(GST_VIDEO_INFO_FORMAT(&info)));
  }
}

FrameView picture_of(GstVideoFrame& frame, const GstVideoInfo& negotiated, Corner corner) {
  FrameView view;
  view.format = find_format(gst_video_format_to_string(GST_VIDEO_FRAME_FORMAT(&frame)));
  if (view.format == nullptr) throw std::invalid_argument("a frame is of an unknown format");
  view.width = GST_VIDEO_INFO_WIDTH(&negotiated);
  view.height = GST_VIDEO_INFO_FIELD_HEIGHT(&negotiated);
  set_colors(view, GST_VIDEO_INFO_COLORIMETRY(&negotiated));
  const GstVideoChromaSite site = GST_VIDEO_INFO_CHROMA_SITE(&negotiated);
  view.site = {(site & GST_VIDEO_CHROMA_SITE_H_COSITED) != 0,
               (site & GST_VIDEO_CHROMA_SITE_V_COSITED) != 0};
  for (int plane = 0; plane < view.format->planes; ++plane) {
    const std::ptrdiff_t stride = GST_VIDEO_FRAME_PLANE_STRIDE(&frame, plane);
    auto* const start = static_cast<std::byte*>(GST_VIDEO_FRAME_PLANE_DATA(&frame, plane));
    std::byte* const data = start + corner_offset(*view.format, plane, corner, stride);
    check_extent(frame.map[frame.meta == nullptr ? 0 : plane], data, stride,
                 plane_rows(*view.format, plane, view.height),
                 plane_row_bytes(*view.format, plane, view.width));
    view.plane[static_cast<std::size_t>(plane)] = {data, stride};
  }
  return view;
}

bool crop_corner(GstBuffer* buffer, const GstVideoInfo& negotiated, Corner* corner) {
  const GstVideoCropMeta* const crop = gst_buffer_get_video_crop_meta(buffer);
  const GstVideoMeta* const layout = gst_buffer_get_video_meta(buffer);
  if (crop == nullptr || layout == nullptr) return false;
  const auto width = static_cast<guint>(GST_VIDEO_INFO_WIDTH(&negotiated));
  const auto height = static_cast<guint>(GST_VIDEO_INFO_HEIGHT(&negotiated));
  const bool larger = layout->width > width || layout->height > height;
  if (!larger || crop->width != width || crop->height != height ||
      crop->x > layout->width - width || crop->y > layout->height - height) {
    return false;
  }
  *corner = {static_cast<int>(crop->x), static_cast<int>(crop->y)};
  return true;
}

void process_fields(Engine& engine, std::span<const ConstFrameView> inputs,
                    const FrameView& output) {
  for (int field = 0; field < 2 && field < output.height; ++field) {
    const bool whole = !lacks_rows(output, field);
    std::vector<Frame> copies;
    std::vector<ConstFrameView> fields;
    for (const ConstFrameView& input : inputs) {
      if (input.format == nullptr) {
        fields.emplace_back();
      } else if (whole && !lacks_rows(input, field)) {
        fields.push_back(field_of(input, field));
      } else {
        copies.push_back(copied_field(input, field));
        fields.emplace_back(copies.back().view());
      }
    }
    if (copies.empty()) {
      engine.process(fields, field_of(output, field));
      continue;
    }
    Frame to(*output.format, output.width, (output.height + 1 - field) / 2);
    engine.process(fields, to.view());
    put_field(to.view(), output, field);
  }
}

}  // namespace convolve
