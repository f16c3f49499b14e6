// SPDX-License-Identifier: MIT
/// \file
/// What becomes of a buffer's metas where the frame's size changes.
#pragma once

#include <gst/video/video.h>

#include <convolve/filter.h>

namespace convolve {

/// Adds to `output` what becomes of `meta`, a meta of an input frame.
/// \returns true where nothing becomes of it here, and the base class shall copy it as it is
bool rescale_meta(const Geometry& geometry, const GstVideoInfo& output_info, const GstMeta* meta,
                  GstBuffer* output);

}  // namespace convolve
