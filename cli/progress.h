// SPDX-License-Identifier: MIT
/// \file
/// How far a job is: for a person a bar on a terminal and lines elsewhere, for a program JSON.
#pragma once

#include <cstdio>
#include <mutex>
#include <string>
#include <string_view>

#include <convolve/transcode.h>

namespace convolve::cli {

/// `812/2400 33.8% 61 fps x2.0 ETA 0:26`; without a known total, `812 61 fps x2.0 0:13`.
std::string progress_text(const TranscodeProgress& progress);

/// `720 frames (30.0 s) in 12.3 s, 58 fps: out.mp4`; before the name `12 dropped` where some were.
std::string summary_text(const TranscodeProgress& progress, const std::string& output);

/// One object on one line: `{"event":"progress","frames":812,…}`. What is not known is null;
/// live sources also have `dropped`.
/// \param event  "progress"; "end" or "stopped" for the last one
std::string progress_json(const TranscodeProgress& progress, std::string_view event);
/// The same for a note: `{"event":"warning","text":"…"}`.
std::string note_json(NoteLevel level, const std::string& text);

/// `latency p50 5.2 ms, p99 9.8 ms, largest 14.0 ms; 0 of 1800 frames dropped`
std::string stats_text(const TranscodeProgress& progress);

/// `m:ss`, or `h:mm:ss` from an hour on.
std::string clock_text(double seconds);

/// Where progress goes, and how it may look there.
struct ProgressStyle {
  bool bar = false;   ///< redraw one line with a bar; otherwise a line every 5 s
  bool json = false;  ///< each time an object on a line of its own instead
  bool color = false;
  int columns = 80;  ///< of the terminal

  /// What suits `stream`: a bar for a terminal that can move its cursor; colours unless NO_COLOR.
  static ProgressStyle of(std::FILE* stream);
};

/// Shows progress on a stream, and lines of text between. Any thread.
class ProgressPrinter {
 public:
  ProgressPrinter(std::FILE* stream, ProgressStyle style) : stream_(stream), style_(style) {}
  /// Removes the bar, so that what is said next stands on a clean line.
  ~ProgressPrinter() { clear(); }
  ProgressPrinter(const ProgressPrinter&) = delete;
  ProgressPrinter& operator=(const ProgressPrinter&) = delete;

  void show(const TranscodeProgress& progress);
  /// Writes a line above the bar.
  void say(const std::string& line);
  void clear();

 private:
  void clear_locked();

  std::mutex mutex_;
  std::FILE* stream_;
  ProgressStyle style_;
  bool drawn_ = false;
  double next_line_ = 5.0;  ///< seconds after the start
};

}  // namespace convolve::cli
