// SPDX-License-Identifier: MIT
// Conversion of frames between pixel formats, ranges and sizes.
#pragma once

#include "av.h"

struct SwsContext;

namespace convolve::media {

/// What a frame is converted to.
struct FrameShape {
  AVPixelFormat format = AV_PIX_FMT_NONE;
  int width = 0;
  int height = 0;
  AVColorRange range = AVCOL_RANGE_UNSPECIFIED;
  AVColorSpace matrix = AVCOL_SPC_UNSPECIFIED;
  bool operator==(const FrameShape&) const = default;
};

/// What a frame is now.
FrameShape shape_of(const AVFrame& frame);

/// Converts frames one after the other; keeps its tables while shapes stay.
class Converter {
 public:
  explicit Converter(unsigned threads) : threads_(threads) {}
  ~Converter();
  Converter(const Converter&) = delete;
  Converter& operator=(const Converter&) = delete;

  /// A new frame of shape `to` with `frame`'s properties. A conversion from YUV to RGB assumes
  /// BT.601 where the frame does not say, as libav does. \throws MediaError, std::bad_alloc
  FramePtr convert(const AVFrame& frame, const FrameShape& to);

 private:
  void prepare(const FrameShape& from, const FrameShape& to);
  FramePtr pooled_frame(const FrameShape& shape);

  unsigned threads_;
  FrameShape from_;
  FrameShape to_;
  SwsContext* scaler_ = nullptr;
  AVBufferPool* pool_ = nullptr;
};

}  // namespace convolve::media
