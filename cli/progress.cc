// SPDX-License-Identifier: MIT
#include "progress.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdlib>
#include <string_view>

#include <sys/ioctl.h>
#include <unistd.h>

#include "json.h"

namespace convolve::cli {

namespace {

constexpr double kLineInterval = 5.0;  // seconds
constexpr int kBarColumns = 24;

// The same in every locale.
std::string fixed(double number, int digits) {
  char text[400];
  const auto [end, error] =
      std::to_chars(text, text + sizeof text, number, std::chars_format::fixed, digits);
  return error == std::errc{} ? std::string(text, end) : std::string("-");
}

std::string two_digits(long long number) {
  return (number < 10 ? "0" : "") + std::to_string(number);
}

double per_second(double amount, double seconds) { return seconds > 0 ? amount / seconds : 0.0; }

// One digit where a whole number would say little.
std::string rate_text(double rate) { return fixed(rate, rate > 0 && rate < 10 ? 1 : 0) + " fps"; }

// The share that is done; a total that was guessed too small does not go beyond the end.
double done_share(const TranscodeProgress& progress) {
  if (!progress.total_frames || *progress.total_frames <= 0) return 0;
  return std::min(
      1.0, static_cast<double>(progress.frames) / static_cast<double>(*progress.total_frames));
}

std::string bar_text(double share, bool color) {
  const int filled = static_cast<int>(std::lround(share * kBarColumns));
  std::string bar = "[";
  if (color) bar += "\033[32m";
  bar.append(static_cast<std::size_t>(filled), '#');
  if (color) bar += "\033[0m";
  bar.append(static_cast<std::size_t>(kBarColumns - filled), '-');
  return bar + "] ";
}

}  // namespace

std::string clock_text(double seconds) {
  const auto whole = static_cast<long long>(std::llround(std::clamp(seconds, 0.0, 1e9)));
  const std::string seconds_text = ":" + two_digits(whole % 60);
  if (whole < 3600) return std::to_string(whole / 60) + seconds_text;
  return std::to_string(whole / 3600) + ":" + two_digits(whole / 60 % 60) + seconds_text;
}

std::string progress_text(const TranscodeProgress& progress) {
  const auto frames = static_cast<double>(progress.frames);
  const double rate = per_second(frames, progress.elapsed_seconds);
  std::string text = std::to_string(progress.frames);
  if (progress.total_frames) {
    text += "/" + std::to_string(*progress.total_frames);
    text += " " + fixed(done_share(progress) * 100, 1) + "%";
  }
  text += " " + rate_text(rate);
  text += " x" + fixed(per_second(progress.media_seconds, progress.elapsed_seconds), 1);
  if (!progress.total_frames) return text + " " + clock_text(progress.elapsed_seconds);
  const double left = std::max(0.0, static_cast<double>(*progress.total_frames) - frames);
  return text + " ETA " + (rate > 0 ? clock_text(left / rate) : "-:--");
}

std::string summary_text(const TranscodeProgress& progress, const std::string& output) {
  const double rate = per_second(static_cast<double>(progress.frames), progress.elapsed_seconds);
  return std::to_string(progress.frames) + (progress.frames == 1 ? " frame" : " frames") + " (" +
         fixed(progress.media_seconds, 1) + " s) in " + fixed(progress.elapsed_seconds, 1) +
         " s, " + rate_text(rate) +
         (progress.dropped > 0 ? ", " + std::to_string(progress.dropped) + " dropped: " : ": ") +
         output;
}

std::string progress_json(const TranscodeProgress& progress, std::string_view event) {
  const auto frames = static_cast<double>(progress.frames);
  const double rate = per_second(frames, progress.elapsed_seconds);
  Json json;
  json["event"] = event;
  json["frames"] = progress.frames;
  json["total_frames"] = nullptr;
  json["share"] = nullptr;
  json["fps"] = rate;
  json["speed"] = per_second(progress.media_seconds, progress.elapsed_seconds);
  json["media_seconds"] = progress.media_seconds;
  json["elapsed_seconds"] = progress.elapsed_seconds;
  json["left_seconds"] = nullptr;
  if (progress.latency) json["dropped"] = progress.dropped;
  if (progress.total_frames) {
    json["total_frames"] = *progress.total_frames;
    json["share"] = done_share(progress);
    if (rate > 0) {
      json["left_seconds"] =
          std::max(0.0, static_cast<double>(*progress.total_frames) - frames) / rate;
    }
  }
  return json_text(json, -1);
}

std::string note_json(NoteLevel level, const std::string& text) {
  Json json;
  json["event"] = level == NoteLevel::warning ? "warning" : "detail";
  json["text"] = text;
  return json_text(json, -1);
}

std::string stats_text(const TranscodeProgress& progress) {
  if (!progress.latency)
    return "latency: known of live sources that are read without sound (--no-audio)";
  const Latency& latency = *progress.latency;
  return "latency p50 " + fixed(latency.median_ms, 1) + " ms, p99 " + fixed(latency.p99_ms, 1) +
         " ms, largest " + fixed(latency.largest_ms, 1) + " ms; " +
         std::to_string(progress.dropped) + " of " +
         std::to_string(progress.frames + progress.dropped) + " frames dropped";
}

ProgressStyle ProgressStyle::of(std::FILE* stream) {
  ProgressStyle style;
  const int file = fileno(stream);
  const char* const terminal = std::getenv("TERM");
  const bool dumb = terminal == nullptr || std::string_view(terminal) == "dumb";
  style.bar = isatty(file) == 1 && !dumb;
  const char* const no_color = std::getenv("NO_COLOR");
  style.color = style.bar && (no_color == nullptr || *no_color == '\0');
  winsize size{};
  if (ioctl(file, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) style.columns = size.ws_col;
  return style;
}

void ProgressPrinter::show(const TranscodeProgress& progress) {
  if (style_.json) {
    const std::string line = progress_json(progress, "progress");
    const std::lock_guard lock(mutex_);
    std::fputs(line.c_str(), stream_);
    std::fflush(stream_);
    return;
  }
  const std::string text = progress_text(progress);
  const std::lock_guard lock(mutex_);
  if (!style_.bar) {
    if (progress.elapsed_seconds < next_line_) return;
    next_line_ = (std::floor(progress.elapsed_seconds / kLineInterval) + 1) * kLineInterval;
    std::fprintf(stream_, "%s\n", text.c_str());
    std::fflush(stream_);
    return;
  }
  // A line that wraps cannot be redrawn, so the bar goes first and then the text is cut.
  const auto columns = static_cast<std::size_t>(std::max(1, style_.columns - 1));
  std::string line = text.substr(0, columns);
  const bool fits = text.size() + kBarColumns + 3 <= columns;
  if (fits && progress.total_frames) line = bar_text(done_share(progress), style_.color) + text;
  std::fprintf(stream_, "\r%s\033[K", line.c_str());
  std::fflush(stream_);
  drawn_ = true;
}

void ProgressPrinter::say(const std::string& line) {
  const std::lock_guard lock(mutex_);
  clear_locked();
  std::fprintf(stream_, "%s\n", line.c_str());
  std::fflush(stream_);
}

void ProgressPrinter::clear() {
  const std::lock_guard lock(mutex_);
  clear_locked();
}

void ProgressPrinter::clear_locked() {
  if (!drawn_) return;
  std::fputs("\r\033[K", stream_);
  std::fflush(stream_);
  drawn_ = false;
}

}  // namespace convolve::cli
