// SPDX-License-Identifier: MIT
#include "container.h"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <string_view>

#include "path.h"

namespace convolve::media {

namespace {

struct Extension {
  std::string_view name;
  const char* muxer;
};
// libav would take .m4v and .ts for raw streams or other things, and does not know .tif as ours.
constexpr std::array kContainers{
    Extension{".mp4", "mp4"},      Extension{".m4v", "mp4"},     Extension{".mov", "mov"},
    Extension{".mkv", "matroska"}, Extension{".webm", "webm"},   Extension{".avi", "avi"},
    Extension{".ts", "mpegts"},    Extension{".m2ts", "mpegts"}, Extension{".y4m", "yuv4mpegpipe"},
    Extension{".gif", "gif"},
};

// What each kind of server, or receiver, takes.
constexpr std::array kStreams{
    Extension{"rtmp", "flv"},   Extension{"rtmps", "flv"}, Extension{"srt", "mpegts"},
    Extension{"udp", "mpegts"}, Extension{"rtsp", "rtsp"},
};

struct Picture {
  std::string_view name;
  AVCodecID codec;
};
constexpr std::array kPictures{
    Picture{".png", AV_CODEC_ID_PNG},    Picture{".jpg", AV_CODEC_ID_MJPEG},
    Picture{".jpeg", AV_CODEC_ID_MJPEG}, Picture{".tif", AV_CODEC_ID_TIFF},
    Picture{".tiff", AV_CODEC_ID_TIFF},  Picture{".bmp", AV_CODEC_ID_BMP},
    Picture{".webp", AV_CODEC_ID_WEBP},
};

struct Alias {
  std::string_view name;
  const char* encoder;
};
// Names that people say for codecs, and the encoder that does each best.
constexpr std::array kAliases{
    Alias{"h264", "libx264"},     Alias{"avc", "libx264"},    Alias{"x264", "libx264"},
    Alias{"hevc", "libx265"},     Alias{"h265", "libx265"},   Alias{"x265", "libx265"},
    Alias{"vp8", "libvpx"},       Alias{"vp9", "libvpx-vp9"}, Alias{"av1", "libsvtav1"},
    Alias{"jpeg", "mjpeg"},       Alias{"jpg", "mjpeg"},      Alias{"mpeg2", "mpeg2video"},
    Alias{"prores", "prores_ks"},
};

// libav writes anything into a transport stream, and cannot tell what RTSP takes, but readers know
// only these.
constexpr std::array kTransportCodecs{
    AV_CODEC_ID_H264,         AV_CODEC_ID_HEVC,         AV_CODEC_ID_MPEG1VIDEO,
    AV_CODEC_ID_MPEG2VIDEO,   AV_CODEC_ID_MPEG4,        AV_CODEC_ID_VC1,
    AV_CODEC_ID_CAVS,         AV_CODEC_ID_DIRAC,        AV_CODEC_ID_MP2,
    AV_CODEC_ID_MP3,          AV_CODEC_ID_AAC,          AV_CODEC_ID_AAC_LATM,
    AV_CODEC_ID_AC3,          AV_CODEC_ID_EAC3,         AV_CODEC_ID_DTS,
    AV_CODEC_ID_TRUEHD,       AV_CODEC_ID_OPUS,         AV_CODEC_ID_S302M,
    AV_CODEC_ID_DVB_SUBTITLE, AV_CODEC_ID_DVB_TELETEXT, AV_CODEC_ID_SMPTE_KLV,
    AV_CODEC_ID_TIMED_ID3,
};

// libav knows tags for these in QuickTime's files, and refuses to write them when it has begun.
constexpr std::array kNotForMov{AV_CODEC_ID_VP8,  AV_CODEC_ID_VP9,    AV_CODEC_ID_AV1,
                                AV_CODEC_ID_FLAC, AV_CODEC_ID_TRUEHD, AV_CODEC_ID_OPUS};

// What Windows, recorders and cameras of the network record. Matroska has it by its number in
// Windows, which libav writes and reads, but does not count among Matroska's own.
bool is_numbered_sound(AVCodecID codec) {
  const AVCodecTag* const tables[] = {avformat_get_riff_audio_tags(), nullptr};
  return avcodec_get_type(codec) == AVMEDIA_TYPE_AUDIO && av_codec_get_tag(tables, codec) != 0;
}

const AVCodec* encoder_named(const char* name) { return avcodec_find_encoder_by_name(name); }

const AVCodec* wanted_encoder(const std::string& wanted) {
  for (const Alias& alias : kAliases) {
    if (alias.name != wanted) continue;
    if (const AVCodec* codec = encoder_named(alias.encoder)) return codec;
  }
  if (const AVCodec* codec = encoder_named(wanted.c_str())) return codec;
  const AVCodecDescriptor* descriptor = avcodec_descriptor_get_by_name(wanted.c_str());
  return descriptor == nullptr ? nullptr : avcodec_find_encoder(descriptor->id);
}

// H.264 plays everywhere at 8 bits; at more, players that take HEVC's Main 10 are many, those that
// take H.264's High 10 few.
const AVCodec* default_encoder(const Container& container, int depth) {
  const std::string_view muxer = container.format->name;
  const AVCodec* codec = nullptr;
  constexpr std::array<std::string_view, 7> kModern{"mp4",      "mov",    "3gp", "3g2",
                                                    "matroska", "mpegts", "flv"};
  const bool modern = std::ranges::find(kModern, muxer) != kModern.end();
  if (modern || container.kind == OutputKind::stream) {
    // Few players of streams know other formats than those of 8 bits.
    const bool deep = depth > 8 && container.kind != OutputKind::stream;
    if (deep && can_hold(*container.format, AVMEDIA_TYPE_VIDEO, AV_CODEC_ID_HEVC)) {
      codec = encoder_named("libx265");
    }
    if (codec == nullptr) codec = encoder_named("libx264");
  } else if (muxer == "webm") {
    codec = encoder_named("libvpx-vp9");
  } else if (muxer == "yuv4mpegpipe") {
    codec = avcodec_find_encoder(AV_CODEC_ID_WRAPPED_AVFRAME);
  }
  return codec != nullptr ? codec : avcodec_find_encoder(container.format->video_codec);
}

// These have no port of their own, and send by whatever happens to be there.
void check_address(const std::string& url) {
  const Address address = address_of(url);
  const bool listens = url.starts_with("srt:") && url.find("mode=listener") != std::string::npos;
  const bool all_digits = address.port.find_first_not_of("0123456789") == std::string::npos;
  const long port = all_digits && address.port.size() <= 5 ? std::atol(address.port.c_str()) : -1;
  const std::string why = address.port.empty()               ? "no port"
                          : port < 1 || port > 65535         ? "'" + address.port + "' is no port"
                          : address.host.empty() && !listens ? "no host"
                                                             : "";
  if (why.empty()) return;
  fail(MediaError::Kind::output, url, why,
       "write host and port, as in " + url.substr(0, url.find("://")) + "://127.0.0.1:5000");
}

Container stream_container(const std::string& name) {
  const std::string url = plain_name(name);
  const std::string scheme = url.substr(0, url.find("://"));
  Container result;
  result.kind = OutputKind::stream;
  for (const Extension& known : kStreams) {
    if (known.name == scheme) result.format = av_guess_format(known.muxer, nullptr, nullptr);
  }
  if (result.format == nullptr) {
    fail(MediaError::Kind::output, url, "streams cannot be sent by '" + scheme + "'",
         "rtmp, srt, udp and rtsp can, as in udp://127.0.0.1:5000");
  }
  if (scheme == "udp" || scheme == "srt") check_address(url);
  result.label = scheme;
  return result;
}

constexpr std::string_view kKnown =
    "known are mp4, mov, mkv, webm, avi, ts, y4m, gif, png, jpg, tiff, bmp and img%04d.png";

}  // namespace

std::optional<std::string> device_path(const std::string& name) {
  constexpr std::string_view kPrefix = "v4l2:";
  if (name.starts_with(kPrefix)) return name.substr(kPrefix.size());
  if (name.starts_with("/dev/video")) return name;
  return std::nullopt;
}

Container container_for(const std::string& name) {
  Container result;
  if (name == "null:") return result;
  if (device_path(name)) {
    result.kind = OutputKind::device;
    result.format = av_guess_format("rawvideo", nullptr, nullptr);
    result.label = "v4l2";
    return result;
  }
  if (is_url(name)) return stream_container(name);
  const std::string extension = name == "-" ? ".y4m" : extension_of(name);
  for (const Picture& picture : kPictures) {
    if (picture.name != extension) continue;
    result.kind = OutputKind::pictures;
    result.picture = picture.codec;
    result.numbered = SequencePattern::parse(name).has_value();
    result.label = extension.substr(1);
    return result;
  }
  result.kind = OutputKind::file;
  for (const Extension& known : kContainers) {
    if (known.name == extension) result.format = av_guess_format(known.muxer, nullptr, nullptr);
  }
  if (result.format == nullptr && !extension.empty()) {
    result.format = av_guess_format(nullptr, ("a" + extension).c_str(), nullptr);
  }
  if (result.format == nullptr || result.format->video_codec == AV_CODEC_ID_NONE ||
      (result.format->flags & AVFMT_NOFILE) != 0) {
    const auto status = file_status(name);
    if (status && (S_ISCHR(status->st_mode) || S_ISBLK(status->st_mode))) {
      fail(MediaError::Kind::output, name, "is a device, it cannot be written as a file",
           "name a file such as out.mp4; null: writes nothing");
    }
    fail(MediaError::Kind::output, name,
         extension.empty() ? "no extension says which container to write"
                           : "unknown container '" + extension + "'",
         kKnown);
  }
  // Sound with a picture for its cover.
  if (result.format->video_codec == AV_CODEC_ID_PNG) {
    fail(MediaError::Kind::output, name, "'" + extension + "' files hold sound alone", kKnown);
  }
  result.label = extension.substr(1);
  return result;
}

bool is_silent(const Container& container) {
  if (container.kind == OutputKind::pictures || container.kind == OutputKind::device) return true;
  const std::string_view muxer = container.format == nullptr ? "" : container.format->name;
  return muxer == "gif" || muxer == "yuv4mpegpipe";
}

bool is_mov(const AVOutputFormat& format) {
  const std::string_view name = format.name;
  return name == "mp4" || name == "mov";
}

bool tells_rotation(const Container& container) {
  return container.kind == OutputKind::file && is_mov(*container.format);
}

bool has_fixed_rate(const AVOutputFormat& format) {
  constexpr std::array<std::string_view, 6> kMuxers{"avi", "yuv4mpegpipe", "ogg",
                                                    "ogv", "mxf",          "swf"};
  return std::ranges::find(kMuxers, format.name) != kMuxers.end();
}

bool can_hold(const AVOutputFormat& format, AVMediaType type, AVCodecID codec) {
  const std::string_view muxer = format.name;
  if (muxer == "mpegts" || muxer == "rtsp") {
    return std::ranges::find(kTransportCodecs, codec) != kTransportCodecs.end();
  }
  if (muxer == "mov" && std::ranges::find(kNotForMov, codec) != kNotForMov.end()) return false;
  if (muxer == "flv" && codec == AV_CODEC_ID_MPEG4) return false;
  if (type == AVMEDIA_TYPE_ATTACHMENT) return muxer == "matroska";
  if (type == AVMEDIA_TYPE_DATA && (muxer == "matroska" || muxer == "webm")) return false;
  if (muxer == "matroska" && is_numbered_sound(codec)) return true;
  return avformat_query_codec(&format, codec, FF_COMPLIANCE_NORMAL) == 1;
}

const AVCodec* choose_encoder(const Container& container, const std::string& wanted,
                              const std::string& output, int depth) {
  const AVCodec* codec = nullptr;
  if (!wanted.empty()) {
    codec = wanted_encoder(wanted);
    if (codec == nullptr || codec->type != AVMEDIA_TYPE_VIDEO) {
      fail(MediaError::Kind::usage, "--codec", "no video encoder is called '" + wanted + "'");
    }
  }
  if (container.kind == OutputKind::pictures) {
    if (codec == nullptr) codec = avcodec_find_encoder(container.picture);
    if (codec == nullptr) fail(MediaError::Kind::output, output, "no encoder for such pictures");
    if (codec->id != container.picture) {
      fail(MediaError::Kind::output, output,
           container.label + " files cannot hold " + avcodec_get_name(codec->id) + " video");
    }
    return codec;
  }
  if (codec == nullptr) codec = default_encoder(container, depth);
  if (codec == nullptr) fail(MediaError::Kind::output, output, "no encoder for this container");
  const bool raw = std::string_view(container.format->name) == "yuv4mpegpipe";
  const bool fits = raw ? codec->id == AV_CODEC_ID_WRAPPED_AVFRAME
                        : codec->id == container.format->video_codec ||
                              can_hold(*container.format, AVMEDIA_TYPE_VIDEO, codec->id);
  if (!fits) {
    fail(MediaError::Kind::output, output,
         container.label + " cannot hold " + avcodec_get_name(codec->id) + " video",
         raw || container.real_time() ? "leave --codec out" : "mkv holds nearly every codec");
  }
  return codec;
}

}  // namespace convolve::media
