// SPDX-License-Identifier: MIT
#include "core/large_kernel.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "core/fourier_plan.h"
#include "core/fourier_plane.h"
#include "core/linear_plan.h"
#include "core/simd/speed.h"

namespace convolve {

namespace {

// Smaller kernels are never worth a thought.
constexpr int kLeastTaps = 81;

int byte_parts(const std::vector<std::int32_t>& weights) {
  return std::any_of(weights.begin(), weights.end(),
                     [](std::int32_t weight) { return weight < -128 || weight > 127; })
             ? 2
             : 1;
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

// Nanoseconds an output sample of the stage that would serve.
double stage_cost(const LinearProblem& problem, const Speed& speed) {
  const LinearTaps& taps = problem.taps;
  const bool bytes = problem.spec.input == SampleType::u8;
  const double dot = bytes ? speed.byte_dot : speed.half_dot;
  double least = std::numeric_limits<double>::infinity();
  const auto product = as_outer_product(taps);
  if (product && plan_separable(problem, *product)) {
    least = dot * (2 * (taps.height / (bytes ? 4.0 : 2.0) + 1) + taps.width);
  }
  if (const auto whole = plan_whole(problem)) {
    const int parts = bytes ? byte_parts(whole->weights) : 1;
    return std::min(least, dot * parts * dot_operations(taps, bytes ? 4 : 2));
  }
  const RealPlan real = plan_real(problem, product ? &*product : nullptr);
  const double tap = real.precision == Precision::wide ? speed.wide_tap : speed.single_tap;
  const auto used = static_cast<double>(
      std::count_if(taps.taps.begin(), taps.taps.end(), [](double each) { return each != 0; }));
  return std::min(least, tap * (product ? taps.width + taps.height : used));
}

}  // namespace

std::shared_ptr<PlaneWork> make_large_kernel_work(const StageSpec& spec, const LinearTaps& taps,
                                                  const LinearResponse& response,
                                                  const Geometry& geometry, Size outputs) {
  if (static_cast<std::int64_t>(taps.width) * taps.height < kLeastTaps) return nullptr;
  const auto tiling = choose_tiling({taps.width, taps.height}, geometry, outputs);
  if (!tiling) return nullptr;
  const LinearProblem problem{spec, taps, response};
  const auto plan = plan_fourier(problem, *tiling);
  if (!plan) return nullptr;
  const Speed& costs = plan->finish.integer ? speed() : reference_speed();
  // A stage computes the samples between those that a stride keeps, too, if not their rows.
  const double computed = static_cast<double>(outputs.width) * geometry.x.stride * outputs.height;
  if (fourier_cost(*tiling, costs.fourier_level) >= computed * stage_cost(problem, costs)) {
    return nullptr;
  }
  return std::make_shared<FourierPlane>(*plan);
}

}  // namespace convolve
