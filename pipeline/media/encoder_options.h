// SPDX-License-Identifier: MIT
// What quality, preset and losslessness are called by each encoder.
#pragma once

#include "av.h"

namespace convolve::media {

/// Refuses options that `codec` does not have. \throws MediaError of kind usage
void check_encoder_options(const AVCodec& codec, const WriteOptions& options);

/// Puts them into `context` and `dictionary`, for avcodec_open2. They must have been checked.
void set_encoder_options(AVCodecContext& context, Dictionary& dictionary,
                         const WriteOptions& options);

/// True where the encoder tells players about full-range YUV.
bool signals_range(const AVCodec& codec);

/// True where frames of odd size need chroma of full size.
bool needs_even_chroma(const AVCodec& codec);

/// True where the encoder takes its clock for the rate of frames, and shares out bits by it, so that
/// a finer clock starves them.
bool counts_frames(const AVCodec& codec);

}  // namespace convolve::media
