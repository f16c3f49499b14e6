// SPDX-License-Identifier: MIT
#include "launch_line.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <string_view>
#include <vector>

#include <convolve/graph.h>

#include "../media/av.h"
#include "../media/container.h"
#include "../media/path.h"
#include "gst_handles.h"

namespace convolve::graph {

namespace {

struct Named {
  std::string_view name;
  std::string_view text;
};

template <std::size_t N>
std::string_view find(const std::array<Named, N>& table, std::string_view name) {
  for (const Named& row : table) {
    if (row.name == name) return row.text;
  }
  return {};
}

constexpr std::array kMuxers{
    Named{".mp4", "mp4mux"},      Named{".m4v", "mp4mux"},   Named{".mov", "qtmux"},
    Named{".mkv", "matroskamux"}, Named{".webm", "webmmux"}, Named{".avi", "avimux"},
    Named{".ts", "mpegtsmux"},
};

constexpr std::array kEncoders{
    Named{"libx264", "x264enc"}, Named{"h264", "x264enc"},      Named{"libx265", "x265enc"},
    Named{"hevc", "x265enc"},    Named{"libvpx-vp9", "vp9enc"}, Named{"vp9", "vp9enc"},
    Named{"libvpx", "vp8enc"},   Named{"vp8", "vp8enc"},        Named{"mpeg4", "avenc_mpeg4"},
    Named{"mjpeg", "jpegenc"},   Named{"png", "pngenc"},        Named{"ffv1", "avenc_ffv1"},
};

constexpr std::array kPictures{
    Named{".png", "pngenc"},     Named{".jpg", "jpegenc"},     Named{".jpeg", "jpegenc"},
    Named{".tif", "avenc_tiff"}, Named{".tiff", "avenc_tiff"}, Named{".bmp", "avenc_bmp"},
    Named{".webp", "webpenc"},
};

// What parsebin calls the packets of audio, so that they can be told from the video's.
constexpr std::array kAudioCaps{
    Named{"aac", "audio/mpeg"},    Named{"mp3", "audio/mpeg"},        Named{"ac3", "audio/x-ac3"},
    Named{"opus", "audio/x-opus"}, Named{"vorbis", "audio/x-vorbis"}, Named{"flac", "audio/x-flac"},
    Named{"eac3", "audio/x-eac3"},
};

std::string property(const std::string& name, const std::string& value) {
  return shell_word(name + "=" + value);
}

std::string encoder_text(const TranscodeOptions& options, const MediaInfo& input,
                         const std::string& extension) {
  std::string codec = options.codec;
  if (codec.empty()) {
    codec = extension == ".webm"  ? "libvpx-vp9"
            : extension == ".avi" ? "mpeg4"
            : input.bits > 8      ? "libx265"
                                  : "libx264";
  }
  const std::string_view known = find(kEncoders, codec);
  std::string text(known.empty() ? "avenc_" + codec : std::string(known));
  const bool x26 = text == "x264enc" || text == "x265enc";
  if (media::container_for(options.output).real_time() && x26) text += " tune=zerolatency";
  const auto crf = static_cast<int>(std::lround(options.crf.value_or(0)));
  if (text == "x264enc") {
    if (options.lossless) {
      text += " pass=quant quantizer=0";
    } else if (!options.bitrate) {
      text += " pass=qual quantizer=" + std::to_string(options.crf ? crf : 23);
    }
  } else if (text == "x265enc" && (options.lossless || options.crf)) {
    text += options.lossless ? " option-string=lossless=1"
                             : " option-string=crf=" + std::to_string(crf);
  } else if (text == "vp9enc" && !options.bitrate) {
    text += " end-usage=cq cq-level=" + std::to_string(options.crf ? crf : 31) + " deadline=1";
  }
  if (options.bitrate) {
    // x264enc and x265enc count in kbit/s.
    if (x26)
      text += " bitrate=" + std::to_string(std::max<std::int64_t>(1, *options.bitrate / 1000));
    else if (text == "vp9enc" || text == "vp8enc")
      text += " target-bitrate=" + std::to_string(*options.bitrate);
    else if (text.starts_with("avenc_"))
      text += " bitrate=" + std::to_string(*options.bitrate);
  }
  if (x26 && !options.encoder_preset.empty()) {
    text += " " + property("speed-preset", options.encoder_preset);
  }
  return text;
}

std::string source_text(const TranscodeOptions& options, const std::vector<std::string>& words) {
  if (!words.empty()) {
    std::string text;
    for (const std::string& word : words) {
      text += (text.empty() ? "" : " ") + (word == "!" ? word : shell_word(word));
    }
    return text;
  }
  if (options.input == "-") return "fdsrc fd=0 ! y4mdec";
  if (media::is_url(options.input)) {
    return "uridecodebin " + property("uri", options.input);
  }
  const std::string location = property("location", options.input);
  const auto pattern = media::SequencePattern::parse(options.input);
  std::vector<std::int64_t> numbers;
  if (pattern && !media::file_status(options.input)) numbers = pattern->existing();
  if (!numbers.empty()) {
    const std::string extension = media::extension_of(options.input);
    const std::string type = extension == ".png" ? "image/png" : "image/jpeg";
    return "multifilesrc " + location + " start-index=" + std::to_string(numbers.front()) +
           " stop-index=" + std::to_string(numbers.back()) + " " +
           property("caps", type + ",framerate=25/1") + " ! decodebin";
  }
  // The decoder goes on while a frame is filtered.
  return "filesrc " + location + " ! decodebin ! queue";
}

// From raw pictures to whoever takes them as they come.
std::string real_time_text(const TranscodeOptions& options, const MediaInfo& input) {
  const std::string& output = options.output;
  if (const auto path = media::device_path(output)) {
    return "videoconvert ! v4l2sink sync=false " + property("device", *path);
  }
  const std::string encoder =
      "videoconvert ! video/x-raw,format=I420 ! " + encoder_text(options, input, "") + " ! ";
  const std::string scheme = output.substr(0, output.find("://") + 3);
  if (scheme == "rtsp://") return encoder + "rtspclientsink " + property("location", output);
  if (scheme == "srt://") return encoder + "mpegtsmux ! srtsink " + property("uri", output);
  if (scheme != "udp://") {
    return encoder + "flvmux streamable=true ! rtmp2sink " + property("location", output);
  }
  const media::Address address = media::address_of(output);
  return encoder + "mpegtsmux alignment=7 ! udpsink " + property("host", address.host) + " " +
         property("port", address.port);
}

}  // namespace

std::string launch_line(const TranscodeOptions& options, const FrameSource& source) {
  const MediaInfo input = source.media();
  const std::vector<std::string> words = source.words();
  const std::string extension =
      options.output == "-" ? ".y4m" : media::extension_of(options.output);
  std::string chain = gst_chain_text(options.chain);
  if (!chain.empty()) chain += " ! ";
  const std::string location = property("location", options.output);
  const std::string begin = "gst-launch-1.0 -e ";
  const std::string filtered = begin + source_text(options, words) + " ! " + chain;
  if (options.output == "null:") return filtered + "fakesink sync=false";
  if (media::container_for(options.output).real_time()) {
    return filtered + real_time_text(options, input);
  }
  if (extension == ".y4m") {
    return filtered + "videoconvert ! y4menc ! " +
           (options.output == "-" ? "fdsink fd=1" : "filesink " + location);
  }
  if (extension == ".gif") {
    // Its plugin is young and seldom installed.
    const Handle<GstElementFactory> factory(gst_element_factory_find("gifenc"));
    if (!factory) {
      media::fail(MediaError::Kind::usage, options.output, "GStreamer has no GIF encoder here",
                  "a line for mp4 or img%04d.png can be printed");
    }
    return filtered + "videoconvert ! gifenc ! filesink " + location;
  }
  if (const std::string_view encoder = find(kPictures, extension); !encoder.empty()) {
    const bool many = media::SequencePattern::parse(options.output).has_value();
    return filtered + "videoconvert ! " + std::string(encoder) + " ! " +
           (many ? "multifilesink index=1 " : "filesink ") + location;
  }
  const std::string_view known = find(kMuxers, extension);
  const std::string muxer(known.empty() ? "matroskamux" : known);
  const std::string encoder = encoder_text(options, input, extension);
  const std::string parser = encoder.starts_with("x264enc")   ? " ! h264parse"
                             : encoder.starts_with("x265enc") ? " ! h265parse"
                                                              : "";
  const auto sound = std::ranges::find(input.streams, "audio", &StreamInfo::type);
  const std::string_view audio = sound == input.streams.end() ? "" : find(kAudioCaps, sound->codec);
  const bool with_audio = options.audio && !audio.empty() && words.empty() &&
                          options.input != "-" && !media::is_url(options.input);
  if (!with_audio) {
    return filtered + "videoconvert ! " + encoder + parser + " ! " + muxer + " ! filesink " +
           location;
  }
  // The parsed audio goes into the file as it is; the queue lets the video take its time.
  return begin + "filesrc " + property("location", options.input) +
         " ! parsebin name=in in. ! queue ! " + std::string(audio) +
         " ! queue max-size-time=0 max-size-bytes=0 max-size-buffers=0 ! out. in. ! queue ! "
         "decodebin ! queue ! " +
         chain + "videoconvert ! " + encoder + parser + " ! queue ! " + muxer +
         " name=out ! filesink " + location;
}

}  // namespace convolve::graph
