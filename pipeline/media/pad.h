// SPDX-License-Identifier: MIT
// Frames of the even sizes that some encoders need.
#pragma once

#include "av.h"

namespace convolve::media {

/// `frame` in the corner of a larger one, whose further columns and rows repeat the last.
/// \throws std::bad_alloc
FramePtr padded_frame(const AVFrame& frame, int width, int height);

}  // namespace convolve::media
