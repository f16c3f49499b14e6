// SPDX-License-Identifier: MIT
#include "fixed_rate.h"

#include <algorithm>
#include <cmath>

namespace convolve::media {

AVRational rate_of_places(AVFormatContext& input, AVStream& video, AVRational average) {
  constexpr double kMost = 61;     // frames a second
  constexpr double kAlike = 0.05;  // of the average
  const AVRational guess = av_guess_frame_rate(&input, &video, nullptr);
  if (guess.num <= 0 || guess.den <= 0) return average;
  if (average.num <= 0 || average.den <= 0) return guess;
  const bool alike = std::abs(av_q2d(guess) / av_q2d(average) - 1) < kAlike;
  return alike || av_q2d(guess) > kMost ? average : guess;
}

FixedRate::Copies FixedRate::place(double begin, double duration) {
  // As ffmpeg has it: times may be off by so much, in frames, before anything is done about it.
  constexpr double kTolerance = 1.1;
  const double rate = av_q2d(rate_);
  double at = begin * rate + moved_;
  if (!begun_) next_ = std::llround(at);
  begun_ = true;
  // Somebody went back: what comes now follows what was.
  if (at < static_cast<double>(next_) - rate) {
    moved_ += static_cast<double>(next_) - at;
    at = static_cast<double>(next_);
  }
  Copies copies;
  copies.place = next_;
  const double gap = at - static_cast<double>(next_);
  if (gap > kTolerance) copies.before = std::llround(gap);
  const double left = gap - static_cast<double>(copies.before) + duration * rate;
  copies.here = left < -kTolerance  ? 0
                : left > kTolerance ? std::max<std::int64_t>(1, std::llround(left))
                                    : 1;
  next_ += copies.before + copies.here;
  if (copies.here == 0) ++left_out_;
  if (fills_gaps_) {
    copies.place += copies.before;
    copies.before = 0;
    copies.here = std::min<std::int64_t>(copies.here, 1);
  }
  repeated_ += copies.before + std::max<std::int64_t>(copies.here - 1, 0);
  return copies;
}

}  // namespace convolve::media
