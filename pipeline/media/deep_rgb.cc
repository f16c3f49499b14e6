// SPDX-License-Identifier: MIT
#include "deep_rgb.h"

#include <algorithm>
#include <cmath>
#include <new>

namespace convolve::media {

namespace {

// ITU-R BT.601: luma's weights, and the colour differences scaled to ±1/2.
constexpr float kRed = 0.299F;
constexpr float kGreen = 0.587F;
constexpr float kBlue = 0.114F;
constexpr float kBlueDifference = 1.772F;
constexpr float kRedDifference = 1.402F;
constexpr float kCentre = 32768.0F;
constexpr float kMaximum = 65535.0F;

std::uint16_t* row(const AVFrame& frame, int plane, int y) {
  return reinterpret_cast<std::uint16_t*>(frame.data[plane] +
                                          static_cast<std::ptrdiff_t>(y) * frame.linesize[plane]);
}

std::uint16_t code(float value) {
  return static_cast<std::uint16_t>(std::clamp(value + 0.5F, 0.0F, kMaximum));
}

}  // namespace

FramePtr yuv_from_deep_rgb(const AVFrame& rgb) {
  FramePtr yuv = frame_like(rgb, AV_PIX_FMT_YUV444P16LE);
  yuv->color_range = AVCOL_RANGE_JPEG;
  yuv->colorspace = AVCOL_SPC_SMPTE170M;
  for (int y = 0; y < rgb.height; ++y) {
    const std::uint16_t* green = row(rgb, 0, y);
    const std::uint16_t* blue = row(rgb, 1, y);
    const std::uint16_t* red = row(rgb, 2, y);
    std::uint16_t* luma = row(*yuv, 0, y);
    std::uint16_t* cb = row(*yuv, 1, y);
    std::uint16_t* cr = row(*yuv, 2, y);
    for (int x = 0; x < rgb.width; ++x) {
      const auto r = static_cast<float>(red[x]);
      const auto b = static_cast<float>(blue[x]);
      const float value = kRed * r + kGreen * static_cast<float>(green[x]) + kBlue * b;
      luma[x] = code(value);
      cb[x] = code((b - value) / kBlueDifference + kCentre);
      cr[x] = code((r - value) / kRedDifference + kCentre);
    }
  }
  return yuv;
}

FramePtr deep_rgb_from_yuv(const AVFrame& yuv) {
  FramePtr rgb = frame_like(yuv, AV_PIX_FMT_GBRP16LE);
  rgb->color_range = AVCOL_RANGE_JPEG;
  rgb->colorspace = AVCOL_SPC_RGB;
  for (int y = 0; y < yuv.height; ++y) {
    const std::uint16_t* luma = row(yuv, 0, y);
    const std::uint16_t* cb = row(yuv, 1, y);
    const std::uint16_t* cr = row(yuv, 2, y);
    std::uint16_t* green = row(*rgb, 0, y);
    std::uint16_t* blue = row(*rgb, 1, y);
    std::uint16_t* red = row(*rgb, 2, y);
    for (int x = 0; x < yuv.width; ++x) {
      const auto value = static_cast<float>(luma[x]);
      const float r = value + kRedDifference * (static_cast<float>(cr[x]) - kCentre);
      const float b = value + kBlueDifference * (static_cast<float>(cb[x]) - kCentre);
      red[x] = code(r);
      blue[x] = code(b);
      green[x] = code((value - kRed * r - kBlue * b) / kGreen);
    }
  }
  return rgb;
}

}  // namespace convolve::media
