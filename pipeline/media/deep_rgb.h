// SPDX-License-Identifier: MIT
// RGB of more than 10 bits as 16-bit 4:4:4, and back.
#pragma once

#include "av.h"

namespace convolve::media {

/// gbrp16le to yuv444p16le, full range, BT.601: within half a code, where swscale's fixed-point
/// arithmetic is tens of codes off. \throws std::bad_alloc
FramePtr yuv_from_deep_rgb(const AVFrame& rgb);
/// yuv444p16le of full range and BT.601 to gbrp16le. \throws std::bad_alloc
FramePtr deep_rgb_from_yuv(const AVFrame& yuv);

}  // namespace convolve::media
