// SPDX-License-Identifier: MIT
#include <convolve/preview_window.h>

#include <gst/app/gstappsrc.h>
#include <gst/video/navigation.h>

#include <cstdlib>
#include <string_view>

#include <convolve/graph.h>

#include "bus_errors.h"
#include "chain_elements.h"
#include "frame_bridge.h"

namespace convolve {

namespace {

constexpr std::string_view kInstead =
    "write a file with -o out.mkv, or watch through a pipe: convolve INPUT -o - | mpv -";

bool is_set(const char* name) noexcept {
  const char* const value = std::getenv(name);
  return value != nullptr && *value != '\0';
}

[[noreturn]] void fail_display(const std::string& why, std::string_view hint = kInstead) {
  media::fail(MediaError::Kind::output, "preview", why, hint);
}

// Windows that give keys back, the best one first. autovideosink would go on to sinks that take the
// whole console, or that crash without a display.
struct Screen {
  const char* element;
  const char* variable;  // says that there is such a display
};
constexpr Screen kScreens[] = {{"waylandsink", "WAYLAND_DISPLAY"},
                               {"xvimagesink", "DISPLAY"},
                               {"ximagesink", "DISPLAY"},
                               {"glimagesink", "DISPLAY"}};

// The first one that opens.
graph::Handle<GstElement> open_screen(std::string& tried) {
  for (const auto& [name, variable] : kScreens) {
    if (!is_set(variable)) continue;
    tried = std::string(variable) + "=" + std::getenv(variable);
    GstElement* const made = gst_element_factory_make(name, nullptr);
    if (made == nullptr) continue;
    graph::Handle<GstElement> sink(GST_ELEMENT(gst_object_ref_sink(made)));
    if (gst_element_set_state(sink.get(), GST_STATE_READY) != GST_STATE_CHANGE_FAILURE) return sink;
    gst_element_set_state(sink.get(), GST_STATE_NULL);
  }
  return nullptr;
}

}  // namespace

struct PreviewWindow::State {
  explicit State(std::function<void(const WindowEvent&)> handler) : on_event(std::move(handler)) {}

  void build(const std::string& title);
  void take_event(GstEvent* event);
  static GstPadProbeReturn on_upstream(GstPad* pad, GstPadProbeInfo* info, gpointer self);

  std::function<void(const WindowEvent&)> on_event;
  graph::BusErrors errors{"preview"};
  graph::Pipeline pipeline;
  GstAppSrc* source = nullptr;  // of the pipeline
  graph::Handle<GstCaps> caps;
};

void PreviewWindow::State::build(const std::string& title) {
  g_set_application_name(title.c_str());
  pipeline.reset(GST_ELEMENT(gst_object_ref_sink(gst_pipeline_new(nullptr))));
  graph::Handle<GstElement> entry = graph::make_plain_element("appsrc");
  graph::Handle<GstElement> convert = graph::make_plain_element("videoconvert");
  std::string tried;
  graph::Handle<GstElement> sink = open_screen(tried);
  if (!sink) {
    fail_display(
        tried + ": no window can be opened there",
        "under X the package gstreamer1.0-x is needed; without a display write a file with "
        "-o out.mkv");
  }
  source = GST_APP_SRC(entry.get());
  // Only the newest frame is worth showing.
  g_object_set(source, "format", GST_FORMAT_TIME, "is-live", TRUE, "max-buffers",
               static_cast<guint64>(1), "max-bytes", static_cast<guint64>(0), "leaky-type",
               GST_APP_LEAKY_TYPE_DOWNSTREAM, nullptr);
  g_object_set(sink.get(), "sync", FALSE, nullptr);
  errors.attach(pipeline.get());
  GstElement* const shown = sink.get();
  GstElement* const converter = convert.get();
  for (GstElement* element : {entry.get(), converter, shown}) {
    gst_bin_add(GST_BIN(pipeline.get()), element);
  }
  gst_element_link_many(entry.get(), converter, shown, nullptr);
  GstPad* pad = gst_element_get_static_pad(entry.get(), "src");
  gst_pad_add_probe(pad, GST_PAD_PROBE_TYPE_EVENT_UPSTREAM, on_upstream, this, nullptr);
  gst_object_unref(pad);
  gst_element_set_state(pipeline.get(), GST_STATE_PLAYING);
}

GstPadProbeReturn PreviewWindow::State::on_upstream(GstPad* /*pad*/, GstPadProbeInfo* info,
                                                    gpointer self) {
  GstEvent* event = GST_PAD_PROBE_INFO_EVENT(info);
  if (GST_EVENT_TYPE(event) == GST_EVENT_NAVIGATION) static_cast<State*>(self)->take_event(event);
  return GST_PAD_PROBE_OK;
}

void PreviewWindow::State::take_event(GstEvent* event) {
  WindowEvent what;
  const char* key = nullptr;
  switch (gst_navigation_event_get_type(event)) {
    case GST_NAVIGATION_EVENT_KEY_PRESS:
      if (!gst_navigation_event_parse_key_event(event, &key) || key == nullptr) return;
      what.key = key;
      break;
    case GST_NAVIGATION_EVENT_MOUSE_MOVE:
      what.kind = WindowEvent::Kind::pointer;
      if (!gst_navigation_event_parse_mouse_move_event(event, &what.x, &what.y)) return;
      break;
    default:
      return;
  }
  on_event(what);
}

bool has_display() noexcept { return is_set("DISPLAY") || is_set("WAYLAND_DISPLAY"); }

PreviewWindow::PreviewWindow(const std::string& title,
                             std::function<void(const WindowEvent&)> on_event) {
  if (!has_display()) fail_display("no display: neither DISPLAY nor WAYLAND_DISPLAY is set");
  init_graph();
  state_ = std::make_unique<State>(std::move(on_event));
  state_->build(title);
}

PreviewWindow::~PreviewWindow() = default;

void PreviewWindow::show(const VideoFrame& frame) {
  State& state = *state_;
  if (state.errors.failed()) {
    if (state.errors.window_closed()) return;
    fail_display(state.errors.reason());
  }
  graph::Handle<GstCaps> caps = graph::caps_of(frame, {});
  if (!state.caps || !gst_caps_is_equal(caps.get(), state.caps.get())) {
    gst_app_src_set_caps(state.source, caps.get());
    state.caps = std::move(caps);
  }
  gst_app_src_push_buffer(state.source, graph::wrap(frame).release());
}

bool PreviewWindow::closed() const noexcept { return state_->errors.window_closed(); }

}  // namespace convolve
