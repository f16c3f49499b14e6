// SPDX-License-Identifier: MIT
/// \file
/// Taps as a sum of a few outer products.
#pragma once

#include <optional>
#include <vector>

#include "core/linear_plan.h"

namespace convolve {

/// `taps ≈ Σ vertical ⊗ horizontal`, found by cross approximation with full pivoting: the row and
/// the column through the largest tap that is left, one outer product after another. Against the
/// singular value decomposition it costs rank·taps instead of taps·side, so that a million taps are
/// no burden, keeps whole numbers whole where tap patterns are made of boxes, and needs hardly more
/// products. (Bebendorf, "Approximation of boundary element matrices", 2000.)
struct CrossApproximation {
  std::vector<OuterProduct> products;  ///< |vertical| ≤ 1
  double rest = 0;                     ///< Σ |tap − approximation|
};

/// Stops when `rest` is at most `enough`.
/// \returns nothing where `most` products do not suffice.
std::optional<CrossApproximation> approximate(const LinearTaps& taps, double enough, int most);

/// Numbers for `LowRankRows`.
struct LowRankPlan {
  struct Product {
    std::vector<std::int32_t> vertical;
    std::vector<std::int32_t> horizontal;
    std::int32_t init = 0;
    int shift = 0;
  };
  std::vector<Product> products;
  IntFinish finish;
};

/// Whole-number taps that are promised exact results get products of whole numbers; else the error
/// is proven to keep the budget, and to leave flat fields flat.
/// \returns nothing where there are no such products, or too many.
std::optional<LowRankPlan> plan_low_rank(const LinearProblem& problem);

}  // namespace convolve
