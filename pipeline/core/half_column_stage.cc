// SPDX-License-Identifier: MIT
#include <algorithm>
#include <cmath>
#include <utility>

#include "core/linear_plan.h"
#include "core/simd/half_columns.h"
#include "core/tap_scale.h"
#include "core/whole_plan.h"

namespace convolve {

namespace {

// Least and largest sum of bytes.
struct Range {
  double least = 0;
  double most = 0;
};

Range range_of(const std::vector<std::int32_t>& weights, double sample) {
  Range range;
  for (const std::int32_t weight : weights) {
    (weight < 0 ? range.least : range.most) += weight * sample;
  }
  return range;
}

// The products of two neighbours stay within 16 bits.
bool pairs_fit(const std::vector<std::int32_t>& time) {
  for (std::size_t t = 0; t < time.size(); t += 2) {
    const std::vector<std::int32_t> pair(
        time.begin() + static_cast<std::ptrdiff_t>(t),
        time.begin() + static_cast<std::ptrdiff_t>(std::min(t + 2, time.size())));
    const Range range = range_of(pair, 255);
    if (range.least < -kMostHalf || range.most > kMostHalf) return false;
  }
  return true;
}

// The frames' rows of the columns as an outer product: `horizontal` is of time.
std::optional<OuterProduct> apart_in_time(const LinearProblem& problem,
                                          const OuterProduct& product) {
  LinearTaps columns;
  columns.width = problem.taps.frames;
  columns.height = problem.taps.height / problem.taps.frames;
  columns.taps = product.vertical;
  return as_outer_product(columns);
}

std::optional<HalfColumnRows> plan(const LinearProblem& problem, const OuterProduct& product) {
  if (problem.spec.input != SampleType::u8 || problem.spec.output != SampleType::u8) {
    return std::nullopt;
  }
  const auto apart = apart_in_time(problem, product);
  if (!apart) return std::nullopt;
  const auto time = as_whole(apart->horizontal, 127);
  const auto vertical = as_whole(apart->vertical, DotWeights::kMostHalfWeight);
  const auto horizontal = as_whole(product.horizontal, DotWeights::kMostHalfWeight);
  if (!time || !vertical || !horizontal || !pairs_fit(time->weights)) return std::nullopt;

  HalfColumnRows rows;
  rows.channels = problem.spec.channels;
  rows.time = time->weights;
  rows.vertical = vertical->weights;
  rows.horizontal = horizontal->weights;
  Range columns;
  for (const std::int32_t weight : rows.vertical) {
    const Range range = range_of(rows.time, 255.0 * weight);
    columns.least += std::min(range.least, range.most);
    columns.most += std::max(range.least, range.most);
  }
  if (columns.most - columns.least > 65535) return std::nullopt;
  if (columns.most > kMostHalf || columns.least < -kMostHalf) {
    rows.column_init = static_cast<std::int32_t>(-32768 - columns.least);
  }
  const double unit = problem.response.scale *
                      (time->factor * vertical->factor * horizontal->factor) /
                      (time->divisor * vertical->divisor * horizontal->divisor);
  const double row_sum = sum_of(rows.horizontal);
  const auto finish =
      plan_exact_finish(problem, unit, sum_of(rows.time) * sum_of(rows.vertical) * row_sum, false);
  if (!finish) return std::nullopt;
  rows.finish = *finish;
  if (!add_fits(rows.finish.init, -rows.column_init * row_sum)) return std::nullopt;
  rows.most_sum =
      magnitude_of(rows.horizontal) * 32768 + std::abs(static_cast<double>(rows.finish.init));
  if (rows.most_sum + std::abs(static_cast<double>(rows.finish.add)) >= kMostSum) {
    return std::nullopt;
  }
  rows.pair_up();
  return rows;
}

class HalfColumnStage final : public Stage {
 public:
  HalfColumnStage(Window window, HalfColumnRows rows) : window_(window), rows_(std::move(rows)) {}

  [[nodiscard]] Window window() const noexcept override { return window_; }
  [[nodiscard]] bool pads_rows() const noexcept override { return true; }
  [[nodiscard]] std::size_t scratch_bytes(int) const noexcept override {
    return half_columns_scratch(rows_);
  }
  void process(const RowBlock& block, std::byte* scratch) const noexcept override {
    run_half_column_rows(rows_, block, scratch);
  }

 private:
  Window window_;
  HalfColumnRows rows_;
};

}  // namespace

std::unique_ptr<const Stage> make_half_column_stage(const LinearProblem& problem,
                                                    const OuterProduct& product) {
  auto rows = plan(problem, product);
  if (!rows) return nullptr;
  return std::make_unique<HalfColumnStage>(problem.window(), std::move(*rows));
}

}  // namespace convolve
