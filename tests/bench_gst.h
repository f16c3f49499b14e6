// SPDX-License-Identifier: MIT
/// \file
/// What contenders that go through GStreamer share.
#pragma once

#include <memory>

#include <gst/gst.h>

namespace convolve::bench {

struct Unref {
  void operator()(void* object) const noexcept { gst_object_unref(object); }
  void operator()(GstCaps* caps) const noexcept { gst_caps_unref(caps); }
  void operator()(GstBuffer* buffer) const noexcept { gst_buffer_unref(buffer); }
  void operator()(GstMessage* message) const noexcept { gst_message_unref(message); }
};
template <typename T>
using Pointer = std::unique_ptr<T, Unref>;

/// Starts GStreamer, with the plugin that was built. \throws std::runtime_error
void load_plugin();

}  // namespace convolve::bench
