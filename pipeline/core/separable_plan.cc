// SPDX-License-Identifier: MIT
#include <algorithm>
#include <cmath>

#include "core/linear_plan.h"
#include "core/tap_scale.h"
#include "core/whole_plan.h"

namespace convolve {

namespace {

std::optional<SeparablePlan> plan_exact(const LinearProblem& problem, const WholeTaps& horizontal,
                                        const WholeTaps& vertical) {
  const double centre = centre_of(problem.spec);
  const double amplitude = magnitude_of(vertical.weights) * centre;
  const double sum = magnitude_of(horizontal.weights) * amplitude;
  if (amplitude > kMostHalf || sum >= kMostSum / 2) return std::nullopt;
  if (problem.spec.output == SampleType::f32 && sum * 2 > 16777216.0) return std::nullopt;
  SeparablePlan plan;
  plan.vertical = vertical.weights;
  plan.horizontal = horizontal.weights;
  const double sums = sum_of(vertical.weights) * sum_of(horizontal.weights);
  const auto finish =
      plan_exact_finish(problem,
                        problem.response.scale * (horizontal.factor * vertical.factor) /
                            (horizontal.divisor * vertical.divisor),
                        sums, false);
  if (!finish) return std::nullopt;
  plan.finish = *finish;
  if (!add_fits(plan.vertical_init, -centre * sum_of(vertical.weights)) ||
      !add_fits(plan.finish.init, centre * sums) ||
      sum + std::abs(static_cast<double>(plan.finish.init)) +
              std::abs(static_cast<double>(plan.finish.add)) >=
          kMostSum) {
    return std::nullopt;
  }
  return plan;
}

// Below 0 there is no plan.
int shift_within(double largest, double most) { return convolve::shift_within(largest, most, -1); }

std::optional<SeparablePlan> plan_rounded(const LinearProblem& problem,
                                          const OuterProduct& product) {
  const StageSpec& spec = problem.spec;
  if (spec.output == SampleType::f32) return std::nullopt;
  std::vector<double> along(product.horizontal);
  for (double& tap : along) tap *= problem.response.scale;
  if (largest_of(along) == 0 || largest_of(product.vertical) == 0) return std::nullopt;
  const double centre = centre_of(spec);

  // Column sums keep `kept` bits below the code, as many as 16 bits hold of their extremes:
  // samples about the centre lie in [-centre, centre - 1].
  double most = 0;
  double least = 0;
  for (const double tap : product.vertical) {
    most += tap > 0 ? tap * (centre - 1) : -tap * centre;
    least += tap > 0 ? -tap * centre : tap * (centre - 1);
  }
  const int kept = std::min(shift_within(most + 1e-6, kMostHalf), shift_within(-least, 32768.0));
  const int down =
      std::min(shift_within(largest_of(product.vertical), most_weight(spec) - 1),
               shift_within(magnitude_of(product.vertical) * spec.max_code + 1, kMostSum / 4));
  if (kept < 0 || down < kept) return std::nullopt;
  const RoundedTaps vertical = round_taps(product.vertical, down);

  const double column_most = std::ldexp(std::max(most, -least), kept) + 1;
  int across = std::min(shift_within(largest_of(along), kMostHalf - 1),
                        shift_within(magnitude_of(along) * column_most, kMostSum / 2));
  across = std::min(across, 30 - kept);
  if (across < 0) return std::nullopt;
  const RoundedTaps horizontal = round_taps(along, across);

  const double off_sum =
      std::abs(std::ldexp(sum_of(vertical.weights), -down) - sum_of(product.vertical));
  const double vertical_error = (vertical.error + off_sum) * centre + std::ldexp(0.5, -kept);
  const double error = vertical_error * magnitude_of(along) +
                       horizontal.error * (std::max(most, -least) + 1) +
                       std::ldexp(1.0, -kept - across);
  if (error > problem.error_budget()) return std::nullopt;

  SeparablePlan plan;
  plan.vertical = vertical.weights;
  plan.horizontal = horizontal.weights;
  plan.vertical_shift = down - kept;
  const double half = plan.vertical_shift > 0 ? std::ldexp(0.5, plan.vertical_shift) : 0;
  const int shift = kept + across;
  const double sums =
      std::ldexp(sum_of(vertical.weights), kept - down) * sum_of(horizontal.weights);
  const auto finish = plan_exact_finish(problem, std::ldexp(1.0, -shift), 0, false);
  if (!finish) return std::nullopt;
  plan.finish = *finish;
  if (!add_fits(plan.vertical_init, half - centre * sum_of(vertical.weights)) ||
      !add_fits(plan.finish.init, (centre - spec.base) * sums) ||
      magnitude_of(plan.horizontal) * column_most +
              std::abs(static_cast<double>(plan.finish.init)) +
              std::abs(static_cast<double>(plan.finish.add)) >=
          kMostSum) {
    return std::nullopt;
  }
  return plan;
}

// Rounding grows by so many units in the last place at most.
double roundings(const LinearProblem& problem, bool separable) {
  const double width = problem.taps.width;
  const double height = problem.taps.height;
  const double piece = SeparableRealRows::kPiece;
  const auto pieces = [piece](double count) {
    return std::min(count, piece) + std::ceil(count / piece);
  };
  return 4 + (separable ? pieces(width) + pieces(height) : width + height);
}

// Whether float keeps every sum exact, and rounds to the right code after it.
bool exact_in_float(const LinearProblem& problem, double weight_magnitude, double divisor) {
  if (weight_magnitude * problem.spec.max_input > 16777216.0) return false;
  const auto unit =
      as_fraction(problem.response.scale / (divisor * problem.spec.input_scale), 1 << 20);
  const double off = 3 * std::ldexp(2 * (problem.spec.max_code + 1), -24);
  const bool halves = problem.post() * 2 == std::floor(problem.post() * 2);
  return unit && halves && 0.5 / static_cast<double>(unit->denominator) > off;
}

}  // namespace

std::optional<SeparablePlan> plan_separable(const LinearProblem& problem,
                                            const OuterProduct& product) {
  if (problem.spec.input == SampleType::f32 || problem.spec.max_input > 32767) return std::nullopt;
  const auto horizontal = as_whole(product.horizontal, DotWeights::kMostHalfWeight);
  const auto vertical = as_whole(product.vertical, most_weight(problem.spec));
  if (horizontal && vertical) {
    if (auto exact = plan_exact(problem, *horizontal, *vertical)) return exact;
    // Whole-number taps of moderate size are promised exact results, so they are not rounded.
    // Without common factors, the largest tap is the product of the largest factors.
    if (largest_of(horizontal->weights) * largest_of(vertical->weights) <= 1023 &&
        problem.spec.max_code <= 255) {
      return std::nullopt;
    }
  }
  return plan_rounded(problem, product);
}

RealPlan plan_real(const LinearProblem& problem, const OuterProduct* product) {
  constexpr std::int32_t kMostWhole = 1 << 24;
  RealPlan plan;
  bool whole = false;
  double magnitude = 0;
  if (product != nullptr) {
    plan.horizontal = product->horizontal;
    plan.vertical = product->vertical;
    const auto horizontal = as_whole(product->horizontal, kMostWhole);
    const auto vertical = as_whole(product->vertical, kMostWhole);
    whole = horizontal && vertical;
    if (whole) {
      plan.horizontal.assign(horizontal->weights.begin(), horizontal->weights.end());
      plan.vertical.assign(vertical->weights.begin(), vertical->weights.end());
      plan.divisor =
          horizontal->divisor * vertical->divisor / (horizontal->factor * vertical->factor);
      magnitude = magnitude_of(plan.horizontal) * magnitude_of(plan.vertical);
    }
  } else {
    plan.weights = problem.taps.taps;
    if (const auto taps = as_whole(problem.taps.taps, kMostWhole)) {
      whole = true;
      plan.weights.assign(taps->weights.begin(), taps->weights.end());
      plan.divisor = taps->divisor / taps->factor;
      magnitude = magnitude_of(plan.weights);
    }
  }
  const double units = roundings(problem, product != nullptr);
  const double unit = std::ldexp(1.0, -24);
  if (!problem.spec.integer) {
    plan.precision = units * unit <= 2e-6 ? Precision::single_fused : Precision::wide;
  } else if (whole && (problem.spec.max_code <= 255 || problem.spec.output == SampleType::f32)) {
    plan.precision =
        exact_in_float(problem, magnitude, plan.divisor) ? Precision::single : Precision::wide;
  } else if (problem.spec.output != SampleType::f32 &&
             units * unit * problem.spec.max_code * std::max(1.0, problem.magnitude()) <=
                 problem.error_budget()) {
    plan.precision = Precision::single;
  }
  return plan;
}

}  // namespace convolve
