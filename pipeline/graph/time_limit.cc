// SPDX-License-Identifier: MIT
#include "time_limit.h"

#include <deque>
#include <memory>
#include <mutex>

#include "gst_handles.h"

namespace convolve::graph {

namespace {

struct PadUnref {
  void operator()(GstPad* pad) const noexcept { gst_object_unref(pad); }
};
using Pad = std::unique_ptr<GstPad, PadUnref>;

// More frames than this no element holds back; what waits longer was dropped by it.
constexpr std::size_t kMostHeld = 128;

struct Limit {
  TimeRange range;
  GstElement* element = nullptr;  // which this lives with
  Pad source;
  std::mutex mutex;
  std::deque<Handle<GstBuffer>>
      held;  // frames outside that are in the element; their order is kept
};

bool is_inside(const Limit& limit, GstPad* pad, const GstBuffer* buffer) {
  if (!GST_BUFFER_PTS_IS_VALID(buffer)) return true;
  guint64 time = GST_BUFFER_PTS(buffer);
  if (GstEvent* event = gst_pad_get_sticky_event(pad, GST_EVENT_SEGMENT, 0)) {
    const GstSegment* segment = nullptr;
    gst_event_parse_segment(event, &segment);
    const guint64 stream = gst_segment_to_stream_time(segment, GST_FORMAT_TIME, time);
    if (GST_CLOCK_TIME_IS_VALID(stream)) time = stream;
    gst_event_unref(event);
  }
  return limit.range.contains(static_cast<double>(time) / static_cast<double>(GST_SECOND));
}

bool keeps_caps(GstPad* pad, const Limit& limit) {
  const Handle<GstCaps> in(gst_pad_get_current_caps(pad));
  const Handle<GstCaps> out(gst_pad_get_current_caps(limit.source.get()));
  if (in && out && gst_caps_is_equal(in.get(), out.get())) return true;
  GST_ELEMENT_ERROR(limit.element, STREAM, FORMAT,
                    ("enable: cannot go with an element that changes size or format"), (nullptr));
  return false;
}

GstPadProbeReturn pass_by(GstPad* pad, GstPadProbeInfo* info, gpointer data) {
  Limit& limit = *static_cast<Limit*>(data);
  GstBuffer* buffer = GST_PAD_PROBE_INFO_BUFFER(info);
  if (is_inside(limit, pad, buffer)) return GST_PAD_PROBE_OK;
  const bool fits = keeps_caps(pad, limit);
  GST_PAD_PROBE_INFO_FLOW_RETURN(info) =
      fits ? gst_pad_push(limit.source.get(), gst_buffer_ref(buffer)) : GST_FLOW_ERROR;
  gst_buffer_unref(buffer);
  return GST_PAD_PROBE_HANDLED;
}

GstPadProbeReturn hold(GstPad* pad, GstPadProbeInfo* info, gpointer data) {
  Limit& limit = *static_cast<Limit*>(data);
  GstBuffer* buffer = GST_PAD_PROBE_INFO_BUFFER(info);
  if (is_inside(limit, pad, buffer)) return GST_PAD_PROBE_OK;
  const std::lock_guard lock(limit.mutex);
  if (limit.held.size() == kMostHeld) limit.held.pop_front();
  limit.held.emplace_back(gst_buffer_ref(buffer));
  return GST_PAD_PROBE_OK;
}

GstPadProbeReturn replace_result(GstPad* /*pad*/, GstPadProbeInfo* info, gpointer data) {
  Limit& limit = *static_cast<Limit*>(data);
  GstBuffer* result = GST_PAD_PROBE_INFO_BUFFER(info);
  const Pad sink(gst_element_get_static_pad(limit.element, "sink"));
  Handle<GstBuffer> original;
  {
    const std::lock_guard lock(limit.mutex);
    while (!limit.held.empty() &&
           GST_BUFFER_PTS(limit.held.front().get()) <= GST_BUFFER_PTS(result)) {
      original = std::move(limit.held.front());
      limit.held.pop_front();
    }
  }
  if (!original || GST_BUFFER_PTS(original.get()) != GST_BUFFER_PTS(result)) {
    return GST_PAD_PROBE_OK;
  }
  if (!keeps_caps(sink.get(), limit)) return GST_PAD_PROBE_DROP;
  gst_buffer_unref(result);
  GST_PAD_PROBE_INFO_DATA(info) = original.release();
  return GST_PAD_PROBE_OK;
}

// A flush or a new stream has other frames.
GstPadProbeReturn forget(GstPad* /*pad*/, GstPadProbeInfo* info, gpointer data) {
  Limit& limit = *static_cast<Limit*>(data);
  if (GST_EVENT_TYPE(GST_PAD_PROBE_INFO_EVENT(info)) == GST_EVENT_FLUSH_STOP) {
    const std::lock_guard lock(limit.mutex);
    limit.held.clear();
  }
  return GST_PAD_PROBE_OK;
}

}  // namespace

void limit_to(GstElement* element, TimeRange range, OutsideFrames outside) {
  auto* limit = new Limit;
  limit->range = range;
  limit->element = element;
  limit->source.reset(gst_element_get_static_pad(element, "src"));
  g_object_set_data_full(G_OBJECT(element), "convolve-time-limit", limit,
                         [](gpointer data) { delete static_cast<Limit*>(data); });
  const Pad sink(gst_element_get_static_pad(element, "sink"));
  if (!sink || !limit->source) return;
  if (outside == OutsideFrames::pass_by) {
    gst_pad_add_probe(sink.get(), GST_PAD_PROBE_TYPE_BUFFER, pass_by, limit, nullptr);
    return;
  }
  gst_pad_add_probe(sink.get(), GST_PAD_PROBE_TYPE_BUFFER, hold, limit, nullptr);
  gst_pad_add_probe(sink.get(), GST_PAD_PROBE_TYPE_EVENT_FLUSH, forget, limit, nullptr);
  gst_pad_add_probe(limit->source.get(), GST_PAD_PROBE_TYPE_BUFFER, replace_result, limit, nullptr);
}

}  // namespace convolve::graph
