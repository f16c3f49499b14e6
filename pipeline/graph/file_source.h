// SPDX-License-Identifier: MIT
// Frames of files, pictures and pipes, read by libav.
#pragma once

#include <string>

#include "frame_source.h"

namespace convolve::graph {

class FileSource : public FrameSource {
 public:
  /// \throws MediaError
  FileSource(const std::string& input, ReadOptions options) : reader_(input, std::move(options)) {}

  [[nodiscard]] const VideoInfo& info() const noexcept override { return reader_.info(); }
  [[nodiscard]] MediaInfo media() const override { return reader_.media(); }
  VideoFrame read() override { return reader_.read(); }
  bool seek(double seconds) override { return reader_.seek(seconds); }
  void interrupt() noexcept override { reader_.interrupt(); }

  [[nodiscard]] MediaReader& reader() noexcept { return reader_; }

 private:
  MediaReader reader_;
};

}  // namespace convolve::graph
