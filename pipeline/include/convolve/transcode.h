// SPDX-License-Identifier: MIT
/// \file
/// A whole job: libav reads and decodes a file, or GStreamer a live source; GStreamer filters,
/// libav encodes and writes.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <convolve/chain.h>
#include <convolve/media.h>

namespace convolve {

/// Watches a job's frames, and may hold them back: for windows.
class FrameMonitor {
 public:
  virtual ~FrameMonitor() = default;
  /// A frame of the source, before the filters. The reading thread, which it may keep waiting.
  /// \returns false to leave the frame out
  virtual bool before(const VideoFrame& frame) = 0;
  /// A filtered frame, after it was written. The writing thread.
  virtual void after(const VideoFrame& frame) = 0;
  /// The source has ended. The reading thread, which it may keep waiting.
  /// \returns true where a seek was asked for, so that there are frames again
  virtual bool at_end() = 0;
};

struct TranscodeOptions {
  std::string input;   ///< path, image, `img%04d.png`, `-` (Y4M), or a live input, see live.h
  std::string output;  ///< see MediaWriter; streams and devices get frames as they are to be seen
  std::vector<FilterSpec> chain;
  std::string codec;  ///< libav encoder or codec name; empty: by container
  std::optional<double> crf;
  std::optional<std::int64_t> bitrate;  ///< bits a second
  std::string encoder_preset;
  std::string pixel_format;  ///< libav name; empty: the input's where the codec has it
  bool lossless = false;
  std::optional<double> start;         ///< seconds; exact to the frame
  std::optional<double> end;           ///< seconds, exclusive
  std::optional<std::int64_t> frames;  ///< at most so many
  unsigned threads = 0;                ///< of decoder, filter and encoder; 0: one per core
  bool overwrite = false;
  bool compare = false;  ///< writes the frames as they were on the left of what came of them
  bool audio = true;     ///< false drops the audio streams
  FrameMonitor* monitor = nullptr;  ///< outlives the job
  NoteHandler on_note;  ///< warnings and details of the job, as they arise
};

/// Ages of a live source's frames when they left, from the moment that their source took them.
struct Latency {
  std::int64_t frames = 0;
  double median_ms = 0;
  double p99_ms = 0;  ///< of a hundred frames 99 were not older
  double largest_ms = 0;
};

struct TranscodeProgress {
  std::int64_t frames = 0;
  std::optional<std::int64_t> total_frames;  ///< where the input tells or it can be worked out
  double media_seconds = 0;                  ///< of video written
  double elapsed_seconds = 0;
  std::optional<Latency> latency{};  ///< of live sources
  std::int64_t dropped = 0;          ///< frames of a live source that nobody had time for
};

/// What a job is going to do.
struct TranscodePlan {
  MediaInfo input;
  int width = 0;  ///< of what is written; 0 where elements of GStreamer may change it
  int height = 0;
  std::string container;  ///< libav's names; empty: nothing is written
  std::string encoder;
  std::vector<int> copied_streams;  ///< indices of the input's
};

/// One job. Made, run once, and destroyed by one thread; `stop` and `abort` may be called from any
/// thread and from a signal handler.
class Transcoder {
 public:
  /// Opens the input, checks chain, codec and target. Nothing is written yet. \throws MediaError
  explicit Transcoder(TranscodeOptions options);
  ~Transcoder();

  /// Runs to the end, or to `stop`: then the file is finalised under its name. An error or `abort`
  /// removes what was written; after `abort` it throws one of kind `running`. An input that ends
  /// early, or has damaged packets, gives a warning and a file with what could be decoded. What was
  /// recorded of a live source is always kept: a source that fails ends it, and then it throws.
  /// \param on_progress called a few times a second, from this thread
  /// \throws MediaError
  TranscodeProgress run(const std::function<void(const TranscodeProgress&)>& on_progress = {});

  void stop() noexcept;
  void abort() noexcept;

  /// Changes a parameter of a filter of the chain: it acts on the next frame. Any thread, one at a
  /// time. \throws MediaError of kind `usage`
  void set_value(std::size_t filter, const std::string& name, const std::string& text);
  /// Goes on at that time of the input, where it can. Not for jobs that write. Any thread.
  void seek(double seconds) noexcept;
  /// True from `seek` until it is done.
  [[nodiscard]] bool seeking() const noexcept;

  /// What `run` is going to do.
  [[nodiscard]] TranscodePlan plan() const;
  /// What would run, as a `gst-launch-1.0` command line. \throws MediaError where GStreamer has no
  /// element for the output
  [[nodiscard]] std::string gst_launch_line() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace convolve
