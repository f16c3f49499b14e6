// SPDX-License-Identifier: MIT
// Whether a file that was read to its end has come to us whole.
#pragma once

#include <cstdint>

#include "av.h"

namespace convolve::media {

/// Where the header of a file that has just been opened says that the file ends, as those of
/// Matroska, AVI and Windows Media do; 0 where it does not say, or cannot be read again. Reading
/// goes on from where it was.
std::int64_t named_end(AVFormatContext& context);

/// The byte behind the last packet of `stream` that an MP4's index names, as far as it was read.
std::int64_t indexed_end(const AVStream& stream);

/// True for an MP4 that was written in fragments, so that it plays wherever it ends. Reading goes
/// on from where it was.
bool is_fragmented(AVFormatContext& context);

/// The last packets that were read.
struct LastPackets {
  std::int64_t video_end = 0;  ///< byte behind the last one of the video
  std::int64_t begin = -1;     ///< byte at which the last one of any stream begins; -1: not known
};

/// Whether a file of which everything has been read ends within a frame, or before `named_end` or
/// what its index names, of pictures or of sound.
bool is_cut_short(AVFormatContext& context, std::int64_t named_end, const LastPackets& last);

}  // namespace convolve::media
