// SPDX-License-Identifier: MIT
#include "core/fourier_plan.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>

#include "core/tap_scale.h"

namespace convolve {

namespace {

// Tiles of more samples take too much memory a thread, and leave the caches.
constexpr int kMostSide = 4096;
constexpr int kMostArea = 1 << 22;

// Measured: loading, storing and what lies between the transforms cost as much as so many of their
// levels; and spectra of 16 bytes a sample that do not fit a share of the last cache cost more.
constexpr double kOtherLevels = 8;
constexpr double kCachedArea = 1 << 19;
constexpr double kOutOfCache = 1.45;

// Rounding to whole numbers repairs errors below a half; half of that is kept for what is rounded
// after the bound: the restored centre, and the bound itself.
constexpr double kRepairable = 0.25;

constexpr double kMostExact = 4503599627370496.0;  // 2^52

int outputs_of(int side, int kernel, int stride) { return (side - kernel) / stride + 1; }

int tiles_of(int outputs, int of_tile) { return (outputs + of_tile - 1) / of_tile; }

std::vector<FourierTaps::Tap> place(const LinearTaps& taps, const auto& weights) {
  std::vector<FourierTaps::Tap> placed;
  std::size_t i = 0;
  for (int y = 0; y < taps.height; ++y) {
    for (int x = 0; x < taps.width; ++x, ++i) {
      const auto weight = static_cast<double>(weights[i]);
      if (weight != 0) placed.push_back({x, y, weight});
    }
  }
  return placed;
}

// Fills in the weights, if rounding repairs what they make of samples about `centre`.
bool use_whole(const LinearProblem& problem, FourierPlan& plan,
               const std::vector<std::int32_t>& weights, double centre, double restore,
               double amplitude) {
  plan.taps = place(problem.taps, weights);
  plan.finish.centre = centre;
  plan.finish.restore = restore;
  plan.finish.whole = true;
  return magnitude_of(weights) * (amplitude + std::abs(centre)) < kMostExact &&
         fourier_error(plan.tile.size.width, plan.tile.size.height, plan.taps, amplitude) <
             kRepairable;
}

// As stages do it: whole-number weights with sums of 32 bits.
bool plan_as_stage(const LinearProblem& problem, FourierPlan& plan) {
  const std::optional<WholePlan> whole = plan_whole(problem);
  if (!whole) return false;
  const double middle = (problem.spec.max_input + 1) / 2;
  // A finish for centred samples makes up for it already.
  const double restore = whole->centred ? 0 : middle * sum_of(whole->weights);
  plan.finish.integer = whole->finish;
  return use_whole(problem, plan, whole->weights, middle, restore, middle);
}

// Whole-number weights with sums of any size.
bool plan_wide(const LinearProblem& problem, FourierPlan& plan) {
  const double middle = std::floor((problem.spec.max_input + 1) / 2);
  const auto use = [&](const std::vector<std::int32_t>& weights, double unit) {
    plan.finish.integer.reset();
    plan.finish.real = problem.real_finish();
    plan.finish.real.scale *= unit;
    return use_whole(problem, plan, weights, middle, middle * sum_of(weights), middle + 1);
  };
  if (const auto whole = as_whole(problem.taps.taps, 1 << 24)) {
    if (use(whole->weights, whole->factor / whole->divisor)) return true;
    // Whole-number taps of moderate size are promised exact results, so they are not rounded.
    if (problem.spec.max_code <= 255 && largest_of(whole->weights) <= 1023) return false;
  }
  // As many bits as rounding repairs the transforms of, if those are enough.
  const double largest = largest_of(problem.taps.taps);
  if (largest == 0) return false;
  plan.taps = place(problem.taps, problem.taps.taps);
  const double unit_error =
      fourier_error(plan.tile.size.width, plan.tile.size.height, plan.taps, middle + 1);
  const int shift =
      std::min(29 - std::ilogb(largest),
               static_cast<int>(std::floor(std::log2(0.9 * kRepairable / unit_error))));
  const RoundedTaps rounded = round_taps(problem.taps.taps, shift);
  const double factor = std::abs(problem.response.scale) / problem.spec.input_scale;
  return rounded.error * factor * problem.spec.max_input <= problem.error_budget() &&
         use(rounded.weights, std::ldexp(1.0, -shift));
}

// The taps as they are, which is close enough where exact results are not promised.
bool plan_real_taps(const LinearProblem& problem, FourierPlan& plan) {
  if (problem.spec.max_code <= 255 && as_whole(problem.taps.taps, 1023)) return false;
  plan.taps = place(problem.taps, problem.taps.taps);
  plan.finish = {};
  plan.finish.fused = false;
  plan.finish.real = problem.real_finish();
  const double error =
      fourier_error(plan.tile.size.width, plan.tile.size.height, plan.taps, problem.spec.max_input);
  return error * std::abs(problem.response.scale) / problem.spec.input_scale <=
         problem.error_budget() / 2;
}

}  // namespace

std::optional<FourierTiling> choose_tiling(Size kernel, const Geometry& geometry, Size outputs) {
  std::optional<FourierTiling> best;
  double least = 0;
  const auto first = [](int size) {
    return std::max(FourierAxis::kLeast,
                    static_cast<int>(std::bit_ceil(static_cast<unsigned>(size))));
  };
  for (int height = first(kernel.height); height <= kMostSide; height *= 2) {
    for (int width = first(kernel.width); width <= kMostSide && width * height <= kMostArea;
         width *= 2) {
      FourierTiling tiling{{width, height},
                           {outputs_of(width, kernel.width, geometry.x.stride),
                            outputs_of(height, kernel.height, geometry.y.stride)}};
      tiling.samples = static_cast<double>(width) * height *
                       tiles_of(outputs.width, tiling.outputs.width) *
                       tiles_of(outputs.height, tiling.outputs.height);
      const double cost = fourier_cost(tiling, 1);
      if (!best || cost < least) {
        best = tiling;
        least = cost;
      }
    }
  }
  return best;
}

double fourier_cost(const FourierTiling& tiling, double level_cost) {
  const double area = static_cast<double>(tiling.size.width) * tiling.size.height;
  const double out_of_cache = area > kCachedArea ? kOutOfCache : 1;
  return tiling.samples * level_cost * (std::log2(area) + kOtherLevels) * out_of_cache;
}

std::optional<FourierPlan> plan_fourier(const LinearProblem& problem, const FourierTiling& tiling) {
  FourierPlan plan;
  plan.kernel = {problem.taps.width, problem.taps.height};
  plan.window = problem.window();
  plan.tile = tiling;
  if (problem.spec.integer) {
    if (plan_as_stage(problem, plan) || plan_wide(problem, plan) || plan_real_taps(problem, plan)) {
      return plan;
    }
    return std::nullopt;
  }
  plan.taps = place(problem.taps, problem.taps.taps);
  plan.finish.real = problem.real_finish();
  return plan;
}

}  // namespace convolve
