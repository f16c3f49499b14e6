// SPDX-License-Identifier: MIT
#include <algorithm>
#include <cmath>

#include "core/folded_taps.h"
#include "core/linear_plan.h"
#include "core/tap_scale.h"

namespace convolve {

namespace {

bool serves(const StageSpec& spec, const LinearResponse& response) {
  return fits_smooth_lanes(spec) && response.scale == 1 && response.bias == 0 &&
         response.response == Response::clamp;
}

// Taps that sum to 1, are the same on both sides and nowhere negative.
bool smooths(const std::vector<double>& taps) {
  const std::size_t count = taps.size();
  if (count % 2 == 0 || count < 3 || count / 2 > SmoothRows::kMostRadius) return false;
  for (std::size_t i = 0; i <= count / 2; ++i) {
    if (taps[i] < 0 || taps[i] != taps[count - 1 - i]) return false;
  }
  return std::abs(sum_of(taps) - 1) < 1e-9;
}

// The best of gains of `dividend` over whole numbers in [first, last]: weights are nearer to some
// multiples of the taps than to others.
std::optional<FoldedTaps> fold_best(const std::vector<double>& taps, double dividend, int first,
                                    int last, int& chosen) {
  std::optional<FoldedTaps> best;
  for (int divisor = first; divisor <= last; ++divisor) {
    auto folded = fold_taps(taps, dividend / divisor);
    if (!folded || (best && best->error <= folded->error)) continue;
    best = std::move(folded);
    chosen = divisor;
  }
  return best;
}

}  // namespace

std::optional<SmoothRows> plan_smooth(const LinearProblem& problem, const OuterProduct& product) {
  const StageSpec& spec = problem.spec;
  if (!serves(spec, problem.response) || !smooths(product.horizontal) ||
      !smooths(product.vertical)) {
    return std::nullopt;
  }
  const double centre = (spec.max_code + 1) / 2;
  // Two samples of 15 bits make a term of 16, of which a column sum is 15 bits again, and so on.
  // Sums leave a little of their range for the rounding of products. Any unit near that serves, so
  // those are chosen whose weights are nearest to the taps.
  const double sample_unit = smooth_unit(spec);
  int unused = 0;
  const auto vertical = fold_best(product.vertical, 4096, 4160, 4256, unused);
  if (!vertical) return std::nullopt;
  const double column_unit = sample_unit * vertical->gain;
  const int step = static_cast<int>(centre) / 128;
  // Nor may the largest weight exceed 15 bits.
  const double dividend = FoldedTaps::kUnit / column_unit;
  const double most_tap = product.horizontal[product.horizontal.size() / 2];
  const int first = std::max(130 * step, static_cast<int>(std::ceil(dividend * most_tap)));
  int scale = 0;
  const auto horizontal = fold_best(product.horizontal, dividend, first, first + 8 * step, scale);
  if (!horizontal) return std::nullopt;
  const double sum_unit = FoldedTaps::kUnit / scale;

  const double column_error = vertical->error * centre + vertical->rounding / column_unit;
  const double error = column_error + horizontal->error * (centre + column_error) +
                       horizontal->rounding / sum_unit + 1e-3;
  const double most_column = centre * column_unit * (1 + vertical->error) + vertical->rounding;
  const double most_sum =
      most_column * sum_unit / column_unit * (1 + horizontal->error) + horizontal->rounding;
  if (error > problem.error_budget() || 2 * most_column > FoldedTaps::kUnit ||
      most_sum > FoldedTaps::kUnit) {
    return std::nullopt;
  }
  SmoothRows rows = smooth_rows_of(spec, scale);
  rows.vertical = vertical->weights;
  rows.horizontal = horizontal->weights;
  return rows;
}

}  // namespace convolve
