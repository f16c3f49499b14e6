// SPDX-License-Identifier: MIT
// Where packets go: a file or a stream by a muxer, pictures, one file each, or a device.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "container.h"
#include "copied_streams.h"
#include "encoder.h"
#include "output_file.h"
#include "path.h"
#include "patience.h"

namespace convolve::media {

class Sink {
 public:
  virtual ~Sink() = default;
  /// Called once, before packets, with the frame that opened the encoder.
  virtual void start(const Encoder& encoder, const AVFrame& first) = 0;
  virtual void write_video(PacketPtr packet) = 0;
  virtual void write_copied(PacketPtr packet) = 0;
  virtual void finish() = 0;
  virtual void discard() noexcept = 0;
  [[nodiscard]] virtual bool reader_gone() const noexcept { return false; }
};

/// The input's side of a muxed file; all null without an input.
struct CopySource {
  const AVFormatContext* input = nullptr;
  const AVStream* video = nullptr;
  std::vector<const AVStream*> streams;
  std::int64_t duration_us = 0;  ///< of a cut; 0: to the end
};

class MuxSink : public Sink {
 public:
  using Open = std::function<std::unique_ptr<MuxOutput>()>;

  /// \param name  for messages, and for muxers that connect by themselves
  /// \param live  the file has its name, and plays, while it grows
  MuxSink(const Container& container, std::string name, Open open, CopySource source,
          AVRational frame_rate, bool live);
  void set_shift(std::int64_t shift_us) noexcept { shift_us_ = shift_us; }
  void start(const Encoder& encoder, const AVFrame& first) override;
  void write_video(PacketPtr packet) override;
  void write_copied(PacketPtr packet) override;
  void finish() override;
  void discard() noexcept override;
  [[nodiscard]] bool reader_gone() const noexcept override;

 private:
  void make_streams(const Encoder& encoder, const AVFrame& first);
  void make_video_stream(const Encoder& encoder, const AVFrame& first);
  void set_muxer_options(Dictionary& options) const;
  void write(PacketPtr packet, int stream, AVRational time_base);
  void check(int code);

  Container container_;
  std::string name_;
  Open open_;
  CopySource source_;
  AVRational frame_rate_;
  bool live_;
  std::int64_t shift_us_ = 0;
  std::unique_ptr<MuxOutput> output_;
  OutputContextPtr context_;
  int video_ = -1;
  AVRational video_time_base_{};
  std::vector<int> stream_of_input_;    // by the input's stream index; -1: none
  std::vector<std::int64_t> last_dts_;  // by output stream
  bool header_written_ = false;
};

class PictureSink : public Sink {
 public:
  PictureSink(const std::string& output, bool numbered, bool overwrite, const std::string& input);
  /// For a JPEG: what its first packet gets beside the samples; see jpeg_segments.h.
  void set_segments(std::string segments) { segments_ = std::move(segments); }
  void start(const Encoder& encoder, const AVFrame& first) override;
  void write_video(PacketPtr packet) override;
  void write_copied(PacketPtr packet) override;
  void finish() override;
  void discard() noexcept override;

 private:
  void write_picture(OutputFile& file, const AVPacket& packet);

  std::string output_;
  std::string segments_;
  std::optional<SequencePattern> pattern_;
  bool overwrite_;
  std::string input_;  // the file that must not be written over
  std::int64_t count_ = 0;
  std::unique_ptr<OutputFile> single_;
  std::vector<std::string> written_;
};

/// A virtual camera: programs that look for one see the frames.
class DeviceSink : public Sink {
 public:
  /// Checks that it takes video. \throws MediaError of kind output
  /// \param name  for messages
  /// \param patience  for a device that takes nothing; must outlive the sink
  DeviceSink(std::string name, const std::string& path, const Patience& patience);
  ~DeviceSink() override;
  DeviceSink(const DeviceSink&) = delete;
  DeviceSink& operator=(const DeviceSink&) = delete;

  /// What devices may take, ending with AV_PIX_FMT_NONE.
  static const AVPixelFormat* formats() noexcept;

  void start(const Encoder& encoder, const AVFrame& first) override;
  void write_video(PacketPtr packet) override;
  void write_copied(PacketPtr packet) override;
  void finish() override;
  void discard() noexcept override;
  [[nodiscard]] bool reader_gone() const noexcept override { return patience_.over(); }

 private:
  void await_device() const;

  std::string name_;
  const Patience& patience_;
  int device_ = -1;
};

}  // namespace convolve::media
