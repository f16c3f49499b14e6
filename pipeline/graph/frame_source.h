// SPDX-License-Identifier: MIT
// Where a job's frames come from.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include <convolve/media.h>

namespace convolve::graph {

class FrameSource {
 public:
  virtual ~FrameSource() = default;
  [[nodiscard]] virtual const VideoInfo& info() const noexcept = 0;
  /// What is known beside the frames.
  [[nodiscard]] virtual MediaInfo media() const = 0;
  /// The next frame, or an empty one at the end. \throws MediaError
  virtual VideoFrame read() = 0;
  /// Goes on at that time of the frames; false where the source cannot. The thread that reads.
  virtual bool seek(double /*seconds*/) { return false; }
  /// Ends a read that waits, and all further ones. Any thread, and a signal handler.
  virtual void interrupt() noexcept = 0;
};

}  // namespace convolve::graph
