// SPDX-License-Identifier: MIT
// libav's pixel formats and ours.
#pragma once

#include <convolve/format.h>

#include "av.h"

namespace convolve::media {

/// How a decoder's format is filtered: in `format`, whose planes libav calls `storage`.
struct FilterFormat {
  const PixelFormat* format = nullptr;
  AVPixelFormat storage = AV_PIX_FMT_NONE;
  bool native = false;     ///< frames need no conversion
  bool loses_alpha = false;
};

/// The listed format that is `format` itself, or else the nearest one that keeps depth and chroma.
FilterFormat filter_format(AVPixelFormat format);

/// libav's format with the same planes; AV_PIX_FMT_NONE where none is. AYUV has none: its bytes
/// lie in an ARGB frame, see `ayuv_from_planes`.
AVPixelFormat storage_format(const PixelFormat& format) noexcept;

/// The format that stands for `format` when an encoder's is chosen: yuva444p for AYUV.
AVPixelFormat meaning_of(const PixelFormat& format) noexcept;

/// True for yuvj420p and its like, which mean full range; `without_range` names their twin.
bool is_full_range_twin(AVPixelFormat format) noexcept;
AVPixelFormat without_range(AVPixelFormat format) noexcept;
AVPixelFormat with_full_range(AVPixelFormat format) noexcept;

/// Range that a frame's samples have: untagged YUV is video range, as everywhere.
AVColorRange range_of(AVPixelFormat format, AVColorRange tagged) noexcept;

/// What a filtered picture of such an input is written in: filters make values that neither a
/// palette nor samples of less than 8 bits hold. Other formats stay.
AVPixelFormat whole_samples(AVPixelFormat format, bool opaque) noexcept;

bool is_rgb(AVPixelFormat format) noexcept;
int depth_of(AVPixelFormat format) noexcept;
bool has_alpha(AVPixelFormat format) noexcept;

/// Packs yuva444p into AYUV, and back.
FramePtr ayuv_from_planes(const AVFrame& planes);
FramePtr planes_from_ayuv(const AVFrame& packed);

}  // namespace convolve::media
