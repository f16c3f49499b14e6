// SPDX-License-Identifier: MIT
// An input, opened: which demuxer, which video stream, which decoder.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>

#include "av.h"

namespace convolve::media {

/// Opens what `name` stands for, or says in one line why not.
class Source {
 public:
  /// \param interrupted  makes waiting reads give up; must outlive this
  /// \throws MediaError of kind input
  Source(const std::string& name, const std::atomic<bool>& interrupted);
  ~Source();
  Source(const Source&) = delete;
  Source& operator=(const Source&) = delete;

  [[nodiscard]] AVFormatContext* context() const noexcept { return context_.get(); }
  /// The stream to filter.
  [[nodiscard]] AVStream* video() const noexcept { return video_; }
  [[nodiscard]] const std::string& name() const noexcept { return name_; }
  /// Each frame is a picture by itself: one, or a sequence of files.
  [[nodiscard]] bool pictures() const noexcept;
  /// One picture, not a sequence.
  [[nodiscard]] bool still() const noexcept;
  /// The next packet, as av_read_frame gives it; AVERROR(ETIMEDOUT) where a stream is silent.
  int read(AVPacket& packet) noexcept;
  /// Where the file says that it ends; 0: it does not say.
  [[nodiscard]] std::int64_t named_end() const noexcept { return named_end_; }
  /// The picture at which a sequence ends although there are later ones; empty: there are none.
  [[nodiscard]] const std::string& missing_picture() const noexcept { return missing_picture_; }
  [[nodiscard]] CodecContextPtr open_decoder(unsigned threads) const;

 private:
  static int is_over(void* wait) noexcept;
  void wait_from_now() noexcept;
  void open(const std::string& url, const AVInputFormat* format, Dictionary& options);
  void open_standard_input();
  void open_sequence(const class SequencePattern& pattern);
  void find_video();
  void check_index_in_front() const;
  void check_whole() const;

  std::string name_;
  struct Wait {
    const std::atomic<bool>& interrupted;
    std::int64_t until = INT64_MAX;  // by av_gettime_relative, for who sends over a network
  } wait_;
  struct FreePipe {
    void operator()(AVIOContext* pipe) const noexcept {
      av_freep(&pipe->buffer);
      avio_context_free(&pipe);
    }
  };

  std::unique_ptr<AVIOContext, FreePipe> pipe_;  // standard input; outlives the context
  InputContextPtr context_;
  AVStream* video_ = nullptr;
  std::int64_t named_end_ = 0;
  std::string missing_picture_;
};

}  // namespace convolve::media
