// SPDX-License-Identifier: MIT
// Frames reduced to a palette of their own each, for GIF.
#pragma once

#include "av.h"

struct AVFilterGraph;
struct AVFilterContext;

namespace convolve::media {

class PaletteReducer {
 public:
  /// \param model  a frame like those to come: size, format, time base
  explicit PaletteReducer(const AVFrame& model);
  ~PaletteReducer();
  PaletteReducer(const PaletteReducer&) = delete;
  PaletteReducer& operator=(const PaletteReducer&) = delete;

  /// Null says that no more come. \throws MediaError
  void push(const AVFrame* frame);
  /// A frame of pal8 in the time base that came in, or null where more input is needed.
  FramePtr pull();

 private:
  AVFilterGraph* graph_ = nullptr;
  AVFilterContext* source_ = nullptr;
  AVFilterContext* sink_ = nullptr;
  AVRational time_base_{};
};

}  // namespace convolve::media
