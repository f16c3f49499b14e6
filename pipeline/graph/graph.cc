// SPDX-License-Identifier: MIT
#include <convolve/graph.h>

#include <gst/app/gstappsink.h>
#include <gst/app/gstappsrc.h>

#include <atomic>
#include <mutex>

#include "bus_errors.h"
#include "chain_elements.h"
#include "frame_bridge.h"

namespace convolve {

using graph::Handle;

namespace {

constexpr GstClockTime kLook = 200 * GST_MSECOND;

}  // namespace

struct Graph::State {
  ~State() { shutdown(); }

  void build(const std::vector<FilterSpec>& chain, unsigned threads, guint queued);
  /// \param foreign  whose fault it is where the element does not fit to the one before
  void append(Handle<GstElement> element, const std::string& foreign = "chain");
  void shutdown() noexcept;
  void check_error();

  Rational frame_rate;
  Handle<GstElement> pipeline;
  GstAppSrc* source = nullptr;                              // of the pipeline
  GstAppSink* sink = nullptr;                               // of the pipeline
  GstElement* last = nullptr;                               // while building
  std::vector<std::pair<FilterSpec, GstElement*>> filters;  // of the pipeline

  graph::BusErrors errors{"chain"};
  std::mutex mutex;  // guards the keeper
  graph::PropertyKeeper keeper;
  std::atomic<bool> closed{false};
  std::once_flag stopping;

  Handle<GstCaps> caps_in;   // of the pushing thread
  Handle<GstCaps> caps_out;  // of the pulling thread
  GstVideoInfo info_out{};
};

void Graph::State::append(Handle<GstElement> element, const std::string& foreign) {
  GstElement* added = element.get();
  gst_bin_add(GST_BIN(pipeline.get()), added);
  if (last != nullptr && !gst_element_link(last, added)) {
    media::fail(MediaError::Kind::usage, foreign, "does not take pictures and give pictures");
  }
  last = added;
}

void Graph::State::build(const std::vector<FilterSpec>& chain, unsigned threads, guint queued) {
  pipeline.reset(GST_ELEMENT(gst_object_ref_sink(gst_pipeline_new(nullptr))));
  Handle<GstElement> entry = graph::make_plain_element("appsrc");
  source = GST_APP_SRC(entry.get());
  g_object_set(source, "format", GST_FORMAT_TIME, "block", TRUE, "max-buffers",
               static_cast<guint64>(queued), "max-bytes", static_cast<guint64>(0), "emit-signals",
               FALSE, nullptr);
  append(std::move(entry));
  for (const FilterSpec& spec : chain) {
    // Ours take every format; others get what they want, and give what the encoder can take.
    const bool foreign = graph::is_foreign(spec);
    if (foreign) append(graph::make_plain_element("videoconvert"));
    append(graph::make_element(spec, threads), spec.name);
    filters.emplace_back(spec, last);
    if (foreign) append(graph::make_plain_element("videoconvert"), spec.name);
  }
  Handle<GstElement> exit = graph::make_plain_element("appsink");
  sink = GST_APP_SINK(exit.get());
  const Handle<GstCaps> caps = graph::acceptable_caps();
  g_object_set(sink, "caps", caps.get(), "sync", FALSE, "max-buffers", queued, "enable-last-sample",
               FALSE, "qos", FALSE, "wait-on-eos", FALSE, nullptr);
  append(std::move(exit));
  errors.attach(pipeline.get());
  if (gst_element_set_state(pipeline.get(), GST_STATE_PLAYING) == GST_STATE_CHANGE_FAILURE) {
    check_error();
    media::fail(MediaError::Kind::running, "chain", "GStreamer could not start it");
  }
}

void Graph::State::check_error() {
  if (errors.failed()) throw MediaError(MediaError::Kind::running, errors.text());
}

void Graph::State::shutdown() noexcept {
  closed = true;
  std::call_once(stopping, [this] {
    if (!pipeline) return;
    gst_element_set_state(pipeline.get(), GST_STATE_NULL);
    errors.detach();
  });
}

Graph::Graph(const std::vector<FilterSpec>& chain, unsigned threads, Rational frame_rate,
             unsigned queued_frames) {
  init_graph();
  state_ = std::make_unique<State>();
  state_->frame_rate = frame_rate;
  state_->build(chain, threads, queued_frames);
}

Graph::~Graph() = default;

bool Graph::push(VideoFrame frame) {
  State& state = *state_;
  if (state.closed || state.errors.failed()) return false;
  Handle<GstCaps> caps = graph::caps_of(frame, state.frame_rate);
  if (!state.caps_in || !gst_caps_is_equal(caps.get(), state.caps_in.get())) {
    gst_app_src_set_caps(state.source, caps.get());
    state.caps_in = std::move(caps);
  }
  Handle<GstBuffer> buffer = graph::wrap(frame);
  {
    const std::lock_guard lock(state.mutex);
    state.keeper.keep(*frame.av(), buffer.get());
  }
  // The buffer owns the samples now; a writable frame elsewhere would be copied for nothing.
  frame = VideoFrame();
  return gst_app_src_push_buffer(state.source, buffer.release()) == GST_FLOW_OK &&
         !state.errors.failed();
}

void Graph::end() noexcept { gst_app_src_end_of_stream(state_->source); }

VideoFrame Graph::pull(int timeout_ms) {
  State& state = *state_;
  GstClockTime left =
      timeout_ms < 0 ? GST_CLOCK_TIME_NONE : static_cast<GstClockTime>(timeout_ms) * GST_MSECOND;
  Handle<GstSample> sample;
  while (!sample) {
    state.check_error();
    if (state.closed || gst_app_sink_is_eos(state.sink)) break;
    const GstClockTime step = std::min(left, kLook);
    sample.reset(gst_app_sink_try_pull_sample(state.sink, step));
    if (left != GST_CLOCK_TIME_NONE) left -= step;
    if (left == 0) break;
  }
  if (!sample) {
    state.check_error();
    return {};
  }
  GstCaps* caps = gst_sample_get_caps(sample.get());
  if (state.caps_out.get() != caps) {
    if (!gst_video_info_from_caps(&state.info_out, caps)) {
      media::fail(MediaError::Kind::running, "chain", "its last element gave no video");
    }
    state.caps_out.reset(gst_caps_ref(caps));
  }
  GstBuffer* buffer = gst_sample_get_buffer(sample.get());
  media::FramePtr properties;
  {
    const std::lock_guard lock(state.mutex);
    properties = state.keeper.take(buffer);
  }
  return graph::unwrap(buffer, state.info_out, std::move(properties));
}

void Graph::set_value(std::size_t filter, const std::string& name, const std::string& text) {
  auto& [spec, element] = state_->filters.at(filter);
  graph::set_value(element, spec, name, text);
}

void Graph::flush() noexcept {
  GstElement* const source = GST_ELEMENT(state_->source);
  gst_element_send_event(source, gst_event_new_flush_start());
  gst_element_send_event(source, gst_event_new_flush_stop(TRUE));
  const std::lock_guard lock(state_->mutex);
  state_->keeper = graph::PropertyKeeper();
}

bool Graph::at_end() const noexcept {
  return state_->closed || gst_app_sink_is_eos(state_->sink) != FALSE;
}

void Graph::shutdown() noexcept { state_->shutdown(); }

}  // namespace convolve
