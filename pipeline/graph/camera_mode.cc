// SPDX-License-Identifier: MIT
#include "camera_mode.h"

#include <algorithm>
#include <cerrno>
#include <compare>
#include <cstring>

#include <fcntl.h>
#include <unistd.h>

#include <convolve/graph.h>
#include <convolve/live.h>

#include "../media/av.h"
#include "bus_errors.h"
#include "chain_elements.h"
#include "frame_bridge.h"

namespace convolve::graph {

namespace {

constexpr int kFluent = 24;  // frames a second
constexpr int kWidth = 1280;
constexpr int kHeight = 720;
constexpr int kRate = 30;

// What can be filtered as it comes, or after a decoder.
Handle<GstCaps> wanted_caps(const LiveInput& input) {
  Handle<GstCaps> caps = acceptable_caps();
  gst_caps_append(caps.get(), gst_caps_new_empty_simple("image/jpeg"));
  if (!input.format.empty()) {
    caps.reset(
        gst_caps_new_simple("video/x-raw", "format", G_TYPE_STRING, input.format.c_str(), nullptr));
  }
  if (input.width) {
    gst_caps_set_simple(caps.get(), "width", G_TYPE_INT, *input.width, "height", G_TYPE_INT,
                        *input.height, nullptr);
  }
  if (input.rate) {
    gst_caps_set_simple(caps.get(), "framerate", GST_TYPE_FRACTION, input.rate->num,
                        input.rate->den, nullptr);
  }
  return caps;
}

struct Score {
  bool fluent = false;
  bool moderate = false;  // not larger than what two cores filter and encode at ease
  int area = 0;           // negative where it is too large: then less is better
  bool raw = false;
  double rate = 0;
  auto operator<=>(const Score&) const = default;
};

Score score_of(const GstStructure& mode) {
  int width = 0;
  int height = 0;
  int num = kRate;
  int den = 1;
  gst_structure_get_int(&mode, "width", &width);
  gst_structure_get_int(&mode, "height", &height);
  gst_structure_get_fraction(&mode, "framerate", &num, &den);
  Score score;
  score.rate = den == 0 ? 0 : static_cast<double>(num) / den;
  score.fluent = score.rate >= kFluent;
  score.moderate = width <= kWidth && height <= kHeight;
  score.area = score.moderate ? width * height : -width * height;
  score.raw = gst_structure_has_name(&mode, "video/x-raw") != FALSE;
  return score;
}

std::string modes_text(const GstCaps* offered) {
  std::string text;
  for (const CameraMode& mode : modes_of(offered)) {
    text += (text.empty() ? "it has " : "; ") + mode.format + " " + mode.size + " at " + mode.rates;
  }
  return text.empty() ? "it has none that can be filtered" : text;
}

std::string value_text(const GValue* value) {
  if (value == nullptr) return "?";
  if (GST_VALUE_HOLDS_INT_RANGE(value)) {
    return std::to_string(gst_value_get_int_range_min(value)) + "-" +
           std::to_string(gst_value_get_int_range_max(value));
  }
  if (GST_VALUE_HOLDS_FRACTION_RANGE(value)) {
    return value_text(gst_value_get_fraction_range_min(value)) + "-" +
           value_text(gst_value_get_fraction_range_max(value));
  }
  if (GST_VALUE_HOLDS_LIST(value)) {
    std::string text;
    for (guint i = 0; i < gst_value_list_get_size(value); ++i) {
      text += (i == 0 ? "" : ", ") + value_text(gst_value_list_get_value(value, i));
    }
    return text;
  }
  if (GST_VALUE_HOLDS_FRACTION(value)) {
    const int num = gst_value_get_fraction_numerator(value);
    const int den = gst_value_get_fraction_denominator(value);
    return std::to_string(num) + (den == 1 ? "" : "/" + std::to_string(den));
  }
  if (G_VALUE_HOLDS_INT(value)) return std::to_string(g_value_get_int(value));
  return G_VALUE_HOLDS_STRING(value) ? g_value_get_string(value) : "?";
}

void check_device(const LiveInput& input) {
  const std::string path = input.target.empty() ? "/dev/video0" : input.target;
  const int device = ::open(path.c_str(), O_RDWR | O_NONBLOCK | O_CLOEXEC);
  const int error = errno;
  if (device >= 0) {
    ::close(device);
    return;
  }
  std::string why = std::strerror(error);
  if (input.target.empty() && error == ENOENT) {
    why = "no camera is there";
  } else if (path != input.written) {
    why = path + ": " + why;
  }
  media::fail(MediaError::Kind::input, input.written, why,
              "convolve --list devices shows what there is; test:ball needs no camera");
}

}  // namespace

std::vector<std::string> camera_words(const LiveInput& input, GstCaps* offered) {
  const Handle<GstCaps> wanted = wanted_caps(input);
  const Handle<GstCaps> possible(
      gst_caps_intersect_full(offered, wanted.get(), GST_CAPS_INTERSECT_FIRST));
  if (gst_caps_is_empty(possible.get())) {
    media::fail(MediaError::Kind::usage, input.written, "the camera has no such mode",
                modes_text(offered));
  }
  GstStructure* best = nullptr;
  Score best_score;
  for (guint i = 0; i < gst_caps_get_size(possible.get()); ++i) {
    GstStructure* mode = gst_structure_copy(gst_caps_get_structure(possible.get(), i));
    gst_structure_fixate_field_nearest_int(mode, "width", kWidth);
    gst_structure_fixate_field_nearest_int(mode, "height", kHeight);
    gst_structure_fixate_field_nearest_fraction(mode, "framerate", kRate, 1);
    gst_structure_fixate(mode);
    const Score score = score_of(*mode);
    if (best == nullptr || score > best_score) {
      std::swap(best, mode);
      best_score = score;
    }
    if (mode != nullptr) gst_structure_free(mode);
  }
  std::string caps = gst_structure_get_name(best);
  for (const char* field : {"format", "width", "height", "framerate"}) {
    const GValue* value = gst_structure_get_value(best, field);
    if (value == nullptr) continue;
    caps += std::string(",") + field + "=" + value_text(value);
    if (GST_VALUE_HOLDS_FRACTION(value) && caps.find('/', caps.rfind('=')) == std::string::npos) {
      caps += "/1";
    }
  }
  gst_structure_free(best);
  std::vector<std::string> words{"!", caps};
  if (!best_score.raw) words.insert(words.end(), {"!", "jpegdec"});
  return words;
}

std::vector<std::string> camera_words(const LiveInput& input) {
  check_device(input);
  const Handle<GstElement> camera = make_plain_element("v4l2src");
  if (!input.target.empty()) g_object_set(camera.get(), "device", input.target.c_str(), nullptr);
  BusErrors errors(input.written);
  const Handle<GstElement> pipeline(GST_ELEMENT(gst_object_ref_sink(gst_pipeline_new(nullptr))));
  gst_bin_add(GST_BIN(pipeline.get()), GST_ELEMENT(gst_object_ref(camera.get())));
  errors.attach(pipeline.get());
  // Opened, a camera tells its modes.
  const bool opened =
      gst_element_set_state(camera.get(), GST_STATE_READY) != GST_STATE_CHANGE_FAILURE;
  Handle<GstCaps> offered;
  if (opened) {
    GstPad* pad = gst_element_get_static_pad(camera.get(), "src");
    offered.reset(gst_pad_query_caps(pad, nullptr));
    gst_object_unref(pad);
  }
  gst_element_set_state(camera.get(), GST_STATE_NULL);
  errors.detach();
  if (!opened) {
    media::fail(MediaError::Kind::input, input.written,
                errors.failed() ? errors.reason() : "cannot be opened");
  }
  return camera_words(input, offered.get());
}

std::vector<CameraMode> modes_of(const GstCaps* offered) {
  std::vector<CameraMode> modes;
  for (guint i = 0; i < gst_caps_get_size(offered); ++i) {
    const GstStructure* mode = gst_caps_get_structure(offered, i);
    const std::string type = gst_structure_get_name(mode);
    CameraMode row;
    row.format = type == "video/x-raw"  ? value_text(gst_structure_get_value(mode, "format"))
                 : type == "image/jpeg" ? "MJPEG"
                                        : type;
    row.size = value_text(gst_structure_get_value(mode, "width")) + "x" +
               value_text(gst_structure_get_value(mode, "height"));
    row.rates = value_text(gst_structure_get_value(mode, "framerate"));
    modes.push_back(std::move(row));
  }
  return modes;
}

}  // namespace convolve::graph
