// SPDX-License-Identifier: MIT
#include "pad.h"

extern "C" {
#include <libavutil/imgutils.h>
#include <libavutil/pixdesc.h>
}

#include <cstddef>
#include <cstring>
#include <new>

namespace convolve::media {

namespace {

struct PlaneSize {
  std::size_t bytes;  // of a row
  int rows;
};

PlaneSize plane_size(const AVFrame& frame, int plane) {
  const auto format = static_cast<AVPixelFormat>(frame.format);
  const AVPixFmtDescriptor* desc = av_pix_fmt_desc_get(format);
  const int shift = plane == 1 || plane == 2 ? desc->log2_chroma_h : 0;
  return {static_cast<std::size_t>(av_image_get_linesize(format, frame.width, plane)),
          AV_CEIL_RSHIFT(frame.height, shift)};
}

// Repeats the last `step` bytes of a row of `used` bytes up to `all`.
void extend_row(std::uint8_t* row, std::size_t used, std::size_t all, std::size_t step) {
  for (std::size_t at = used; at < all; at += step) std::memcpy(row + at, row + at - step, step);
}

}  // namespace

FramePtr padded_frame(const AVFrame& frame, int width, int height) {
  FramePtr padded = new_frame();
  padded->format = frame.format;
  padded->width = width;
  padded->height = height;
  if (av_frame_get_buffer(padded.get(), 0) < 0 || av_frame_copy_props(padded.get(), &frame) < 0) {
    throw std::bad_alloc();
  }
  const auto format = static_cast<AVPixelFormat>(frame.format);
  int steps[4] = {};
  av_image_fill_max_pixsteps(steps, nullptr, av_pix_fmt_desc_get(format));
  for (int plane = 0; plane < av_pix_fmt_count_planes(format); ++plane) {
    const PlaneSize from = plane_size(frame, plane);
    const PlaneSize to = plane_size(*padded, plane);
    for (int y = 0; y < to.rows; ++y) {
      std::uint8_t* const row = padded->data[plane] + std::ptrdiff_t{y} * padded->linesize[plane];
      const int source = y < from.rows ? y : from.rows - 1;
      std::memcpy(row, frame.data[plane] + std::ptrdiff_t{source} * frame.linesize[plane],
                  from.bytes);
      extend_row(row, from.bytes, to.bytes, static_cast<std::size_t>(steps[plane]));
    }
  }
  return padded;
}

}  // namespace convolve::media
