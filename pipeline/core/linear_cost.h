// SPDX-License-Identifier: MIT
/// \file
/// What the ways of computing a linear stage cost, in nanoseconds an output sample by simd/speed.h.
#pragma once

#include <cstdint>
#include <optional>

#include "core/linear_plan.h"
#include "core/low_rank.h"
#include "core/simd/speed.h"

namespace convolve {

/// False for kernels so small that no way but the direct one is worth a thought.
constexpr bool is_large(const LinearTaps& taps) noexcept {
  constexpr std::int64_t kLeastTaps = 81;
  return static_cast<std::int64_t>(taps.width) * taps.height >= kLeastTaps;
}

/// Of all taps directly, in whole numbers where that is possible, and not as an outer product.
double dense_cost(const LinearProblem& problem, const Speed& speed);

/// A few outer products where they are cheaper than all taps directly, on all vectors alike:
/// results differ within SPEC §2, so the choice must not depend on the instruction set.
std::optional<LowRankPlan> choose_low_rank(const LinearProblem& problem);

/// Of the stage that serves where there is no better way than one.
double stage_cost(const LinearProblem& problem, const std::optional<LowRankPlan>& low_rank,
                  const Speed& speed);

}  // namespace convolve
