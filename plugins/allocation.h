// SPDX-License-Identifier: MIT
/// \file
/// Buffers that suit the core: pooled, and aligned to cache lines. Others are taken as they come.
#pragma once

#include <gst/gst.h>

namespace convolve {

/// Asks upstream, in an allocation query, for aligned memory.
void propose_alignment(GstQuery* query);

/// Raises the numbers of buffers in an answer, for an element that holds on to so many.
void propose_more_buffers(GstQuery* query, guint more);

/// Adds a pool of aligned frames to the answer of downstream, where it has none of its own.
void decide_pool(GstElement* element, GstQuery* query);

}  // namespace convolve
