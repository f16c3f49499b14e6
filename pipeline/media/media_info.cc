// SPDX-License-Identifier: MIT
// What a file holds, told by libav.
#include <cmath>

#include "path.h"
#include "reader_state.h"

extern "C" {
#include <libavutil/display.h>
#include <libavutil/pixdesc.h>
}

namespace convolve {

namespace {

std::string text_or_empty(const char* text) { return text == nullptr ? "" : text; }

std::string tag(const AVDictionary* tags, const char* key) {
  const AVDictionaryEntry* entry = av_dict_get(tags, key, nullptr, 0);
  return entry == nullptr ? "" : entry->value;
}

StreamInfo stream_info(const AVStream& stream, bool filtered) {
  const AVCodecParameters& codec = *stream.codecpar;
  StreamInfo info;
  info.index = stream.index;
  info.type = text_or_empty(av_get_media_type_string(codec.codec_type));
  info.codec = avcodec_get_name(codec.codec_id);
  info.language = tag(stream.metadata, "language");
  info.title = tag(stream.metadata, "title");
  info.filtered = filtered;
  info.width = codec.width;
  info.height = codec.height;
  if (codec.codec_type == AVMEDIA_TYPE_AUDIO) {
    info.channels = codec.ch_layout.nb_channels;
    info.sample_rate = codec.sample_rate;
  }
  return info;
}

double rotation_of(const AVStream& stream) {
  const std::uint8_t* const matrix =
      av_stream_get_side_data(&stream, AV_PKT_DATA_DISPLAYMATRIX, nullptr);
  if (matrix == nullptr) return 0;
  // libav counts against the clock.
  const double turned = -av_display_rotation_get(reinterpret_cast<const std::int32_t*>(matrix));
  return std::isfinite(turned) ? turned + (turned < 0 ? 360 : 0) : 0;
}

void add_color(MediaInfo& info, const AVCodecParameters& codec) {
  if (codec.color_range != AVCOL_RANGE_UNSPECIFIED) {
    info.color_range = text_or_empty(av_color_range_name(codec.color_range));
  }
  if (codec.color_space != AVCOL_SPC_UNSPECIFIED) {
    info.color_matrix = text_or_empty(av_color_space_name(codec.color_space));
  }
  if (codec.color_primaries != AVCOL_PRI_UNSPECIFIED) {
    info.color_primaries = text_or_empty(av_color_primaries_name(codec.color_primaries));
  }
  if (codec.color_trc != AVCOL_TRC_UNSPECIFIED) {
    info.color_transfer = text_or_empty(av_color_transfer_name(codec.color_trc));
  }
}

}  // namespace

MediaInfo MediaReader::media() const {
  const media::Source& source = state_->source;
  const AVFormatContext& context = *source.context();
  const AVCodecParameters& codec = *source.video()->codecpar;
  MediaInfo info;
  info.name = source.name();
  info.container = text_or_empty(context.iformat->name);
  info.video = state_->info;
  info.duration = context.duration > 0 ? static_cast<double>(context.duration) / AV_TIME_BASE
                                       : state_->info.duration;
  info.bitrate = context.bit_rate;
  if (const auto status = media::file_status(info.name)) info.bytes = status->st_size;
  const auto format = static_cast<AVPixelFormat>(codec.format);
  if (format != AV_PIX_FMT_NONE) info.bits = media::depth_of(format);
  if (codec.sample_aspect_ratio.num > 0) {
    info.pixel_aspect = media::from_av(codec.sample_aspect_ratio);
  }
  info.rotation = rotation_of(*source.video());
  info.interlaced =
      codec.field_order != AV_FIELD_UNKNOWN && codec.field_order != AV_FIELD_PROGRESSIVE;
  add_color(info, codec);
  for (unsigned i = 0; i < context.nb_streams; ++i) {
    const AVStream* stream = context.streams[i];
    info.streams.push_back(stream_info(*stream, stream == source.video()));
  }
  info.chapters = static_cast<int>(context.nb_chapters);
  return info;
}

}  // namespace convolve
