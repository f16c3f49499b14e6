// SPDX-License-Identifier: MIT
#include "inspect.h"

#include <cmath>

#include "json.h"
#include "progress.h"
#include "text.h"

namespace convolve::cli {

namespace {

std::string size_text(int width, int height) {
  return std::to_string(width) + "×" + std::to_string(height);
}

std::string rounded(double number) { return number_text(std::round(number * 1000) / 1000); }

// "h264, 1920×1080, yuv420p, 25 fps, 100 frames"
std::string video_text(const VideoInfo& video) {
  std::string text = video.codec + ", " + size_text(video.width, video.height);
  if (!video.pixel_format.empty()) text += ", " + video.pixel_format;
  if (video.still) return text + ", a picture";
  if (video.frame_rate.num > 0) text += ", " + rounded(video.frame_rate.value()) + " fps";
  if (video.total_frames) text += ", " + std::to_string(*video.total_frames) + " frames";
  return text;
}

std::string color_text(const MediaInfo& media) {
  std::string text;
  for (const std::string* word :
       {&media.color_range, &media.color_matrix, &media.color_primaries, &media.color_transfer}) {
    if (!word->empty()) text += (text.empty() ? "" : ", ") + *word;
  }
  return text;
}

std::string stream_text(const StreamInfo& stream) {
  std::string text = stream.type + " " + stream.codec;
  if (stream.width > 0) text += ", " + size_text(stream.width, stream.height);
  if (stream.channels > 0) text += ", " + std::to_string(stream.channels) + " channels";
  if (stream.sample_rate > 0) text += ", " + std::to_string(stream.sample_rate) + " Hz";
  if (!stream.language.empty() && stream.language != "und") text += ", " + stream.language;
  if (!stream.title.empty()) text += ", '" + stream.title + "'";
  return text + (stream.filtered ? ", is filtered" : "");
}

std::string row(std::string_view name, const std::string& text) {
  return text.empty() ? "" : padded(name, 12) + text + "\n";
}

Json number_or_null(double number) { return number > 0 ? Json(number) : Json(nullptr); }
Json text_or_null(const std::string& text) { return text.empty() ? Json(nullptr) : Json(text); }
Json rate_json(Rational rate) {
  if (rate.num <= 0) return nullptr;
  return std::to_string(rate.num) + "/" + std::to_string(rate.den);
}

Json video_json(const MediaInfo& media) {
  const VideoInfo& video = media.video;
  Json json;
  json["codec"] = video.codec;
  json["width"] = video.width;
  json["height"] = video.height;
  json["pixel_format"] = text_or_null(video.pixel_format);
  json["bits"] = media.bits > 0 ? Json(media.bits) : Json(nullptr);
  json["frame_rate"] = rate_json(video.frame_rate);
  json["fps"] = number_or_null(video.frame_rate.value());
  json["frames"] = nullptr;
  if (video.total_frames) json["frames"] = *video.total_frames;
  json["duration"] = number_or_null(video.duration);
  json["still"] = video.still;
  json["interlaced"] = media.interlaced;
  json["pixel_aspect"] = rate_json(media.pixel_aspect);
  json["rotation"] = media.rotation;
  json["color_range"] = text_or_null(media.color_range);
  json["color_matrix"] = text_or_null(media.color_matrix);
  json["color_primaries"] = text_or_null(media.color_primaries);
  json["color_transfer"] = text_or_null(media.color_transfer);
  return json;
}

Json stream_json(const StreamInfo& stream) {
  Json json;
  json["index"] = stream.index;
  json["type"] = stream.type;
  json["codec"] = stream.codec;
  json["language"] = text_or_null(stream.language);
  json["title"] = text_or_null(stream.title);
  json["filtered"] = stream.filtered;
  if (stream.width > 0) {
    json["width"] = stream.width;
    json["height"] = stream.height;
  }
  if (stream.channels > 0) {
    json["channels"] = stream.channels;
    json["sample_rate"] = stream.sample_rate;
  }
  return json;
}

Json media_object(const MediaInfo& media) {
  Json json;
  json["name"] = media.name;
  json["container"] = media.container;
  json["duration"] = number_or_null(media.duration);
  json["bytes"] = media.bytes > 0 ? Json(media.bytes) : Json(nullptr);
  json["bitrate"] = media.bitrate > 0 ? Json(media.bitrate) : Json(nullptr);
  json["chapters"] = media.chapters;
  json["video"] = video_json(media);
  json["streams"] = Json::array();
  for (const StreamInfo& stream : media.streams) json["streams"].push_back(stream_json(stream));
  return json;
}

}  // namespace

std::string media_text(const MediaInfo& media) {
  std::string text = row("name", media.name) + row("container", media.container);
  if (media.duration > 0) {
    text += row("duration", clock_text(media.duration) + " (" + rounded(media.duration) + " s)");
  }
  if (media.bytes > 0) text += row("bytes", std::to_string(media.bytes));
  if (media.bitrate > 0) text += row("bit rate", std::to_string(media.bitrate / 1000) + " kbit/s");
  text += row("video", video_text(media.video));
  text += row("colour", color_text(media));
  if (media.pixel_aspect.num > 0 && media.pixel_aspect.value() != 1) {
    text += row("pixels", std::to_string(media.pixel_aspect.num) + ":" +
                              std::to_string(media.pixel_aspect.den));
  }
  if (media.rotation != 0) text += row("rotation", rounded(media.rotation) + "° clockwise");
  if (media.interlaced) text += row("fields", "interlaced");
  for (const StreamInfo& stream : media.streams) {
    text += row("stream " + std::to_string(stream.index), stream_text(stream));
  }
  if (media.chapters > 0) text += row("chapters", std::to_string(media.chapters));
  return text;
}

std::string media_json(const MediaInfo& media) { return json_text(media_object(media)); }

std::string plan_text(const TranscodePlan& plan, const TranscodeOptions& job) {
  std::string text = row("input", plan.input.name + ": " + video_text(plan.input.video));
  std::string_view name = "filters";
  for (const FilterSpec& spec : job.chain) {
    text += row(name, chain_text({spec}));
    name = "";
  }
  if (job.chain.empty()) text += row("filters", "none");
  if (plan.container.empty()) return text + row("output", "nothing is written");
  std::string output = (job.output == "-" ? "standard output" : job.output) + ": " +
                       plan.container + ", " + plan.encoder;
  if (plan.width > 0) output += ", " + size_text(plan.width, plan.height);
  text += row("output", output);
  name = "copied";
  for (const int index : plan.copied_streams) {
    text += row(name, stream_text(plan.input.streams[static_cast<std::size_t>(index)]));
    name = "";
  }
  return text;
}

std::string plan_json(const TranscodePlan& plan, const TranscodeOptions& job) {
  Json json;
  json["input"] = media_object(plan.input);
  json["chain"] = Json::array();
  for (const FilterSpec& spec : job.chain) json["chain"].push_back(chain_text({spec}));
  Json output;
  output["name"] = job.output;
  output["container"] = text_or_null(plan.container);
  output["encoder"] = text_or_null(plan.encoder);
  output["width"] = plan.width > 0 ? Json(plan.width) : Json(nullptr);
  output["height"] = plan.height > 0 ? Json(plan.height) : Json(nullptr);
  output["copied_streams"] = plan.copied_streams;
  json["output"] = output;
  return json_text(json);
}

}  // namespace convolve::cli
