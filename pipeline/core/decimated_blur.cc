// SPDX-License-Identifier: MIT
#include "core/decimated_blur.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <utility>

#include <convolve/kernel.h>

#include "core/column_stage.h"
#include "core/folded_taps.h"
#include "core/simd/decimated_rows.h"
#include "core/tap_scale.h"

namespace convolve {

namespace {

// Of each row of a step, so that what `step` rows cannot show stays below 0.02 codes.
constexpr double kSigmaOfStep = 1.375;
// Of taps. Beyond, the two sides of a frame become a large part of it, and sums of lines serve.
constexpr int kMostRadius = 32;

class DecimatedStage final
    : public ColumnStage<DecimatedRows, decimated_scratch, run_decimated_rows> {
 public:
  explicit DecimatedStage(const DecimatedRows& rows)
      : ColumnStage({rows.blur.left(), rows.blur.left(), rows.above, rows.above}, rows) {}

  [[nodiscard]] int row_period() const noexcept override { return rows().step; }
};

int radius_of(const std::vector<double>& taps) { return static_cast<int>(taps.size()) / 2; }

std::vector<double> normalized(std::vector<double> taps) {
  const double sum = sum_of(taps);
  for (double& tap : taps) tap /= sum;
  return taps;
}

// A Gaussian cut at the sample that is nearest to 4 sigma.
std::vector<double> half_of(double sigma) {
  const int radius = static_cast<int>(std::lround(4 * sigma));
  std::vector<double> taps;
  for (int i = -radius; i <= radius; ++i) taps.push_back(std::exp(-0.5 * i * i / (sigma * sigma)));
  return normalized(taps);
}

// The rows of the few that output row `p` of a step sees, and their taps.
struct Outward {
  int first;
  std::vector<double> taps;
};

Outward outward_of(const std::vector<double>& half, int step, int p) {
  const int radius = radius_of(half);
  Outward outward{-((radius - p) / step), {}};
  for (int at = outward.first * step - p; at <= radius; at += step) {
    outward.taps.push_back(half[static_cast<std::size_t>(at + radius)]);
  }
  outward.taps = normalized(outward.taps);
  return outward;
}

// Σ|tap that results − tap that is meant|
double model_error(const std::vector<double>& meant, const std::vector<double>& inward,
                   const Outward& outward, int step, int p) {
  const int reach = radius_of(meant) + 2 * radius_of(inward);
  std::vector<double> rest(static_cast<std::size_t>(2 * reach + 1));
  const auto at = [&](int i) -> double& { return rest[static_cast<std::size_t>(reach + i)]; };
  int i = -radius_of(meant);
  for (const double tap : meant) at(i++) += tap;
  int few = outward.first;
  for (const double outer : outward.taps) {
    i = few++ * step - p - radius_of(inward);
    for (const double inner : inward) at(i++) -= outer * inner;
  }
  return magnitude_of(rest);
}

struct RoundedColumn {
  ColumnTaps taps;
  double error = 0;     ///< Σ|weight − tap|, in taps
  double rounding = 0;  ///< largest sum of what products are rounded by
};

RoundedColumn round_column(int first, const std::vector<double>& taps, double gain) {
  const auto rows = static_cast<int>(taps.size());
  const bool folded = std::equal(taps.begin(), taps.end(), taps.rbegin());
  const HeldTaps held = folded ? round_half(taps, gain) : round_all(taps, gain);
  RoundedColumn column{{first, rows, {}}, held.error, held.rounding()};
  for (const std::int32_t weight : held.weights) column.taps.weights.push_back(in_block(weight));
  return column;
}

}  // namespace

std::unique_ptr<const Stage> make_decimated_blur(const StageSpec& spec,
                                                 const std::vector<double>& horizontal,
                                                 double sigma, double allowed_error) {
  const int step = static_cast<int>(sigma / kSigmaOfStep);
  if (step < 2 || !fits_smooth_lanes(spec)) return nullptr;
  const std::vector<double> half = half_of(sigma / std::sqrt(2.0));
  if (radius_of(horizontal) > kMostRadius || radius_of(half) > kMostRadius) return nullptr;

  // Column sums leave a little of their range for the rounding of products.
  const int centre = static_cast<int>((spec.max_code + 1) / 2);
  const int scale = centre * 261 / 128;
  const double gain = 2.0 * centre / scale;
  const RoundedColumn inward = round_column(-radius_of(half), half, gain);
  const auto along = fold_taps(horizontal, 1);
  if (!along) return nullptr;
  double most_error = 0;
  double most_rounding = 0;
  DecimatedRows rows;
  const std::vector<double> meant = gaussian_taps(sigma);
  for (int p = 0; p < step; ++p) {
    const Outward outward = outward_of(half, step, p);
    RoundedColumn column = round_column(outward.first, outward.taps, 1);
    most_error = std::max(most_error, column.error + model_error(meant, half, outward, step, p));
    most_rounding = std::max(most_rounding, column.rounding);
    rows.outward.push_back(std::move(column.taps));
  }
  const double unit = smooth_unit(spec) * gain;
  const double error = (inward.error + along->error + most_error) * centre +
                       (inward.rounding + along->rounding + most_rounding) / unit;
  if (error > allowed_error) return nullptr;

  rows.blur = smooth_rows_of(spec, scale);
  rows.blur.horizontal = along->weights;
  rows.inward = inward.taps;
  rows.step = step;
  rows.above = 2 * radius_of(half);
  return std::make_unique<DecimatedStage>(rows);
}

}  // namespace convolve
