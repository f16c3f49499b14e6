// SPDX-License-Identifier: MIT
#include "encoder_options.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>

namespace convolve::media {

namespace {

enum class Quality : std::uint8_t { none, crf, quantiser };

// One row for each encoder that needs more than libav's own defaults.
struct Trait {
  std::string_view encoder;
  Quality quality = Quality::none;
  const char* rate_free = "";  // options that let quality, not bitrate, rule
  const char* defaults = "";   // where neither quality nor bitrate is given
  const char* always = "";
  const char* lossless = nullptr;
  const char* live = "";   // speed before size, and nothing held back
  bool has_range = false;  // tells full from video range
  bool even_chroma = false;
};

constexpr std::array kTraits{
    Trait{"libx264", Quality::crf, "", "", "", "qp=0", "preset=veryfast:tune=zerolatency", true,
          true},
    Trait{"libx264rgb", Quality::crf, "", "", "", "qp=0", "preset=veryfast:tune=zerolatency", true,
          false},
    // x265 writes to stderr by itself unless told not to.
    Trait{"libx265", Quality::crf, "", "", "x265-params=log-level=none",
          "x265-params=log-level=none\\:lossless=1", "preset=ultrafast:tune=zerolatency", true,
          true},
    Trait{"libvpx-vp9", Quality::crf, "b=0", "crf=31:b=0", "row-mt=1:deadline=good:cpu-used=3",
          "lossless=1", "deadline=realtime:cpu-used=8:lag-in-frames=0", true, false},
    Trait{"libvpx", Quality::crf, "b=20000000", "crf=10:b=20000000", "deadline=good:cpu-used=3",
          nullptr, "deadline=realtime:cpu-used=8:lag-in-frames=0", false, false},
    Trait{"libaom-av1", Quality::crf, "b=0", "crf=30:b=0", "row-mt=1:cpu-used=6",
          "crf=0:b=0:aom-params=lossless=1", "usage=realtime:cpu-used=8:lag-in-frames=0", true,
          false},
    Trait{"libsvtav1", Quality::crf, "", "crf=35", "", nullptr, "preset=10", true, true},
    Trait{"libwebp", Quality::none, "", "quality=90", "", "lossless=1", "", false, false},
    Trait{"libwebp_anim", Quality::none, "", "quality=90", "", "lossless=1", "", false, false},
    Trait{"libtheora", Quality::none, "", "flags=+qscale:global_quality=944", "", nullptr, "",
          false, false},
    // Each row by the predictor that suits it: files of photographs become half as large.
    Trait{"png", Quality::none, "", "", "pred=mixed", "", "", true, false},
    // The picture is full range by definition.
    Trait{"mjpeg", Quality::quantiser, "", "global_quality=236", "", nullptr, "", true, false},
    Trait{"wrapped_avframe", Quality::none, "", "", "", "", "", true, false},
    Trait{"rawvideo", Quality::none, "", "", "", "", "", true, false},
};

bool has_option(const AVCodec& codec, const char* name) {
  return codec.priv_class != nullptr &&
         av_opt_find(const_cast<const AVClass**>(&codec.priv_class), name, nullptr, 0,
                     AV_OPT_SEARCH_FAKE_OBJ) != nullptr;
}

// Of the family that began with MPEG-1, from H.261 to Windows Media.
bool is_mpeg_family(const AVCodec& codec) { return has_option(codec, "mpv_flags"); }

Trait trait_of(const AVCodec& codec) {
  for (const Trait& trait : kTraits) {
    if (trait.encoder == codec.name) return trait;
  }
  Trait trait;
  if (is_mpeg_family(codec)) {
    trait.quality = Quality::quantiser;
    trait.defaults = "global_quality=354";
  }
  const AVCodecDescriptor* descriptor = avcodec_descriptor_get(codec.id);
  const int props = descriptor == nullptr ? 0 : descriptor->props;
  if ((props & AV_CODEC_PROP_LOSSLESS) != 0 && (props & AV_CODEC_PROP_LOSSY) == 0) {
    trait.lossless = "";
  }
  // Colour of files in Matroska and MP4 is told by the container.
  trait.has_range = (props & AV_CODEC_PROP_LOSSLESS) != 0;
  return trait;
}

// x264 itself writes to stderr about a preset that it does not know.
void check_x26x_preset(const AVCodec& codec, const std::string& preset) {
  constexpr std::array kPresets{"ultrafast", "superfast", "veryfast", "faster",   "fast",
                                "medium",    "slow",      "slower",   "veryslow", "placebo"};
  const std::string_view name = codec.name;
  if (!name.starts_with("libx26")) return;
  if (std::find(kPresets.begin(), kPresets.end(), preset) != kPresets.end()) return;
  std::string known;
  for (const char* one : kPresets) known += std::string(known.empty() ? "" : " ") + one;
  fail(MediaError::Kind::usage, "--enc-preset",
       std::string(name) + " has no preset '" + preset + "'", "it has " + known);
}

bool always_lossless(const Trait& trait) {
  return trait.lossless != nullptr && *trait.lossless == '\0';
}

[[noreturn]] void refuse(const char* option, const AVCodec& codec, const std::string& why) {
  fail(MediaError::Kind::usage, option, std::string(codec.name) + " " + why);
}

std::string number(double value) {
  std::string text = std::to_string(value);
  text.erase(text.find_last_not_of('0') + 1);
  if (text.back() == '.') text.pop_back();
  return text;
}

}  // namespace

bool signals_range(const AVCodec& codec) { return trait_of(codec).has_range; }
bool needs_even_chroma(const AVCodec& codec) { return trait_of(codec).even_chroma; }

bool counts_frames(const AVCodec& codec) {
  constexpr std::array kOthers{AV_CODEC_ID_MPEG4, AV_CODEC_ID_THEORA, AV_CODEC_ID_DIRAC,
                               AV_CODEC_ID_SNOW,  AV_CODEC_ID_DNXHD,  AV_CODEC_ID_DVVIDEO};
  return codec.supported_framerates != nullptr || is_mpeg_family(codec) ||
         std::ranges::find(kOthers, codec.id) != kOthers.end();
}

void check_encoder_options(const AVCodec& codec, const WriteOptions& options) {
  const Trait trait = trait_of(codec);
  const bool has_crf = trait.quality != Quality::none || has_option(codec, "crf");
  if (options.crf) {
    if (!has_crf) refuse("--crf", codec, "has no such quality scale");
    const double lowest = trait.quality == Quality::quantiser ? 1 : 0;
    const double highest = trait.quality == Quality::quantiser ? 31
                           : std::string_view(codec.name).find("264") != std::string::npos ||
                                   std::string_view(codec.name).find("265") != std::string::npos
                               ? 51
                               : 63;
    if (!(*options.crf >= lowest && *options.crf <= highest)) {
      refuse("--crf", codec, "takes " + number(lowest) + " to " + number(highest));
    }
  }
  if (options.bitrate) {
    if (*options.bitrate <= 0) refuse("--bitrate", codec, "needs a positive number");
    if (always_lossless(trait)) refuse("--bitrate", codec, "is lossless: it has no bitrate");
  }
  if (options.crf && options.bitrate) refuse("--crf", codec, "takes either --crf or --bitrate");
  if (options.lossless) {
    if (trait.lossless == nullptr) refuse("--lossless", codec, "cannot be lossless");
    if (options.crf || options.bitrate) {
      refuse("--lossless", codec, "is either lossless or has --crf or --bitrate");
    }
  }
  if (!options.encoder_preset.empty() && !has_option(codec, "preset") &&
      !has_option(codec, "cpu-used")) {
    refuse("--enc-preset", codec, "has no presets");
  }
  if (!options.encoder_preset.empty()) check_x26x_preset(codec, options.encoder_preset);
}

void set_encoder_options(AVCodecContext& context, Dictionary& dictionary,
                         const WriteOptions& options) {
  const AVCodec& codec = *context.codec;
  const Trait trait = trait_of(codec);
  const auto add = [&](const char* text) {
    av_dict_parse_string(dictionary.address(), text, "=", ":", 0);
  };
  add(trait.always);
  if (options.live) {
    add(trait.live);
    // Somebody who joins a stream, or plays a file that was cut off, waits for a whole picture.
    const double rate = av_q2d(context.framerate);
    context.gop_size = std::max(1, static_cast<int>(std::lround(rate > 0 ? rate : 25)));
    context.max_b_frames = 0;
  }
  if (options.lossless) {
    if (trait.lossless != nullptr) add(trait.lossless);
  } else if (options.crf) {
    add(trait.rate_free);
    if (trait.quality == Quality::quantiser) {
      context.flags |= AV_CODEC_FLAG_QSCALE;
      context.global_quality = static_cast<int>(std::lround(*options.crf * FF_QP2LAMBDA));
    } else {
      dictionary.set("crf", number(*options.crf));
    }
  } else if (options.bitrate) {
    context.bit_rate = *options.bitrate;
  } else {
    add(trait.defaults);
    if (trait.quality == Quality::quantiser) context.flags |= AV_CODEC_FLAG_QSCALE;
  }
  if (!options.encoder_preset.empty()) {
    dictionary.set(has_option(codec, "preset") ? "preset" : "cpu-used", options.encoder_preset);
  }
  // SVT-AV1 reads no option for this, only the environment.
  if (std::string_view(codec.name) == "libsvtav1") ::setenv("SVT_LOG", "0", 0);
}

}  // namespace convolve::media
