// SPDX-License-Identifier: MIT
/// \file
/// The frames of a stream that a filter over time still needs, and which of them an output is made
/// from (SPEC §5).
#pragma once

#include <algorithm>
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

/// The most frames that an output waits for. The first outputs of a centred window that reaches
/// further back than forth, and is reflected, need later frames than the others; a causal one never
/// waits, and reflects what it has.
constexpr int frames_waited(const TimeGeometry& time) noexcept {
  return time.border == Border::reflect_101 && !time.causal ? std::max(time.before, time.after)
                                                            : time.after;
}

/// Frames before an output's own that are kept for it and for those to come: what lies beyond the
/// end is reflected to what lies as far before it.
constexpr int frames_kept(const TimeGeometry& time) noexcept {
  return time.border == Border::reflect_101 ? std::max(time.before, time.after) : time.before;
}

/// The most frames that are held while the next one is awaited. With that one they are the
/// window's, and one more where a window that reaches further forth than back is reflected.
constexpr int frames_held(const TimeGeometry& time) noexcept {
  return frames_kept(time) + time.after;
}

/// Mean absolute difference of two frames of one format and size, as a fraction of M. Alpha does
/// not count.
double mean_difference(const ConstFrameView& one, const ConstFrameView& other) noexcept;

/// Holds the frames of a stream that outputs need, at most `frames_held` and the newest. `Frame` is
/// whatever the caller knows a frame by.
///
///     history.push(frame);
///     for (; history.ready(); history.advance()) { … history.own(), history.window() … }
template <typename Frame>
class FrameHistory {
 public:
  explicit FrameHistory(const TimeGeometry& time = {}) : time_(time) {}

  [[nodiscard]] const TimeGeometry& time() const noexcept { return time_; }

  /// From the next output on, other frames stand beyond the ends, or other differences part scenes.
  /// Frames that were not kept until now count as missing.
  /// \param time  of as many frames before and after
  void set_border(const TimeGeometry& time) { time_ = time; }

  /// Takes the stream's next frame. All outputs that are ready must have been taken; after `end` a
  /// new stream begins. \param cut  a scene begins with this frame
  void push(Frame frame, bool cut = false) {
    if (ended_) forget();
    held_.push_back({std::move(frame), cut});
    drop_unneeded();
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
    if (own_ >= held_.size()) return false;
    if (ended_) return true;
    const std::size_t newest = held_.size() - 1;
    return newest >= own_ + static_cast<std::size_t>(time_.after) &&
           newest >= furthest(scene_begin());
  }
  /// The frame that the next output stands for.
  [[nodiscard]] Frame& own() noexcept { return held_[own_].frame; }
  /// All frames that it is made from, oldest first; null is a frame of the border's colour.
  [[nodiscard]] std::vector<Frame*> window() {
    const std::size_t first = scene_begin();
    std::size_t last = own_ + 1;
    while (last < held_.size() && last <= furthest(first) && !held_[last].cut) ++last;
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
    drop_unneeded();
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

  // No output needs what is not kept for it, nor what lies before its scene.
  void drop_unneeded() {
    std::size_t first = own_ - std::min(own_, static_cast<std::size_t>(frames_kept(time_)));
    if (own_ < held_.size()) first = std::max(first, scene_begin());
    for (; first > 0; --first, --own_) held_.pop_front();
  }
  // The frame that begins the output's scene, as far as it is held.
  [[nodiscard]] std::size_t scene_begin() const noexcept {
    std::size_t first = own_;
    while (first > 0 && !held_[first].cut) --first;
    return first;
  }
  // The last frame that the window of the next output may need, of a scene that begins at `first`.
  [[nodiscard]] std::size_t furthest(std::size_t first) const noexcept {
    const std::size_t plain = own_ + static_cast<std::size_t>(time_.after);
    const std::size_t inside = own_ - first;
    if (frames_waited(time_) <= time_.after || inside >= static_cast<std::size_t>(time_.before)) {
      return plain;
    }
    return std::max(plain, first + static_cast<std::size_t>(time_.before) - inside);
  }

  TimeGeometry time_;
  std::deque<Held> held_;
  std::size_t own_ = 0;  // of the next output
  bool ended_ = false;
};

}  // namespace convolve
