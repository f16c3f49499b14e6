// SPDX-License-Identifier: MIT
/// \file
/// Chooses numbers for a linear stage: which whole weights, which rounding, and what error they
/// are proven to keep.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "core/linear.h"
#include "core/simd/dense_dot.h"
#include "core/simd/finish.h"
#include "core/simd/int_finish.h"

namespace convolve {

struct PlacedTap {
  int row = 0;     ///< of the window
  int sample = 0;  ///< from the window's left edge
  double value = 0;
};

/// What is asked of a linear stage.
struct LinearProblem {
  const StageSpec& spec;
  const LinearTaps& taps;
  const LinearResponse& response;

  [[nodiscard]] Window window() const noexcept;
  [[nodiscard]] double tap_sum() const noexcept;
  /// Σ|scale·K|
  [[nodiscard]] double magnitude() const noexcept;
  /// Largest error, in codes before rounding, that SPEC §2 leaves to arithmetic.
  [[nodiscard]] double error_budget() const noexcept;
  /// Taps that are not 0.
  [[nodiscard]] std::vector<PlacedTap> placed_taps() const;
  [[nodiscard]] std::vector<DotTap> dot_taps(const std::vector<std::int32_t>& weights) const;
  /// What is added after the absolute value: black or neutral, bias and offset, in codes.
  [[nodiscard]] double post() const noexcept;
  [[nodiscard]] Finish real_finish() const noexcept;
};

/// Weights for whole-number arithmetic in 32 bits.
struct WholePlan {
  std::vector<std::int32_t> weights;  ///< as many as the problem has taps
  bool centred = false;
  IntFinish finish;
};

/// \returns nothing where sums could overflow, or the error could exceed the budget.
std::optional<WholePlan> plan_whole(const LinearProblem& problem);

/// The rounding for sums of weights that are `unit` codes each, where every sum is exact.
/// \param weight_sum  Σ weight
/// \returns nothing where rounding to nearest could fail.
std::optional<IntFinish> plan_exact_finish(const LinearProblem& problem, double unit,
                                           double weight_sum, bool centred);

}  // namespace convolve
