// SPDX-License-Identifier: MIT
// Goes to where frames are wanted from.
#include <algorithm>
#include <string_view>

#include "reader_state.h"

namespace convolve {

// Lands on a key frame at or before `start`. Some indexes count in decoding time, so it aims a
// little earlier; `accept` asks for more where the first frame is still too late.
void MediaReader::State::seek(double back) {
  const std::int64_t target = std::max<std::int64_t>(0, to_us(*options.start - back)) + origin_us;
  // What cannot seek, a pipe for example, is read from its beginning.
  if (back < *options.start || !go_to_beginning()) (void)go_to(target);
  damaged_ = 0;  // frames that lacked the key frame before them
}

// Where what came was too late, or nothing came: transport streams have no index of key frames.
bool MediaReader::State::seek_further_back() {
  if (!options.start || shift || interrupted || seek_back_ >= *options.start) return false;
  seek_back_ *= 4;
  seek(seek_back_);
  return last_pts_ == AV_NOPTS_VALUE;
}

bool MediaReader::State::go_to_beginning() {
  const std::string_view demuxer = source.context()->iformat->name;
  // These can be read from any byte on; they seek to any time, with or without a key frame there.
  if (demuxer != "mpegts" && demuxer != "mpeg") return false;
  if (!can_seek() || av_seek_frame(source.context(), -1, 0, AVSEEK_FLAG_BYTE) < 0) return false;
  begin_anew();
  return true;
}

// Some demuxers believe that they can seek in a pipe, and lose their place. Those of bare streams
// know no times, and nor would anyone where they have come to.
bool MediaReader::State::can_seek() const {
  if (source.video()->start_time == AV_NOPTS_VALUE) return false;
  const AVIOContext* io = source.context()->pb;
  return io == nullptr || (io->seekable & AVIO_SEEKABLE_NORMAL) != 0;
}

void MediaReader::State::begin_anew() {
  avcodec_flush_buffers(decoder.get());
  held_.clear();
  time_jumps_.forget();
  doubt_.reset();
  last_pts_ = AV_NOPTS_VALUE;
  input_ended_ = false;
}

bool MediaReader::State::go_to(std::int64_t time_us) {
  const std::int64_t timestamp = av_rescale_q_rnd(time_us, kMicroseconds, source.video()->time_base,
                                                  static_cast<AVRounding>(AV_ROUND_DOWN));
  if (!can_seek() || avformat_seek_file(source.context(), source.video()->index, INT64_MIN,
                                        timestamp, timestamp, 0) < 0) {
    return false;
  }
  begin_anew();
  return true;
}

bool MediaReader::State::seek_to(double seconds) {
  const std::int64_t target = std::max<std::int64_t>(0, to_us(seconds)) + us(shift.value_or(0));
  if (info.still || !go_to(std::max<std::int64_t>(0, target - AV_TIME_BASE / 10))) return false;
  skip_to_us_ = target;
  video_ended_ = false;
  pending_ = next_frame();
  if (last_pts_ == AV_NOPTS_VALUE && go_to_beginning()) {
    video_ended_ = false;
    pending_ = next_frame();
  }
  return true;
}

}  // namespace convolve
