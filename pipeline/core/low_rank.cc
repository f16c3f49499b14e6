// SPDX-License-Identifier: MIT
#include "core/low_rank.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <numeric>

#include "core/tap_scale.h"
#include "core/whole_plan.h"

namespace convolve {

namespace {

constexpr double kRelativeZero = 1e-12;  // of the largest tap: what subtractions leave of nothing

// The exact plan's unit: taps are Σ vertical·horizontal / divisor.
struct WholeProducts {
  std::vector<LowRankPlan::Product> products;
  double divisor = 1;
};

std::optional<WholeProducts> as_whole_products(const LinearProblem& problem,
                                               const CrossApproximation& cross) {
  struct Factors {
    WholeTaps vertical;
    WholeTaps horizontal;
  };
  constexpr double kMostDivisor = 1 << 20;
  std::vector<Factors> all;
  double divisor = 1;
  for (const OuterProduct& product : cross.products) {
    auto vertical = as_whole(product.vertical, most_weight(problem.spec));
    auto horizontal = as_whole(product.horizontal, static_cast<std::int32_t>(kMostHalf));
    if (!vertical || !horizontal) return std::nullopt;
    const double own = vertical->divisor * horizontal->divisor;
    if (own > kMostDivisor) return std::nullopt;
    divisor = static_cast<double>(
        std::lcm(static_cast<std::int64_t>(divisor), static_cast<std::int64_t>(own)));
    if (divisor > kMostDivisor) return std::nullopt;
    all.push_back({std::move(*vertical), std::move(*horizontal)});
  }
  WholeProducts whole;
  whole.divisor = divisor;
  for (const Factors& each : all) {
    const double factor = each.vertical.factor * each.horizontal.factor *
                          (divisor / (each.vertical.divisor * each.horizontal.divisor));
    if (factor * largest_of(each.horizontal.weights) > kMostHalf) return std::nullopt;
    LowRankPlan::Product& product = whole.products.emplace_back();
    product.vertical = each.vertical.weights;
    for (const std::int32_t weight : each.horizontal.weights) {
      product.horizontal.push_back(weight * static_cast<std::int32_t>(factor));
    }
  }
  return whole;
}

// Pivots are divided by, so that the whole numbers must be shown to give the taps.
bool gives_taps(const LinearTaps& taps, const WholeProducts& whole) {
  for (int y = 0; y < taps.height; ++y) {
    for (int x = 0; x < taps.width; ++x) {
      double sum = 0;
      for (const LowRankPlan::Product& product : whole.products) {
        sum += static_cast<double>(product.vertical[static_cast<std::size_t>(y)]) *
               product.horizontal[static_cast<std::size_t>(x)];
      }
      const double wanted = taps.at(x, y) * whole.divisor;
      if (std::abs(sum - wanted) > 1e-9 * std::max(1.0, std::abs(wanted))) return false;
    }
  }
  return true;
}

std::optional<LowRankPlan> plan_exact(const LinearProblem& problem,
                                      const CrossApproximation& cross) {
  auto whole = as_whole_products(problem, cross);
  if (!whole || !gives_taps(problem.taps, *whole)) return std::nullopt;
  const double centre = centre_of(problem.spec);
  double most = 0;
  double sums = 0;
  for (LowRankPlan::Product& product : whole->products) {
    const double column = magnitude_of(product.vertical) * centre;
    if (column > kMostHalf) return std::nullopt;
    most += column * magnitude_of(product.horizontal);
    sums += sum_of(product.vertical) * sum_of(product.horizontal);
    if (!add_fits(product.init, -centre * sum_of(product.vertical))) return std::nullopt;
  }
  const auto finish =
      plan_exact_finish(problem, problem.response.scale / whole->divisor, sums, false);
  if (!finish) return std::nullopt;
  LowRankPlan plan{std::move(whole->products), *finish};
  if (!add_fits(plan.finish.init, centre * sums) ||
      most + std::abs(static_cast<double>(plan.finish.init)) +
              std::abs(static_cast<double>(plan.finish.add)) >=
          kMostSum) {
    return std::nullopt;
  }
  return plan;
}

// Column sums of little magnitude may even be divided.
int shift_within(double largest, double most) { return convolve::shift_within(largest, most, -30); }

// A product's magnitudes. Column sums keep `kept` bits below the code, at most as many as 16 bits
// hold of their extremes: samples about the centre lie in [-centre, centre - 1].
struct Extent {
  Extent(const OuterProduct& product, double scale, double centre)
      : column(magnitude_of(product.vertical) * centre),
        row(magnitude_of(product.horizontal) * std::abs(scale)),
        largest(largest_of(product.horizontal) * std::abs(scale)),
        most_kept(shift_within(column + 1e-6, kMostHalf)) {}

  double column;
  double row;
  double largest;
  int most_kept;
};

// How many bits the column sums keep, so that their rounding and that of the horizontal weights,
// which have the other bits of `shift`, add up to least; and the error then.
struct Kept {
  int bits;
  double error;
};

std::optional<Kept> choose_kept(const Extent& extent, int taps, int shift) {
  std::optional<Kept> best;
  for (int bits = std::max(0, shift - 30); bits <= std::min(extent.most_kept, shift); ++bits) {
    if (std::ldexp(extent.largest, shift - bits) > kMostHalf - 1) continue;
    const double error =
        std::ldexp(0.5, -bits) * extent.row + taps * std::ldexp(0.5, bits - shift) * extent.column;
    if (!best || error < best->error) best = Kept{bits, error};
  }
  return best;
}

std::optional<LowRankPlan> plan_rounded(const LinearProblem& problem,
                                        const CrossApproximation& cross, double budget) {
  const StageSpec& spec = problem.spec;
  const double centre = centre_of(spec);
  const double scale = problem.response.scale;
  std::vector<Extent> extents;
  double most = 0;
  for (const OuterProduct& product : cross.products) {
    const Extent& extent = extents.emplace_back(product, scale, centre);
    most += (extent.column + 1) * extent.row;
  }
  int shift = shift_within(most + std::abs(problem.post()) + centre * problem.magnitude() + 1,
                           kMostSum * 0.98);
  for (const Extent& extent : extents) {
    shift = std::min(shift, extent.most_kept + shift_within(extent.largest, kMostHalf - 1));
  }
  if (shift < 0) return std::nullopt;

  LowRankPlan plan;
  double error = cross.rest * std::abs(scale) * centre + std::ldexp(2.0, -shift);
  for (std::size_t i = 0; i < cross.products.size(); ++i) {
    const auto kept = choose_kept(extents[i], problem.taps.width, shift);
    const std::vector<double>& column = cross.products[i].vertical;
    const int down =
        std::min({shift_within(largest_of(column), most_weight(spec) - 1),
                  shift_within(magnitude_of(column) * spec.max_code + 1, kMostSum / 4), 30});
    if (!kept || down < kept->bits) return std::nullopt;
    const RoundedTaps vertical = round_taps(column, down);
    std::vector<double> along(cross.products[i].horizontal);
    for (double& tap : along) tap *= scale;
    const RoundedTaps horizontal = round_taps(along, shift - kept->bits);
    error += (vertical.error * centre + std::ldexp(0.5, -kept->bits)) * extents[i].row +
             horizontal.error * (extents[i].column + 1);
    LowRankPlan::Product& product = plan.products.emplace_back();
    product.vertical = vertical.weights;
    product.horizontal = horizontal.weights;
    product.shift = down - kept->bits;
    const double half = product.shift > 0 ? std::ldexp(0.5, product.shift) : 0;
    if (!add_fits(product.init, half - centre * sum_of(vertical.weights))) return std::nullopt;
  }
  if (error > budget) return std::nullopt;
  const auto finish = plan_exact_finish(problem, std::ldexp(1.0, -shift), 0, false);
  if (!finish) return std::nullopt;
  plan.finish = *finish;
  if (!add_fits(plan.finish.init,
                std::ldexp((centre - spec.base) * problem.tap_sum() * scale, shift)) ||
      std::ldexp(most, shift) * 1.01 + std::abs(static_cast<double>(plan.finish.init)) +
              std::abs(static_cast<double>(plan.finish.add)) >=
          kMostSum) {
    return std::nullopt;
  }
  return plan;
}

}  // namespace

std::optional<CrossApproximation> approximate(const LinearTaps& taps, double enough, int most) {
  const auto width = static_cast<std::size_t>(taps.width);
  const auto height = static_cast<std::size_t>(taps.height);
  const double zero = kRelativeZero * largest_of(taps.taps);
  std::vector<double> left(taps.taps);
  CrossApproximation cross;
  while (static_cast<int>(cross.products.size()) < most) {
    const auto pivot = static_cast<std::size_t>(
        std::max_element(left.begin(), left.end(),
                         [](double a, double b) { return std::abs(a) < std::abs(b); }) -
        left.begin());
    const double largest = left[pivot];
    if (largest == 0) break;
    OuterProduct product;
    for (std::size_t x = 0; x < width; ++x) {
      product.horizontal.push_back(left[pivot / width * width + x]);
    }
    for (std::size_t y = 0; y < height; ++y) {
      product.vertical.push_back(left[y * width + pivot % width] / largest);
    }
    cross.rest = 0;
    for (std::size_t i = 0; i < left.size(); ++i) {
      left[i] -= product.vertical[i / width] * product.horizontal[i % width];
      if (std::abs(left[i]) <= zero) left[i] = 0;
      cross.rest += std::abs(left[i]);
    }
    cross.products.push_back(std::move(product));
    if (cross.rest <= enough) return cross;
  }
  return std::nullopt;
}

std::optional<LowRankPlan> plan_low_rank(const LinearProblem& problem) {
  const StageSpec& spec = problem.spec;
  if (spec.input == SampleType::f32 || spec.output == SampleType::f32 || spec.max_input > 32767) {
    return std::nullopt;
  }
  // More products are never cheaper: a product costs more than the tap of each column that it
  // saves.
  const int most = std::min({16, problem.taps.width / 2, problem.taps.height / 2});
  const bool promised = spec.max_code <= 255 && as_whole(problem.taps.taps, 1023);
  if (promised) {
    const auto cross = approximate(problem.taps, 0, most);
    return cross ? plan_exact(problem, *cross) : std::nullopt;
  }
  // Beyond less than half a code, a flat field might not stay flat.
  const double budget = std::min(problem.error_budget(), 0.45);
  const double scale = std::abs(problem.response.scale);
  if (scale == 0) return std::nullopt;
  const auto cross =
      approximate(problem.taps, budget / 4 / (scale * centre_of(problem.spec)), most);
  return cross ? plan_rounded(problem, *cross, budget) : std::nullopt;
}

}  // namespace convolve
