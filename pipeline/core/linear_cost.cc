// SPDX-License-Identifier: MIT
#include "core/linear_cost.h"

#include <algorithm>

namespace convolve {

namespace {

bool fits_byte(const std::vector<std::int32_t>& weights) {
  return std::all_of(weights.begin(), weights.end(),
                     [](std::int32_t weight) { return weight >= -128 && weight <= 127; });
}

// Operations of `DotWeights` for the taps that are not zero: a column of a group of rows each.
double dot_operations(const LinearTaps& taps, int rows_in_group) {
  double operations = 0;
  for (int first = 1 - DotWeights::kOut; first < taps.height; first += rows_in_group) {
    const int last = std::min(first + rows_in_group + DotWeights::kOut - 1, taps.height);
    for (int x = 0; x < taps.width; ++x) {
      bool used = false;
      for (int y = std::max(first, 0); y < last && !used; ++y) used = taps.at(x, y) != 0;
      operations += used ? 1 : 0;
    }
  }
  return operations;
}

double dot_cost(const LinearProblem& problem, const std::vector<std::int32_t>& weights,
                const Speed& speed) {
  if (problem.spec.input != SampleType::u8) return speed.half_dot;
  return fits_byte(weights) ? speed.byte_dot : speed.wide_byte_dot;
}

double low_rank_cost(const LinearProblem& problem, const LowRankPlan& plan, const Speed& speed) {
  const double groups =
      (problem.taps.height + 6) / (problem.spec.input == SampleType::u8 ? 4.0 : 2.0);
  double cost = 0;
  for (std::size_t i = 0; i < plan.products.size(); ++i) {
    const LowRankPlan::Product& product = plan.products[i];
    cost += groups * dot_cost(problem, product.vertical, speed) + speed.product;
    if (i % 2 != 0) continue;
    const auto used = std::count_if(product.horizontal.begin(), product.horizontal.end(),
                                    [](std::int32_t weight) { return weight != 0; });
    cost += static_cast<double>(used) * speed.pair_tap;
  }
  return cost;
}

}  // namespace

double dense_cost(const LinearProblem& problem, const Speed& speed) {
  const LinearTaps& taps = problem.taps;
  if (const auto whole = plan_whole(problem)) {
    const int rows = problem.spec.input == SampleType::u8 ? 4 : 2;
    return dot_cost(problem, whole->weights, speed) * dot_operations(taps, rows);
  }
  const bool wide = plan_real(problem, nullptr).precision == Precision::wide;
  const auto used =
      std::count_if(taps.taps.begin(), taps.taps.end(), [](double tap) { return tap != 0; });
  return (wide ? speed.wide_tap : speed.single_tap) * static_cast<double>(used);
}

std::optional<LowRankPlan> choose_low_rank(const LinearProblem& problem) {
  if (!is_large(problem.taps)) return std::nullopt;
  auto plan = plan_low_rank(problem);
  if (!plan) return std::nullopt;
  const auto speeds = all_speeds();
  const bool cheaper = std::all_of(speeds.begin(), speeds.end(), [&](const Speed& speed) {
    return low_rank_cost(problem, *plan, speed) < dense_cost(problem, speed);
  });
  return cheaper ? std::move(plan) : std::nullopt;
}

double stage_cost(const LinearProblem& problem, const std::optional<LowRankPlan>& low_rank,
                  const Speed& speed) {
  const LinearTaps& taps = problem.taps;
  const auto product = as_outer_product(taps);
  if (product) {
    if (const auto plan = plan_separable(problem, *product)) {
      const double groups = (taps.height + 6) / (problem.spec.input == SampleType::u8 ? 4.0 : 2.0);
      return groups * dot_cost(problem, plan->vertical, speed) + speed.product +
             taps.width * speed.pair_tap;
    }
  }
  if (low_rank) return low_rank_cost(problem, *low_rank, speed);
  if (product && !plan_whole(problem)) {
    const bool wide = plan_real(problem, &*product).precision == Precision::wide;
    return (wide ? speed.wide_tap : speed.single_tap) * (taps.width + taps.height);
  }
  return dense_cost(problem, speed);
}

}  // namespace convolve
