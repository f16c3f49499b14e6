// SPDX-License-Identifier: MIT
#include "copied_streams.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <filesystem>
#include <new>

#include "turn.h"

namespace convolve::media {

namespace {

const char* type_name(AVMediaType type) {
  const char* name = av_get_media_type_string(type);
  return name == nullptr ? "data" : name;
}

std::string tag_text(std::uint32_t tag) {
  char text[AV_FOURCC_MAX_STRING_SIZE] = {};
  av_fourcc_make_string(text, tag);
  return text;
}

bool is_cover(const AVStream& stream) {
  return (stream.disposition & AV_DISPOSITION_ATTACHED_PIC) != 0;
}

struct Cover {
  AVCodecID codec;
  const char* extension;
  const char* mime_type;
  bool in_mp4;
};
// Pictures that stand for a file.
constexpr std::array kCovers{
    Cover{AV_CODEC_ID_MJPEG, "jpg", "image/jpeg", true},
    Cover{AV_CODEC_ID_PNG, "png", "image/png", true},
    Cover{AV_CODEC_ID_BMP, "bmp", "image/bmp", true},
    Cover{AV_CODEC_ID_GIF, "gif", "image/gif", false},
    Cover{AV_CODEC_ID_TIFF, "tiff", "image/tiff", false},
    Cover{AV_CODEC_ID_WEBP, "webp", "image/webp", false},
};

bool can_hold_cover(const AVOutputFormat& format, AVCodecID codec) {
  const auto* cover = std::ranges::find(kCovers, codec, &Cover::codec);
  if (cover == kCovers.end()) return false;
  const std::string_view name = format.name;
  return name == "matroska" || (name == "mp4" && cover->in_mp4);
}

// Streams that libav's muxers make themselves, from metadata and chapters.
bool made_by_muxer(const AVFormatContext& input, const AVStream& stream,
                   const AVOutputFormat& format) {
  const AVCodecParameters& codec = *stream.codecpar;
  if (codec.codec_type != AVMEDIA_TYPE_DATA || !is_mov(format)) return false;
  const bool timecode = codec.codec_tag == MKTAG('t', 'm', 'c', 'd');
  const bool chapters = codec.codec_id == AV_CODEC_ID_BIN_DATA &&
                        codec.codec_tag == MKTAG('t', 'e', 'x', 't') && input.nb_chapters > 0;
  return timecode || chapters;
}

bool can_copy(const AVOutputFormat& format, const AVStream& stream) {
  const AVCodecParameters& codec = *stream.codecpar;
  if (is_cover(stream)) return can_hold_cover(format, codec.codec_id);
  if (codec.codec_type == AVMEDIA_TYPE_DATA && is_mov(format)) {
    // The one kind of nameless data that libav writes.
    if (codec.codec_tag == MKTAG('g', 'p', 'm', 'd')) return true;
  }
  return can_hold(format, codec.codec_type, codec.codec_id);
}

// A container of the same name that would take every stream.
std::string suggestion(const AVFormatContext& input, const AVStream& video,
                       const std::string& output) {
  for (const auto& [muxer, extension] :
       {std::pair{"matroska", ".mkv"}, {"mp4", ".mp4"}, {"mov", ".mov"}, {"mpegts", ".ts"}}) {
    const AVOutputFormat* format = av_guess_format(muxer, nullptr, nullptr);
    bool all = format != nullptr;
    for (unsigned i = 0; all && i < input.nb_streams; ++i) {
      const AVStream& stream = *input.streams[i];
      all = &stream == &video || can_copy(*format, stream) || made_by_muxer(input, stream, *format);
    }
    if (all) {
      return "write to " +
             std::filesystem::path(output).filename().replace_extension(extension).string() +
             " instead";
    }
  }
  return {};
}

void copy_side_data(AVStream& to, const AVStream& from, bool video) {
  for (int i = 0; i < from.nb_side_data; ++i) {
    const AVPacketSideData& data = from.side_data[i];
    if (video) {
      // These describe the old encoding, not the picture.
      switch (data.type) {
        case AV_PKT_DATA_CPB_PROPERTIES:
        case AV_PKT_DATA_PARAM_CHANGE:
        case AV_PKT_DATA_NEW_EXTRADATA:
        case AV_PKT_DATA_QUALITY_STATS:
        case AV_PKT_DATA_FALLBACK_TRACK:
        case AV_PKT_DATA_DOVI_CONF:
        case AV_PKT_DATA_ENCRYPTION_INIT_INFO:
        case AV_PKT_DATA_ENCRYPTION_INFO:
          continue;
        default:
          break;
      }
    }
    std::uint8_t* place = av_stream_new_side_data(&to, data.type, data.size);
    if (place == nullptr) throw std::bad_alloc();
    std::memcpy(place, data.data, data.size);
  }
}

// Statistics of the old encoding, and what muxers write anew.
bool is_stale(std::string_view key) {
  for (const std::string_view stale :
       {"BPS", "DURATION", "NUMBER_OF_FRAMES", "NUMBER_OF_BYTES", "_STATISTICS_", "ENCODER",
        "encoder", "vendor_id", "ALPHA_MODE", "alpha_mode"}) {
    if (key.starts_with(stale)) return true;
  }
  return false;
}

void copy_metadata(AVDictionary** to, const AVDictionary* from, bool all) {
  const AVDictionaryEntry* entry = nullptr;
  while ((entry = av_dict_get(from, "", entry, AV_DICT_IGNORE_SUFFIX)) != nullptr) {
    if (all || !is_stale(entry->key)) av_dict_set(to, entry->key, entry->value, 0);
  }
}

// Copies are planned for one output, whose user hears what is left out.
struct Plan {
  const AVFormatContext& input;
  const AVStream& video;
  const Container& container;
  const std::string& output;
  const NoteHandler& on_note;

  void note(NoteLevel level, const std::string& text) const {
    if (on_note) on_note(level, output + ": " + text);
  }
  void warn(const std::string& text) const { note(NoteLevel::warning, text); }
  [[nodiscard]] bool streams() const { return container.kind == OutputKind::stream; }
};

std::string codec_name(const AVCodecParameters& codec) {
  if (codec.codec_id != AV_CODEC_ID_NONE) return avcodec_get_name(codec.codec_id);
  return codec.codec_tag == 0 ? "unknown" : tag_text(codec.codec_tag);
}

[[noreturn]] void refuse(const Plan& plan, const AVStream& stream) {
  const AVCodecParameters& codec = *stream.codecpar;
  std::string hint = plan.streams() ? "" : suggestion(plan.input, plan.video, plan.output);
  if (codec.codec_type == AVMEDIA_TYPE_AUDIO) {
    hint += (hint.empty() ? "" : ", or ") + std::string("leave the audio out with --no-audio");
  }
  const std::string kind = is_cover(stream) ? "cover pictures" : type_name(codec.codec_type);
  fail(MediaError::Kind::output, plan.output,
       plan.container.label + " cannot hold " + codec_name(codec) + " " + kind, hint);
}

// What there is no place for is refused, or left out where its user can do nothing about it.
void leave_out(const Plan& plan, const AVStream& stream) {
  const AVCodecParameters& codec = *stream.codecpar;
  const bool data =
      codec.codec_type == AVMEDIA_TYPE_DATA || codec.codec_type == AVMEDIA_TYPE_UNKNOWN;
  constexpr std::array kUnwritten{AV_CODEC_ID_NONE, AV_CODEC_ID_BIN_DATA, AV_CODEC_ID_DVD_NAV};
  if (data && std::ranges::find(kUnwritten, codec.codec_id) != kUnwritten.end()) {
    // Makers' own data and menus of discs, which libav can read but has no way to write.
    plan.warn("data stream " + std::to_string(stream.index) + " (" + codec_name(codec) +
              ") cannot be written, it is left out");
  } else if (plan.streams() && codec.codec_type != AVMEDIA_TYPE_AUDIO) {
    // Whoever sends a stream cannot choose what it is made of.
    plan.warn(codec_name(codec) + " " + type_name(codec.codec_type) +
              " cannot be sent, it is left out");
  } else {
    refuse(plan, stream);
  }
}

// What the container cannot say is done to the picture, where it is a matter of quarters.
void check_rotation(const Plan& plan) {
  if (tells_rotation(plan.container) || turning(plan.video)) return;
  if (is_silent(plan.container) || plan.streams()) {
    plan.warn("cannot say that the picture is to be shown turned");
  } else {
    fail(MediaError::Kind::output, plan.output,
         plan.container.label + " cannot say that the picture is to be shown turned",
         "write to mp4 or mov instead");
  }
}

void check_chapters(const Plan& plan) {
  if (plan.input.nb_chapters == 0 || is_silent(plan.container)) return;
  const std::string_view muxer = plan.container.format->name;
  if (is_mov(*plan.container.format) || muxer == "matroska" || muxer == "webm") return;
  plan.warn("cannot hold chapters, they are left out");
}

}  // namespace

std::vector<const AVStream*> plan_copies(const AVFormatContext& input, const AVStream& video,
                                         const Container& container, const std::string& output,
                                         bool audio, const NoteHandler& on_note) {
  std::vector<const AVStream*> copied;
  if (container.kind == OutputKind::null) return copied;
  const Plan plan{input, video, container, output, on_note};
  const bool silent = is_silent(container);
  bool left_out = false;
  for (unsigned i = 0; i < input.nb_streams; ++i) {
    const AVStream& stream = *input.streams[i];
    if (&stream == &video) continue;
    if (stream.codecpar->codec_type == AVMEDIA_TYPE_AUDIO && !audio) continue;
    if (silent) {
      left_out = true;
    } else if (made_by_muxer(input, stream, *container.format)) {
      continue;
    } else if (can_copy(*container.format, stream)) {
      copied.push_back(&stream);
    } else {
      leave_out(plan, stream);
    }
  }
  if (left_out) {
    // Nobody expects sound in a PNG.
    plan.note(container.kind == OutputKind::pictures ? NoteLevel::detail : NoteLevel::warning,
              container.label + " holds pictures alone, other streams are left out");
  }
  check_rotation(plan);
  check_chapters(plan);
  return copied;
}

namespace {

// Matroska keeps covers as attachments.
void make_attachment(AVStream& to, const AVPacket& picture) {
  AVCodecParameters& codec = *to.codecpar;
  codec.codec_type = AVMEDIA_TYPE_ATTACHMENT;
  const auto size = static_cast<std::size_t>(picture.size);
  av_freep(&codec.extradata);
  codec.extradata_size = 0;
  codec.extradata = static_cast<std::uint8_t*>(av_mallocz(size + AV_INPUT_BUFFER_PADDING_SIZE));
  if (codec.extradata == nullptr) throw std::bad_alloc();
  std::memcpy(codec.extradata, picture.data, size);
  codec.extradata_size = picture.size;
  const auto* cover = std::ranges::find(kCovers, codec.codec_id, &Cover::codec);
  av_dict_set(&to.metadata, "filename", (std::string("cover.") + cover->extension).c_str(),
              AV_DICT_DONT_OVERWRITE);
  av_dict_set(&to.metadata, "mimetype", cover->mime_type, AV_DICT_DONT_OVERWRITE);
  to.disposition = 0;
}

}  // namespace

AVStream* copy_stream(AVFormatContext& output, const AVStream& from) {
  AVStream* to = avformat_new_stream(&output, nullptr);
  if (to == nullptr) throw std::bad_alloc();
  if (avcodec_parameters_copy(to->codecpar, from.codecpar) < 0) throw std::bad_alloc();
  AVCodecParameters& codec = *to->codecpar;
  // A tag means what the container says: keep it only where this one says the same.
  const AVCodecTag* const* tags = output.oformat->codec_tag;
  if (tags == nullptr || av_codec_get_id(tags, codec.codec_tag) != codec.codec_id) {
    codec.codec_tag = 0;
  }
  to->id = from.id;
  to->time_base = from.time_base;
  to->avg_frame_rate = from.avg_frame_rate;
  to->r_frame_rate = from.r_frame_rate;
  to->sample_aspect_ratio = from.sample_aspect_ratio;
  to->disposition = from.disposition;
  to->duration = from.duration;
  copy_metadata(&to->metadata, from.metadata, true);
  copy_side_data(*to, from, false);
  if (is_cover(from) && std::string_view(output.oformat->name) == "matroska") {
    make_attachment(*to, from.attached_pic);
  }
  return to;
}

void carry_video_properties(AVStream& to, const AVStream& from) {
  to.id = from.id;
  to.avg_frame_rate = from.avg_frame_rate;
  to.r_frame_rate = from.r_frame_rate;
  to.disposition = from.disposition;
  copy_metadata(&to.metadata, from.metadata, false);
  copy_side_data(to, from, true);
}

void carry_frame_properties(AVStream& to, const AVFrame& frame) {
  for (const auto& [in_frame, in_stream] :
       {std::pair{AV_FRAME_DATA_MASTERING_DISPLAY_METADATA, AV_PKT_DATA_MASTERING_DISPLAY_METADATA},
        {AV_FRAME_DATA_CONTENT_LIGHT_LEVEL, AV_PKT_DATA_CONTENT_LIGHT_LEVEL},
        {AV_FRAME_DATA_STEREO3D, AV_PKT_DATA_STEREO3D},
        {AV_FRAME_DATA_SPHERICAL, AV_PKT_DATA_SPHERICAL}}) {
    const AVFrameSideData* data = av_frame_get_side_data(&frame, in_frame);
    if (data == nullptr || av_stream_get_side_data(&to, in_stream, nullptr) != nullptr) continue;
    std::uint8_t* place = av_stream_new_side_data(&to, in_stream, data->size);
    if (place == nullptr) throw std::bad_alloc();
    std::memcpy(place, data->data, data->size);
  }
}

void carry_file_properties(AVFormatContext& to, const AVFormatContext& from, std::int64_t shift_us,
                           std::int64_t duration_us) {
  copy_metadata(&to.metadata, from.metadata, false);
  // They name the input's container, not this one.
  for (const char* key : {"major_brand", "minor_version", "compatible_brands"}) {
    av_dict_set(&to.metadata, key, nullptr, 0);
  }
  if (from.nb_chapters == 0) return;
  to.chapters = static_cast<AVChapter**>(av_calloc(from.nb_chapters, sizeof(AVChapter*)));
  if (to.chapters == nullptr) throw std::bad_alloc();
  for (unsigned i = 0; i < from.nb_chapters; ++i) {
    const AVChapter& old = *from.chapters[i];
    const std::int64_t shift = av_rescale_q(shift_us, kMicroseconds, old.time_base);
    const std::int64_t last =
        duration_us > 0 ? av_rescale_q(duration_us, kMicroseconds, old.time_base) : INT64_MAX;
    if (old.end <= shift || old.start - shift >= last) continue;
    auto* chapter = static_cast<AVChapter*>(av_mallocz(sizeof(AVChapter)));
    if (chapter == nullptr) throw std::bad_alloc();
    chapter->id = old.id;
    chapter->time_base = old.time_base;
    chapter->start = std::max<std::int64_t>(0, old.start - shift);
    chapter->end = std::min(last, old.end - shift);
    av_dict_copy(&chapter->metadata, old.metadata, 0);
    to.chapters[to.nb_chapters++] = chapter;
  }
}

}  // namespace convolve::media
