// SPDX-License-Identifier: MIT
/// \file
/// Mapped GstVideoFrames as the core's views, whole or field by field.
#pragma once

#include <span>

#include <gst/video/video.h>

#include <convolve/engine.h>
#include <convolve/format.h>

namespace convolve {

/// A frame that is mapped while this lives.
class MappedFrame {
 public:
  /// \throws std::invalid_argument where the buffer does not hold such a frame
  MappedFrame(const GstVideoInfo& info, GstBuffer* buffer, GstMapFlags access);
  MappedFrame(const MappedFrame&) = delete;
  MappedFrame& operator=(const MappedFrame&) = delete;
  ~MappedFrame() { gst_video_frame_unmap(&frame_); }
  [[nodiscard]] GstVideoFrame& get() noexcept { return frame_; }

 private:
  GstVideoFrame frame_{};
};

/// Where in a frame its picture begins, in pixels.
struct Corner {
  int x = 0;
  int y = 0;
};

/// The picture in a mapped frame: of the negotiated size, with the frame's own strides and planes.
/// The view lives as long as the mapping.
/// \param negotiated  size and colours as the caps say
/// \param corner      where in the frame the picture begins; rounded down to the chroma grid
/// \throws std::invalid_argument where the frame's memory does not hold the picture
FrameView picture_of(GstVideoFrame& frame, const GstVideoInfo& negotiated, Corner corner = {});

/// The corner of a picture that is cropped out of a larger frame, as upstream asked for by a crop
/// meta; false where there is no such thing to do.
bool crop_corner(GstBuffer* buffer, const GstVideoInfo& negotiated, Corner* corner);

/// Filters the even and the odd rows each by themselves. All frames are of one size.
/// \throws as Engine::process
void process_fields(Engine& engine, std::span<const ConstFrameView> inputs,
                    const FrameView& output);

}  // namespace convolve
