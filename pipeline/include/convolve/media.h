// SPDX-License-Identifier: MIT
/// \file
/// Reading and writing media files with libav.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include <convolve/format.h>

struct AVFrame;

namespace convolve {

/// Thrown by everything that touches media. The text is one line, `WHAT: WHY`, with at most one
/// further line that is a hint.
class MediaError : public std::runtime_error {
 public:
  enum class Kind : std::uint8_t { running = 1, usage = 2, input = 3, output = 4 };
  MediaError(Kind kind, const std::string& text) : std::runtime_error(text), kind_(kind) {}
  /// The value is the exit code of SPEC §6.
  [[nodiscard]] Kind kind() const noexcept { return kind_; }

 private:
  Kind kind_;
};

/// Told to the person who runs a job: a `warning` is worth a line always, a `detail` when asked.
enum class NoteLevel : std::uint8_t { warning, detail };
/// Called from any thread of a job, one call at a time. The text is one line.
using NoteHandler = std::function<void(NoteLevel, const std::string&)>;

/// A rational number, `num / den`.
struct Rational {
  int num = 0;
  int den = 1;
  [[nodiscard]] double value() const noexcept {
    return den == 0 ? 0.0 : static_cast<double>(num) / static_cast<double>(den);
  }
};

/// One video frame: an AVFrame and the PixelFormat that its planes have. Frames share memory:
/// `share` copies no sample, and a frame that a decoder gave out must not be written to.
class VideoFrame {
 public:
  VideoFrame() noexcept;
  /// Takes over `frame`. `format` describes the planes, which must fit it.
  VideoFrame(AVFrame* frame, const PixelFormat& format) noexcept;
  /// A frame of one's own, to write to. \throws std::invalid_argument, std::bad_alloc
  VideoFrame(const PixelFormat& format, int width, int height);
  VideoFrame(VideoFrame&&) noexcept;
  VideoFrame& operator=(VideoFrame&&) noexcept;
  ~VideoFrame();

  explicit operator bool() const noexcept { return frame_ != nullptr; }
  [[nodiscard]] AVFrame* av() const noexcept { return frame_; }
  [[nodiscard]] const PixelFormat& format() const noexcept { return *format_; }
  [[nodiscard]] int width() const noexcept;
  [[nodiscard]] int height() const noexcept;
  /// Presentation time in seconds.
  [[nodiscard]] double seconds() const noexcept;

  /// The samples, to read. Valid while a frame that shares them lives.
  [[nodiscard]] ConstFrameView view() const noexcept;
  /// The samples, to write: for frames that were made with a size, before they are shared.
  [[nodiscard]] FrameView writable_view() noexcept;

  /// Another owner of the same samples. \throws std::bad_alloc
  [[nodiscard]] VideoFrame share() const;
  /// Takes timestamp, duration, colour tags, pixel aspect and side data from `other`.
  /// \throws std::bad_alloc
  void copy_properties(const VideoFrame& other);

 private:
  AVFrame* frame_ = nullptr;
  const PixelFormat* format_ = nullptr;
};

/// A copy in another format and size, with the frame's properties; no depth is dithered.
/// \throws MediaError, std::invalid_argument, std::bad_alloc
VideoFrame convert(const VideoFrame& frame, const PixelFormat& format, int width, int height);

/// Both in one frame of `after`'s format, `before` on the left; what is smaller stands at the top
/// over black. \throws MediaError, std::bad_alloc
VideoFrame side_by_side(const VideoFrame& before, const VideoFrame& after);
/// Converts frames to another format and size. One thread at a time.
class FrameConverter {
 public:
  FrameConverter();
  ~FrameConverter();
  FrameConverter(const FrameConverter&) = delete;
  FrameConverter& operator=(const FrameConverter&) = delete;

  /// A frame of one's own, with `frame`'s properties. \throws MediaError, std::bad_alloc
  VideoFrame convert(const VideoFrame& frame, const PixelFormat& format, int width, int height);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// What is known of a video before its frames are read.
struct VideoInfo {
  int width = 0;
  int height = 0;
  std::string codec;         ///< libav's name: "h264"
  std::string pixel_format;  ///< libav's name of what the decoder gives: "yuv420p"
  Rational time_base{1, 1};
  Rational frame_rate;                       ///< average; 0/1 where unknown
  std::optional<std::int64_t> total_frames;  ///< within the cut; exact or a good guess
  double duration = 0;                       ///< seconds within the cut; 0 where unknown
  bool still = false;                        ///< one picture
};

/// One stream of a file.
struct StreamInfo {
  int index = 0;
  std::string type;      ///< "video", "audio", "subtitle", "attachment", "data"
  std::string codec;     ///< libav's name
  std::string language;  ///< as tagged; empty: not said
  std::string title;
  bool filtered = false;  ///< the video that frames are read from
  int width = 0;          ///< of video
  int height = 0;
  int channels = 0;     ///< of audio
  int sample_rate = 0;  ///< of audio, in Hz
};

/// What a file holds. Names are libav's; empty or 0 is what the file does not say.
struct MediaInfo {
  std::string name;
  std::string container;
  double duration = 0;       ///< seconds
  std::int64_t bytes = 0;    ///< of a file
  std::int64_t bitrate = 0;  ///< bits a second, of all streams
  VideoInfo video;
  int bits = 0;  ///< of a sample
  Rational pixel_aspect{0, 1};
  double rotation = 0;  ///< degrees clockwise by which players turn the picture
  bool interlaced = false;
  std::string color_range;  ///< "tv", "pc"
  std::string color_matrix;
  std::string color_primaries;
  std::string color_transfer;
  std::vector<StreamInfo> streams;
  int chapters = 0;
};

struct ReadOptions {
  std::optional<double> start;         ///< seconds; the first frame is at or after it
  std::optional<double> end;           ///< seconds, exclusive
  std::optional<std::int64_t> frames;  ///< at most so many
  unsigned threads = 0;                ///< of the decoder; 0: one per core
  bool audio = true;                   ///< false leaves out the audio streams
  bool copy_streams = true;            ///< false reads the video alone
  bool live = false;                   ///< a stream under way: the first frame's time becomes 0
  NoteHandler on_note;
};

/// Reads the frames of one video, and keeps the packets of the streams beside it for a MediaWriter.
///
/// Frames come in presentation order, each in a format of `all_formats()`: the decoder's own where
/// it is listed, otherwise converted to the nearest one without loss of depth. Timestamps are the
/// file's; where `start` is given, the first frame's time becomes 0. A file that ends early gives
/// the frames that there are, and a warning. One thread reads; `interrupt` may come from any, and
/// from a signal handler.
class MediaReader {
 public:
  /// \param input  a path, a `img%04d.png` pattern, a URL, or `-` for standard input
  /// \throws MediaError of kind `input`
  explicit MediaReader(const std::string& input, ReadOptions options = {});
  ~MediaReader();
  MediaReader(const MediaReader&) = delete;
  MediaReader& operator=(const MediaReader&) = delete;

  [[nodiscard]] const VideoInfo& info() const noexcept;
  /// Everything that is known of the input.
  [[nodiscard]] MediaInfo media() const;
  /// The next frame, or an empty one at the end. \throws MediaError
  VideoFrame read();
  /// Goes on with the first frame at or after `seconds`, on the clock of the frames that were read.
  /// Packets of other streams that were kept are forgotten. The thread that reads.
  /// \returns false where the input cannot
  bool seek(double seconds);
  /// Ends a read that waits, and all further ones.
  void interrupt() noexcept;

 private:
  friend class MediaWriter;
  friend class Transcoder;
  struct State;
  std::unique_ptr<State> state_;
};

struct WriteOptions {
  std::string codec;  ///< libav encoder or codec name; empty: by container
  std::optional<double> crf;
  std::optional<std::int64_t> bitrate;  ///< bits a second
  std::string encoder_preset;
  std::string pixel_format;  ///< libav name; empty: the nearest to the frames'
  bool lossless = false;
  unsigned threads = 0;  ///< of the encoder; 0: one per core
  bool overwrite = false;
  /// Frames come as they are filmed: the encoder does not look ahead, and the file has its name and
  /// plays while it grows, whatever ends the program.
  bool live = false;
  Rational frame_rate{25, 1};  ///< without a reader
  Rational time_base;          ///< without a reader; 0/1: one frame's duration
  NoteHandler on_note;
};

/// Writes frames to a file, and copies the other streams of a reader beside them.
///
/// The file is written under a temporary name beside the target and renamed by `finish`; without
/// `finish` nothing is left. Frames are given in presentation order, all on one thread, and their
/// timestamps are kept. Frames of a later, different size or format are converted to the first's.
class MediaWriter {
 public:
  /// Checks container, codec, target and streams. Nothing is written yet.
  /// \param output  a path, a `img%04d.png` pattern, `-` for Y4M on standard output, `null:`, a
  ///   URI (rtmp, srt, udp, rtsp), or `v4l2:PATH`, a virtual camera
  /// \param reader  gives streams to copy, chapters and metadata; must outlive the writer
  /// \throws MediaError of kind `output` or `usage`
  explicit MediaWriter(const std::string& output, WriteOptions options = {},
                       MediaReader* reader = nullptr);
  ~MediaWriter();
  MediaWriter(const MediaWriter&) = delete;
  MediaWriter& operator=(const MediaWriter&) = delete;

  /// \throws MediaError
  void write(const VideoFrame& frame);
  /// Writes the packets that the reader has gathered. `write` does it too; this is for long gaps.
  void copy_packets();
  /// Flushes the encoder, completes the file and gives it its name. \throws MediaError
  void finish();
  /// Removes what was written, as destruction without `finish` does.
  void discard() noexcept;
  /// Makes `write` and `finish` give up soon; what they leave is to be discarded. Any thread.
  void cancel() noexcept;
  /// Gives what waits for a network a second more, and then up: what was not sent by then is left,
  /// without an error. Any thread, and a signal handler.
  void hurry() noexcept;
  /// True for streams and devices: whoever watches sees frames as they come, so that they are to
  /// be written at the pace at which they are to be seen.
  [[nodiscard]] bool real_time() const noexcept;
  /// True where the other end of a pipe was closed, or a stream given up: nobody takes more.
  [[nodiscard]] bool reader_gone() const noexcept;
  /// True where width and height change places: the reader's pictures are to be shown on their side,
  /// which the container cannot say, so that they are written as they are shown.
  [[nodiscard]] bool turns_sideways() const noexcept;
  /// libav's names of what would be written; empty for `null:`.
  [[nodiscard]] std::string container_name() const;
  [[nodiscard]] std::string encoder_name() const;
  /// Indices of the reader's streams that go along.
  [[nodiscard]] const std::vector<int>& copied_streams() const noexcept;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace convolve
