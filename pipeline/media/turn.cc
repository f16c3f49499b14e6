// SPDX-License-Identifier: MIT
#include "turn.h"

extern "C" {
#include <libavutil/display.h>
}

#include "pixel.h"

namespace convolve::media {

std::optional<std::string> turning(const AVStream& video) {
  const auto* const matrix = reinterpret_cast<const std::int32_t*>(
      av_stream_get_side_data(&video, AV_PKT_DATA_DISPLAYMATRIX, nullptr));
  if (matrix == nullptr) return "";
  // x, y of the picture are shown at a x + c y, b x + d y.
  const std::int32_t a = matrix[0];
  const std::int32_t b = matrix[1];
  const std::int32_t c = matrix[3];
  const std::int32_t d = matrix[4];
  const bool sideways = a == 0 && d == 0 && b != 0 && c != 0;
  if (!sideways && (b != 0 || c != 0 || a == 0 || d == 0)) return std::nullopt;
  std::string chain = sideways ? "transpose=cclock_flip" : "";
  const auto add = [&chain](const char* filter) {
    chain += (chain.empty() ? "" : ",") + std::string(filter);
  };
  if ((sideways ? c : a) < 0) add("hflip");
  if ((sideways ? b : d) < 0) add("vflip");
  return chain;
}

VideoFrame Turner::turn(const VideoFrame& frame) {
  const PixelFormat& format = frame.format();
  const Component& chroma = format.component[format.components > 2 ? 1 : 0];
  if (sideways() && chroma.shift_x != chroma.shift_y) {
    const PixelFormat* full = find_format(format.bits > 8 ? "Y444_10LE" : "Y444");
    return turn(convert(frame, *full, frame.width(), frame.height()));
  }
  const AVFrame& given = *frame.av();
  if (!filter_ || given.width != width_ || given.height != height_ || given.format != format_) {
    filter_ = std::make_unique<LibavFilter>(chain_, given);
    width_ = given.width;
    height_ = given.height;
    format_ = given.format;
  }
  filter_->push(&given);
  FramePtr turned = filter_->pull();
  if (!turned) fail(MediaError::Kind::running, chain_, "gave no frame");
  return {turned.release(), format};
}

}  // namespace convolve::media
