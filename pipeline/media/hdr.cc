// SPDX-License-Identifier: MIT
#include "hdr.h"

extern "C" {
#include <libavutil/mastering_display_metadata.h>
}

#include <cmath>
#include <cstdio>
#include <string_view>

namespace convolve::media {

namespace {

template <typename T>
const T* side_data(const AVFrame& frame, AVFrameSideDataType type) {
  const AVFrameSideData* data = av_frame_get_side_data(&frame, type);
  return data == nullptr ? nullptr : reinterpret_cast<const T*>(data->data);
}

// SMPTE ST 2086 as x265 and x264 write it: chromaticity in 1/50000, luminance in 1/10000 cd/m².
std::string mastering_text(const AVMasteringDisplayMetadata& display) {
  const auto chroma = [](AVRational value) { return std::lround(av_q2d(value) * 50000); };
  const auto light = [](AVRational value) { return std::lround(av_q2d(value) * 10000); };
  const auto& p = display.display_primaries;  // red, green, blue
  char text[200];
  std::snprintf(text, sizeof text, "G(%ld,%ld)B(%ld,%ld)R(%ld,%ld)WP(%ld,%ld)L(%ld,%ld)",
                chroma(p[1][0]), chroma(p[1][1]), chroma(p[2][0]), chroma(p[2][1]),
                chroma(p[0][0]), chroma(p[0][1]), chroma(display.white_point[0]),
                chroma(display.white_point[1]), light(display.max_luminance),
                light(display.min_luminance));
  return text;
}

}  // namespace

void set_hdr_options(const AVCodec& codec, Dictionary& dictionary, const AVFrame& frame) {
  const std::string_view name = codec.name;
  const bool x265 = name == "libx265";
  if (!x265 && name != "libx264") return;
  std::string text;
  const auto add = [&text](const std::string& option) {
    text += (text.empty() ? "" : ":") + option;
  };
  const auto* display = side_data<AVMasteringDisplayMetadata>(
      frame, AV_FRAME_DATA_MASTERING_DISPLAY_METADATA);
  if (display != nullptr && display->has_primaries != 0 && display->has_luminance != 0) {
    add((x265 ? "master-display=" : "mastering-display=") + mastering_text(*display));
  }
  const auto* light =
      side_data<AVContentLightMetadata>(frame, AV_FRAME_DATA_CONTENT_LIGHT_LEVEL);
  if (light != nullptr) {
    add((x265 ? "max-cll=" : "cll=") + std::to_string(light->MaxCLL) + "," +
        std::to_string(light->MaxFALL));
  }
  if (text.empty()) return;
  const char* key = x265 ? "x265-params" : "x264-params";
  const AVDictionaryEntry* old = av_dict_get(dictionary.get(), key, nullptr, 0);
  dictionary.set(key, old == nullptr ? text : std::string(old->value) + ":" + text);
}

}  // namespace convolve::media
