// SPDX-License-Identifier: MIT
/// \file
/// Chooses numbers for a linear stage: which whole weights, which rounding, and what error they
/// are proven to keep.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "core/linear.h"
#include "core/simd/dense_dot.h"
#include "core/simd/finish.h"
#include "core/simd/int_finish.h"
#include "core/simd/real_rows.h"
#include "core/simd/smooth_rows.h"

namespace convolve {

/// Factors of separable taps: tap(x, y) = horizontal[x] · vertical[y].
struct OuterProduct {
  std::vector<double> horizontal;
  std::vector<double> vertical;
};

/// \returns nothing where the taps have a rank other than 1.
std::optional<OuterProduct> as_outer_product(const LinearTaps& taps);

/// What is asked of a linear stage.
struct LinearProblem {
  const StageSpec& spec;
  const LinearTaps& taps;
  const LinearResponse& response;
  const OuterProduct* product = nullptr;  ///< stands for `taps.taps`, where those were not formed
  double allowed_error = 0;               ///< in codes, where that is more than SPEC §2 leaves

  [[nodiscard]] Window window() const noexcept;
  [[nodiscard]] double tap_sum() const noexcept;
  /// Σ|scale·K|
  [[nodiscard]] double magnitude() const noexcept;
  /// Largest error, in codes before rounding, that SPEC §2 leaves to arithmetic.
  [[nodiscard]] double error_budget() const noexcept;
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

/// Weights for whole-number arithmetic, columns first.
struct SeparablePlan {
  std::vector<std::int32_t> vertical;
  std::vector<std::int32_t> horizontal;
  std::int32_t vertical_init = 0;
  int vertical_shift = 0;
  IntFinish finish;
};

/// \returns nothing where sums could overflow, or the error could exceed the budget.
std::optional<SeparablePlan> plan_separable(const LinearProblem& problem,
                                            const OuterProduct& product);

/// Small whole taps on bytes, sums over time first, then of columns, in 16-bit lanes.
/// \returns nothing where the taps are no product of the three axes, or sums could overflow.
std::unique_ptr<const Stage> make_half_column_stage(const LinearProblem& problem,
                                                    const OuterProduct& product);

/// Weights for symmetric blurs in 16-bit lanes.
/// \returns nothing where the product is none, or the error could exceed the budget.
std::optional<SmoothRows> plan_smooth(const LinearProblem& problem, const OuterProduct& product);

/// Weights for float or double: `tap = weight / divisor`, whole numbers where the taps allow.
struct RealPlan {
  Precision precision = Precision::wide;
  std::vector<double> weights;   ///< of dense taps
  std::vector<double> vertical;  ///< of separable ones
  std::vector<double> horizontal;
  double divisor = 1;
};

/// Always possible. \param product  for separable rows, else nullptr
RealPlan plan_real(const LinearProblem& problem, const OuterProduct* product);

/// The rounding for sums of weights that are `unit` codes each, where every sum is exact.
/// \param weight_sum  Σ weight
/// \returns nothing where rounding to nearest could fail.
std::optional<IntFinish> plan_exact_finish(const LinearProblem& problem, double unit,
                                           double weight_sum, bool centred);

}  // namespace convolve
