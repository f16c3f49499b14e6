// SPDX-License-Identifier: MIT
// Which of a camera's own formats is taken.
#pragma once

#include <string>
#include <vector>

#include <convolve/live.h>
#include "gst_handles.h"

#include "live_input.h"

namespace convolve::graph {

/// Words of a gst-launch-1.0 line that come behind the camera's element: the caps of the mode, and
/// a decoder where its pictures are compressed. Of modes that give what `input` asks for it takes
/// one that is fluent (24 frames a second and more), then the largest up to 1280x720, then one
/// whose samples are not compressed.
/// \throws MediaError of kind usage where no mode gives what is asked for
std::vector<std::string> camera_words(const LiveInput& input, GstCaps* offered);

/// The same as camera_words for a camera that is there. \throws MediaError of kind input
std::vector<std::string> camera_words(const LiveInput& input);

/// `YUY2 640x480 at 30, 15` for each mode, one a line.
std::vector<CameraMode> modes_of(const GstCaps* offered);

}  // namespace convolve::graph
