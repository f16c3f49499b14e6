// SPDX-License-Identifier: MIT
#include "convert.h"

extern "C" {
#include <libavutil/imgutils.h>
#include <libswscale/swscale.h>
}

#include <new>

#include "pixel.h"

namespace convolve::media {

namespace {

constexpr int kAlignment = 64;

// swscale's tables know these matrices by the numbers of AVColorSpace.
const int* coefficients(AVColorSpace matrix) {
  switch (matrix) {
    case AVCOL_SPC_BT709:
    case AVCOL_SPC_FCC:
    case AVCOL_SPC_SMPTE240M:
      return sws_getCoefficients(matrix);
    case AVCOL_SPC_BT2020_NCL:
    case AVCOL_SPC_BT2020_CL:
      return sws_getCoefficients(SWS_CS_BT2020);
    default:
      return sws_getCoefficients(SWS_CS_ITU601);
  }
}

}  // namespace

FrameShape shape_of(const AVFrame& frame) {
  const auto format = static_cast<AVPixelFormat>(frame.format);
  return {format, frame.width, frame.height, range_of(format, frame.color_range),
          frame.colorspace};
}

Converter::~Converter() {
  sws_freeContext(scaler_);
  av_buffer_pool_uninit(&pool_);
}

void Converter::prepare(const FrameShape& from, const FrameShape& to) {
  if (scaler_ != nullptr && from == from_ && to == to_) return;
  sws_freeContext(scaler_);
  av_buffer_pool_uninit(&pool_);
  scaler_ = sws_alloc_context();
  if (scaler_ == nullptr) throw std::bad_alloc();
  const auto set = [this](const char* name, int value) {
    av_opt_set_int(scaler_, name, value, 0);
  };
  set("srcw", from.width);
  set("srch", from.height);
  set("src_format", without_range(from.format));
  set("dstw", to.width);
  set("dsth", to.height);
  set("dst_format", without_range(to.format));
  set("threads", thread_count(threads_));
  set("sws_flags", SWS_BICUBIC | SWS_ACCURATE_RND | SWS_FULL_CHR_H_INT | SWS_FULL_CHR_H_INP);
  set("src_range", from.range == AVCOL_RANGE_JPEG ? 1 : 0);
  set("dst_range", to.range == AVCOL_RANGE_JPEG ? 1 : 0);
  const int result = sws_init_context(scaler_, nullptr, nullptr);
  if (result < 0) {
    fail(MediaError::Kind::running, "conversion",
         std::string("no way from ") + av_get_pix_fmt_name(from.format) + " to " +
             av_get_pix_fmt_name(to.format));
  }
  const AVColorSpace yuv = is_rgb(from.format) ? to.matrix : from.matrix;
  // A change of matrix alone is never asked for: tags say what samples mean, they stay as they are.
  sws_setColorspaceDetails(scaler_, coefficients(yuv), from.range == AVCOL_RANGE_JPEG ? 1 : 0,
                           coefficients(yuv), to.range == AVCOL_RANGE_JPEG ? 1 : 0, 0, 1 << 16,
                           1 << 16);
  from_ = from;
  to_ = to;
}

FramePtr Converter::pooled_frame(const FrameShape& shape) {
  // Rows get room for the over-write that swscale's wide stores may do.
  const int size =
      av_image_get_buffer_size(shape.format, shape.width + kAlignment, shape.height, kAlignment);
  if (size < 0) throw std::bad_alloc();
  if (pool_ == nullptr) pool_ = av_buffer_pool_init(static_cast<std::size_t>(size), nullptr);
  FramePtr frame = new_frame();
  frame->format = shape.format;
  frame->width = shape.width;
  frame->height = shape.height;
  frame->buf[0] = pool_ == nullptr ? nullptr : av_buffer_pool_get(pool_);
  if (frame->buf[0] == nullptr) throw std::bad_alloc();
  av_image_fill_arrays(frame->data, frame->linesize, frame->buf[0]->data, shape.format,
                       shape.width + kAlignment, shape.height, kAlignment);
  return frame;
}

FramePtr Converter::convert(const AVFrame& frame, const FrameShape& to) {
  prepare(shape_of(frame), to);
  FramePtr result = pooled_frame(to);
  const int code = sws_scale_frame(scaler_, result.get(), &frame);
  if (code < 0) fail(MediaError::Kind::running, "conversion", error_text(code));
  if (av_frame_copy_props(result.get(), &frame) < 0) throw std::bad_alloc();
  result->color_range = to.range;
  if (to.matrix != AVCOL_SPC_UNSPECIFIED) result->colorspace = to.matrix;
  if (is_rgb(to.format)) result->colorspace = AVCOL_SPC_RGB;
  return result;
}

}  // namespace convolve::media
