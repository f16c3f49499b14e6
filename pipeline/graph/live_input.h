// SPDX-License-Identifier: MIT
// Names of live inputs, read.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <convolve/media.h>

namespace convolve::graph {

enum class LiveKind : std::uint8_t { test, camera, screen, stream };

/// A live input as written: `KIND[:TARGET][?width=W&height=H&fps=F&frames=N&format=NAME]`.
struct LiveInput {
  LiveKind kind = LiveKind::test;
  std::string written;
  std::string target;  ///< pattern, device path (empty: the default camera), or URI
  std::optional<int> width;
  std::optional<int> height;
  std::optional<Rational> rate;
  std::optional<std::int64_t> frames;
  std::string format;  ///< of pixels, GStreamer's name
};

/// Empty where `input` is a file, an image or a pipe.
std::optional<LiveKind> live_kind(const std::string& input);

/// \throws MediaError: usage for a parameter that is wrong, input for a pattern that is not there
LiveInput parse_live_input(const std::string& input);

/// Words of a gst-launch-1.0 line that make the source, all but a camera's mode.
std::vector<std::string> source_words(const LiveInput& input);

/// `video/x-raw,…` with what the input asks for, or its kind's defaults.
std::string raw_caps(const LiveInput& input);

}  // namespace convolve::graph
