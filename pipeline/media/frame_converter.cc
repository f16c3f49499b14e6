// SPDX-License-Identifier: MIT
#include <convolve/media.h>

#include <stdexcept>

#include "convert.h"
#include "pixel.h"

namespace convolve {

struct FrameConverter::State {
  media::Converter converter{1};
};

FrameConverter::FrameConverter() : state_(std::make_unique<State>()) {}
FrameConverter::~FrameConverter() = default;

VideoFrame FrameConverter::convert(const VideoFrame& frame, const PixelFormat& format, int width,
                                   int height) {
  const AVPixelFormat storage = media::storage_format(format);
  if (storage == AV_PIX_FMT_NONE || format.name == "AYUV" || width < 1 || height < 1) {
    throw std::invalid_argument("frames are not converted to that format or size");
  }
  media::FramePtr source = media::share_frame(*frame.av());
  source->time_base = frame.av()->time_base;
  if (frame.format().name == "AYUV") source = media::planes_from_ayuv(*source);
  media::FrameShape shape = media::shape_of(*source);
  if (format.family != ColorFamily::yuv) {
    shape.range = AVCOL_RANGE_JPEG;
    shape.matrix = AVCOL_SPC_RGB;
  }
  shape.format = storage;
  shape.width = width;
  shape.height = height;
  media::FramePtr result = state_->converter.convert(*source, shape);
  result->time_base = frame.av()->time_base;
  return {result.release(), format};
}

VideoFrame convert(const VideoFrame& frame, const PixelFormat& format, int width, int height) {
  return FrameConverter().convert(frame, format, width, height);
}

}  // namespace convolve
