// SPDX-License-Identifier: MIT
// Frames of cameras, screens, network streams and test pictures, as they come.
#pragma once

#include <gst/app/gstappsink.h>
#include <gst/video/video.h>

#include <atomic>
#include <deque>
#include <mutex>
#include <string>
#include <vector>

#include "bus_errors.h"
#include "frame_source.h"
#include "live_input.h"

namespace convolve::graph {

struct LiveOptions {
  /// Every frame counts, because they are kept: some seconds of them may wait. Otherwise only the
  /// newest one waits.
  bool keep_all = false;
  std::optional<std::int64_t> frames;  ///< at most so many
  std::optional<double> end;           ///< seconds, exclusive
};

/// Runs a GStreamer source. Timestamps begin at 0 and count in 1/90000 s.
class LiveSource : public FrameSource {
 public:
  /// Starts the source and waits for its first picture. \throws MediaError
  LiveSource(const LiveInput& input, LiveOptions options);
  LiveSource(const LiveSource&) = delete;
  LiveSource& operator=(const LiveSource&) = delete;

  [[nodiscard]] const VideoInfo& info() const noexcept override { return info_; }
  [[nodiscard]] MediaInfo media() const override;
  [[nodiscard]] std::vector<std::string> words() const override { return words_; }
  VideoFrame read() override;
  void interrupt() noexcept override { interrupted_ = true; }

  /// Seconds from the moment when `frame` was taken until now.
  [[nodiscard]] double age(const VideoFrame& frame) const noexcept;
  [[nodiscard]] bool keeps_all() const noexcept { return options_.keep_all; }
  /// Frames that came and were thrown away because newer ones had come.
  [[nodiscard]] std::int64_t dropped() const noexcept { return dropped_; }

 private:
  static GstPadProbeReturn on_arrival(GstPad* pad, GstPadProbeInfo* info, gpointer self);
  void note_taken(const GstBuffer* buffer);
  void start();
  void await_first();
  void find_info(const GstSample& sample);
  Handle<GstSample> next_sample();
  [[noreturn]] void fail_as_source(MediaError::Kind kind) const;
  [[nodiscard]] guint waiting_frames() const;

  LiveInput input_;
  LiveOptions options_;
  std::vector<std::string> words_;
  BusErrors errors_;
  Handle<GstSample> first_;
  VideoInfo info_;
  GstVideoInfo format_{};
  Handle<GstCaps> caps_;
  GstClockTime begin_ = 0;  // the first frame's running time
  std::int64_t given_ = 0;
  std::mutex mutex_;                       // guards the arrivals
  std::deque<const GstBuffer*> arrivals_;  // not yet taken; to compare, not to look into
  std::atomic<std::int64_t> dropped_{0};
  std::atomic<bool> interrupted_{false};
  Pipeline pipeline_;  // its threads use what stands above: it goes before them
  Handle<GstElement> sink_;
};

}  // namespace convolve::graph
