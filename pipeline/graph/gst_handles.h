// SPDX-License-Identifier: MIT
// Owners for GStreamer's handles.
#pragma once

#include <gst/gst.h>

#include <memory>

namespace convolve::graph {

struct Unref {
  void operator()(GstObject* object) const noexcept { gst_object_unref(object); }
  void operator()(GstElement* element) const noexcept { gst_object_unref(element); }
  void operator()(GstElementFactory* factory) const noexcept { gst_object_unref(factory); }
  void operator()(GstPlugin* plugin) const noexcept { gst_object_unref(plugin); }
  void operator()(GstBus* bus) const noexcept { gst_object_unref(bus); }
  void operator()(GstCaps* caps) const noexcept { gst_caps_unref(caps); }
  void operator()(GstBuffer* buffer) const noexcept { gst_buffer_unref(buffer); }
  void operator()(GstSample* sample) const noexcept { gst_sample_unref(sample); }
  void operator()(GError* error) const noexcept { g_error_free(error); }
  void operator()(gchar* text) const noexcept { g_free(text); }
};

template <typename T>
using Handle = std::unique_ptr<T, Unref>;

/// Owns a pipeline, which must not run any more when it goes.
struct StopAndUnref {
  void operator()(GstElement* pipeline) const noexcept {
    gst_element_set_state(pipeline, GST_STATE_NULL);
    gst_object_unref(pipeline);
  }
};
using Pipeline = std::unique_ptr<GstElement, StopAndUnref>;

/// A GValue that is unset at its end.
class Value {
 public:
  explicit Value(GType type) { g_value_init(&value_, type); }
  Value(const Value&) = delete;
  Value& operator=(const Value&) = delete;
  ~Value() { g_value_unset(&value_); }
  GValue* get() noexcept { return &value_; }

 private:
  GValue value_ = G_VALUE_INIT;
};

}  // namespace convolve::graph
