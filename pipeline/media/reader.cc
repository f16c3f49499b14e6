// SPDX-License-Identifier: MIT
#include <algorithm>
#include <cmath>

#include "deep_rgb.h"
#include "pixel.h"
#include "reader_state.h"

namespace convolve {

using media::fail;

MediaReader::State::State(const std::string& input, ReadOptions read_options)
    : options(std::move(read_options)),
      source(input, interrupted),
      decoder(source.open_decoder(options.threads)),
      converter(options.threads),
      time_jumps_(*source.context()) {
  selected_.resize(source.context()->nb_streams);
  // Where the file alone has a length, its end is known by the last packet of any stream.
  const bool counts_all = source.video()->duration <= 0 && source.context()->duration > 0;
  for (unsigned i = 0; i < source.context()->nb_streams; ++i) {
    AVStream* stream = source.context()->streams[i];
    if (stream != source.video() && !counts_all) stream->discard = AVDISCARD_ALL;
  }
  const std::int64_t begin = source.context()->start_time;
  origin_us = begin == AV_NOPTS_VALUE ? 0 : std::max<std::int64_t>(0, begin);
  if (options.start && *options.start <= 0) options.start.reset();
  if (!options.start && !options.live) shift = 0;
  if (options.end) cut_end_us_ = origin_us + to_us(*options.end);
  if (options.start && options.end && *options.end <= *options.start) {
    fail(MediaError::Kind::usage, "--end", "must be later than --start");
  }
  find_info();
  if (options.start) seek(seek_back_);
}

void MediaReader::State::find_info() {
  AVFormatContext* context = source.context();
  AVStream* stream = source.video();
  const AVCodecParameters& codec = *stream->codecpar;
  info.width = codec.width;
  info.height = codec.height;
  info.codec = avcodec_get_name(codec.codec_id);
  const char* format = av_get_pix_fmt_name(static_cast<AVPixelFormat>(codec.format));
  info.pixel_format = format == nullptr ? "" : format;
  info.time_base = media::from_av(stream->time_base);
  AVRational rate = stream->avg_frame_rate;
  if (rate.num <= 0 || rate.den <= 0) rate = av_guess_frame_rate(context, stream, nullptr);
  if (rate.num > 0 && rate.den > 0) info.frame_rate = media::from_av(rate);
  info.still = source.still();

  double duration = 0;
  if (stream->duration > 0) {
    duration = static_cast<double>(stream->duration) * av_q2d(stream->time_base);
  } else if (context->duration > 0) {
    duration = static_cast<double>(context->duration) / AV_TIME_BASE;
  }
  std::optional<std::int64_t> total;
  if (info.still) {
    total = 1;
  } else if (stream->nb_frames > 0 && !options.start && !options.end) {
    total = stream->nb_frames;
  } else if (duration > 0 && info.frame_rate.num > 0) {
    const double first = options.start.value_or(0);
    const double last = std::min(duration, options.end.value_or(duration));
    total = std::max<std::int64_t>(0, std::llround((last - first) * info.frame_rate.value()));
  }
  if (total && options.frames) total = std::min(*total, *options.frames);
  info.total_frames = total;
  info.duration = total && info.frame_rate.num > 0
                      ? static_cast<double>(*total) / info.frame_rate.value()
                      : duration;
}

void MediaReader::State::note(NoteLevel level, const std::string& text) const {
  if (options.on_note) options.on_note(level, source.name() + ": " + text);
}

void MediaReader::State::select(const AVStream& stream) {
  selected_[static_cast<std::size_t>(stream.index)] = true;
  source.context()->streams[stream.index]->discard = AVDISCARD_DEFAULT;
}

std::int64_t MediaReader::State::us(std::int64_t timestamp) const {
  return av_rescale_q(timestamp, source.video()->time_base, kMicroseconds);
}

bool MediaReader::State::decode(AVFrame& frame) {
  for (;;) {
    const int result = avcodec_receive_frame(decoder.get(), &frame);
    if (result >= 0) return true;
    if (result == AVERROR_EOF) return false;
    if (result != AVERROR(EAGAIN)) {
      note_damage();
      if (input_ended_) return false;
    }
    if (!feed_decoder() && interrupted) return false;
  }
}

// Or that of most frames, where this one's is not known.
std::int64_t MediaReader::State::frame_duration(std::int64_t known) const {
  if (known > 0 || info.frame_rate.num <= 0) return known;
  return av_rescale_q(1, av_inv_q(media::to_av(info.frame_rate)), source.video()->time_base);
}

// Gives the frame its time and says whether it is within the cut.
bool MediaReader::State::accept(AVFrame& frame) {
  AVStream* stream = source.video();
  std::int64_t pts = frame.best_effort_timestamp;
  frame.pkt_duration = frame_duration(frame.pkt_duration);
  if (pts == AV_NOPTS_VALUE) {
    pts =
        last_pts_ == AV_NOPTS_VALUE ? 0 : last_pts_ + std::max<std::int64_t>(1, frame.pkt_duration);
  }
  if (last_pts_ != AV_NOPTS_VALUE && pts <= last_pts_) pts = last_pts_ + 1;
  last_pts_ = pts;
  frame.pts = pts;
  frame.time_base = stream->time_base;
  const std::int64_t time = us(pts);
  if (skip_to_us_ && time < *skip_to_us_) return false;
  skip_to_us_.reset();
  if (options.start && !shift) {
    const std::int64_t wanted_from = origin_us + to_us(*options.start);
    if (time > wanted_from && seek_further_back()) return false;
    if (time < wanted_from) {
      seek_back_ = *options.start;  // it was early enough
      return false;
    }
  }
  if (cut_end_us_ && time >= *cut_end_us_) {
    end_video();
    return false;
  }
  if (!shift) shift = pts;
  last_end_us_ = us(pts + std::max<std::int64_t>(0, frame.pkt_duration));
  frame.pts -= *shift;
  ++frames_;
  return true;
}

// No more frames are wanted; packets of other streams that belong to the kept ones still are.
void MediaReader::State::end_video() {
  if (video_ended_) return;
  video_ended_ = true;
  if (!cut_end_us_ || *cut_end_us_ > last_end_us_) {
    if (options.frames && frames_ >= *options.frames) cut_end_us_ = last_end_us_;
  }
  // Streams are interleaved within a second or so: what comes much later is not ours any more.
  const std::int64_t late = options.live ? AV_TIME_BASE / 2 : 3 * AV_TIME_BASE;
  while (cut_end_us_ && !input_ended_ && last_packet_us_ <= *cut_end_us_ + late) {
    if (!std::count(selected_.begin(), selected_.end(), true)) break;
    if (!feed_decoder()) break;
  }
  release_packets();
}

media::FramePtr MediaReader::State::convert(media::FramePtr frame,
                                            const media::FilterFormat& target) {
  const auto format = static_cast<AVPixelFormat>(frame->format);
  media::FrameShape shape = media::shape_of(*frame);
  const bool to_yuv = target.format->family == ColorFamily::yuv;
  if (media::is_rgb(format) && to_yuv) {
    // BT.601 makes luma SPEC §3's Y'; full range keeps the most codes.
    shape.format = AV_PIX_FMT_GBRP16LE;
    return media::yuv_from_deep_rgb(*converter.convert(*frame, shape));
  }
  const bool packed_alpha = target.format->name == "AYUV";
  shape.format = packed_alpha ? AV_PIX_FMT_YUVA444P : target.storage;
  if (!to_yuv) shape.range = AVCOL_RANGE_JPEG;
  frame = converter.convert(*frame, shape);
  return packed_alpha ? media::ayuv_from_planes(*frame) : std::move(frame);
}

VideoFrame MediaReader::State::finish_frame(media::FramePtr frame) {
  const auto format = static_cast<AVPixelFormat>(frame->format);
  decoded_format = format;
  if (media::is_full_range_twin(format)) {
    frame->color_range = AVCOL_RANGE_JPEG;
    frame->format = media::without_range(format);
  }
  AVStream* stream = source.video();
  frame->sample_aspect_ratio = av_guess_sample_aspect_ratio(source.context(), stream, frame.get());
  const media::FilterFormat target = media::filter_format(format);
  const AVRational base = frame->time_base;
  // A picture stored bottom up has negative strides, which GstVideoMeta's users seldom expect.
  const bool upright = frame->linesize[0] > 0;
  if (!target.native || !upright) {
    frame = convert(std::move(frame), target);
    if (!noted_conversion_) {
      noted_conversion_ = true;
      note(target.loses_alpha ? NoteLevel::warning : NoteLevel::detail,
           std::string(av_get_pix_fmt_name(format)) + " is filtered as " +
               std::string(target.format->name) +
               (target.loses_alpha ? "; no deep format has alpha, it is left out" : ""));
    }
  }
  frame->time_base = base;
  return {frame.release(), *target.format};
}

media::FramePtr MediaReader::State::next_frame() {
  while (!video_ended_ && !interrupted) {
    if (options.frames && frames_ >= *options.frames) {
      end_video();
      break;
    }
    media::FramePtr frame = media::new_frame();
    if (!decode(*frame)) {
      if (seek_further_back()) continue;
      break;
    }
    if (!accept(*frame)) continue;
    release_packets();
    return frame;
  }
  if (!video_ended_) {
    video_ended_ = true;
    check_end();
  }
  if (!shift) shift = 0;
  release_packets();
  return nullptr;
}

// Where the file says that it goes on for longer than it does: microseconds that are missing.
std::int64_t MediaReader::State::missing_us() const {
  if (options.start || options.end || options.frames) return 0;
  const AVFormatContext& context = *source.context();
  const AVStream& stream = *source.video();
  std::int64_t whole = 0;
  std::int64_t missing = 0;
  if (stream.duration > 0) {
    const std::int64_t begin = stream.start_time == AV_NOPTS_VALUE ? 0 : stream.start_time;
    whole = us(stream.duration);
    missing = us(begin + stream.duration) - last_end_us_;
  } else if (context.duration > 0 &&
             context.duration_estimation_method == AVFMT_DURATION_FROM_STREAM) {
    // The longest stream gives that duration: all of them must have been read.
    for (unsigned i = 0; i < context.nb_streams; ++i) {
      if (context.streams[i]->discard == AVDISCARD_ALL) return 0;
    }
    whole = context.duration;
    missing = origin_us + whole - last_packet_end_us_;
  }
  const std::int64_t tolerated = std::max<std::int64_t>(AV_TIME_BASE, whole / 20);
  return missing > tolerated ? missing : 0;
}

void MediaReader::State::check_end() {
  if (interrupted || frames_ == 0) return;
  const bool gap = !source.missing_picture().empty();
  if (gap) {
    note(NoteLevel::warning,
         source.missing_picture() + " is missing: the pictures after it are left out");
  }
  if (damaged_ == 0 && (gap || missing_us() == 0)) return;
  const std::int64_t expected = source.video()->nb_frames;
  const bool counted = !options.start && !options.end && !options.frames && expected > frames_;
  note(NoteLevel::warning, "damaged or cut short: " + std::to_string(frames_) +
                               (counted ? " of " + std::to_string(expected) : "") +
                               (frames_ == 1 ? " frame decoded" : " frames decoded"));
}

// A packet's duration is the distance in decoding order, a frame's the distance to the next one
// shown: so each frame waits for the next. The last one lasts to the end that the file names.
void MediaReader::State::set_duration(AVFrame& frame, const AVFrame* next) const {
  if (next != nullptr) {
    frame.pkt_duration = next->pts - frame.pts;
    return;
  }
  const AVStream& stream = *source.video();
  if (options.start || options.end || options.frames || stream.duration <= 0) return;
  if (damaged_ > 0) return;
  const std::int64_t begin = stream.start_time == AV_NOPTS_VALUE ? 0 : stream.start_time;
  const std::int64_t left = begin + stream.duration - frame.pts;
  if (left > 0 && us(left) < 10 * AV_TIME_BASE) frame.pkt_duration = left;
}

VideoFrame MediaReader::State::read() {
  if (frames_ == 0) pending_ = next_frame();
  media::FramePtr frame = std::move(pending_);
  if (!frame) {
    if (frames_ == 0 && !interrupted) {
      const bool cut = options.start || options.end || options.frames;
      fail(MediaError::Kind::input, source.name(),
           cut ? "no frame lies in that range" : "no video frame could be decoded");
    }
    return {};
  }
  pending_ = next_frame();
  set_duration(*frame, pending_.get());
  return finish_frame(std::move(frame));
}

MediaReader::MediaReader(const std::string& input, ReadOptions options)
    : state_(std::make_unique<State>(input, std::move(options))) {}
MediaReader::~MediaReader() = default;
const VideoInfo& MediaReader::info() const noexcept { return state_->info; }
VideoFrame MediaReader::read() { return state_->read(); }
bool MediaReader::seek(double seconds) { return state_->seek_to(seconds); }
void MediaReader::interrupt() noexcept { state_->interrupted = true; }

}  // namespace convolve
