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

  /// \returns true where the base class shall copy the meta. Streaming thread.
  bool transform_meta(const GstMeta* meta, GstBuffer* input, GstBuffer* output);

  /// Posts an error message on the bus, once until something changes. Any thread.
  void post_error(const std::string& text);

 private:
  bool adopt(GstCaps* caps);
  void activate(std::shared_ptr<const Plan> plan);
  Engine& field_engine();

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
};

}  // namespace convolve
