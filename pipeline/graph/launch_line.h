// SPDX-License-Identifier: MIT
// A job as a gst-launch-1.0 command line.
#pragma once

#include <string>

#include <convolve/transcode.h>

namespace convolve::graph {

/// What of the input decides the line.
struct LaunchInput {
  std::string source;       ///< of a live input: its elements; empty: by name
  std::string video_codec;  ///< libav names
  std::string audio_codec;  ///< of the first audio stream that is kept; empty: none
  bool still = false;
  bool ten_bit = false;
  Rational frame_rate;
  std::int64_t first_number = 0;  ///< of a sequence
  std::int64_t last_number = 0;
};

/// A line that does the same with GStreamer's own elements, as far as they go: the cut is left out,
/// quality is the encoder's nearest setting, and of other streams one audio stream goes along.
/// \throws MediaError of kind usage where GStreamer has no element for the output
std::string launch_line(const TranscodeOptions& options, const LaunchInput& input);

}  // namespace convolve::graph
