// SPDX-License-Identifier: MIT
#include "core/linear.h"

#include <algorithm>
#include <cmath>
#include <optional>

#include "core/linear_plan.h"
#include "core/simd/wide.h"

namespace convolve {

namespace {

class WideStage final : public Stage {
 public:
  explicit WideStage(const LinearProblem& problem) : window_(problem.window()) {
    for (const PlacedTap& tap : problem.placed_taps()) {
      taps_.push_back({tap.row, tap.sample, tap.value});
    }
    rows_ = {problem.spec.input, problem.spec.output, taps_, problem.real_finish()};
  }

  [[nodiscard]] Window window() const noexcept override { return window_; }
  [[nodiscard]] std::size_t scratch_bytes(int) const noexcept override { return 0; }
  void process(const RowBlock& block, std::byte*) const noexcept override {
    run_wide_rows(rows_, block);
  }

 private:
  Window window_;
  std::vector<WideTap> taps_;
  WideRows rows_;
};

class DenseDotStage final : public Stage {
 public:
  DenseDotStage(const LinearProblem& problem, const WholePlan& plan)
      : window_(problem.window()),
        rows_{problem.spec.input, problem.spec.output, plan.centred,
              DotWeights(problem.spec.input, window_.above + window_.below + 1,
                         problem.dot_taps(plan.weights)),
              plan.finish} {}

  [[nodiscard]] Window window() const noexcept override { return window_; }
  [[nodiscard]] std::size_t scratch_bytes(int samples) const noexcept override {
    return dense_dot_scratch(rows_, samples);
  }
  void process(const RowBlock& block, std::byte* scratch) const noexcept override {
    run_dense_dot_rows(rows_, block, scratch);
  }

 private:
  Window window_;
  DenseDotRows rows_;
};

}  // namespace

std::unique_ptr<const Stage> make_linear_stage(const StageSpec& spec, const LinearTaps& taps,
                                               const LinearResponse& response) {
  const LinearProblem problem{spec, taps, response};
  if (const std::optional<WholePlan> plan = plan_whole(problem)) {
    return std::make_unique<DenseDotStage>(problem, *plan);
  }
  return std::make_unique<WideStage>(problem);
}

std::unique_ptr<const Stage> make_separable_stage(const StageSpec& spec,
                                                  const std::vector<double>& horizontal,
                                                  const std::vector<double>& vertical,
                                                  const LinearResponse& response) {
  LinearTaps taps;
  taps.width = static_cast<int>(horizontal.size());
  taps.height = static_cast<int>(vertical.size());
  taps.anchor_x = taps.width / 2;
  taps.anchor_y = taps.height / 2;
  taps.taps.clear();
  for (const double y : vertical) {
    for (const double x : horizontal) taps.taps.push_back(x * y);
  }
  return make_linear_stage(spec, taps, response);
}

}  // namespace convolve
