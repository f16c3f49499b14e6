// SPDX-License-Identifier: MIT
#include <new>
#include <stdexcept>
#include <utility>

#include "av.h"
#include "pixel.h"

namespace convolve {

namespace {

ColorMatrix matrix_of(const AVFrame& frame) noexcept {
  switch (frame.colorspace) {
    case AVCOL_SPC_BT709:
      return kBt709;
    case AVCOL_SPC_BT2020_NCL:
    case AVCOL_SPC_BT2020_CL:
      return kBt2020;
    default:
      return kBt601;
  }
}

// AYUV and YV12 lie in frames whose libav format has other names for the same bytes.
template <typename View>
View view_of(const AVFrame& frame, const PixelFormat& format) noexcept {
  View view;
  view.format = &format;
  view.width = frame.width;
  view.height = frame.height;
  view.range = format.family == ColorFamily::yuv && frame.color_range != AVCOL_RANGE_JPEG
                   ? ColorRange::video
                   : ColorRange::full;
  view.matrix = matrix_of(frame);
  for (std::size_t plane = 0; plane < format.planes; ++plane) {
    view.plane[plane].data = reinterpret_cast<decltype(view.plane[plane].data)>(frame.data[plane]);
    view.plane[plane].stride = frame.linesize[plane];
  }
  return view;
}

}  // namespace

VideoFrame::VideoFrame() noexcept = default;

VideoFrame::VideoFrame(AVFrame* frame, const PixelFormat& format) noexcept
    : frame_(frame), format_(&format) {}

VideoFrame::VideoFrame(const PixelFormat& format, int width, int height) : format_(&format) {
  const AVPixelFormat storage = media::storage_format(format);
  if (storage == AV_PIX_FMT_NONE || width < 1 || height < 1) {
    throw std::invalid_argument("a video frame needs a video format and a size");
  }
  media::FramePtr frame = media::new_frame();
  frame->format = storage;
  frame->width = width;
  frame->height = height;
  if (av_frame_get_buffer(frame.get(), 0) < 0) throw std::bad_alloc();
  frame_ = frame.release();
}

VideoFrame::VideoFrame(VideoFrame&& other) noexcept
    : frame_(std::exchange(other.frame_, nullptr)), format_(other.format_) {}

VideoFrame& VideoFrame::operator=(VideoFrame&& other) noexcept {
  std::swap(frame_, other.frame_);
  std::swap(format_, other.format_);
  return *this;
}

VideoFrame::~VideoFrame() { av_frame_free(&frame_); }

int VideoFrame::width() const noexcept { return frame_->width; }
int VideoFrame::height() const noexcept { return frame_->height; }

double VideoFrame::seconds() const noexcept {
  return static_cast<double>(frame_->pts) * av_q2d(frame_->time_base);
}

ConstFrameView VideoFrame::view() const noexcept {
  return view_of<ConstFrameView>(*frame_, *format_);
}

FrameView VideoFrame::writable_view() noexcept { return view_of<FrameView>(*frame_, *format_); }

VideoFrame VideoFrame::share() const {
  return {media::share_frame(*frame_).release(), *format_};
}

void VideoFrame::copy_properties(const VideoFrame& other) {
  if (av_frame_copy_props(frame_, other.frame_) < 0) throw std::bad_alloc();
  frame_->time_base = other.frame_->time_base;
}

}  // namespace convolve
