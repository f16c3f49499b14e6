// SPDX-License-Identifier: MIT
/// \file
/// The frames that a filter over time holds: those that an output still needs.
#pragma once

#include <memory>
#include <span>
#include <vector>

#include <gst/video/video.h>

#include <convolve/history.h>

#include "frames.h"
#include "handles.h"

namespace convolve {

/// Buffers of one stream, in the order in which they came. For the streaming thread.
class HeldFrames {
 public:
  HeldFrames() = default;
  /// \param reverse  the stream plays backwards: what comes later is older
  HeldFrames(const TimeGeometry& time, bool reverse);

  /// Other frames stand beyond the ends, or other differences part scenes.
  /// \param time  of as many frames before and after
  void set_border(const TimeGeometry& time);

  /// Takes the next frame. All outputs that are ready must have been taken.
  /// \param late  downstream is beyond its time, and so beyond that of all frames before it: none
  ///              of their outputs is made, but others may be made of them
  /// \throws std::invalid_argument where the buffer holds no frame
  void take(BufferPtr buffer, const GstVideoInfo& info, bool late);
  /// No frame follows for now: what waits for one becomes ready.
  void end() noexcept { history_.end(); }
  void forget() noexcept { history_.forget(); }

  /// The frame whose output can be made now, or null. What is late is passed over.
  GstBuffer* next() noexcept;
  /// Goes on to the next output.
  void advance() { history_.advance(); }

  /// The frames of the window around `next()`, mapped while this lives.
  class Window {
   public:
    /// \throws std::invalid_argument where a buffer does not hold its frame
    Window(HeldFrames& frames, const GstVideoInfo& info);
    [[nodiscard]] std::span<const ConstFrameView> views() const noexcept { return views_; }
    /// The frame that the output stands for.
    [[nodiscard]] GstVideoFrame& own() noexcept { return *own_; }

   private:
    std::vector<std::unique_ptr<MappedFrame>> mapped_;
    std::vector<ConstFrameView> views_;
    GstVideoFrame* own_ = nullptr;
  };

 private:
  struct Held {
    BufferPtr buffer;
    bool late = false;
  };

  FrameHistory<Held> history_;
  bool reverse_ = false;
};

}  // namespace convolve
