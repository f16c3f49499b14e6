// SPDX-License-Identifier: MIT
// Frames for containers that tell no times, but which frame it is at a rate that is always the
// same.
#pragma once

#include "av.h"

namespace convolve::media {

/// The rate at which frames that lie at uneven distances find their places: libav's guess of the
/// one that all distances are multiples of, or their average where that is nearly the same, or
/// faster than anybody shows.
AVRational rate_of_places(AVFormatContext& input, AVStream& video, AVRational average);

/// Says how often each frame is to be written so that it is seen at its time. Frames that come
/// evenly, give or take, are written once.
class FixedRate {
 public:
  /// \param fills_gaps  the container itself shows a frame until the next one comes
  FixedRate(AVRational rate, bool fills_gaps) : rate_(rate), fills_gaps_(fills_gaps) {}

  struct Copies {
    std::int64_t before = 0;  ///< of the frame before, once more
    std::int64_t here = 0;
    std::int64_t place = 0;  ///< of the first of all these copies
  };
  /// The next frame, in seconds.
  Copies place(double begin, double duration);

  [[nodiscard]] AVRational rate() const noexcept { return rate_; }
  [[nodiscard]] std::int64_t repeated() const noexcept { return repeated_; }
  [[nodiscard]] std::int64_t left_out() const noexcept { return left_out_; }

 private:
  AVRational rate_;
  bool fills_gaps_;
  bool begun_ = false;
  std::int64_t next_ = 0;  // place
  double moved_ = 0;       // of times, in places
  std::int64_t repeated_ = 0;
  std::int64_t left_out_ = 0;
};

}  // namespace convolve::media
