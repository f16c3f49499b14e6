// SPDX-License-Identifier: MIT
// What libav does not tell of an MPEG transport stream, read from its bytes. Reading goes on from
// where it was.
#pragma once

#include <cstdint>

#include "av.h"

namespace convolve::media {

/// Whether a stream ends within a packet.
/// \param last_begin  libav's place of the last packet that was read
/// \param end         byte at which reading ended
bool ends_within_packet(AVFormatContext& context, std::int64_t last_begin, std::int64_t end);

/// Whether the packet at libav's `place` is counted as the first of its stream, as where files were
/// joined end to end; true also where it cannot be read again.
bool is_counted_anew(AVFormatContext& context, std::int64_t place);

}  // namespace convolve::media
