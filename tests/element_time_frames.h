// SPDX-License-Identifier: MIT
/// \file
/// Frames that are told apart by their times, for tests of elements over time.
#pragma once

#include <convolve/history.h>

#include <memory>
#include <vector>

#include "element_harness.h"

namespace convolve::test {

inline BufferPtr timed(BufferPtr buffer, int number) {
  GST_BUFFER_PTS(buffer.get()) = static_cast<GstClockTime>(number) * 40 * GST_MSECOND;
  GST_BUFFER_DURATION(buffer.get()) = 40 * GST_MSECOND;
  return buffer;
}

inline BufferPtr noise_frame(const GstVideoInfo& info, int number) {
  return timed(noise_buffer(info, static_cast<unsigned>(number)), number);
}

inline BufferPtr flat_frame(const GstVideoInfo& info, guint8 level, int number) {
  BufferPtr buffer(gst_buffer_new_allocate(nullptr, GST_VIDEO_INFO_SIZE(&info), nullptr));
  gst_buffer_memset(buffer.get(), 0, level, GST_VIDEO_INFO_SIZE(&info));
  return timed(std::move(buffer), number);
}

inline int number_of(GstBuffer* buffer) {
  return static_cast<int>(GST_BUFFER_PTS(buffer) / (40 * GST_MSECOND));
}

inline std::vector<BufferPtr> pull_all(Bench& bench) {
  std::vector<BufferPtr> all;
  while (BufferPtr buffer = bench.pull()) all.push_back(std::move(buffer));
  return all;
}

inline void end_stream(Bench& bench) {
  gst_harness_push_event(bench.harness(), gst_event_new_eos());
}

inline void flush(Bench& bench) {
  gst_harness_push_event(bench.harness(), gst_event_new_flush_start());
  gst_harness_push_event(bench.harness(), gst_event_new_flush_stop(TRUE));
  GstSegment segment;
  gst_segment_init(&segment, GST_FORMAT_TIME);
  gst_harness_push_event(bench.harness(), gst_event_new_segment(&segment));
}

/// What the core by itself makes of a stream.
inline std::vector<std::vector<std::byte>> expected_stream(const Values& values,
                                                           const GstVideoInfo& info,
                                                           const std::vector<BufferPtr>& stream) {
  Engine engine(make_filter("kernel3d", values));
  FrameHistory<const MappedFrame*> history(engine.filter().geometry().t);
  std::vector<std::unique_ptr<MappedFrame>> mapped;
  std::vector<std::vector<std::byte>> all;
  const auto take = [&] {
    for (; history.ready(); history.advance()) {
      std::vector<ConstFrameView> views;
      for (const MappedFrame* const* frame : history.window()) {
        views.push_back(frame == nullptr ? ConstFrameView{} : ConstFrameView((*frame)->view()));
      }
      const FrameView& own = history.own()->view();
      Frame output(*own.format, own.width, own.height);
      output.view().range = own.range;
      engine.process(views, output.view());
      all.push_back(samples_of(output.view()));
    }
  };
  for (const BufferPtr& buffer : stream) {
    mapped.push_back(std::make_unique<MappedFrame>(info, buffer.get()));
    history.push(mapped.back().get());
    take();
  }
  history.end();
  take();
  return all;
}

}  // namespace convolve::test
