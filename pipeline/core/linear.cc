// SPDX-License-Identifier: MIT
#include "core/linear.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>
#include <utility>

#include "core/linear_cost.h"
#include "core/linear_plan.h"
#include "core/linear_stages.h"
#include "core/low_rank.h"
#include "core/tap_scale.h"
#include "core/whole_plan.h"

namespace convolve {

namespace {

// Groups of rows that an output row reads, of which some lie partly outside of its taps.
double column_groups(const LinearProblem& problem) {
  return (problem.taps.height + 3.0 * problem.taps.frames) / 4.0;
}

int byte_parts(const std::vector<std::int32_t>& weights) {
  const bool fits = std::all_of(weights.begin(), weights.end(), [](std::int32_t weight) {
    return weight >= -128 && weight <= 127;
  });
  return fits ? 1 : 2;
}

// Whether dense taps are less work than the same taps as columns and rows; for small kernels, of
// which the cost model of large ones knows nothing. In dot products of lanes. Measured: sums of
// bytes that fit 16 bits are made where the bytes lie, and columns and rows cost 8.5 of that beside
// their taps. Otherwise a row of column sums costs about 6; weights of 16 bits take two products.
bool dense_is_less(const LinearProblem& problem, const std::vector<std::int32_t>& dense,
                   const SeparablePlan& separable) {
  const int width = problem.taps.width;
  const int height = problem.taps.height;
  if (problem.spec.input == SampleType::u8 && 255 * magnitude_of(dense) <= kMostHalf) {
    return 1.2 * height * ((width + 3) / 4) < 8.5 + 1.25 * (width + height);
  }
  const double groups = column_groups(problem) + 0.5;
  return byte_parts(dense) * groups * width <
         byte_parts(separable.vertical) * groups + width / 2.0 + 6;
}

// The plan's weights as an outer product of three by three.
std::optional<ThreeTapRows> three_tap_rows(const LinearProblem& problem, const WholePlan& plan,
                                           const BytePairRows& pairs, const OuterProduct& product) {
  const LinearTaps& taps = problem.taps;
  if (taps.width != 3 || taps.height != 3 || taps.frames != 1) return std::nullopt;
  const auto along = as_whole(product.horizontal, DotWeights::kMostByteWeight);
  const auto down = as_whole(product.vertical, DotWeights::kMostByteWeight);
  if (!along || !down) return std::nullopt;
  std::array<int, 3> horizontal{};
  std::array<int, 3> vertical{};
  std::copy_n(along->weights.begin(), 3, horizontal.begin());
  std::copy_n(down->weights.begin(), 3, vertical.begin());
  for (std::size_t i = 0; i < plan.weights.size(); ++i) {
    if (plan.weights[i] != horizontal[i % 3] * vertical[i / 3]) return std::nullopt;
  }
  return ThreeTapRows::make(pairs, horizontal, vertical, problem.spec.channels);
}

// Whether equal sums become equal codes.
bool finish_alike(const IntFinish& a, const IntFinish& b) {
  return a.absolute == b.absolute && a.real == b.real && a.add == b.add && a.shift == b.shift &&
         a.factor == b.factor && a.scale == b.scale && a.post == b.post;
}

// The same taps for all at once, where those sums are the separable ones' and few enough.
std::optional<ByteQuadRows> small_product(const LinearProblem& problem, const WholePlan& dense,
                                          const SeparablePlan& separable) {
  constexpr int kMostTaps = 7;  // of an axis; measured
  const LinearTaps& taps = problem.taps;
  if (problem.spec.input != SampleType::u8 || problem.spec.output != SampleType::u8 ||
      taps.frames != 1 || taps.width > kMostTaps || taps.height > kMostTaps ||
      byte_parts(dense.weights) != 1 || separable.vertical_shift != 0 ||
      !finish_alike(dense.finish, separable.finish)) {
    return std::nullopt;
  }
  for (int y = 0; y < taps.height; ++y) {
    for (int x = 0; x < taps.width; ++x) {
      const auto at = static_cast<std::size_t>(y * taps.width + x);
      if (dense.weights[at] != separable.vertical[static_cast<std::size_t>(y)] *
                                   separable.horizontal[static_cast<std::size_t>(x)]) {
        return std::nullopt;
      }
    }
  }
  return ByteQuadRows::make(problem.spec.output, problem.spec.channels, taps.height,
                            problem.dot_taps(dense.weights), dense.finish);
}

std::unique_ptr<const Stage> make_dense_stage(const LinearProblem& problem, const WholePlan& plan,
                                              const std::optional<OuterProduct>& product) {
  if (problem.spec.input == SampleType::u8) {
    auto pairs = problem.spec.output == SampleType::u8
                     ? BytePairRows::make(problem.taps.height, problem.dot_taps(plan.weights),
                                          plan.finish, problem.taps.frames)
                     : std::nullopt;
    const auto three =
        pairs && product ? three_tap_rows(problem, plan, *pairs, *product) : std::nullopt;
    if (three) return std::make_unique<ThreeTapStage>(problem.window(), *three);
    return std::make_unique<DenseByteStage>(problem, plan, std::move(pairs));
  }
  return std::make_unique<DenseDotStage>(problem, plan);
}

}  // namespace

std::unique_ptr<const Stage> make_linear_stage(const StageSpec& spec, const LinearTaps& taps,
                                               const LinearResponse& response) {
  const LinearProblem problem{spec, taps, response};
  const std::optional<OuterProduct> product = as_outer_product(taps);
  if (product && taps.frames > 1) {
    if (auto stage = make_half_column_stage(problem, *product)) return stage;
  }
  const std::optional<SeparablePlan> separable =
      product ? plan_separable(problem, *product) : std::nullopt;
  const std::optional<WholePlan> dense = plan_whole(problem);
  if (separable && (!dense || !dense_is_less(problem, dense->weights, *separable))) {
    auto small = dense ? small_product(problem, *dense, *separable) : std::nullopt;
    if (small) {
      return std::make_unique<SmallProductStage>(problem, *separable, std::move(*small));
    }
    return std::make_unique<SeparableDotStage>(problem, *separable);
  }
  // Of several frames' rows, only sums of dot products and of reals know the order.
  if (const auto low_rank = taps.frames == 1 ? choose_low_rank(problem) : std::nullopt) {
    return std::make_unique<LowRankStage>(problem, *low_rank);
  }
  if (dense) return make_dense_stage(problem, *dense, product);
  const bool apart = product && taps.width > 2 && taps.height > 2;
  const RealPlan plan = plan_real(problem, apart ? &*product : nullptr);
  if (apart) return std::make_unique<SeparableRealStage>(problem, plan);
  return std::make_unique<DenseRealStage>(problem, plan);
}

std::unique_ptr<const Stage> make_separable_stage(const StageSpec& spec,
                                                  const std::vector<double>& horizontal,
                                                  const std::vector<double>& vertical,
                                                  const LinearResponse& response,
                                                  double allowed_error) {
  // The product itself is never formed: for large Gaussians it would have millions of taps.
  const OuterProduct product{horizontal, vertical};
  LinearTaps taps;
  taps.width = static_cast<int>(horizontal.size());
  taps.height = static_cast<int>(vertical.size());
  taps.anchor_x = taps.width / 2;
  taps.anchor_y = taps.height / 2;
  if (taps.width * taps.height <= 25) {
    taps.taps.clear();
    for (const double y : vertical) {
      for (const double x : horizontal) taps.taps.push_back(x * y);
    }
    return make_linear_stage(spec, taps, response);
  }
  const LinearProblem problem{spec, taps, response, &product, allowed_error};
  if (const auto smooth = plan_smooth(problem, product)) {
    return std::make_unique<SmoothStage>(*smooth);
  }
  if (const auto plan = plan_separable(problem, product)) {
    return std::make_unique<SeparableDotStage>(problem, *plan);
  }
  return std::make_unique<SeparableRealStage>(problem, plan_real(problem, &product));
}

}  // namespace convolve
