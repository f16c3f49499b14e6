// SPDX-License-Identifier: MIT
#include <cstdlib>
#include <cstring>
#include <memory>
#include <stdexcept>

#include <gst/gst.h>
#include <gst/video/video.h>

#include "bench_contender.h"
#include "bench_gst.h"

namespace convolve::bench {

namespace {

GstElement* make_element(const Work& work) {
  const std::string name = work.element.empty() ? "conv" + work.filter : work.element;
  GstElement* const element = gst_element_factory_make(name.c_str(), nullptr);
  if (element == nullptr) throw std::runtime_error("GStreamer has no element '" + name + "' here");
  return element;
}

GstFlowReturn drop(GstPad*, GstObject*, GstBuffer* buffer) {
  gst_buffer_unref(buffer);
  return GST_FLOW_OK;
}

// An element between two pads of ours: what is pushed is filtered at once, in the caller's thread.
class ElementRun {
 public:
  ElementRun(const Work& work, const Setting& setting, const FrameView& view)
      : element_(GST_ELEMENT(gst_object_ref_sink(make_element(work)))),
        source_(GST_PAD(gst_object_ref_sink(gst_pad_new("source", GST_PAD_SRC)))),
        sink_(GST_PAD(gst_object_ref_sink(gst_pad_new("sink", GST_PAD_SINK)))) {
    for (const auto& [name, value] : work.values) {
      gst_util_set_object_arg(G_OBJECT(element_.get()), name.c_str(), value.c_str());
    }
    if (work.element.empty()) {
      g_object_set(element_.get(), "n-threads", setting.threads, nullptr);
    }
    gst_pad_set_chain_function(sink_.get(), drop);
    link();
    start(setting);
    fill(view);
  }
  ElementRun(const ElementRun&) = delete;
  ElementRun& operator=(const ElementRun&) = delete;
  ~ElementRun() {
    gst_element_set_state(element_.get(), GST_STATE_NULL);
    gst_pad_set_active(source_.get(), FALSE);
    gst_pad_set_active(sink_.get(), FALSE);
  }

  void push() {
    const GstFlowReturn flow = gst_pad_push(source_.get(), gst_buffer_ref(buffer_.get()));
    if (flow != GST_FLOW_OK) throw std::runtime_error(gst_flow_get_name(flow));
  }

 private:
  void link() {
    const Pointer<GstPad> in(gst_element_get_static_pad(element_.get(), "sink"));
    const Pointer<GstPad> out(gst_element_get_static_pad(element_.get(), "src"));
    gst_pad_set_active(sink_.get(), TRUE);
    gst_pad_set_active(source_.get(), TRUE);
    gst_pad_link(source_.get(), in.get());
    gst_pad_link(out.get(), sink_.get());
    gst_element_set_state(element_.get(), GST_STATE_PLAYING);
  }

  void start(const Setting& setting) {
    gst_video_info_set_format(&info_, gst_video_format_from_string(setting.format.c_str()),
                              static_cast<guint>(setting.size.width),
                              static_cast<guint>(setting.size.height));
    info_.fps_n = 25;
    info_.fps_d = 1;
    const Pointer<GstCaps> caps(gst_video_info_to_caps(&info_));
    gst_pad_push_event(source_.get(), gst_event_new_stream_start("bench"));
    gst_pad_push_event(source_.get(), gst_event_new_caps(caps.get()));
    GstSegment segment;
    gst_segment_init(&segment, GST_FORMAT_TIME);
    gst_pad_push_event(source_.get(), gst_event_new_segment(&segment));
  }

  void fill(const FrameView& view) {
    GstAllocationParams aligned;
    gst_allocation_params_init(&aligned);
    aligned.align = 63;
    buffer_.reset(gst_buffer_new_allocate(nullptr, info_.size, &aligned));
    GstVideoFrame frame;
    if (!gst_video_frame_map(&frame, &info_, buffer_.get(), GST_MAP_WRITE)) {
      throw std::runtime_error("element: cannot map the frame");
    }
    for (int p = 0; p < view.format->planes; ++p) {
      const auto& from = view.plane[static_cast<std::size_t>(p)];
      auto* to = static_cast<std::byte*>(GST_VIDEO_FRAME_PLANE_DATA(&frame, p));
      const int bytes = plane_row_bytes(*view.format, p, view.width);
      for (int y = 0; y < plane_rows(*view.format, p, view.height); ++y) {
        std::memcpy(to + y * GST_VIDEO_FRAME_PLANE_STRIDE(&frame, p), from.data + y * from.stride,
                    static_cast<std::size_t>(bytes));
      }
    }
    gst_video_frame_unmap(&frame);
  }

  Pointer<GstElement> element_;
  Pointer<GstPad> source_;
  Pointer<GstPad> sink_;
  GstVideoInfo info_{};
  Pointer<GstBuffer> buffer_;
};

}  // namespace

void load_plugin() {
  static const bool loaded = [] {
    gst_init(nullptr, nullptr);
    GError* error = nullptr;
    GstPlugin* plugin = gst_plugin_load_file(CONVOLVE_PLUGIN, &error);
    if (plugin == nullptr) throw std::runtime_error(std::string("plugin: ") + error->message);
    gst_object_unref(plugin);
    return true;
  }();
  (void)loaded;
}

Job element_job(const Work& work, const Setting& setting, const Frame& input) {
  load_plugin();
  auto run = std::make_shared<ElementRun>(work, setting, input.view());
  return [run] { run->push(); };
}

}  // namespace convolve::bench
