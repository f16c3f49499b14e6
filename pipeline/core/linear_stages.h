// SPDX-License-Identifier: MIT
/// \file
/// The stages of linear filters: each has a plan's weights, and the loop that they are laid out
/// for.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include <convolve/filter.h>

#include "core/column_stage.h"
#include "core/linear_plan.h"
#include "core/low_rank.h"
#include "core/simd/byte_pairs.h"
#include "core/simd/byte_quads.h"
#include "core/simd/dense_dot.h"
#include "core/simd/low_rank_dot.h"
#include "core/simd/real_rows.h"
#include "core/simd/separable_dot.h"
#include "core/simd/smooth_rows.h"
#include "core/simd/three_taps.h"
#include "core/whole_plan.h"

namespace convolve {

inline std::vector<DotTap> column_taps(const std::vector<std::int32_t>& weights) {
  std::vector<DotTap> taps;
  for (const std::int32_t weight : weights) {
    taps.push_back({static_cast<int>(taps.size()), 0, weight});
  }
  return taps;
}

class DenseDotStage final
    : public ColumnStage<DenseDotRows, dense_dot_scratch, run_dense_dot_rows> {
 public:
  DenseDotStage(const LinearProblem& problem, const WholePlan& plan)
      : ColumnStage(problem.window(),
                    {problem.spec.input, problem.spec.output, plan.centred, problem.taps.height,
                     problem.dot_taps(plan.weights), plan.finish, problem.taps.frames}) {}
};

// Whole weights on bytes: multiplied as bytes, four or two a lane, where the instruction set gains
// by it.
class DenseByteStage final : public Stage {
 public:
  DenseByteStage(const LinearProblem& problem, const WholePlan& plan,
                 std::optional<BytePairRows> pairs)
      : pairs_(std::move(pairs)),
        quads_(ByteQuadRows::make(problem.spec.output, problem.spec.channels, problem.taps.height,
                                  problem.dot_taps(plan.weights), plan.finish,
                                  problem.taps.frames)),
        dense_(problem, plan) {}

  [[nodiscard]] Window window() const noexcept override { return dense_.window(); }
  [[nodiscard]] bool pads_rows() const noexcept override {
    return !(quads_ && prefers_byte_quads());
  }
  [[nodiscard]] std::size_t scratch_bytes(int samples) const noexcept override {
    return std::max({dense_.scratch_bytes(samples),
                     pairs_ ? byte_pair_scratch(*pairs_, samples) : 0,
                     quads_ ? byte_quad_scratch(*quads_, samples) : 0});
  }
  void process(const RowBlock& block, std::byte* scratch) const noexcept override {
    if (quads_ && prefers_byte_quads()) return run_byte_quad_rows(*quads_, block, scratch);
    if (pairs_ && prefers_byte_pairs()) return run_byte_pair_rows(*pairs_, block, scratch);
    dense_.process(block, scratch);
  }

 private:
  std::optional<BytePairRows> pairs_;
  std::optional<ByteQuadRows> quads_;
  DenseDotStage dense_;
};

// Outer products of three small whole taps by three.
class ThreeTapStage final : public Stage {
 public:
  ThreeTapStage(Window window, const ThreeTapRows& rows) : window_(window), rows_(rows) {}

  [[nodiscard]] Window window() const noexcept override { return window_; }
  [[nodiscard]] std::size_t scratch_bytes(int) const noexcept override { return 0; }
  void process(const RowBlock& block, std::byte*) const noexcept override {
    run_three_tap_rows(rows_, block);
  }

 private:
  Window window_;
  ThreeTapRows rows_;
};

class SeparableDotStage final
    : public ColumnStage<SeparableDotRows, separable_dot_scratch, run_separable_dot_rows> {
 public:
  SeparableDotStage(const LinearProblem& problem, const SeparablePlan& plan)
      : ColumnStage(problem.window(),
                    {problem.spec.input, problem.spec.output,
                     DotWeights(problem.spec.input, problem.taps.height, column_taps(plan.vertical),
                                problem.taps.frames),
                     plan.vertical_init, plan.vertical_shift, plan.horizontal,
                     pair_weights(plan.horizontal), problem.spec.channels, plan.finish}) {}
};

// Small outer products of whole taps on bytes: columns and rows, or all taps at once where the
// instruction set multiplies bytes into 32-bit lanes, which makes that less work. The sums are the
// same numbers.
class SmallProductStage final : public Stage {
 public:
  SmallProductStage(const LinearProblem& problem, const SeparablePlan& plan, ByteQuadRows dense)
      : separable_(problem, plan), dense_(std::move(dense)) {}

  [[nodiscard]] Window window() const noexcept override { return separable_.window(); }
  [[nodiscard]] bool pads_rows() const noexcept override { return !prefers_byte_quads(); }
  [[nodiscard]] std::size_t scratch_bytes(int samples) const noexcept override {
    return std::max(separable_.scratch_bytes(samples), byte_quad_scratch(dense_, samples));
  }
  void process(const RowBlock& block, std::byte* scratch) const noexcept override {
    if (prefers_byte_quads()) return run_byte_quad_rows(dense_, block, scratch);
    separable_.process(block, scratch);
  }

 private:
  SeparableDotStage separable_;
  ByteQuadRows dense_;
};

class LowRankStage final : public ColumnStage<LowRankRows, low_rank_scratch, run_low_rank_rows> {
 public:
  LowRankStage(const LinearProblem& problem, const LowRankPlan& plan)
      : ColumnStage(problem.window(), rows_of(problem, plan)) {}

 private:
  static LowRankRows rows_of(const LinearProblem& problem, const LowRankPlan& plan) {
    LowRankRows rows;
    rows.input = problem.spec.input;
    rows.output = problem.spec.output;
    rows.finish = plan.finish;
    for (const LowRankPlan::Product& product : plan.products) {
      rows.products.push_back(
          {DotWeights(problem.spec.input, problem.taps.height, column_taps(product.vertical)),
           product.init, product.shift, product.horizontal});
    }
    rows.pair_up(problem.spec.channels);
    return rows;
  }
};

class SmoothStage final : public ColumnStage<SmoothRows, smooth_scratch, run_smooth_rows> {
 public:
  explicit SmoothStage(const SmoothRows& rows)
      : ColumnStage({rows.left(), rows.left(), rows.above(), rows.above()}, rows) {}
};

class DenseRealStage final : public Stage {
 public:
  DenseRealStage(const LinearProblem& problem, const RealPlan& plan) : window_(problem.window()) {
    for (int y = 0; y < problem.taps.height; ++y) {
      for (int x = 0; x < problem.taps.width; ++x) {
        if (problem.taps.at(x, y) == 0) continue;
        rows_.taps.push_back({y, x * problem.spec.channels,
                              plan.weights[static_cast<std::size_t>(y * problem.taps.width + x)]});
      }
    }
    rows_.input = problem.spec.input;
    rows_.output = problem.spec.output;
    rows_.precision = plan.precision;
    rows_.row_step = problem.taps.frames;
    rows_.finish = problem.real_finish();
    rows_.finish.scale /= plan.divisor;
    rows_.make_grid(problem.taps.width, problem.taps.height, problem.spec.channels);
  }

  [[nodiscard]] Window window() const noexcept override { return window_; }
  [[nodiscard]] std::size_t scratch_bytes(int) const noexcept override { return 0; }
  void process(const RowBlock& block, std::byte*) const noexcept override {
    run_dense_real_rows(rows_, block);
  }

 private:
  Window window_;
  DenseRealRows rows_;
};

class SeparableRealStage final
    : public ColumnStage<SeparableRealRows, separable_real_scratch, run_separable_real_rows> {
 public:
  SeparableRealStage(const LinearProblem& problem, const RealPlan& plan)
      : ColumnStage(problem.window(), rows_of(problem, plan)) {}

 private:
  static SeparableRealRows rows_of(const LinearProblem& problem, const RealPlan& plan) {
    SeparableRealRows rows{problem.spec.input,  problem.spec.output,  plan.precision,
                           plan.vertical,       plan.horizontal,      problem.spec.channels,
                           problem.taps.frames, problem.real_finish()};
    rows.finish.scale /= plan.divisor;
    return rows;
  }
};

}  // namespace convolve
