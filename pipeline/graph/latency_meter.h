// SPDX-License-Identifier: MIT
// How old frames are when they leave.
#pragma once

#include <array>
#include <cstdint>
#include <mutex>

#include <convolve/transcode.h>

namespace convolve::graph {

/// Counts ages in steps of a tenth of a millisecond, in memory that does not grow. Any thread.
class LatencyMeter {
 public:
  void add(double seconds) noexcept;
  /// Frames that are counted, and their ages in milliseconds.
  [[nodiscard]] Latency latency() const noexcept;

 private:
  static constexpr int kSteps = 20000;
  static constexpr double kStep = 1e-4;  // seconds

  [[nodiscard]] double quantile(double share) const noexcept;

  mutable std::mutex mutex_;
  std::array<std::uint32_t, kSteps> count_{};
  std::int64_t total_ = 0;
  double largest_ = 0;
};

}  // namespace convolve::graph
