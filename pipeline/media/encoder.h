// SPDX-License-Identifier: MIT
// Frames in, packets out.
#pragma once

#include <map>
#include <memory>

#include "convert.h"
#include "libav_filter.h"

namespace convolve::media {

/// What the output demands of the encoder.
struct EncoderSetup {
  const AVCodec* codec = nullptr;
  AVPixelFormat source = AV_PIX_FMT_NONE;  ///< the format to come near: the input's where it fits
  AVRational frame_rate{0, 1};
  bool global_header = false;
  bool keeps_order = false;  ///< the container has no presentation times: no B-frames
  /// What may come out, ending with AV_PIX_FMT_NONE; null: whatever the codec takes.
  const AVPixelFormat* formats = nullptr;
  bool even_chroma = false;  ///< chroma for each pair of columns and rows, or of full size
};

/// Encodes frames of one shape; others are converted to the first's. Packets' times are exactly
/// the frames', in the frames' time base.
class Encoder {
 public:
  /// \throws MediaError
  Encoder(const EncoderSetup& setup, const WriteOptions& options, const VideoFrame& first);

  /// Null says that no more come. \throws MediaError
  void send(const VideoFrame* frame);
  /// The next packet, or null where more frames are needed. \throws MediaError
  PacketPtr receive();

  [[nodiscard]] const AVCodecContext& context() const noexcept { return *context_; }
  [[nodiscard]] AVRational time_base() const noexcept { return time_base_; }

 private:
  struct Times {
    std::int64_t pts = 0;
    std::int64_t duration = 0;
  };

  void choose_shape(const EncoderSetup& setup, const WriteOptions& options,
                    const VideoFrame& first);
  void choose_size(const EncoderSetup& setup);
  void note_lost_alpha(const EncoderSetup& setup, const VideoFrame& first) const;
  void choose_time_base(const AVCodec& codec, AVRational frame_rate);
  void open(const EncoderSetup& setup, const WriteOptions& options, const VideoFrame& first);
  FramePtr fit(const VideoFrame& frame);
  void feed(FramePtr frame);

  FrameShape shape_;  // of pictures
  int width_ = 0;     // of what is encoded: theirs, or the next even ones
  int height_ = 0;
  AVRational time_base_{};          // of frames and packets
  AVRational encoder_time_base_{};  // of the codec, coarser for some
  AVCodecID codec_ = AV_CODEC_ID_NONE;
  Converter converter_;
  std::unique_ptr<LibavFilter> palette_;
  CodecContextPtr context_;
  std::map<std::int64_t, Times> times_;  // by time in the codec's base
  std::int64_t last_time_ = INT64_MIN;
  bool noted_change_ = false;
  NoteHandler on_note_;
};

}  // namespace convolve::media
