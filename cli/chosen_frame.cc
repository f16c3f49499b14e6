// SPDX-License-Identifier: MIT
#include "chosen_frame.h"

#include <algorithm>
#include <thread>

#include <convolve/graph.h>
#include <convolve/live.h>

namespace convolve::cli {

namespace {

constexpr std::int64_t kNeighbours = 8;  // on each side

ReadOptions read_options(const TranscodeOptions& job) {
  ReadOptions options;
  options.copy_streams = false;
  options.threads = job.threads;
  return options;
}

std::int64_t count_frames(const std::string& input, const ReadOptions& options) {
  MediaReader reader(input, options);
  std::int64_t frames = 0;
  while (reader.read()) ++frames;
  return frames;
}

}  // namespace

ChosenFrame::ChosenFrame(const TranscodeOptions& job) : threads_(job.threads) {
  if (is_live_input(job.input)) {
    frames_ = first_live_frames(job.input, 1 + kNeighbours);
    if (frames_.empty()) throw MediaError(MediaError::Kind::input, job.input + ": gave no picture");
    return;
  }
  ReadOptions options = read_options(job);
  std::int64_t before = 0;
  if (job.start && *job.start > 0 && job.input != "-") {
    // The reader counts time from where it starts, so the frames up to the chosen one are counted.
    const double rate = MediaReader(job.input, options).info().frame_rate.value();
    options.start = std::max(0.0, *job.start - kNeighbours / (rate > 0 ? rate : 25));
    options.end = job.start;
    before = count_frames(job.input, options);
    options.end.reset();
  } else {
    options.start = job.start;
  }
  options.frames = before + 1 + kNeighbours;
  MediaReader reader(job.input, options);
  frame_rate_ = reader.info().frame_rate;
  while (VideoFrame frame = reader.read()) frames_.push_back(std::move(frame));
  if (static_cast<std::int64_t>(frames_.size()) <= before) {
    throw MediaError(MediaError::Kind::input, job.input + ": has no frame at that time");
  }
  index_ = static_cast<std::size_t>(before);
  seconds_ = job.start.value_or(0);
}

VideoFrame ChosenFrame::filtered(const std::vector<FilterSpec>& chain) const {
  Graph graph(chain, threads_, frame_rate_);
  std::thread pushing([&] {
    for (const VideoFrame& frame : frames_) {
      if (!graph.push(frame.share())) return;
    }
    graph.end();
  });
  VideoFrame result;
  try {
    const double time = frame().seconds();
    while (VideoFrame made = graph.pull()) {
      // Elements may drop frames and make others: the last that is no later is the chosen one's.
      if (result && made.seconds() > time + 1e-6) break;
      result = std::move(made);
    }
  } catch (...) {
    graph.shutdown();
    pushing.join();
    throw;
  }
  graph.shutdown();
  pushing.join();
  if (!result) throw MediaError(MediaError::Kind::running, "chain: gave no frame");
  return result;
}

}  // namespace convolve::cli
