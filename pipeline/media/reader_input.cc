// SPDX-License-Identifier: MIT
// Packets as they come from the input: to whom they belong, whether any are missing or damaged.
#include <algorithm>
#include <span>
#include <string_view>

#include "jpeg_segments.h"
#include "reader_state.h"
#include "transport_stream.h"

namespace convolve {

// Who joins a stream in its midst cannot decode anything until a key frame comes.
void MediaReader::State::note_damage() {
  if (!options.live || frames_ > 0) ++damaged_;
}

// How a stream says goodbye differs; a file that does not end as its demuxer expects is cut short.
void MediaReader::State::end_input(int result) {
  input_ended_ = true;
  const bool gap = !source.missing_picture().empty();
  const bool ended = result == AVERROR_EOF || result == AVERROR_EXIT || gap;
  if (!ended) {
    note(NoteLevel::warning, (options.live ? "the stream has ended: " : "reading ended early: ") +
                                 media::error_text(result));
  }
  const bool cut = !ended || doubt_ ||
                   (result == AVERROR_EOF &&
                    media::is_cut_short(*source.context(), source.named_end(), last_packets_));
  if (cut && !options.live) ++damaged_;
  if (!video_ended_) avcodec_send_packet(decoder.get(), nullptr);
}

void MediaReader::State::note_packet(const AVPacket& packet) {
  if (packet.pos >= 0) last_packets_.begin = packet.pos;
  const std::int64_t time = packet.pts == AV_NOPTS_VALUE ? packet.dts : packet.pts;
  if (time == AV_NOPTS_VALUE) return;
  const AVRational base = source.context()->streams[packet.stream_index]->time_base;
  last_packet_us_ = std::max(last_packet_us_, av_rescale_q(time, base, kMicroseconds));
  last_packet_end_us_ =
      std::max(last_packet_end_us_, av_rescale_q(time + packet.duration, base, kMicroseconds));
}

// Demuxers doubt what lies before a gap, and mark it or, where they parse it, what is before it.
// Where transport streams were joined nothing is missing: a key frame follows in time.
void MediaReader::State::check_video_packet(const AVPacket& packet) {
  constexpr int kMarkedEarly = 2;
  const bool timed = packet.dts != AV_NOPTS_VALUE;
  const std::int64_t due = timed ? packet.dts + frame_duration(packet.duration) : 0;
  if (doubt_) {
    const bool in_time = timed && packet.dts <= doubt_->due + frame_duration(packet.duration) / 2;
    const bool joint = in_time && (packet.flags & AV_PKT_FLAG_KEY) != 0 &&
                       media::is_counted_anew(*source.context(), packet.pos);
    if (!joint && in_time && --doubt_->packets > 0) {
      doubt_->due = due;
    } else {
      if (!joint) note_damage();
      doubt_.reset();
    }
  }
  if ((packet.flags & AV_PKT_FLAG_CORRUPT) == 0) return;
  const bool joinable = source.context()->iformat->name == std::string_view("mpegts");
  if (timed && joinable) {
    doubt_ = {kMarkedEarly, due};
  } else {
    note_damage();
  }
}

namespace {

// Where Ogg files were joined, headers come again, numbered as if they were frames.
bool is_header(const AVStream& stream, const AVPacket& packet) {
  if (packet.size == 0) return false;
  const AVCodecID codec = stream.codecpar->codec_id;
  return (codec == AV_CODEC_ID_THEORA && (packet.data[0] & 0x80U) != 0) ||
         (codec == AV_CODEC_ID_VORBIS && (packet.data[0] & 1U) != 0);
}

// Theora's decoder takes its headers but for comments, which it calls damage.
bool is_comment(const AVPacket& packet) { return packet.data[0] == 0x81; }

}  // namespace

void MediaReader::State::feed_video(const AVPacket& packet) {
  last_packets_.video_end = packet.pos + packet.size;
  if (video_ended_) return;
  check_video_packet(packet);
  if (decoder->codec_id == AV_CODEC_ID_MJPEG && source.pictures()) {
    const std::span<const std::uint8_t> jpeg(packet.data, static_cast<std::size_t>(packet.size));
    if (!media::is_whole_jpeg(jpeg)) note_damage();
    if (info.still) jpeg_segments = media::carried_segments(jpeg);
  }
  const int sent = avcodec_send_packet(decoder.get(), &packet);
  if (sent < 0 && sent != AVERROR(EAGAIN) && sent != AVERROR_EOF) note_damage();
}

// Reads one packet and gives it to whom it belongs. False at the end of the input.
bool MediaReader::State::feed_decoder() {
  media::PacketPtr packet = media::new_packet();
  const int result = interrupted ? AVERROR_EXIT : source.read(*packet);
  if (result == AVERROR(EAGAIN)) return true;
  if (result < 0) {
    end_input(result);
    return false;
  }
  const AVStream* const stream = source.context()->streams[packet->stream_index];
  const bool video = stream == source.video();
  if (is_header(*stream, *packet)) {
    const bool decoded = video && !is_comment(*packet) && !video_ended_;
    if (decoded) avcodec_send_packet(decoder.get(), packet.get());
    return true;
  }
  time_jumps_.mend(*packet);
  note_packet(*packet);
  if (video) {
    feed_video(*packet);
  } else {
    keep_packet(std::move(packet));
  }
  return true;
}

}  // namespace convolve
