// SPDX-License-Identifier: MIT
// How long a job waits for whoever takes its output.
#pragma once

#include <atomic>
#include <cstdint>

extern "C" {
#include <libavutil/time.h>
}

namespace convolve::media {

/// When waiting is to end. Any thread, and a signal handler.
struct Patience {
  std::atomic<bool> cancelled{false};
  std::atomic<std::int64_t> until{INT64_MAX};  ///< as av_gettime_relative counts, in µs

  [[nodiscard]] bool over() const noexcept { return cancelled || av_gettime_relative() > until; }
};

}  // namespace convolve::media
