// SPDX-License-Identifier: MIT
#include "time_jumps.h"

#include <algorithm>
#include <cstdlib>

namespace convolve::media {

namespace {

constexpr std::int64_t kJitter = AV_TIME_BASE / 10;
constexpr std::int64_t kLongestStep = AV_TIME_BASE;
// libav takes times from well before the first one for times of a day later.
constexpr std::int64_t kLongestGap = std::int64_t{3600} * AV_TIME_BASE;

}  // namespace

TimeJumps::TimeJumps(const AVFormatContext& context)
    : mends_((context.iformat->flags & AVFMT_TS_DISCONT) != 0), tracks_(context.nb_streams) {
  for (unsigned i = 0; i < context.nb_streams; ++i) {
    const AVStream& stream = *context.streams[i];
    const AVMediaType type = stream.codecpar->codec_type;
    tracks_[i].time_base = stream.time_base;
    tracks_[i].leads = type == AVMEDIA_TYPE_VIDEO || type == AVMEDIA_TYPE_AUDIO;
  }
}

void TimeJumps::forget() {
  for (Track& track : tracks_) {
    track.offset = 0;
    track.last = INT64_MIN;
  }
  newest_offset_ = latest_ = 0;
}

void TimeJumps::mend(AVPacket& packet) {
  const auto index = static_cast<std::size_t>(packet.stream_index);
  if (!mends_ || index >= tracks_.size()) return;
  Track& track = tracks_[index];
  if (packet.dts != AV_NOPTS_VALUE) {
    const std::int64_t time = av_rescale_q(packet.dts, track.time_base, kMicroseconds);
    // The tracks do not come to a joint at once: which part is this one's?
    const auto distance = [&](std::int64_t offset) { return std::abs(time + offset - latest_); };
    if (distance(newest_offset_) < distance(track.offset)) track.offset = newest_offset_;
    std::int64_t moved = time + track.offset;
    const bool known = track.leads && track.last != INT64_MIN;
    if (known && (moved < track.last - kJitter || moved > track.last + kLongestGap)) {
      newest_offset_ = track.offset += track.last + track.step - moved;
      moved = track.last + track.step;
    }
    // Not every packet says how long it lasts.
    if (packet.duration > 0) {
      track.step = av_rescale_q(packet.duration, track.time_base, kMicroseconds);
    } else if (known && moved > track.last && moved < track.last + kLongestStep) {
      track.step = moved - track.last;
    }
    track.last = latest_ = moved;
  }
  if (track.offset == 0) return;
  const std::int64_t offset = av_rescale_q(track.offset, kMicroseconds, track.time_base);
  if (packet.dts != AV_NOPTS_VALUE) packet.dts += offset;
  if (packet.pts != AV_NOPTS_VALUE) packet.pts += offset;
}

}  // namespace convolve::media
