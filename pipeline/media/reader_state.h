// SPDX-License-Identifier: MIT
// The inside of MediaReader, which MediaWriter takes packets from.
#pragma once

#include <atomic>
#include <cmath>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <vector>

#include "convert.h"
#include "cut_short.h"
#include "pixel.h"
#include "source.h"
#include "time_jumps.h"

namespace convolve {

using media::kMicroseconds;

inline std::int64_t to_us(double seconds) { return std::llround(seconds * AV_TIME_BASE); }

struct MediaReader::State {
  State(const std::string& input, ReadOptions read_options);

  VideoFrame read();
  bool seek_to(double seconds);
  /// Makes `stream`'s packets wait for the writer; others are not read.
  void select(const AVStream& stream);
  /// A packet of a selected stream, its times already cut; null where none waits. Any thread.
  media::PacketPtr take_packet();

  ReadOptions options;
  std::atomic<bool> interrupted{false};
  media::Source source;
  media::CodecContextPtr decoder;
  media::Converter converter;
  VideoInfo info;
  /// What is taken off every timestamp, in the video's time base: 0 without `start` and `live`,
  /// otherwise known once the first frame was read.
  std::optional<std::int64_t> shift;
  /// The AVPixelFormat that frames had before they were made fit for filters. Any thread.
  std::atomic<int> decoded_format{AV_PIX_FMT_NONE};
  /// Of a JPEG picture, for one that is written; see jpeg_segments.h.
  std::string jpeg_segments;
  /// Reading waits while more bytes than this wait for a writer that has begun to take them; 0: it
  /// never does. For a writer on another thread: sound that goes on after the picture is long.
  std::size_t packet_limit = 0;
  /// From where `start` and `end` count, in microseconds.
  std::int64_t origin_us = 0;

 private:
  void find_info();
  void seek(double back);
  bool seek_further_back();
  bool go_to(std::int64_t time_us);
  bool go_to_beginning();
  [[nodiscard]] bool can_seek() const;
  void begin_anew();
  bool decode(AVFrame& frame);
  bool feed_decoder();
  void end_input(int result);
  void note_packet(const AVPacket& packet);
  void feed_video(const AVPacket& packet);
  void check_video_packet(const AVPacket& packet);
  [[nodiscard]] std::int64_t frame_duration(std::int64_t known) const;
  void keep_packet(media::PacketPtr packet);
  void cut_subtitle(AVPacket& packet) const;
  void release_packets();
  void wait_for_writer();
  bool wanted(const AVPacket& packet, std::int64_t time_us) const;
  bool accept(AVFrame& frame);
  media::FramePtr next_frame();
  void set_duration(AVFrame& frame, const AVFrame* next) const;
  void check_end();
  [[nodiscard]] std::int64_t missing_us() const;
  media::FramePtr convert(media::FramePtr frame, const media::FilterFormat& target);
  VideoFrame finish_frame(media::FramePtr frame);
  void end_video();
  void note(NoteLevel level, const std::string& text) const;
  void note_damage();
  [[nodiscard]] std::int64_t us(std::int64_t timestamp) const;

  media::FramePtr pending_;  // read, but not given out
  std::vector<bool> selected_;
  std::deque<media::PacketPtr> held_;  // of the reading thread
  std::mutex mutex_;
  std::deque<media::PacketPtr> released_;
  std::size_t released_bytes_ = 0;
  bool writer_takes_ = false;
  std::condition_variable taken_;

  double seek_back_ = 1;
  std::optional<std::int64_t> skip_to_us_;  // after a seek, frames before are left out
  std::optional<std::int64_t> cut_end_us_;
  std::int64_t last_end_us_ = INT64_MIN;         // of the last frame that was kept
  std::int64_t last_packet_us_ = INT64_MIN;      // of any stream
  std::int64_t last_packet_end_us_ = INT64_MIN;  // of any stream
  media::LastPackets last_packets_;
  media::TimeJumps time_jumps_;
  struct Doubt {
    int packets = 0;       // among which a key frame has to come
    std::int64_t due = 0;  // time of the next one, in the video's time base
  };
  std::optional<Doubt> doubt_;  // after a packet that the demuxer marked
  std::int64_t last_pts_ = AV_NOPTS_VALUE;
  std::int64_t frames_ = 0;
  std::int64_t damaged_ = 0;
  bool input_ended_ = false;
  bool video_ended_ = false;
  bool noted_conversion_ = false;
};

}  // namespace convolve
