// SPDX-License-Identifier: MIT
#include "live_input.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <string_view>

#include <convolve/graph.h>
#include <convolve/live.h>
#include <convolve/params.h>

#include "../media/av.h"
#include "../media/container.h"
#include "../media/path.h"
#include "gst_handles.h"

extern "C" {
#include <libavutil/parseutils.h>
}

namespace convolve::graph {

namespace {

constexpr std::string_view kTest = "test:";
constexpr std::string_view kCamera = "v4l2:";
constexpr std::array<std::string_view, 9> kStreams{"rtsp",  "rtsps", "rtspt", "rtspu", "rtmp",
                                                   "rtmps", "srt",   "udp",   "rtp"};

[[noreturn]] void refuse(const std::string& input, const std::string& why,
                         const std::string& hint = {}) {
  media::fail(MediaError::Kind::usage, input, why, hint);
}

template <typename T>
T read_whole(const LiveInput& input, std::string_view name, std::string_view text, T most) {
  T number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || end != text.data() + text.size() || number < 1 || number > most) {
    refuse(input.written, std::string(name) + ": '" + std::string(text) +
                              "' is no whole number from 1 to " + std::to_string(most));
  }
  return number;
}

void set_width(LiveInput& input, std::string_view text) {
  input.width = read_whole(input, "width", text, 16384);
}

void set_height(LiveInput& input, std::string_view text) {
  input.height = read_whole(input, "height", text, 16384);
}

void set_frames(LiveInput& input, std::string_view text) {
  input.frames = read_whole(input, "frames", text, std::int64_t{1'000'000'000});
}

// 30, 29.97 or 30000/1001.
void set_rate(LiveInput& input, std::string_view text) {
  AVRational rate{0, 1};
  const std::string written(text);
  const bool plain = !text.empty() && text.find_first_not_of("0123456789./") == std::string::npos;
  if (!plain || av_parse_video_rate(&rate, written.c_str()) < 0 || av_q2d(rate) > 1000) {
    refuse(input.written, "fps: '" + written + "' is no rate from 0 to 1000, as 30 or 30000/1001");
  }
  input.rate = media::from_av(rate);
}

void set_format(LiveInput& input, std::string_view text) {
  if (find_format(text) == nullptr) {
    refuse(input.written, "format: '" + std::string(text) + "' is no pixel format",
           "convolve --list formats shows them");
  }
  input.format = text;
}

struct Key {
  std::string_view name;
  void (*set)(LiveInput& input, std::string_view text);
};
constexpr std::array kKeys{Key{"width", set_width}, Key{"height", set_height}, Key{"fps", set_rate},
                           Key{"frames", set_frames}, Key{"format", set_format}};

void set_key(LiveInput& input, std::string_view pair) {
  const std::size_t equals = pair.find('=');
  const std::string_view name = pair.substr(0, equals);
  const auto key = std::ranges::find(kKeys, name, &Key::name);
  if (key == kKeys.end()) {
    std::vector<std::string_view> names;
    for (const Key& known : kKeys) names.push_back(known.name);
    const std::string nearest(nearest_name(name, names));
    refuse(input.written, "no parameter '" + std::string(name) + "'",
           nearest.empty() ? "there are width, height, fps, frames and format"
                           : "did you mean '" + nearest + "'?");
  }
  if (equals == std::string_view::npos) {
    refuse(input.written, std::string(name) + ": a value is missing");
  }
  key->set(input, pair.substr(equals + 1));
}

bool is_stream(const std::string& written) {
  const std::string input = media::plain_name(written);
  const std::size_t end = input.find("://");
  return end != std::string::npos &&
         std::ranges::find(kStreams, std::string_view(input).substr(0, end)) != kStreams.end();
}

// RTP's elements take no other ones, and libav waits at them for ever.
void check_stream_port(const LiveInput& input) {
  constexpr long kLeast = 2;
  constexpr long kMost = 65534;
  const std::string port = media::address_of(input.target).port;
  if (!input.target.starts_with("rtp:") || port.empty()) return;
  long number = 0;
  const auto [end, error] = std::from_chars(port.data(), port.data() + port.size(), number);
  const bool whole = error == std::errc{} && end == port.data() + port.size();
  if (whole && number >= kLeast && number <= kMost) return;
  media::fail(MediaError::Kind::input, input.written,
              "'" + port + "' is no port that RTP can be received at", "it takes 2 to 65534");
}

// Patterns are GStreamer's: what there is, it knows.
void check_pattern(LiveInput& input) {
  if (input.target.empty()) input.target = "smpte";
  init_graph();
  const Handle<GstElementFactory> factory(gst_element_factory_find("videotestsrc"));
  if (!factory) {
    media::fail(MediaError::Kind::input, input.written, "GStreamer has no videotestsrc here",
                "install gstreamer1.0-plugins-base");
  }
  const Handle<GstElement> element(
      GST_ELEMENT(gst_object_ref_sink(gst_element_factory_create(factory.get(), nullptr))));
  GParamSpec* property = g_object_class_find_property(G_OBJECT_GET_CLASS(element.get()), "pattern");
  const GEnumClass* patterns = G_PARAM_SPEC_ENUM(property)->enum_class;
  std::vector<std::string_view> names;
  std::string known;
  for (guint i = 0; i < patterns->n_values; ++i) {
    names.emplace_back(patterns->values[i].value_nick);
    known += (known.empty() ? "" : " ") + std::string(names.back());
  }
  if (std::ranges::find(names, input.target) != names.end()) return;
  const std::string nearest(nearest_name(input.target, names));
  media::fail(MediaError::Kind::input, input.written, "no pattern '" + input.target + "'",
              nearest.empty() ? "there are " + known : "did you mean 'test:" + nearest + "'?");
}

std::string caps_text(const LiveInput& input, int width, int height, Rational rate) {
  std::string text = "video/x-raw";
  if (!input.format.empty()) text += ",format=" + input.format;
  if (width > 0) text += ",width=" + std::to_string(width) + ",height=" + std::to_string(height);
  return text + ",framerate=" + std::to_string(rate.num) + "/" + std::to_string(rate.den);
}

}  // namespace

std::optional<LiveKind> live_kind(const std::string& input) {
  const std::string name = input.substr(0, input.find('?'));
  if (name.starts_with(kTest)) return LiveKind::test;
  if (name == "webcam" || name.starts_with(kCamera) || name.starts_with("/dev/video")) {
    return LiveKind::camera;
  }
  if (name == "screen") return LiveKind::screen;
  if (is_stream(input)) return LiveKind::stream;
  return {};
}

LiveInput parse_live_input(const std::string& input) {
  LiveInput result;
  result.kind = live_kind(input).value_or(LiveKind::test);
  result.written = input;
  // A stream's own parameters stand behind its question mark.
  if (result.kind == LiveKind::stream) {
    result.target = media::plain_name(input);
    check_stream_port(result);
    return result;
  }
  const std::size_t question = input.find('?');
  std::string name = input.substr(0, question);
  if (name.starts_with(kTest)) name.erase(0, kTest.size());
  if (name.starts_with(kCamera)) name.erase(0, kCamera.size());
  if (name != "webcam" && name != "screen") result.target = name;
  std::string_view rest =
      question == std::string::npos ? "" : std::string_view(input).substr(question + 1);
  while (!rest.empty()) {
    const std::size_t end = std::min(rest.find('&'), rest.size());
    set_key(result, rest.substr(0, end));
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  if (result.width.has_value() != result.height.has_value()) {
    refuse(input, "width and height go together");
  }
  if (result.kind == LiveKind::test) check_pattern(result);
  return result;
}

std::string raw_caps(const LiveInput& input) {
  const Rational rate = input.rate.value_or(Rational{30, 1});
  if (input.kind != LiveKind::test) return caps_text(input, 0, 0, rate);
  LiveInput drawn = input;
  // What players and encoders take as it is.
  if (drawn.format.empty()) drawn.format = "I420";
  return caps_text(drawn, input.width.value_or(640), input.height.value_or(480), rate);
}

std::vector<std::string> source_words(const LiveInput& input) {
  switch (input.kind) {
    case LiveKind::test:
      return {"videotestsrc", "is-live=true", "pattern=" + input.target, "!", raw_caps(input)};
    case LiveKind::screen: {
      std::vector<std::string> words{"ximagesrc", "use-damage=false", "!", raw_caps(input)};
      if (input.width) {
        const std::string size = "video/x-raw,width=" + std::to_string(*input.width) +
                                 ",height=" + std::to_string(*input.height);
        words.insert(words.end(), {"!", "videoscale", "!", size});
      }
      return words;
    }
    case LiveKind::stream:
      if (input.target.starts_with("rtsp")) {
        return {"rtspsrc",     "location=" + input.target,
                "latency=100", "drop-on-latency=true",
                "!",           "application/x-rtp,media=video",
                "!",           "decodebin",
                "!",           "videoconvert"};
      }
      // Of its pads the first that gives pictures is taken.
      return {"uridecodebin", "uri=" + input.target, "!", "videoconvert"};
    case LiveKind::camera:
      break;
  }
  std::vector<std::string> words{"v4l2src"};
  if (!input.target.empty()) words.push_back("device=" + input.target);
  return words;
}

}  // namespace convolve::graph

namespace convolve {

bool is_live_input(const std::string& input) { return graph::live_kind(input).has_value(); }

bool is_live_output(const std::string& output) {
  return media::is_url(output) || media::device_path(output).has_value();
}

void check_live_input(const std::string& input) { (void)graph::parse_live_input(input); }

}  // namespace convolve
