// SPDX-License-Identifier: MIT
#include <cstdio>

#include "av_handles.h"
#include "clip_maker.h"

extern "C" {
#include <libavutil/display.h>
#include <libavutil/imgutils.h>
#include <libavutil/pixdesc.h>
}

namespace {

std::map<std::string, std::string> to_map(const AVDictionary* dictionary) {
  std::map<std::string, std::string> map;
  const AVDictionaryEntry* entry = nullptr;
  while ((entry = av_dict_get(dictionary, "", entry, AV_DICT_IGNORE_SUFFIX)) != nullptr) {
    map[entry->key] = entry->value;
  }
  return map;
}

StreamFacts stream_facts(const AVStream& stream) {
  const AVCodecParameters& codec = *stream.codecpar;
  StreamFacts facts;
  const char* type = av_get_media_type_string(codec.codec_type);
  facts.type = type == nullptr ? "unknown" : type;
  facts.codec = avcodec_get_name(codec.codec_id);
  facts.metadata = to_map(stream.metadata);
  facts.language = facts.metadata["language"];
  facts.disposition = stream.disposition;
  if (codec.codec_type == AVMEDIA_TYPE_VIDEO) {
    const char* format = av_get_pix_fmt_name(static_cast<AVPixelFormat>(codec.format));
    facts.pixel_format = format == nullptr ? "" : format;
  }
  facts.width = codec.width;
  facts.height = codec.height;
  facts.sar_num = codec.sample_aspect_ratio.num;
  facts.sar_den = codec.sample_aspect_ratio.den;
  facts.range = codec.color_range;
  facts.matrix = codec.color_space;
  facts.primaries = codec.color_primaries;
  facts.transfer = codec.color_trc;
  facts.frame_rate = av_q2d(stream.avg_frame_rate.den > 0 ? stream.avg_frame_rate : AVRational{0, 1});
  const auto* matrix = reinterpret_cast<const std::int32_t*>(
      av_stream_get_side_data(&stream, AV_PKT_DATA_DISPLAYMATRIX, nullptr));
  if (matrix != nullptr) facts.rotation = av_display_rotation_get(matrix);
  if (codec.extradata_size > 0) {
    facts.extradata.assign(reinterpret_cast<const char*>(codec.extradata),
                           static_cast<std::size_t>(codec.extradata_size));
  }
  return facts;
}

std::string samples(const AVFrame& frame) {
  const auto format = static_cast<AVPixelFormat>(frame.format);
  const int size = av_image_get_buffer_size(format, frame.width, frame.height, 1);
  std::string bytes(static_cast<std::size_t>(size), '\0');
  av_image_copy_to_buffer(reinterpret_cast<std::uint8_t*>(bytes.data()), size,
                          const_cast<const std::uint8_t* const*>(frame.data), frame.linesize,
                          format, frame.width, frame.height, 1);
  return bytes;
}

void take_frames(AVCodecContext* decoder, AVRational time_base, FileFacts& facts) {
  for (;;) {
    const Frame frame(av_frame_alloc());
    const int code = avcodec_receive_frame(decoder, frame.get());
    if (code == AVERROR(EAGAIN) || code == AVERROR_EOF) return;
    need(code, "decode");
    facts.times.push_back(static_cast<double>(frame->best_effort_timestamp) * av_q2d(time_base));
    facts.frames.push_back(samples(*frame));
  }
}

}  // namespace

const StreamFacts* FileFacts::first(const std::string& type) const {
  const auto found = all(type);
  return found.empty() ? nullptr : found.front();
}

std::vector<const StreamFacts*> FileFacts::all(const std::string& type) const {
  std::vector<const StreamFacts*> found;
  for (const StreamFacts& stream : streams) {
    if (stream.type == type) found.push_back(&stream);
  }
  return found;
}

FileFacts look_into(const std::string& path) {
  av_log_set_level(AV_LOG_QUIET);
  AVFormatContext* file = nullptr;
  need(avformat_open_input(&file, ("file:" + path).c_str(), nullptr, nullptr), path);
  const std::unique_ptr<AVFormatContext*, void (*)(AVFormatContext**)> closer(&file,
                                                                              avformat_close_input);
  need(avformat_find_stream_info(file, nullptr), path);
  FileFacts facts;
  facts.metadata = to_map(file->metadata);
  for (unsigned i = 0; i < file->nb_chapters; ++i) {
    const AVChapter& chapter = *file->chapters[i];
    char text[64];
    std::snprintf(text, sizeof text, "%.3f-%.3f ", static_cast<double>(chapter.start) * av_q2d(chapter.time_base),
                  static_cast<double>(chapter.end) * av_q2d(chapter.time_base));
    facts.chapters.push_back(text + to_map(chapter.metadata)["title"]);
  }
  int video = -1;
  for (unsigned i = 0; i < file->nb_streams; ++i) {
    facts.streams.push_back(stream_facts(*file->streams[i]));
    if (video < 0 && facts.streams.back().type == "video") video = static_cast<int>(i);
  }
  Codec decoder;
  if (video >= 0) {
    const AVCodecParameters* codec = file->streams[video]->codecpar;
    decoder.reset(avcodec_alloc_context3(avcodec_find_decoder(codec->codec_id)));
    need(avcodec_parameters_to_context(decoder.get(), codec), "parameters");
    need(avcodec_open2(decoder.get(), decoder->codec, nullptr), "decoder");
  }
  const Packet packet(av_packet_alloc());
  while (av_read_frame(file, packet.get()) >= 0) {
    const AVRational base = file->streams[packet->stream_index]->time_base;
    if (packet->stream_index == video) {
      need(avcodec_send_packet(decoder.get(), packet.get()), "decode");
      take_frames(decoder.get(), base, facts);
    } else {
      StreamFacts& stream = facts.streams[static_cast<std::size_t>(packet->stream_index)];
      stream.packets.emplace_back(reinterpret_cast<const char*>(packet->data),
                                  static_cast<std::size_t>(packet->size));
      stream.packet_times.push_back(static_cast<double>(packet->pts) * av_q2d(base));
      stream.packet_durations.push_back(static_cast<double>(packet->duration) * av_q2d(base));
    }
    av_packet_unref(packet.get());
  }
  if (decoder) {
    avcodec_send_packet(decoder.get(), nullptr);
    take_frames(decoder.get(), file->streams[video]->time_base, facts);
  }
  return facts;
}
