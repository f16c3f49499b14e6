// SPDX-License-Identifier: MIT
// HDR metadata for encoders that take it as an option.
#pragma once

#include "av.h"

namespace convolve::media {

/// Tells x264 and x265 about the mastering display and light levels that `frame` carries, so that
/// they stand in the stream too and not in the container alone.
void set_hdr_options(const AVCodec& codec, Dictionary& dictionary, const AVFrame& frame);

}  // namespace convolve::media
