// SPDX-License-Identifier: MIT
#include "pixel.h"

#include <algorithm>
#include <array>
#include <new>
#include <string_view>

namespace convolve::media {

namespace {

struct Pair {
  AVPixelFormat av;
  std::string_view name;
};

constexpr std::array kPairs{
    Pair{AV_PIX_FMT_GRAY8, "GRAY8"},           Pair{AV_PIX_FMT_GRAY16LE, "GRAY16_LE"},
    Pair{AV_PIX_FMT_RGB24, "RGB"},             Pair{AV_PIX_FMT_BGR24, "BGR"},
    Pair{AV_PIX_FMT_RGB0, "RGBx"},             Pair{AV_PIX_FMT_0RGB, "xRGB"},
    Pair{AV_PIX_FMT_BGR0, "BGRx"},             Pair{AV_PIX_FMT_0BGR, "xBGR"},
    Pair{AV_PIX_FMT_RGBA, "RGBA"},             Pair{AV_PIX_FMT_ARGB, "ARGB"},
    Pair{AV_PIX_FMT_BGRA, "BGRA"},             Pair{AV_PIX_FMT_ABGR, "ABGR"},
    Pair{AV_PIX_FMT_GBRP, "GBR"},              Pair{AV_PIX_FMT_GBRP10LE, "GBR_10LE"},
    Pair{AV_PIX_FMT_GBRAP, "GBRA"},            Pair{AV_PIX_FMT_YUV420P, "I420"},
    Pair{AV_PIX_FMT_YUV422P, "Y42B"},          Pair{AV_PIX_FMT_YUV444P, "Y444"},
    Pair{AV_PIX_FMT_NV12, "NV12"},             Pair{AV_PIX_FMT_NV21, "NV21"},
    Pair{AV_PIX_FMT_YUYV422, "YUY2"},          Pair{AV_PIX_FMT_UYVY422, "UYVY"},
    Pair{AV_PIX_FMT_YUV420P10LE, "I420_10LE"}, Pair{AV_PIX_FMT_YUV422P10LE, "I422_10LE"},
    Pair{AV_PIX_FMT_YUV444P10LE, "Y444_10LE"}, Pair{AV_PIX_FMT_P010LE, "P010_10LE"},
    Pair{AV_PIX_FMT_YUV444P16LE, "Y444_16LE"},
};

struct Twin {
  AVPixelFormat full;
  AVPixelFormat plain;
};
constexpr std::array kTwins{
    Twin{AV_PIX_FMT_YUVJ420P, AV_PIX_FMT_YUV420P}, Twin{AV_PIX_FMT_YUVJ422P, AV_PIX_FMT_YUV422P},
    Twin{AV_PIX_FMT_YUVJ444P, AV_PIX_FMT_YUV444P}, Twin{AV_PIX_FMT_YUVJ440P, AV_PIX_FMT_YUV440P},
    Twin{AV_PIX_FMT_YUVJ411P, AV_PIX_FMT_YUV411P},
};

// RGB of more than 10 bits is filtered as 16-bit 4:4:4: no deeper RGB format is listed. Linear
// filters give the same there as on R, G and B. More than 8 bits with alpha has no listed format
// either: depth wins, and the caller says so.
std::string_view nearest_name(AVPixelFormat av, bool& loses_alpha) {
  const AVPixFmtDescriptor* desc = av_pix_fmt_desc_get(av);
  const int depth = depth_of(av);
  const bool alpha = has_alpha(av);
  loses_alpha = alpha && depth > 8;
  if (is_rgb(av)) {
    if (depth > 10) return "Y444_16LE";
    if (depth > 8) return "GBR_10LE";
    return alpha ? "RGBA" : "RGB";
  }
  if (desc->nb_components <= 2) {
    if (depth > 8) return "GRAY16_LE";
    return alpha ? "RGBA" : "GRAY8";
  }
  if (depth > 10) return "Y444_16LE";
  const bool half_width = desc->log2_chroma_w >= 1;
  const bool half_height = desc->log2_chroma_h >= 1;
  if (depth > 8) {
    return !half_width ? "Y444_10LE" : half_height ? "I420_10LE" : "I422_10LE";
  }
  if (alpha) return "AYUV";
  return !half_width ? "Y444" : half_height ? "I420" : "Y42B";
}

}  // namespace

AVPixelFormat storage_format(const PixelFormat& format) noexcept {
  if (format.name == "YV12") return AV_PIX_FMT_YUV420P;
  if (format.name == "AYUV") return AV_PIX_FMT_ARGB;
  const auto* found = std::find_if(kPairs.begin(), kPairs.end(),
                                   [&](const Pair& pair) { return pair.name == format.name; });
  return found == kPairs.end() ? AV_PIX_FMT_NONE : found->av;
}

AVPixelFormat meaning_of(const PixelFormat& format) noexcept {
  return format.name == "AYUV" ? AV_PIX_FMT_YUVA444P : storage_format(format);
}

bool is_full_range_twin(AVPixelFormat format) noexcept { return without_range(format) != format; }

AVPixelFormat without_range(AVPixelFormat format) noexcept {
  for (const Twin& twin : kTwins) {
    if (twin.full == format) return twin.plain;
  }
  return format;
}

AVPixelFormat with_full_range(AVPixelFormat format) noexcept {
  for (const Twin& twin : kTwins) {
    if (twin.plain == format) return twin.full;
  }
  return format;
}

AVColorRange range_of(AVPixelFormat format, AVColorRange tagged) noexcept {
  if (is_full_range_twin(format)) return AVCOL_RANGE_JPEG;
  const AVPixFmtDescriptor* desc = av_pix_fmt_desc_get(format);
  if (is_rgb(format) || desc->nb_components <= 2) return AVCOL_RANGE_JPEG;
  return tagged == AVCOL_RANGE_JPEG ? AVCOL_RANGE_JPEG : AVCOL_RANGE_MPEG;
}

AVPixelFormat whole_samples(AVPixelFormat format, bool opaque) noexcept {
  const bool palette = (av_pix_fmt_desc_get(format)->flags & AV_PIX_FMT_FLAG_PAL) != 0;
  if (!palette && depth_of(format) >= 8) return format;
  if (!is_rgb(format)) return AV_PIX_FMT_GRAY8;
  return opaque || !has_alpha(format) ? AV_PIX_FMT_RGB24 : AV_PIX_FMT_RGBA;
}

bool is_rgb(AVPixelFormat format) noexcept {
  const AVPixFmtDescriptor* desc = av_pix_fmt_desc_get(format);
  return (desc->flags & (AV_PIX_FMT_FLAG_RGB | AV_PIX_FMT_FLAG_PAL)) != 0 ||
         format == AV_PIX_FMT_XYZ12LE || format == AV_PIX_FMT_XYZ12BE;
}

int depth_of(AVPixelFormat format) noexcept {
  const AVPixFmtDescriptor* desc = av_pix_fmt_desc_get(format);
  int depth = 0;
  for (int i = 0; i < desc->nb_components; ++i) depth = std::max(depth, desc->comp[i].depth);
  return depth;
}

bool has_alpha(AVPixelFormat format) noexcept {
  return (av_pix_fmt_desc_get(format)->flags & AV_PIX_FMT_FLAG_ALPHA) != 0;
}

FilterFormat filter_format(AVPixelFormat format) {
  FilterFormat result;
  const AVPixelFormat plain = without_range(format);
  for (const Pair& pair : kPairs) {
    if (pair.av == plain) result = {find_format(pair.name), plain, true, false};
  }
  if (result.format != nullptr) return result;
  bool loses_alpha = false;
  result.format = find_format(nearest_name(format, loses_alpha));
  result.storage = storage_format(*result.format);
  result.loses_alpha = loses_alpha;
  return result;
}

namespace {

// Bytes of a packed pixel: A Y U V. Planes of yuva444p: Y U V A.
constexpr std::array<int, 4> kPlaneOfByte{3, 0, 1, 2};

}  // namespace

FramePtr ayuv_from_planes(const AVFrame& planes) {
  FramePtr packed = frame_like(planes, AV_PIX_FMT_ARGB);
  for (int y = 0; y < planes.height; ++y) {
    std::uint8_t* out = packed->data[0] + static_cast<std::ptrdiff_t>(y) * packed->linesize[0];
    for (int byte = 0; byte < 4; ++byte) {
      const int plane = kPlaneOfByte[static_cast<std::size_t>(byte)];
      const std::uint8_t* in =
          planes.data[plane] + static_cast<std::ptrdiff_t>(y) * planes.linesize[plane];
      for (int x = 0; x < planes.width; ++x) out[4 * x + byte] = in[x];
    }
  }
  return packed;
}

FramePtr planes_from_ayuv(const AVFrame& packed) {
  FramePtr planes = frame_like(packed, AV_PIX_FMT_YUVA444P);
  for (int y = 0; y < packed.height; ++y) {
    const std::uint8_t* in =
        packed.data[0] + static_cast<std::ptrdiff_t>(y) * packed.linesize[0];
    for (int byte = 0; byte < 4; ++byte) {
      const int plane = kPlaneOfByte[static_cast<std::size_t>(byte)];
      std::uint8_t* out =
          planes->data[plane] + static_cast<std::ptrdiff_t>(y) * planes->linesize[plane];
      for (int x = 0; x < packed.width; ++x) out[x] = in[4 * x + byte];
    }
  }
  return planes;
}

}  // namespace convolve::media
