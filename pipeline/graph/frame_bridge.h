// SPDX-License-Identifier: MIT
// Frames of libav as buffers of GStreamer and back, without copying a sample.
#pragma once

#include <gst/video/video.h>

#include <map>

#include <convolve/media.h>

#include "../media/av.h"
#include "gst_handles.h"

namespace convolve::graph {

/// Caps that describe `frame`: format, size, pixel aspect, colorimetry, chroma site, interlacing.
Handle<GstCaps> caps_of(const VideoFrame& frame, Rational frame_rate);

/// What `info` says beside the samples: colour, chroma site, fields. Times are left unset.
media::FramePtr properties_of(const GstVideoInfo& info);

/// Caps of all formats that `unwrap` takes.
Handle<GstCaps> acceptable_caps();

/// A read-only buffer over `frame`'s memory, which keeps `frame` alive. Times are left unset.
Handle<GstBuffer> wrap(const VideoFrame& frame);

/// A frame over `buffer`'s memory, which keeps it mapped. `properties` becomes that frame: what it
/// says beside the samples is kept. \throws MediaError
VideoFrame unwrap(GstBuffer* buffer, const GstVideoInfo& info, media::FramePtr properties);

/// Remembers what buffers cannot carry of a frame, by timestamp: the exact time, side data, tags.
class PropertyKeeper {
 public:
  /// Keeps `frame`'s properties and gives `buffer` its times.
  void keep(const AVFrame& frame, GstBuffer* buffer);
  /// The properties for `buffer`, or where nothing of that time was kept, those of the one before
  /// with the buffer's time. Older ones are dropped. \throws std::bad_alloc
  media::FramePtr take(const GstBuffer* buffer);

 private:
  std::map<GstClockTime, media::FramePtr> kept_;
  std::int64_t base_ns_ = 0;  // added to every time: buffers have none below 0
  bool started_ = false;
};

}  // namespace convolve::graph
