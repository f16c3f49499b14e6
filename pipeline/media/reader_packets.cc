// SPDX-License-Identifier: MIT
// Packets of the streams beside the video: cut like it, and kept until the writer takes them.
#include <algorithm>
#include <chrono>

#include "reader_state.h"

namespace convolve {

void MediaReader::State::keep_packet(media::PacketPtr packet) {
  if (!selected_[static_cast<std::size_t>(packet->stream_index)]) return;
  held_.push_back(std::move(packet));
  release_packets();
  wait_for_writer();
}

bool MediaReader::State::wanted(const AVPacket& packet, std::int64_t time_us) const {
  const AVStream& stream = *source.context()->streams[packet.stream_index];
  if ((stream.disposition & AV_DISPOSITION_ATTACHED_PIC) != 0) return true;
  if (cut_end_us_ && time_us >= *cut_end_us_) return false;
  const bool from_first = options.start || options.live;
  return !from_first || time_us >= us(*shift);
}

// What stands on the screen while the first frame is shown begins with it, and what still does at
// the end ends there.
void MediaReader::State::cut_subtitle(AVPacket& packet) const {
  const AVStream& stream = *source.context()->streams[packet.stream_index];
  const bool subtitle = stream.codecpar->codec_type == AVMEDIA_TYPE_SUBTITLE;
  if (!subtitle || packet.pts == AV_NOPTS_VALUE || packet.duration <= 0) return;
  std::int64_t end = packet.pts + packet.duration;
  if (options.start) {
    const std::int64_t first = av_rescale_q(*shift, source.video()->time_base, stream.time_base);
    if (packet.pts < first && end > first) packet.pts = packet.dts = first;
  }
  if (cut_end_us_) {
    const std::int64_t last = av_rescale_q(*cut_end_us_, kMicroseconds, stream.time_base);
    if (packet.pts < last) end = std::min(end, last);
  }
  packet.duration = end - packet.pts;
}

// With `frames`, a packet waits until the frames have come so far: only then is it known whether
// the cut lies before it.
void MediaReader::State::release_packets() {
  if (!shift) return;
  std::deque<media::PacketPtr> later;
  const std::lock_guard lock(mutex_);
  for (media::PacketPtr& packet : held_) {
    cut_subtitle(*packet);
    const AVStream& stream = *source.context()->streams[packet->stream_index];
    const std::int64_t time = packet->pts == AV_NOPTS_VALUE ? packet->dts : packet->pts;
    const std::int64_t time_us =
        time == AV_NOPTS_VALUE ? 0 : av_rescale_q(time, stream.time_base, kMicroseconds);
    if (options.frames && !video_ended_ && time_us >= last_end_us_) {
      later.push_back(std::move(packet));
      continue;
    }
    if (!wanted(*packet, time_us)) continue;
    const std::int64_t offset = av_rescale_q(*shift, source.video()->time_base, stream.time_base);
    if (packet->pts != AV_NOPTS_VALUE) packet->pts -= offset;
    if (packet->dts != AV_NOPTS_VALUE) packet->dts -= offset;
    released_bytes_ += static_cast<std::size_t>(packet->size);
    released_.push_back(std::move(packet));
  }
  held_ = std::move(later);
}

media::PacketPtr MediaReader::State::take_packet() {
  const std::lock_guard lock(mutex_);
  if (released_.empty()) return nullptr;
  media::PacketPtr packet = std::move(released_.front());
  released_.pop_front();
  released_bytes_ -= static_cast<std::size_t>(packet->size);
  writer_takes_ = true;
  taken_.notify_one();
  return packet;
}

void MediaReader::State::wait_for_writer() {
  std::unique_lock lock(mutex_);
  while (packet_limit != 0 && writer_takes_ && released_bytes_ > packet_limit && !interrupted) {
    taken_.wait_for(lock, std::chrono::milliseconds(100));
  }
}

}  // namespace convolve
