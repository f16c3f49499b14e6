// SPDX-License-Identifier: MIT
#include <algorithm>
#include <cmath>

#include <convolve/kernel.h>

#include "core/decimated_blur.h"
#include "core/linear.h"
#include "core/number.h"
#include "core/param_table.h"
#include "core/smooth_axis.h"

namespace convolve {

namespace {

struct GaussianParams : ParamsOf<GaussianParams> {
  double sigma = 1.5;
  double sigma_y = -1;
};

constexpr double kMostSigma = 1000;
// SPEC §5: within 1 code of 8 bits, of which rounding takes a half.
constexpr double kAllowedError = 0.45;

const auto kParams = with_common({
    number_param<&GaussianParams::sigma>(
        "sigma", "Standard deviation in pixels; 0 leaves the picture as it is", 0, kMostSigma),
    number_param<&GaussianParams::sigma_y>(
        "sigma-y", "Vertical standard deviation in pixels; -1 is as sigma", -1, kMostSigma),
});

class GaussianFilter final : public Filter {
 public:
  explicit GaussianFilter(const GaussianParams& params)
      : Filter(params.clone()),
        sigma_x_(params.sigma),
        sigma_y_(params.sigma_y == -1 ? params.sigma : params.sigma_y) {
    if (sigma_y_ < 0) {
      throw ParamError("sigma-y: " + format_number(sigma_y_) + " is neither -1 nor 0 or more");
    }
  }

  [[nodiscard]] bool is_identity() const override {
    return sigma_x_ == 0 && sigma_y_ == 0 && params().color_mode != ColorMode::greyscale;
  }
  [[nodiscard]] std::unique_ptr<const Stage> make_stage(const StageSpec& spec) const override {
    if (auto stage = make_decimated(spec)) return stage;
    return make_separable_stage(spec, taps_of(std::ldexp(sigma_x_, -spec.shift_x)),
                                taps_of(std::ldexp(sigma_y_, -spec.shift_y)), {}, allowed(spec));
  }
  [[nodiscard]] std::optional<PlaneSums> make_sums(const StageSpec& spec, int width,
                                                   int height) const override {
    const double across = std::ldexp(sigma_x_, -spec.shift_x);
    const double down = std::ldexp(sigma_y_, -spec.shift_y);
    if (!sums_are_cheap(spec, across, down, width, height) &&
        (std::max(across, down) < kWideSigma || make_decimated(spec))) {
      return std::nullopt;
    }
    const bool fine = is_fine(spec);
    return PlaneSums{smooth_axis(across, width, params().border, fine),
                     smooth_axis(down, height, params().border, fine)};
  }

 private:
  static double allowed(const StageSpec& spec) { return kAllowedError * (spec.max_code + 1) / 256; }
  static bool is_fine(const StageSpec& spec) { return !spec.integer || spec.max_code > 4095; }
  static bool sums_are_cheap(const StageSpec& spec, double across, double down, int width,
                             int height) {
    if (is_fine(spec) || std::min(across, down) < kLeastSummedSigma) return false;
    const double lines_between = std::sqrt(2.0) * height / down;
    return 2.0 * width * spec.channels * lines_between <= kMostSummedBytes;
  }
  [[nodiscard]] std::unique_ptr<const Stage> make_decimated(const StageSpec& spec) const {
    return make_decimated_blur(spec, taps_of(std::ldexp(sigma_x_, -spec.shift_x)),
                               std::ldexp(sigma_y_, -spec.shift_y), allowed(spec));
  }
  static std::vector<double> taps_of(double sigma) {
    return sigma > 0 ? gaussian_taps(sigma) : std::vector<double>{1.0};
  }

  double sigma_x_;
  double sigma_y_;
};

}  // namespace

const FilterInfo& gaussian_filter() {
  static const FilterInfo info{
      "gaussian",
      "Gaussian blur",
      "Blurs each frame with a sampled Gaussian of any standard deviation, truncated at 4 sigma. "
      "Subsampled chroma is blurred by as much of the picture as luma.",
      kParams,
      [] { return std::unique_ptr<Params>(std::make_unique<GaussianParams>()); },
      [](const Params& params) -> std::unique_ptr<const Filter> {
        return std::make_unique<GaussianFilter>(static_cast<const GaussianParams&>(params));
      }};
  return info;
}

}  // namespace convolve
