// SPDX-License-Identifier: MIT
/// \file
/// The frames of a stream that a filter over time still needs, and which of them an output is made
/// from (SPEC §5).
#pragma once

#include <cstddef>
#include <deque>
#include <utility>
#include <vector>

#include <convolve/filter.h>
#include <convolve/format.h>

namespace convolve {

/// Which of the frames [first, last) stand at the places of the window around frame `own`, which is
/// one of them: numbers of frames, oldest first, and -1 for a frame of the border's colour.
std::vector<int> window_places(const TimeGeometry& time, int own, int first, int last);

/// Mean absolute difference of two frames of one format and size, as a fraction of M. Alpha does
/// not count.
double mean_difference(const ConstFrameView& one, const ConstFrameView& other) noexcept;

/// Holds the frames of a stream, at most as many as the filter's window. `Frame` is whatever the
/// caller knows a frame by.
///
///     history.push(frame);
///     for (; history.ready(); history.advance()) { … history.own(), history.window() … }
template <typename Frame>
class FrameHistory {
 public:
  explicit FrameHistory(const TimeGeometry& time = {}) : time_(time) {}

  [[nodiscard]] const TimeGeometry& time() const noexcept { return time_; }

  /// Takes the stream's next frame. All outputs that are ready must have been taken; after `end` a
  /// new stream begins. \param cut  a scene begins with this frame
  void push(Frame frame, bool cut = false) {
    if (ended_) forget();
    held_.push_back({std::move(frame), cut});
  }
  /// No frame follows: outputs that wait for one become ready without it.
  void end() noexcept { ended_ = true; }
  /// The next frame is the first of a stream.
  void forget() noexcept {
    held_.clear();
    own_ = 0;
    ended_ = false;
  }

  /// The frame that came last, or null.
  [[nodiscard]] const Frame* newest() const noexcept {
    return held_.empty() || ended_ ? nullptr : &held_.back().frame;
  }

  /// True where the next output can be made.
  [[nodiscard]] bool ready() const noexcept {
    const std::size_t needed = own_ + 1 + (ended_ ? 0 : static_cast<std::size_t>(time_.after));
    return held_.size() >= needed;
  }
  /// The frame that the next output stands for.
  [[nodiscard]] Frame& own() noexcept { return held_[own_].frame; }
  /// All frames that it is made from, oldest first; null is a frame of the border's colour.
  [[nodiscard]] std::vector<Frame*> window() {
    std::size_t first = own_;
    while (first > 0 && !held_[first].cut) --first;
    std::size_t last = own_ + 1;
    while (last < held_.size() && last <= own_ + static_cast<std::size_t>(time_.after) &&
           !held_[last].cut) {
      ++last;
    }
    std::vector<Frame*> frames;
    for (const int place : window_places(time_, static_cast<int>(own_), static_cast<int>(first),
                                         static_cast<int>(last))) {
      frames.push_back(place < 0 ? nullptr : &held_[static_cast<std::size_t>(place)].frame);
    }
    return frames;
  }
  /// Goes on to the next output, and lets go of frames that no output needs any more.
  void advance() {
    ++own_;
    for (; own_ > static_cast<std::size_t>(time_.before); --own_) held_.pop_front();
  }

  /// Calls `act(frame)` for each frame whose output has not been taken.
  template <typename Act>
  void each_pending(const Act& act) {
    for (std::size_t i = own_; i < held_.size(); ++i) act(held_[i].frame);
  }
  [[nodiscard]] std::size_t held() const noexcept { return held_.size(); }

 private:
  struct Held {
    Frame frame;
    bool cut;
  };

  TimeGeometry time_;
  std::deque<Held> held_;
  std::size_t own_ = 0;  // of the next output
  bool ended_ = false;
};

}  // namespace convolve
