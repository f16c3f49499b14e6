// SPDX-License-Identifier: MIT
// A job as a gst-launch-1.0 command line.
#pragma once

#include <string>

#include <convolve/transcode.h>

#include "frame_source.h"

namespace convolve::graph {

/// A line that does the same with GStreamer's own elements, as far as they go: the cut is left out,
/// quality is the encoder's nearest setting, and of other streams one audio stream goes along.
/// \throws MediaError of kind usage where GStreamer has no element for the output
std::string launch_line(const TranscodeOptions& options, const FrameSource& source);

}  // namespace convolve::graph
