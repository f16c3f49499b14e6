// SPDX-License-Identifier: MIT
/// \file
/// What one element holds: its settings, and the filter that its streaming thread runs.
#pragma once

#include <atomic>
#include <memory>
#include <optional>
#include <string>

#include <gst/video/gstvideofilter.h>
#include <gst/video/video.h>

#include <convolve/engine.h>

#include "handles.h"
#include "held_frames.h"
#include "settings.h"

GST_DEBUG_CATEGORY_EXTERN(convolve_debug);

namespace convolve {

/// Properties may be set by any thread. Their values act on the streaming thread when it adopts
/// them: at each buffer, at new caps and at allocation queries, and not in between.
class ElementState {
 public:
  ElementState(GstVideoFilter* element, const FilterInfo& info);

  [[nodiscard]] Settings& settings() noexcept { return settings_; }

  /// \returns false, after an error on the bus, where the properties make no filter.
  bool start();
  void stop();

  /// Lets properties act that were set since the last call. Any thread.
  void commit();

  /// The filter that answers for caps: during a negotiation the adopted one, otherwise the newest.
  /// Null where the properties make none.
  [[nodiscard]] std::shared_ptr<const Filter> negotiating_filter();

  /// While this lives, one filter answers for all caps that its thread asks about, whatever other
  /// threads set meanwhile: a query asks in both directions, and the two must fit together.
  class Answer {
   public:
    explicit Answer(const ElementState& state) noexcept;
    Answer(const Answer&) = delete;
    Answer& operator=(const Answer&) = delete;
    ~Answer();

   private:
    friend class ElementState;
    /// The answer of `state` that this thread began first, or null.
    static Answer* of(const ElementState& state) noexcept;

    const ElementState& state_;
    Answer* const outer_;  ///< of an element that asks this one
    std::optional<std::shared_ptr<const Filter>> filter_;
    static thread_local Answer* innermost_;
  };

  /// Takes the newest settings over, and holds on to them while it lives. Streaming thread.
  class Adoption {
   public:
    /// \param caps  new caps of the input, or null where they stay as they are
    explicit Adoption(ElementState& state, GstCaps* caps = nullptr);
    Adoption(const Adoption&) = delete;
    Adoption& operator=(const Adoption&) = delete;
    ~Adoption();
    /// False, after an error on the bus, where frames cannot be filtered.
    [[nodiscard]] bool usable() const noexcept { return usable_; }

   private:
    ElementState& state_;
    bool usable_;
  };

  /// Filters a frame. Streaming thread. \throws std::exception
  void filter(GstVideoFrame& input, GstVideoFrame& output);

  /// True where outputs are made of several frames: then frames are not given to `filter`, but
  /// taken one after the other, and outputs asked for until there is none. Streaming thread.
  [[nodiscard]] bool is_over_time() const noexcept;
  /// Frames that are held at most, beside the newest. Any thread.
  [[nodiscard]] guint held_most();
  /// Takes the stream's next frame. \param late  its output is not wanted \throws std::exception
  void take(BufferPtr buffer, bool late);
  /// Makes the next output, or null where it waits for another frame. \throws std::exception
  GstFlowReturn next_output(GstBuffer** output);
  /// Sends the outputs of all frames that were taken; what comes then is a stream of its own.
  /// \throws std::exception
  GstFlowReturn drain();
  /// Drops all frames that were taken.
  void forget();

  /// What holding frames back costs. Any thread.
  [[nodiscard]] GstClockTime latency() const noexcept { return latency_; }
  /// Finds out what it costs now, and says so where that is news. Streaming thread.
  void update_latency();

  /// \returns true where the base class shall copy the meta. Streaming thread.
  bool transform_meta(const GstMeta* meta, GstBuffer* input, GstBuffer* output);

  /// Posts an error message on the bus, once until something changes. Any thread.
  void post_error(const std::string& text);

 private:
  std::shared_ptr<const Filter> adopted_or_newest();
  bool adopt(GstCaps* caps);
  void activate(std::shared_ptr<const Plan> plan);
  Engine& field_engine();
  void process(std::span<const ConstFrameView> inputs, GstVideoFrame& own, GstVideoFrame& output);

  GstVideoFilter* element_;
  Settings settings_;
  std::atomic<bool> running_ = false;

  // Under the object lock; the first two are written by the streaming thread alone.
  std::shared_ptr<const Plan> active_;
  bool negotiating_ = false;
  std::shared_ptr<const Plan> announced_;  ///< the plan that other elements were told of
  std::string posted_;                     ///< the error that the bus was told of

  // The streaming thread's.
  std::string problem_;
  std::optional<Engine> engine_;
  std::optional<Engine> field_engine_;
  HeldFrames held_;
  GstClockTime last_time_ = GST_CLOCK_TIME_NONE;  ///< of the frame before
  GstClockTime measured_ = GST_CLOCK_TIME_NONE;   ///< from frame to frame, where caps do not say

  std::atomic<GstClockTime> latency_ = 0;
};

}  // namespace convolve
