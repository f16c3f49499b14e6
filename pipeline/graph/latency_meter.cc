// SPDX-License-Identifier: MIT
#include "latency_meter.h"

#include <algorithm>
#include <cmath>

namespace convolve::graph {

void LatencyMeter::add(double seconds) noexcept {
  const double step = std::clamp(seconds / kStep, 0.0, static_cast<double>(kSteps - 1));
  const std::lock_guard lock(mutex_);
  ++count_[static_cast<std::size_t>(step)];
  ++total_;
  largest_ = std::max(largest_, seconds);
}

double LatencyMeter::quantile(double share) const noexcept {
  const auto wanted = static_cast<std::int64_t>(std::ceil(share * static_cast<double>(total_)));
  std::int64_t seen = 0;
  for (std::size_t step = 0; step < count_.size(); ++step) {
    seen += count_[step];
    if (seen >= wanted) {
      return std::min(largest_, (static_cast<double>(step) + 1) * kStep) * 1e3;
    }
  }
  return largest_ * 1e3;
}

Latency LatencyMeter::latency() const noexcept {
  const std::lock_guard lock(mutex_);
  if (total_ == 0) return {};
  return {total_, quantile(0.5), quantile(0.99), largest_ * 1e3};
}

}  // namespace convolve::graph
