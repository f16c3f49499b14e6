// SPDX-License-Identifier: MIT
#include <algorithm>
#include <array>
#include <cstring>
#include <string_view>

#include "sink.h"

namespace convolve::media {

namespace {

bool is_matroska(const AVOutputFormat& format) {
  const std::string_view name = format.name;
  return name == "matroska" || name == "webm";
}

// Keys that MP4's own metadata has places for; others need the form that QuickTime made up.
bool is_plain_mp4_key(std::string_view key) {
  constexpr std::array kKnown{
      "title",        "artist",       "album_artist", "album",         "date",
      "genre",        "comment",      "copyright",    "grouping",      "lyrics",
      "description",  "synopsis",     "show",         "episode_id",    "network",
      "keywords",     "composer",     "encoder",      "creation_time", "track",
      "disc",         "compilation",  "media_type",   "hd_video",      "gapless_playback",
      "location",     "language",     "timecode",     "tmpo",          "season_number",
      "episode_sort", "encoding_tool"};
  return std::find(kKnown.begin(), kKnown.end(), key) != kKnown.end();
}

}  // namespace

MuxSink::MuxSink(const Container& container, std::string name, Open open, CopySource source,
                 AVRational frame_rate, bool live)
    : container_(container),
      name_(std::move(name)),
      open_(std::move(open)),
      source_(std::move(source)),
      frame_rate_(frame_rate),
      live_(live) {}

void MuxSink::make_video_stream(const Encoder& encoder, const AVFrame& first) {
  AVStream* stream = avformat_new_stream(context_.get(), nullptr);
  if (stream == nullptr) throw std::bad_alloc();
  video_ = stream->index;
  stream->avg_frame_rate = frame_rate_;
  if (source_.video != nullptr) carry_video_properties(*stream, *source_.video);
  carry_frame_properties(*stream, first);
  if (avcodec_parameters_from_context(stream->codecpar, &encoder.context()) < 0) {
    throw std::bad_alloc();
  }
  // The players of one large maker know HEVC by this tag alone.
  const bool hevc = stream->codecpar->codec_id == AV_CODEC_ID_HEVC;
  if (hevc && is_mov(*container_.format)) stream->codecpar->codec_tag = MKTAG('h', 'v', 'c', '1');
  stream->sample_aspect_ratio = encoder.context().sample_aspect_ratio;
  video_time_base_ = encoder.time_base();
  stream->time_base = video_time_base_;
  if (has_fixed_rate(*container_.format)) stream->avg_frame_rate = av_inv_q(video_time_base_);
}

void MuxSink::make_streams(const Encoder& encoder, const AVFrame& first) {
  if (source_.input == nullptr) {
    make_video_stream(encoder, first);
    return;
  }
  stream_of_input_.assign(source_.input->nb_streams, -1);
  for (unsigned i = 0; i < source_.input->nb_streams; ++i) {
    const AVStream* from = source_.input->streams[i];
    if (from == source_.video) {
      make_video_stream(encoder, first);
    } else if (std::find(source_.streams.begin(), source_.streams.end(), from) !=
               source_.streams.end()) {
      const AVStream* made = copy_stream(*context_, *from);
      if (made->codecpar->codec_type != AVMEDIA_TYPE_ATTACHMENT) stream_of_input_[i] = made->index;
    }
  }
  carry_file_properties(*context_, *source_.input, shift_us_, source_.duration_us);
}

void MuxSink::set_muxer_options(Dictionary& options) const {
  if (is_mov(*container_.format)) {
    const AVDictionaryEntry* entry = nullptr;
    bool plain = true;
    while ((entry = av_dict_get(context_->metadata, "", entry, AV_DICT_IGNORE_SUFFIX)) != nullptr) {
      plain = plain && is_plain_mp4_key(entry->key);
    }
    std::string flags = plain ? "" : "+use_metadata_tags";
    // Fragments stand by themselves; an index at the end would be lost with the program.
    if (live_) {
      flags += "+frag_keyframe+empty_moov+default_base_moof";
      options.set("frag_duration", "1000000");  // microseconds
    }
    if (!flags.empty()) options.set("movflags", flags);
    // Edit lists count in the movie's time scale: its default of 1/1000 s would round the start.
    const AVRational base = context_->streams[video_]->time_base;
    if (base.num == 1 && base.den >= 1000 && base.den <= 1000000) {
      options.set("movie_timescale", std::to_string(base.den));
    }
  } else if (std::strcmp(container_.format->name, "mpegts") == 0) {
    // Who joins a stream reads times from where it is; files keep those that they had.
    if (container_.kind == OutputKind::file) options.set("mpegts_copyts", "1");
  } else if (std::strcmp(container_.format->name, "flv") == 0) {
    if (container_.kind == OutputKind::stream) options.set("flvflags", "no_duration_filesize");
  } else if (is_matroska(*container_.format)) {
    if (source_.input != nullptr && container_.format->name == std::string_view("matroska")) {
      options.set("default_mode", "passthrough");
    }
    if (live_) options.set("cluster_time_limit", "500");  // milliseconds
  }
}

void MuxSink::start(const Encoder& encoder, const AVFrame& first) {
  AVFormatContext* context = nullptr;
  if (avformat_alloc_output_context2(&context, container_.format, nullptr, name_.c_str()) < 0) {
    throw std::bad_alloc();
  }
  context_.reset(context);
  output_ = open_();
  output_->attach(*context);
  if (reader_gone()) return;
  if (std::strcmp(container_.format->name, "yuv4mpegpipe") == 0) {
    context->strict_std_compliance = -1;
  }
  // FLAC and TrueHD, and what says that a picture is all around or for two eyes.
  if (is_mov(*container_.format)) context->strict_std_compliance = FF_COMPLIANCE_EXPERIMENTAL;
  // Matroska stores times before 0, as sound that is to be skipped has them; by default libav
  // would shift everything.
  if (is_matroska(*container_.format)) context->avoid_negative_ts = AVFMT_AVOID_NEG_TS_DISABLED;
  if (live_) context->flags |= AVFMT_FLAG_FLUSH_PACKETS;
  make_streams(encoder, first);
  last_dts_.assign(context->nb_streams, AV_NOPTS_VALUE);
  Dictionary options;
  set_muxer_options(options);
  output_->set_options(options);
  forget_messages();
  const int result = avformat_write_header(context, options.address());
  if (result < 0) {
    output_->check();
    if (!reader_gone()) fail(MediaError::Kind::output, name_, output_->reason(result));
    return;
  }
  header_written_ = true;
  if (live_) output_->publish();
}

void MuxSink::check(int code) {
  output_->check();
  if (code >= 0 || reader_gone()) return;
  fail(MediaError::Kind::output, name_, output_->reason(code));
}

void MuxSink::write(PacketPtr packet, int stream, AVRational time_base) {
  if (!header_written_ || reader_gone()) return;
  AVStream* to = context_->streams[stream];
  packet->stream_index = stream;
  packet->pos = -1;
  av_packet_rescale_ts(packet.get(), time_base, to->time_base);
  // Coarser clocks may put two packets on one tick, which muxers refuse.
  std::int64_t& last = last_dts_[static_cast<std::size_t>(stream)];
  const bool strict = (container_.format->flags & AVFMT_TS_NONSTRICT) == 0;
  if (packet->dts != AV_NOPTS_VALUE && last != AV_NOPTS_VALUE) {
    packet->dts = std::max(packet->dts, strict ? last + 1 : last);
    if (packet->pts != AV_NOPTS_VALUE) packet->pts = std::max(packet->pts, packet->dts);
  }
  // MP4 plays a packet without a duration for no time at all, so that a last one is lost.
  const bool sound = to->codecpar->codec_type == AVMEDIA_TYPE_AUDIO;
  if (sound && packet->duration == 0 && packet->dts != AV_NOPTS_VALUE && last != AV_NOPTS_VALUE) {
    packet->duration = packet->dts - last;
  }
  if (packet->dts != AV_NOPTS_VALUE) last = packet->dts;
  check(av_interleaved_write_frame(context_.get(), packet.get()));
}

void MuxSink::write_video(PacketPtr packet) { write(std::move(packet), video_, video_time_base_); }

void MuxSink::write_copied(PacketPtr packet) {
  const auto index = static_cast<std::size_t>(packet->stream_index);
  const int stream = stream_of_input_[index];
  if (stream < 0) return;
  write(std::move(packet), stream, source_.input->streams[index]->time_base);
}

void MuxSink::finish() {
  if (header_written_ && !reader_gone()) check(av_write_trailer(context_.get()));
  output_->finish();
  context_.reset();
  output_.reset();
}

void MuxSink::discard() noexcept {
  context_.reset();
  output_.reset();
}

bool MuxSink::reader_gone() const noexcept { return output_ && output_->reader_gone(); }

}  // namespace convolve::media
