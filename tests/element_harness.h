// SPDX-License-Identifier: MIT
/// \file
/// One element on a bench: caps and buffers go in by hand, frames and messages come out.
#pragma once

#include <convolve/engine.h>
#include <gst/check/gstharness.h>
#include <gst/video/video.h>
#include <gtest/gtest.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <random>
#include <string>
#include <utility>
#include <vector>

#if defined(__SANITIZE_ADDRESS__)
// GLib has no frame pointers, so the quick way up the stack ends there; and what it and the
// plugins of the system allocate while they are loaded stays for the life of the process.
extern "C" const char* __asan_default_options() { return "fast_unwind_on_malloc=0"; }
extern "C" const char* __lsan_default_suppressions() {
  return "leak:call_init\nleak:gst_update_registry\nleak:g_quark\nleak:g_intern\n"
         "leak:g_type_register\nleak:libfontconfig\n";
}
#endif

namespace convolve::test {

class GstEnvironment : public testing::Environment {
 public:
  void SetUp() override { gst_init(nullptr, nullptr); }
};
inline testing::Environment* const gst_environment =
    testing::AddGlobalTestEnvironment(new GstEnvironment);

struct BufferUnref {
  void operator()(GstBuffer* buffer) const { gst_buffer_unref(buffer); }
};
using BufferPtr = std::unique_ptr<GstBuffer, BufferUnref>;

struct CapsUnref {
  void operator()(GstCaps* caps) const { gst_caps_unref(caps); }
};
using CapsPtr = std::unique_ptr<GstCaps, CapsUnref>;

inline CapsPtr caps_of(const std::string& text) {
  return CapsPtr(gst_caps_from_string(text.c_str()));
}

inline std::string caps_text(const std::string& format, int width, int height,
                             const std::string& more = "") {
  return "video/x-raw, format=" + format + ", width=" + std::to_string(width) +
         ", height=" + std::to_string(height) + ", framerate=25/1" + (more.empty() ? "" : ", ") +
         more;
}

/// How a frame lies in its buffer.
struct Padding {
  int row = 0;     ///< bytes after each row, beyond what GStreamer adds
  int offset = 0;  ///< bytes before each plane
};

/// A buffer of noise with a frame of `info` in it; with a GstVideoMeta where there is padding.
inline BufferPtr noise_buffer(const GstVideoInfo& info, unsigned seed, Padding padding = {}) {
  const bool padded = padding.row > 0 || padding.offset > 0;
  const auto planes = GST_VIDEO_INFO_N_PLANES(&info);
  gsize offsets[GST_VIDEO_MAX_PLANES] = {};
  gint strides[GST_VIDEO_MAX_PLANES] = {};
  gsize size = GST_VIDEO_INFO_SIZE(&info);
  if (padded) {
    size = 0;
    for (guint p = 0; p < planes; ++p) {
      strides[p] = GST_VIDEO_INFO_PLANE_STRIDE(&info, p) + padding.row;
      offsets[p] = size + static_cast<gsize>(padding.offset);
      size = offsets[p] +
             static_cast<gsize>(strides[p]) * static_cast<gsize>(GST_VIDEO_INFO_HEIGHT(&info) + 1);
    }
  }
  BufferPtr buffer(gst_buffer_new_allocate(nullptr, size, nullptr));
  GstMapInfo map;
  EXPECT_TRUE(gst_buffer_map(buffer.get(), &map, GST_MAP_WRITE));
  std::minstd_rand random(seed + 1);
  for (gsize i = 0; i < map.size; ++i) map.data[i] = static_cast<guint8>(random() >> 9);
  // Codes of ten bits in sixteen, at either end.
  const bool high = std::string(GST_VIDEO_INFO_NAME(&info)).find("P010") == 0;
  if (GST_VIDEO_INFO_COMP_DEPTH(&info, 0) == 10) {
    for (gsize i = 0; i + 1 < map.size; i += 2) {
      auto code = static_cast<guint16>(random() % 1024);
      if (high) code = static_cast<guint16>(code << 6);
      GST_WRITE_UINT16_LE(map.data + i, code);
    }
  }
  gst_buffer_unmap(buffer.get(), &map);
  if (padded) {
    gst_buffer_add_video_meta_full(
        buffer.get(), GST_VIDEO_FRAME_FLAG_NONE, GST_VIDEO_INFO_FORMAT(&info),
        static_cast<guint>(GST_VIDEO_INFO_WIDTH(&info)),
        static_cast<guint>(GST_VIDEO_INFO_HEIGHT(&info)), planes, offsets, strides);
  }
  return buffer;
}

/// A mapped frame, and the core's view of it.
class MappedFrame {
 public:
  MappedFrame(const GstVideoInfo& info, GstBuffer* buffer) {
    EXPECT_TRUE(gst_video_frame_map(&frame_, &info, buffer, GST_MAP_READ));
    view_.format = find_format(GST_VIDEO_INFO_NAME(&info));
    view_.width = GST_VIDEO_INFO_WIDTH(&info);
    view_.height = GST_VIDEO_INFO_FIELD_HEIGHT(&info);
    const GstVideoColorimetry& color = GST_VIDEO_INFO_COLORIMETRY(&info);
    const bool yuv = view_.format->family == ColorFamily::yuv;
    const GstVideoChromaSite site = GST_VIDEO_INFO_CHROMA_SITE(&info);
    view_.site = {(site & GST_VIDEO_CHROMA_SITE_H_COSITED) != 0,
                  (site & GST_VIDEO_CHROMA_SITE_V_COSITED) != 0};
    view_.range =
        yuv && color.range != GST_VIDEO_COLOR_RANGE_0_255 ? ColorRange::video : ColorRange::full;
    for (guint p = 0; p < GST_VIDEO_INFO_N_PLANES(&info); ++p) {
      view_.plane[p] = {static_cast<std::byte*>(frame_.data[p]),
                        GST_VIDEO_FRAME_PLANE_STRIDE(&frame_, p)};
    }
  }
  ~MappedFrame() { gst_video_frame_unmap(&frame_); }
  MappedFrame(const MappedFrame&) = delete;
  MappedFrame& operator=(const MappedFrame&) = delete;
  [[nodiscard]] const FrameView& view() const { return view_; }

 private:
  GstVideoFrame frame_{};
  FrameView view_;
};

/// Every sample of a frame, component by component.
inline std::vector<std::byte> samples_of(const ConstFrameView& view) {
  std::vector<std::byte> samples;
  const int bytes = sample_size(view.format->type);
  for (std::size_t i = 0; i < view.format->components; ++i) {
    const Component& component = view.format->component[i];
    for (int y = 0; y < component_size(view.height, component.shift_y); ++y) {
      for (int x = 0; x < component_size(view.width, component.shift_x); ++x) {
        const auto& plane = view.plane[component.plane];
        const std::byte* const at =
            plane.data + y * plane.stride + component.offset + x * component.step;
        samples.insert(samples.end(), at, at + bytes);
      }
    }
  }
  return samples;
}

inline std::vector<std::byte> samples_of(const GstVideoInfo& info, GstBuffer* buffer) {
  const MappedFrame mapped(info, buffer);
  return samples_of(mapped.view());
}

using Values = std::vector<std::pair<std::string_view, std::string_view>>;

/// What the core by itself makes of the frame.
inline std::vector<std::byte> expected_samples(const std::string& filter, const Values& values,
                                               const GstVideoInfo& info, GstBuffer* buffer) {
  const MappedFrame mapped(info, buffer);
  Engine engine(make_filter(filter, values));
  const Size size =
      Engine::output_size(engine.filter(), {mapped.view().width, mapped.view().height});
  Frame output(*mapped.view().format, size.width, size.height);
  output.view().range = mapped.view().range;
  engine.process(mapped.view(), output.view());
  return samples_of(output.view());
}

inline GstVideoInfo info_of(const GstCaps* caps) {
  GstVideoInfo info;
  gst_video_info_init(&info);
  EXPECT_TRUE(gst_video_info_from_caps(&info, caps));
  return info;
}
inline GstVideoInfo info_of(const std::string& caps) { return info_of(caps_of(caps).get()); }

/// An element between two pads of the test.
class Bench {
 public:
  /// \param launch  the element as `gst-launch-1.0` would take it
  explicit Bench(const std::string& launch) {
    GError* error = nullptr;
    // A bin would put its own bus between the element and the test.
    element_ = gst_parse_launch(launch.c_str(), &error);
    if (error != nullptr) {
      ADD_FAILURE() << launch << ": " << error->message;
      g_clear_error(&error);
    }
    bus_ = gst_bus_new();
    gst_element_set_bus(element_, bus_);
    harness_ = gst_harness_new_with_element(element_, "sink", "src");
  }
  ~Bench() {
    gst_harness_teardown(harness_);
    gst_element_set_bus(element_, nullptr);
    gst_bus_set_flushing(bus_, TRUE);
    gst_object_unref(bus_);
    gst_object_unref(element_);
  }
  Bench(const Bench&) = delete;
  Bench& operator=(const Bench&) = delete;

  [[nodiscard]] GstElement* element() const { return element_; }
  [[nodiscard]] GstHarness* harness() const { return harness_; }

  void set_caps(const std::string& caps) { gst_harness_set_src_caps_str(harness_, caps.c_str()); }

  GstFlowReturn push(BufferPtr buffer) { return gst_harness_push(harness_, buffer.release()); }
  /// The next frame that came out, or null.
  [[nodiscard]] BufferPtr pull() { return BufferPtr(gst_harness_try_pull(harness_)); }
  BufferPtr push_and_pull(BufferPtr buffer) {
    const GstFlowReturn flow = push(std::move(buffer));
    EXPECT_EQ(flow, GST_FLOW_OK) << gst_flow_get_name(flow);
    BufferPtr output = pull();
    EXPECT_NE(output, nullptr);
    return output;
  }

  /// Caps of what comes out.
  [[nodiscard]] CapsPtr output_caps() const {
    return CapsPtr(gst_pad_get_current_caps(harness_->sinkpad));
  }

  /// Texts of the error messages since the last call.
  [[nodiscard]] std::vector<std::string> errors() {
    std::vector<std::string> texts;
    while (GstMessage* message = gst_bus_pop_filtered(bus_, GST_MESSAGE_ERROR)) {
      GError* error = nullptr;
      gst_message_parse_error(message, &error, nullptr);
      texts.emplace_back(error->message);
      g_clear_error(&error);
      gst_message_unref(message);
    }
    return texts;
  }

 private:
  GstElement* element_ = nullptr;
  GstBus* bus_ = nullptr;
  GstHarness* harness_ = nullptr;
};

inline GstElement* make_element(const std::string& name) {
  GstElement* const element = gst_element_factory_make(name.c_str(), nullptr);
  EXPECT_NE(element, nullptr) << name;
  return element;
}

}  // namespace convolve::test
