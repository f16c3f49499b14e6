// SPDX-License-Identifier: MIT
#include "core/large_kernel.h"

#include "core/fourier_plan.h"
#include "core/fourier_plane.h"
#include "core/linear_cost.h"
#include "core/linear_plan.h"
#include "core/simd/speed.h"

namespace convolve {

std::shared_ptr<PlaneWork> make_large_kernel_work(const StageSpec& spec, const LinearTaps& taps,
                                                  const LinearResponse& response,
                                                  const Geometry& geometry, Size outputs) {
  if (!is_large(taps)) return nullptr;
  const auto tiling = choose_tiling({taps.width, taps.height}, geometry, outputs);
  if (!tiling) return nullptr;
  const LinearProblem problem{spec, taps, response};
  const auto plan = plan_fourier(problem, *tiling);
  if (!plan) return nullptr;
  const auto low_rank = choose_low_rank(problem);
  // An outer product in one pass each way is rounded otherwise.
  const bool same = plan->finish.integer && !low_rank && !as_outer_product(taps);
  const Speed& costs = same ? speed() : reference_speed();
  // A stage computes the samples between those that a stride keeps, too, if not their rows.
  const double computed = static_cast<double>(outputs.width) * geometry.x.stride * outputs.height;
  if (fourier_cost(*tiling, costs.fourier_level) >=
      computed * stage_cost(problem, low_rank, costs)) {
    return nullptr;
  }
  return std::make_shared<FourierPlane>(*plan);
}

}  // namespace convolve
