// SPDX-License-Identifier: MIT
// Where a job's frames come from.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <convolve/media.h>

namespace convolve::graph {

class FrameSource {
 public:
  virtual ~FrameSource() = default;
  [[nodiscard]] virtual const VideoInfo& info() const noexcept = 0;
  /// What is known beside the frames.
  [[nodiscard]] virtual MediaInfo media() const = 0;
  /// GStreamer's elements that give the frames, as words of a gst-launch-1.0 line; none where libav
  /// reads them.
  [[nodiscard]] virtual std::vector<std::string> words() const { return {}; }
  /// The next frame, or an empty one at the end. \throws MediaError
  virtual VideoFrame read() = 0;
  /// Goes on at that time of the frames; false where the source cannot. The thread that reads.
  virtual bool seek(double /*seconds*/) { return false; }
  /// Ends a read that waits, and all further ones. Any thread, and a signal handler.
  virtual void interrupt() noexcept = 0;
};

}  // namespace convolve::graph
