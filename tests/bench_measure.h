// SPDX-License-Identifier: MIT
/// \file
/// Times contenders side by side.
#pragma once

#include <string>
#include <vector>

#include "bench_work.h"

namespace convolve::bench {

struct Timing {
  double median = 0;  ///< ns per output pixel; 0 where there is no such contender
  double best = 0;
  double faults = 0;  ///< page faults per frame, of the whole process
  [[nodiscard]] explicit operator bool() const noexcept { return median > 0; }
};

struct Result {
  Row row;
  Timing ours{};
  Timing copy{};  ///< memcpy of the same frame
  Timing opencv{};
  Timing libav{};
  Timing against{};
  double macs_per_cycle = 0;

  [[nodiscard]] double times_memcpy() const noexcept { return ours.median / copy.median; }
  /// What `Row::against` limits. Threads are compared by their best runs: whoever else uses the
  /// machine takes cores away from two threads first.
  [[nodiscard]] double against_ratio() const noexcept;
  /// True where a limit is set, and holds here.
  [[nodiscard]] bool against_applies() const noexcept;
  [[nodiscard]] bool against_met() const noexcept;
};

/// Cycles per second of this core now: a chain of register additions takes one cycle each.
double measure_clock();

/// Measures all contenders of a row in turn, `runs` times. What one thread does is measured in the
/// time that this thread was running, so that a busy machine counts less; threads in wall time.
/// \param runs   at most so many; slow contenders have fewer
/// \param alone  only the row's own work and memcpy: for profilers
Result measure(const Row& row, int runs, double clock, bool alone);

}  // namespace convolve::bench
