// SPDX-License-Identifier: MIT
/// \file
/// One frame of an input, and what filters make of it.
#pragma once

#include <string>
#include <vector>

#include <convolve/transcode.h>

namespace convolve::cli {

/// The first frame of an input, or the first at or after `--start`, with neighbours on both sides
/// for filters that look at several.
class ChosenFrame {
 public:
  /// \throws MediaError
  explicit ChosenFrame(const TranscodeOptions& job);

  [[nodiscard]] const VideoFrame& frame() const noexcept { return frames_[index_]; }
  [[nodiscard]] double seconds() const noexcept { return seconds_; }
  /// What `chain` makes of it. \throws MediaError
  [[nodiscard]] VideoFrame filtered(const std::vector<FilterSpec>& chain) const;

 private:
  std::vector<VideoFrame> frames_;
  std::size_t index_ = 0;
  double seconds_ = 0;
  unsigned threads_ = 0;
  Rational frame_rate_;
};

}  // namespace convolve::cli
