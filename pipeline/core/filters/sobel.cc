// SPDX-License-Identifier: MIT
#include <algorithm>
#include <array>
#include <cmath>
#include <utility>
#include <vector>

#include "core/linear.h"
#include "core/param_table.h"
#include "core/simd/byte_gradient.h"
#include "core/simd/gradient.h"

namespace convolve {

namespace {

enum class Operator : std::uint8_t { sobel, scharr, prewitt, roberts };
enum class Output : std::uint8_t { magnitude, x, y, direction };
enum class Norm : std::uint8_t { l2, l1, max };

struct SobelParams : ParamsOf<SobelParams> {
  SobelParams() { color_mode = ColorMode::greyscale; }
  Operator gradient_operator = Operator::sobel;
  Output output = Output::magnitude;
  Norm norm = Norm::l2;
  double scale = 1;
  double threshold = 0;
  Response response = Response::absolute;
};

constexpr Choice kOperators[] = {
    {"sobel", "3×3, smoothed by 1 2 1"},
    {"scharr", "3×3, smoothed by 3 10 3: the most even in all directions"},
    {"prewitt", "3×3, smoothed by 1 1 1"},
    {"roberts", "2×2, along the diagonals"},
};
constexpr Choice kOutputs[] = {
    {"magnitude", "Strength of the gradient"},
    {"x", "Right minus left"},
    {"y", "Below minus above"},
    {"direction", "Angle of the gradient, 0 to 2 pi as 0 to the largest code"},
};
constexpr Choice kNorms[] = {
    {"l2", "Square root of the sum of squares"},
    {"l1", "Sum of absolute values"},
    {"max", "Larger absolute value"},
};

constexpr double kMost = 1e6;

const auto kParams = with_common({
    choice_param<&SobelParams::gradient_operator>("operator", "Taps of the gradient", "Operator",
                                                  kOperators),
    choice_param<&SobelParams::output>("output", "What is shown", "GradientOutput", kOutputs),
    choice_param<&SobelParams::norm>("norm", "How x and y make the magnitude", "Norm", kNorms),
    number_param<&SobelParams::scale>("scale", "Factor of magnitude, x and y", -kMost, kMost),
    number_param<&SobelParams::threshold>(
        "threshold", "Magnitudes below become 0; fraction of the largest code", 0, kMost),
    choice_param<&SobelParams::response>("response", "How x and y become codes", "Response",
                                         kResponses),
});

// Taps of the gradient in x, around the sample itself. Roberts: lower right minus upper left.
LinearTaps taps_x(Operator kind) {
  LinearTaps taps{3, 3, 1, 1, {}};
  switch (kind) {
    case Operator::sobel:
      taps.taps = {-1, 0, 1, -2, 0, 2, -1, 0, 1};
      break;
    case Operator::scharr:
      taps.taps = {-3, 0, 3, -10, 0, 10, -3, 0, 3};
      break;
    case Operator::prewitt:
      taps.taps = {-1, 0, 1, -1, 0, 1, -1, 0, 1};
      break;
    case Operator::roberts:
      taps = {2, 2, 1, 1, {-1, 0, 0, 1}};
      break;
  }
  return taps;
}

// In y: the transpose; Roberts: lower left minus upper right.
LinearTaps taps_y(Operator kind) {
  LinearTaps taps = taps_x(kind);
  if (kind == Operator::roberts) {
    taps.taps = {0, -1, 1, 0};
  } else {
    for (std::size_t y = 0; y < 3; ++y) {
      for (std::size_t x = 0; x < y; ++x) std::swap(taps.taps[y * 3 + x], taps.taps[x * 3 + y]);
    }
  }
  return taps;
}

GradientResult result_of(const SobelParams& params) {
  if (params.output == Output::direction) return GradientResult::direction;
  constexpr std::array kResults = {GradientResult::l2, GradientResult::l1, GradientResult::max};
  return kResults[static_cast<std::size_t>(params.norm)];
}

class GradientStage final : public Stage {
 public:
  GradientStage(const StageSpec& spec, const SobelParams& params) {
    const LinearTaps taps = taps_x(params.gradient_operator);
    rows_.input = spec.input;
    rows_.output = spec.output;
    rows_.result = result_of(params);
    rows_.crossed = params.gradient_operator == Operator::roberts;
    // A side's weight stands at the right end of the first row of taps.
    rows_.side = rows_.crossed ? 0 : taps.at(2, 0);
    rows_.middle = rows_.crossed ? 0 : taps.at(2, 1);
    rows_.channels = spec.channels;
    rows_.scale = params.scale / spec.input_scale;
    rows_.threshold = params.threshold * spec.max_code;
    const bool direction = rows_.result == GradientResult::direction;
    rows_.post = direction ? 0 : spec.base;
    rows_.max_code = spec.max_code;
    // Codes of 12 bits may in fact have 16, the luma of which would not be exact in float.
    const bool luma = spec.input != spec.output;
    rows_.exact = spec.integer && spec.max_code <= (luma ? 255 : 4095) && !direction;
  }

  [[nodiscard]] Window window() const noexcept override {
    return rows_.crossed ? Window{1, 0, 1, 0} : Window{1, 1, 1, 1};
  }
  [[nodiscard]] std::size_t scratch_bytes(int) const noexcept override { return 0; }
  void process(const RowBlock& block, std::byte*) const noexcept override {
    run_gradient_rows(rows_, block);
  }

 private:
  GradientRows rows_;
};

// Magnitudes of 8-bit samples as they are, without a factor.
class ByteGradientStage final : public Stage {
 public:
  static bool serves(const StageSpec& spec, const SobelParams& params) noexcept {
    return spec.input == SampleType::u8 && spec.output == SampleType::u8 && params.scale == 1 &&
           params.output == Output::magnitude && params.gradient_operator != Operator::roberts;
  }

  ByteGradientStage(const StageSpec& spec, const SobelParams& params) {
    const LinearTaps taps = taps_x(params.gradient_operator);
    const double least = std::min(params.threshold * spec.max_code, 1e4);
    rows_.side = static_cast<int>(taps.at(2, 0));
    rows_.middle = static_cast<int>(taps.at(2, 1));
    rows_.channels = spec.channels;
    rows_.result = result_of(params);
    const bool l2 = rows_.result == GradientResult::l2;
    rows_.threshold = static_cast<std::int32_t>(std::ceil(l2 ? least * least : least));
    rows_.post = static_cast<int>(spec.base);
  }

  [[nodiscard]] Window window() const noexcept override { return {1, 1, 1, 1}; }
  [[nodiscard]] std::size_t scratch_bytes(int) const noexcept override { return 0; }
  void process(const RowBlock& block, std::byte*) const noexcept override {
    run_byte_gradient_rows(rows_, block);
  }

 private:
  ByteGradientRows rows_;
};

class SobelFilter final : public Filter {
 public:
  explicit SobelFilter(const SobelParams& params) : Filter(params.clone()), sobel_(params) {}

  [[nodiscard]] bool filters_chroma() const override {
    return linear() && sobel_.response == Response::clamp;
  }
  [[nodiscard]] bool rescales() const override {
    return linear() && sobel_.response == Response::rescale;
  }
  [[nodiscard]] std::unique_ptr<const Stage> make_stage(const StageSpec& spec) const override {
    // Raw mode filters chroma planes as if they were luma.
    if (ByteGradientStage::serves(spec, sobel_)) {
      return std::make_unique<ByteGradientStage>(spec, sobel_);
    }
    if (!linear()) return std::make_unique<GradientStage>(spec, sobel_);
    const bool x = sobel_.output == Output::x;
    return make_linear_stage(
        spec, x ? taps_x(sobel_.gradient_operator) : taps_y(sobel_.gradient_operator),
        {sobel_.scale, 0, sobel_.response});
  }

 private:
  [[nodiscard]] bool linear() const noexcept {
    return sobel_.output == Output::x || sobel_.output == Output::y;
  }

  SobelParams sobel_;
};

}  // namespace

const FilterInfo& sobel_filter() {
  static const FilterInfo info{
      "sobel",
      "Edge detection",
      "Shows edges: magnitude, x, y or direction of the gradient by Sobel, Scharr, Prewitt or "
      "Roberts.",
      kParams,
      [] { return std::unique_ptr<Params>(std::make_unique<SobelParams>()); },
      [](const Params& params) -> std::unique_ptr<const Filter> {
        return std::make_unique<SobelFilter>(static_cast<const SobelParams&>(params));
      }};
  return info;
}

}  // namespace convolve
