// SPDX-License-Identifier: MIT
#include "clip_maker.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iterator>
#include <random>
#include <stdexcept>

#include "av_handles.h"

extern "C" {
#include <libavutil/display.h>
#include <libavutil/imgutils.h>
#include <libavutil/opt.h>
#include <libavutil/pixdesc.h>
}

namespace {

struct Track {
  Codec codec;
  int stream = -1;
};

void fill(AVFrame& frame, int number) {
  std::minstd_rand random(static_cast<unsigned>(number) + 1U);
  const auto* desc = av_pix_fmt_desc_get(static_cast<AVPixelFormat>(frame.format));
  const int depth = desc->comp[0].depth;
  for (int plane = 0; plane < av_pix_fmt_count_planes(static_cast<AVPixelFormat>(frame.format));
       ++plane) {
    const bool chroma = plane > 0 && desc->nb_components > 2;
    const int rows = chroma ? AV_CEIL_RSHIFT(frame.height, desc->log2_chroma_h) : frame.height;
    const int bytes = av_image_get_linesize(static_cast<AVPixelFormat>(frame.format), frame.width, plane);
    for (int y = 0; y < rows; ++y) {
      std::uint8_t* row = frame.data[plane] + static_cast<std::ptrdiff_t>(y) * frame.linesize[plane];
      for (int x = 0; x < bytes; x += depth > 8 ? 2 : 1) {
        const auto noise = static_cast<int>(random() % 9U);
        const int value = 40 + (x + 2 * y + 3 * number + 40 * plane) % 160 + noise;
        if (depth > 8) {
          const int deep = (value << (depth - 8)) + noise % (1 << (depth - 8));
          row[x] = static_cast<std::uint8_t>(deep & 255);
          row[x + 1] = static_cast<std::uint8_t>(deep >> 8);
        } else {
          row[x] = static_cast<std::uint8_t>(value);
        }
      }
    }
  }
}

// Of a palette, index i stands for R i, G 255 - i, B i ^ 0x55.
void fill_palette(AVFrame& frame, bool see_through) {
  for (std::uint32_t i = 0; i < 256; ++i) {
    const std::uint32_t alpha = see_through ? i : 255;
    const std::uint32_t color = alpha << 24U | i << 16U | (255 - i) << 8U | (i ^ 0x55U);
    std::memcpy(frame.data[1] + 4 * i, &color, sizeof color);
  }
}

void drain(AVFormatContext* file, Track& track, const AVFrame* frame) {
  need(avcodec_send_frame(track.codec.get(), frame), "encode");
  for (;;) {
    const Packet packet(av_packet_alloc());
    const int code = avcodec_receive_packet(track.codec.get(), packet.get());
    if (code == AVERROR(EAGAIN) || code == AVERROR_EOF) return;
    need(code, "encode");
    packet->stream_index = track.stream;
    av_packet_rescale_ts(packet.get(), track.codec->time_base,
                         file->streams[track.stream]->time_base);
    need(av_interleaved_write_frame(file, packet.get()), "write");
  }
}

Track open_video(AVFormatContext* file, const Clip& clip) {
  const AVCodec* codec = avcodec_find_encoder_by_name(clip.codec.c_str());
  if (codec == nullptr) throw std::runtime_error("no encoder " + clip.codec);
  Track track{Codec(avcodec_alloc_context3(codec)), 0};
  AVCodecContext& context = *track.codec;
  context.width = clip.width;
  context.height = clip.height;
  context.pix_fmt = av_get_pix_fmt(clip.pixel_format.c_str());
  context.time_base = {1, clip.time_base_den};
  context.framerate = {25, 1};
  context.max_b_frames = clip.b_frames;
  context.sample_aspect_ratio = {clip.sar_num, clip.sar_den};
  context.gop_size = clip.key_frame_every;
  context.strict_std_compliance = -2;
  context.thread_count = 1;
  if (clip.bt709) {
    context.color_range = AVCOL_RANGE_MPEG;
    context.color_primaries = AVCOL_PRI_BT709;
    context.color_trc = AVCOL_TRC_BT709;
    context.colorspace = AVCOL_SPC_BT709;
  }
  if ((file->oformat->flags & AVFMT_GLOBALHEADER) != 0) context.flags |= AV_CODEC_FLAG_GLOBAL_HEADER;
  av_opt_set(context.priv_data, "preset", "ultrafast", 0);
  av_opt_set(context.priv_data, "x265-params", "log-level=none", 0);
  if (clip.b_frames > 0) av_opt_set(context.priv_data, "x264-params", "b-adapt=0", 0);
  need(avcodec_open2(&context, codec, nullptr), "open " + clip.codec);
  AVStream* stream = avformat_new_stream(file, nullptr);
  track.stream = stream->index;
  need(avcodec_parameters_from_context(stream->codecpar, &context), "parameters");
  stream->time_base = context.time_base;
  stream->avg_frame_rate = {25, 1};
  stream->sample_aspect_ratio = context.sample_aspect_ratio;
  if (clip.rotation != 0) {
    auto* matrix = reinterpret_cast<std::int32_t*>(
        av_stream_new_side_data(stream, AV_PKT_DATA_DISPLAYMATRIX, 9 * sizeof(std::int32_t)));
    av_display_rotation_set(matrix, clip.rotation);
  }
  return track;
}

Track open_audio(AVFormatContext* file, const std::string& name, int number) {
  const AVCodec* codec = avcodec_find_encoder_by_name(name.c_str());
  if (codec == nullptr) throw std::runtime_error("no encoder " + name);
  Track track{Codec(avcodec_alloc_context3(codec)), 0};
  AVCodecContext& context = *track.codec;
  context.sample_rate = 48000;
  context.sample_fmt = codec->sample_fmts[0];
  context.ch_layout = AV_CHANNEL_LAYOUT_MONO;
  context.bit_rate = 64000;
  context.time_base = {1, 48000};
  if ((file->oformat->flags & AVFMT_GLOBALHEADER) != 0) context.flags |= AV_CODEC_FLAG_GLOBAL_HEADER;
  need(avcodec_open2(&context, codec, nullptr), "open " + name);
  AVStream* stream = avformat_new_stream(file, nullptr);
  track.stream = stream->index;
  need(avcodec_parameters_from_context(stream->codecpar, &context), "parameters");
  stream->time_base = context.time_base;
  av_dict_set(&stream->metadata, "language", number == 0 ? "eng" : "deu", 0);
  if (number == 1) stream->disposition = AV_DISPOSITION_COMMENT;
  return track;
}

void write_audio(AVFormatContext* file, Track& track, double seconds, double pitch) {
  AVCodecContext& context = *track.codec;
  const int size = context.frame_size > 0 ? context.frame_size : 1024;
  std::int64_t at = 0;
  while (static_cast<double>(at) / 48000 < seconds) {
    const Frame frame(av_frame_alloc());
    frame->nb_samples = size;
    frame->format = context.sample_fmt;
    frame->sample_rate = 48000;
    need(av_channel_layout_copy(&frame->ch_layout, &context.ch_layout), "layout");
    need(av_frame_get_buffer(frame.get(), 0), "memory");
    std::memset(frame->data[0], 0, static_cast<std::size_t>(frame->linesize[0]));
    for (int i = 0; i < size; ++i) {
      const double value = 0.3 * std::sin(pitch * static_cast<double>(at + i) / 48000 * 6.283);
      if (context.sample_fmt == AV_SAMPLE_FMT_FLTP || context.sample_fmt == AV_SAMPLE_FMT_FLT) {
        reinterpret_cast<float*>(frame->data[0])[i] = static_cast<float>(value);
      } else {
        reinterpret_cast<std::int16_t*>(frame->data[0])[i] = static_cast<std::int16_t>(value * 32767);
      }
    }
    frame->pts = at;
    at += size;
    drain(file, track, frame.get());
  }
  drain(file, track, nullptr);
}

void write_subtitles(AVFormatContext* file, int stream) {
  for (int i = 0; i < 2; ++i) {
    const std::string text = i == 0 ? "hello" : "world";
    const Packet packet(av_packet_alloc());
    need(av_new_packet(packet.get(), static_cast<int>(text.size())), "memory");
    std::memcpy(packet->data, text.data(), text.size());
    packet->stream_index = stream;
    packet->pts = packet->dts = 100 + 400 * i;
    packet->duration = 300;
    av_packet_rescale_ts(packet.get(), {1, 1000}, file->streams[stream]->time_base);
    need(av_interleaved_write_frame(file, packet.get()), "write");
  }
}

int add_plain_stream(AVFormatContext* file, AVMediaType type, AVCodecID codec) {
  AVStream* stream = avformat_new_stream(file, nullptr);
  stream->codecpar->codec_type = type;
  stream->codecpar->codec_id = codec;
  stream->time_base = {1, 1000};
  return stream->index;
}

void add_attachment(AVFormatContext* file, const std::string& type) {
  const int index = add_plain_stream(file, AVMEDIA_TYPE_ATTACHMENT, AV_CODEC_ID_TTF);
  AVStream* stream = file->streams[index];
  const std::string bytes(500, 'F');
  stream->codecpar->extradata =
      static_cast<std::uint8_t*>(av_mallocz(bytes.size() + AV_INPUT_BUFFER_PADDING_SIZE));
  std::memcpy(stream->codecpar->extradata, bytes.data(), bytes.size());
  stream->codecpar->extradata_size = static_cast<int>(bytes.size());
  av_dict_set(&stream->metadata, "filename", "some.ttf", 0);
  av_dict_set(&stream->metadata, "mimetype", type.c_str(), 0);
}

void add_chapters(AVFormatContext* file) {
  file->chapters = static_cast<AVChapter**>(av_calloc(2, sizeof(AVChapter*)));
  for (int i = 0; i < 2; ++i) {
    auto* chapter = static_cast<AVChapter*>(av_mallocz(sizeof(AVChapter)));
    chapter->id = i + 1;
    chapter->time_base = {1, 1000};
    chapter->start = 400 * i;
    chapter->end = 400 * (i + 1);
    av_dict_set(&chapter->metadata, "title", i == 0 ? "One" : "Two", 0);
    file->chapters[file->nb_chapters++] = chapter;
  }
}

}  // namespace

void make_clip(const Clip& clip) {
  av_log_set_level(AV_LOG_QUIET);
  AVFormatContext* file = nullptr;
  need(avformat_alloc_output_context2(&file, nullptr, clip.muxer.empty() ? nullptr : clip.muxer.c_str(),
                                      clip.path.c_str()),
       "container");
  Track video = open_video(file, clip);
  std::vector<Track> audio;
  for (const std::string& name : clip.audio) {
    audio.push_back(open_audio(file, name, static_cast<int>(audio.size())));
  }
  const int subtitles =
      clip.subtitles ? add_plain_stream(file, AVMEDIA_TYPE_SUBTITLE, AV_CODEC_ID_SUBRIP) : -1;
  if (clip.attachment) add_attachment(file, clip.attachment_type);
  if (clip.chapters) add_chapters(file);
  for (const auto& [key, value] : clip.metadata) {
    av_dict_set(&file->metadata, key.c_str(), value.c_str(), 0);
  }
  file->strict_std_compliance = -2;
  need(avio_open(&file->pb, ("file:" + clip.path).c_str(), AVIO_FLAG_WRITE), clip.path);
  AVDictionary* muxing = nullptr;
  if (!clip.movflags.empty()) av_dict_set(&muxing, "movflags", clip.movflags.c_str(), 0);
  const int begun = avformat_write_header(file, &muxing);
  av_dict_free(&muxing);
  need(begun, "header");

  std::vector<std::int64_t> pts = clip.pts;
  if (pts.empty()) {
    for (int i = 0; i < clip.frames; ++i) pts.push_back(std::int64_t{i} * clip.time_base_den / 25);
  }
  for (std::size_t i = 0; i < pts.size(); ++i) {
    const Frame frame(av_frame_alloc());
    frame->format = video.codec->pix_fmt;
    frame->width = clip.width;
    frame->height = clip.height;
    frame->color_range = video.codec->color_range;
    need(av_frame_get_buffer(frame.get(), 0), "memory");
    fill(*frame, static_cast<int>(i));
    if (frame->format == AV_PIX_FMT_PAL8) fill_palette(*frame, clip.see_through);
    frame->pts = pts[i];
    drain(file, video, frame.get());
  }
  drain(file, video, nullptr);
  const double seconds = static_cast<double>(pts.back()) / clip.time_base_den + 0.04;
  for (std::size_t i = 0; i < audio.size(); ++i) {
    write_audio(file, audio[i], seconds, 440.0 * static_cast<double>(i + 1));
  }
  if (subtitles >= 0) write_subtitles(file, subtitles);
  need(av_write_trailer(file), "trailer");
  avio_closep(&file->pb);
  avformat_free_context(file);
}

bool has_encoder(const std::string& name) {
  return avcodec_find_encoder_by_name(name.c_str()) != nullptr;
}

Folder::Folder() {
  std::string name = (std::filesystem::temp_directory_path() / "convolve-test-XXXXXX").string();
  if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("mkdtemp");
  path_ = name;
}

Folder::~Folder() {
  std::error_code error;
  std::filesystem::remove_all(path_, error);
}

std::vector<std::string> Folder::names() const {
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(path_)) {
    names.push_back(entry.path().filename().string());
  }
  std::sort(names.begin(), names.end());
  return names;
}

void write_text(const std::string& path, const std::string& text) {
  std::ofstream(path, std::ios::binary) << text;
}

std::string read_text(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}
