// SPDX-License-Identifier: MIT
#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>
#include <numbers>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <convolve/kernel.h>

#include "core/linear.h"
#include "core/linear_plan.h"
#include "core/messages.h"
#include "core/param_table.h"
#include "core/polyphase.h"
#include "core/tap_scale.h"

namespace convolve {

namespace {

struct UpsampleParams : ParamsOf<UpsampleParams> {
  int stride = 2;
  std::string kernel = "bilinear";
  bool normalize = true;
  int padding = -1;
  int output_padding = 0;
};

constexpr int kMostStride = 8;

const auto kParams = with_common({
    number_param<&UpsampleParams::stride>("stride", "Output pixels for each input pixel, each way",
                                          1, kMostStride),
    make_param<&UpsampleParams::kernel>(
        "kernel",
        "nearest, bilinear, bicubic, lanczos3, or taps as rows of numbers, a name, or @file"),
    make_param<&UpsampleParams::normalize>(
        "normalize", "Make the taps that meet in an output sum to 1, for each of the phases"),
    number_param<&UpsampleParams::padding>(
        "padding",
        "Pixels cut off from each side of the output, as PyTorch's ConvTranspose2d; -1 makes it "
        "stride times the input, centred",
        -1, 65535),
    number_param<&UpsampleParams::output_padding>(
        "output-padding", "Pixels added at the right and at the bottom, less than the stride", 0,
        kMostStride - 1),
});

// The usual interpolators. Distances are given in halves of output pixels: nearly all are whole, so
// that the taps of linear interpolation are the nearest numbers to their fractions.
struct Interpolator {
  std::string_view name;
  int support;  // input pixels from end to end
  double (*at)(double halves, int stride);
};

double nearest(double halves, int stride) { return halves >= -stride && halves < stride ? 1 : 0; }

double bilinear(double halves, int stride) {
  return std::max(0.0, 2 * stride - std::abs(halves)) / (2 * stride);
}

// Keys, "Cubic convolution interpolation for digital image processing", 1981, with a = −0.5:
// 3/2·t³ − 5/2·t² + 1 up to t = 1, −1/2·t³ + 5/2·t² − 4·t + 2 up to 2. Of whole halves the taps are
// the nearest numbers to their fractions, too.
double bicubic(double halves, int stride) {
  const double t = std::abs(halves);
  const double one = 2 * stride;
  const double unit = 2 * one * one * one;
  if (t <= one) return ((3 * t - 5 * one) * t * t + unit) / unit;
  return t < 2 * one ? (((5 * one - t) * t - 8 * one * one) * t + 2 * unit) / unit : 0;
}

double sinc(double x) {
  if (x == std::floor(x)) return x == 0 ? 1 : 0;
  return std::sin(std::numbers::pi * x) / (std::numbers::pi * x);
}

// Duchon, "Lanczos filtering in one and two dimensions", 1979, with three lobes.
double lanczos3(double halves, int stride) {
  const double x = halves / (2.0 * stride);
  return std::abs(x) < 3 ? sinc(x) * sinc(x / 3) : 0;
}

constexpr Interpolator kInterpolators[] = {
    {"nearest", 1, nearest},
    {"bilinear", 2, bilinear},
    {"bicubic", 4, bicubic},
    {"lanczos3", 6, lanczos3},
};

// Taps at the centres of output pixels about an input pixel's centre. Of an odd stride, one less
// than support times stride, since pixels' centres then coincide; what lies at the very ends is 0.
//
//     stride 2:  | · | · |   bilinear: 1/4 3/4 3/4 1/4
//     stride 3:  |· · ·|               1/3 2/3  1  2/3 1/3
std::vector<double> sampled(const Interpolator& interpolator, int stride) {
  if (stride == 1) return {1.0};
  int count = interpolator.support * stride;
  if (count % 2 != stride % 2) --count;
  std::vector<double> taps;
  for (int i = 0; i < count; ++i) taps.push_back(interpolator.at(2 * i - (count - 1), stride));
  return taps;
}

// Taps from index `first` on.
struct PlacedTaps {
  int first = 0;
  std::vector<double> taps;
};

// The same where samples lie `site` beside the middle of their pixels, before and after: outputs
// then lie by `site·(1 − stride)` of their pixels further from the inputs.
PlacedTaps sampled_beside(const Interpolator& interpolator, int stride, double site) {
  const std::vector<double> centred = sampled(interpolator, stride);
  if (site == 0 || stride == 1) return {0, centred};
  const auto count = static_cast<int>(centred.size());
  PlacedTaps placed{-stride, {}};
  for (int i = -stride; i < count + stride; ++i) {
    placed.taps.push_back(interpolator.at(2 * (i + site * (1 - stride)) - (count - 1), stride));
  }
  while (placed.taps.front() == 0) {
    placed.taps.erase(placed.taps.begin());
    ++placed.first;
  }
  while (placed.taps.back() == 0) placed.taps.pop_back();
  return placed;
}

const Interpolator* find_interpolator(std::string_view name) {
  for (const Interpolator& known : kInterpolators) {
    if (known.name == name) return &known;
  }
  return nullptr;
}

Kernel parse(const std::string& text) {
  try {
    Kernel kernel = Kernel::parse(text);
    if (kernel.depth() > 1) {
      throw KernelError("it has " + std::to_string(kernel.depth()) +
                        " slices in time, and this filter takes one");
    }
    return kernel;
  } catch (const KernelError& error) {
    std::array<std::string_view, std::size(kInterpolators)> names;
    for (std::size_t i = 0; i < names.size(); ++i) names[i] = kInterpolators[i].name;
    const std::string near = did_you_mean(text, names);
    throw KernelError("kernel: " +
                      (near.empty() ? error.what() : quoted(text) + " is no kernel" + near));
  }
}

// \throws ParamError where they sum to 0
void make_sum_one(std::vector<double>& taps) {
  const double sum = sum_of(taps);
  if (std::abs(sum) <= magnitude_of(taps) * 1e-13 || !std::isfinite(1 / sum)) {
    throw ParamError(
        "normalize: the taps that meet in an output sum to 0, as where a kernel is smaller than "
        "the "
        "stride");
  }
  for (double& tap : taps) tap /= sum;
}

class UpsampleFilter final : public Filter {
 public:
  explicit UpsampleFilter(const UpsampleParams& params)
      : Filter(params.clone()), stride_(params.stride), normalize_(params.normalize) {
    interpolator_ = find_interpolator(params.kernel);
    if (interpolator_ != nullptr) {
      kernel_.width = kernel_.height = static_cast<int>(sampled(*interpolator_, stride_).size());
    } else {
      const Kernel kernel = parse(params.kernel);
      kernel_ = {
          kernel.width(), kernel.height(), 0, 0, {kernel.taps().begin(), kernel.taps().end()}};
      if (stride_ > 1) product_ = as_outer_product(kernel_);
    }
    if (params.output_padding > 0 && params.output_padding >= stride_) {
      throw ParamError("output-padding: " + std::to_string(params.output_padding) +
                       " is not less than the stride, " + std::to_string(stride_));
    }
    geometry_ = {axis(params, kernel_.width), axis(params, kernel_.height), {}};
    (void)phases({});  // refuses what cannot be normalised
  }

  [[nodiscard]] Geometry geometry() const override { return geometry_; }

  [[nodiscard]] bool is_identity() const override {
    return geometry_.same_size() && params().color_mode != ColorMode::greyscale &&
           kernel_.width == 1 && kernel_.height == 1 && (normalize_ || kernel_.taps.front() == 1);
  }

  [[nodiscard]] bool filters_alpha() const override { return !geometry_.same_size(); }

  [[nodiscard]] std::unique_ptr<const Stage> make_stage(const StageSpec& spec) const override {
    const Phases made = phases(spec);
    if (stride_ == 1) return make_linear_stage(spec, made.plane.front(), {});
    if (made.across.empty()) return make_polyphase_stage(spec, stride_, made.plane);
    return make_separable_polyphase_stage(spec, made.across, made.down);
  }

  [[nodiscard]] std::string warning() const override {
    if (interpolator_ != nullptr || (kernel_.width % stride_ == 0 && kernel_.height % stride_ == 0))
      return {};
    return "kernel: its size, " + std::to_string(kernel_.width) + "×" +
           std::to_string(kernel_.height) + ", is no multiple of the stride, " +
           std::to_string(stride_) +
           ": outputs are made of unequal numbers of taps, which can show as a checkerboard";
  }

 private:
  // Of both axes, where the kernel is an outer product and pictures grow, or else of the plane.
  struct Phases {
    std::vector<AxisPhase> across;
    std::vector<AxisPhase> down;
    std::vector<LinearTaps> plane;
  };

  // The tap that lies over output 0 where the whole of an input's taps are centred about it.
  [[nodiscard]] int centred(int taps) const { return (taps - stride_ + 1) >> 1; }

  [[nodiscard]] AxisGeometry axis(const UpsampleParams& params, int taps) const {
    AxisGeometry axis;
    axis.scale = stride_;
    axis.growth =
        params.output_padding - 2 + (params.padding < 0 ? stride_ : taps - 2 * params.padding);
    axis.origin = params.padding < 0 ? 0 : params.padding - centred(taps);
    return axis;
  }

  // Inputs and outputs lie about the same places on every grid: chroma in the middle of its pixels
  // stays there without more ado; what lies beside has its own samples of an interpolator. Taps of
  // other kernels cannot be moved by parts of a pixel.
  [[nodiscard]] Phases phases(const StageSpec& spec) const {
    // Where pictures do not grow, the engine takes account of the origin.
    const bool grows = stride_ > 1;
    const int lead_x = centred(kernel_.width) + (grows ? geometry_.x.origin >> spec.shift_x : 0);
    const int lead_y = centred(kernel_.height) + (grows ? geometry_.y.origin >> spec.shift_y : 0);
    Phases made;
    if (grows && (interpolator_ != nullptr || product_)) {
      made.across = axis_phases(lead_x, spec.site_x, true);
      made.down = axis_phases(lead_y, spec.site_y, false);
      return made;
    }
    made.plane = plane_phases(kernel_, stride_, lead_x, lead_y);
    for (LinearTaps& phase : made.plane) {
      if (normalize_) make_sum_one(phase.taps);
    }
    return made;
  }

  [[nodiscard]] std::vector<AxisPhase> axis_phases(int lead, double site, bool across) const {
    PlacedTaps placed;
    if (interpolator_ != nullptr) {
      placed = sampled_beside(*interpolator_, stride_, site);
    } else {
      placed.taps = across ? product_->horizontal : product_->vertical;
    }
    std::vector<AxisPhase> phases =
        convolve::axis_phases(placed.taps, stride_, lead - placed.first);
    for (AxisPhase& phase : phases) {
      if (normalize_) make_sum_one(phase.taps);
    }
    return phases;
  }

  int stride_;
  bool normalize_;
  const Interpolator* interpolator_ = nullptr;  // or else a kernel of its own
  LinearTaps kernel_;
  std::optional<OuterProduct> product_;
  Geometry geometry_;
};

}  // namespace

const FilterInfo& upsample_filter() {
  static const FilterInfo info{
      "upsample",
      "Upsampling",
      "Scales each frame up by a whole number, with a kernel that fills in the pixels between "
      "(transposed convolution): nearest, bilinear, bicubic, Lanczos, or taps of your own.",
      kParams,
      [] { return std::unique_ptr<Params>(std::make_unique<UpsampleParams>()); },
      [](const Params& params) -> std::unique_ptr<const Filter> {
        return std::make_unique<UpsampleFilter>(static_cast<const UpsampleParams&>(params));
      }};
  return info;
}

}  // namespace convolve
