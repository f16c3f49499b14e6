// SPDX-License-Identifier: MIT
// A chain of filters of libav's, for what its library does as part of writing.
#pragma once

#include "av.h"

struct AVFilterGraph;
struct AVFilterContext;

namespace convolve::media {

class LibavFilter {
 public:
  /// \param chain  as ffmpeg's -vf takes it
  /// \param model  a frame like those to come: size, format, time base
  LibavFilter(const std::string& chain, const AVFrame& model);
  ~LibavFilter();
  LibavFilter(const LibavFilter&) = delete;
  LibavFilter& operator=(const LibavFilter&) = delete;

  /// Null says that no more come. \throws MediaError
  void push(const AVFrame* frame);
  /// A frame in the time base that came in, or null where more input is needed.
  FramePtr pull();

 private:
  AVFilterGraph* graph_ = nullptr;
  AVFilterContext* source_ = nullptr;
  AVFilterContext* sink_ = nullptr;
  AVRational time_base_{};
};

}  // namespace convolve::media
