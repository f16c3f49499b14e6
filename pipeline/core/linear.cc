// SPDX-License-Identifier: MIT
#include "core/linear.h"

#include <algorithm>
#include <cmath>

#include "core/simd/wide.h"

namespace convolve {

namespace {

Window window_of(const LinearTaps& taps) noexcept {
  // Even a kernel beside its anchor has a window that holds both, which keeps borders simple.
  return {std::max(0, taps.anchor_x), std::max(0, taps.width - 1 - taps.anchor_x),
          std::max(0, taps.anchor_y), std::max(0, taps.height - 1 - taps.anchor_y)};
}

Finish finish_of(const StageSpec& spec, double tap_sum, const LinearResponse& response) {
  Finish finish;
  finish.scale = response.scale / spec.input_scale;
  finish.before = -response.scale * spec.base * tap_sum;
  finish.post = spec.base + (spec.chroma ? 0 : response.bias * spec.max_code);
  finish.absolute = response.response == Response::absolute;
  if (response.response == Response::offset) {
    finish.post += spec.integer ? (spec.max_code + 1) / 2 : 0.5;
  }
  finish.max_code = spec.max_code;
  return finish;
}

class WideStage final : public Stage {
 public:
  WideStage(const StageSpec& spec, const LinearTaps& taps, const LinearResponse& response)
      : window_(window_of(taps)) {
    double sum = 0;
    for (int y = 0; y < taps.height; ++y) {
      for (int x = 0; x < taps.width; ++x) {
        const double weight = taps.at(x, y);
        sum += weight;
        if (weight == 0) continue;
        taps_.push_back({window_.above + y - taps.anchor_y,
                         (window_.left + x - taps.anchor_x) * spec.channels, weight});
      }
    }
    rows_ = {spec.input, spec.output, taps_, finish_of(spec, sum, response)};
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

}  // namespace

std::unique_ptr<const Stage> make_linear_stage(const StageSpec& spec, const LinearTaps& taps,
                                               const LinearResponse& response) {
  return std::make_unique<WideStage>(spec, taps, response);
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
