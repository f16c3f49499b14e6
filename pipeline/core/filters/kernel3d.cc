// SPDX-License-Identifier: MIT
#include <string>

#include <convolve/kernel.h>

#include "core/kernel_params.h"
#include "core/linear.h"
#include "core/param_table.h"

namespace convolve {

namespace {

enum class Alignment : std::uint8_t { centred, causal };
enum class TimeBorder : std::uint8_t { replicate, reflect_101, constant };

struct Kernel3dParams : ParamsOf<Kernel3dParams> {
  std::string kernel = "box(3x3x3)";
  Operation operation = Operation::correlation;
  double scale = 1;
  bool normalize = true;
  double bias = 0;
  Response response = Response::clamp;
  Alignment alignment = Alignment::centred;
  TimeBorder time_border = TimeBorder::replicate;
  double scene_cut = 0;
};

constexpr Choice kAlignments[] = {
    {"centred", "Frames before and after it, which takes frames of latency"},
    {"causal", "The newest frame and those before it, without latency"},
};

constexpr Choice kTimeBorders[] = {
    {"replicate", "The first and the last frame, again and again"},
    {"reflect-101", "The frames backwards, without the outermost twice"},
    {"constant", "Frames of the border's colour"},
};

const auto kParams = with_common({
    make_param<&Kernel3dParams::kernel>(
        "kernel", "Slices of rows of numbers, the oldest first, a name ('box(1x1x5)'), or @file"),
    choice_param<&Kernel3dParams::operation>("operation", "How the taps are laid over the picture",
                                             "Operation", kOperations),
    number_param<&Kernel3dParams::scale>("scale", "Factor of the result", -kMostFactor,
                                         kMostFactor),
    make_param<&Kernel3dParams::normalize>("normalize", "Divide the result by the sum of the taps"),
    number_param<&Kernel3dParams::bias>("bias",
                                        "Added to the result, as a fraction of the largest code",
                                        -kMostFactor, kMostFactor),
    choice_param<&Kernel3dParams::response>("response", "How results become codes", "Response",
                                            kResponses),
    choice_param<&Kernel3dParams::alignment>("alignment", "Which frames an output is made from",
                                             "Alignment", kAlignments),
    choice_param<&Kernel3dParams::time_border>(
        "time-border", "What lies before the first frame and after the last", "TimeBorder",
        kTimeBorders),
    number_param<&Kernel3dParams::scene_cut>(
        "scene-cut",
        "Mean difference of two frames that parts scenes, as a fraction of the largest code; 0 is "
        "off",
        0, 1),
});

class Kernel3dFilter final : public Filter {
 public:
  explicit Kernel3dFilter(const Kernel3dParams& params) : Filter(params.clone()) {
    const Kernel kernel = kernel_param(params.kernel);
    response_ = {normalized_scale(kernel, params.scale, params.normalize), params.bias,
                 params.response};
    lay_out(params.operation == Operation::convolution ? kernel.rotated() : kernel, params);
  }

  [[nodiscard]] Geometry geometry() const override { return geometry_; }
  [[nodiscard]] bool is_identity() const override { return identity_; }
  [[nodiscard]] bool filters_chroma() const override {
    return response_.response == Response::clamp;
  }
  [[nodiscard]] bool rescales() const override { return response_.response == Response::rescale; }
  [[nodiscard]] std::unique_ptr<const Stage> make_stage(const StageSpec& spec) const override {
    return make_linear_stage(spec, taps_, response_);
  }

 private:
  // Taps in correlation order, the frames' rows in turn.
  void lay_out(const Kernel& kernel, const Kernel3dParams& params) {
    if (static_cast<double>(kernel.taps().size()) > kMostTaps) {
      throw KernelError("kernel: it has " + std::to_string(kernel.taps().size()) +
                        " taps, more than can be held");
    }
    taps_.width = kernel.width();
    taps_.height = kernel.height() * kernel.depth();
    taps_.frames = kernel.depth();
    taps_.anchor_x = anchor_of(kernel.width(), params.operation);
    taps_.anchor_y = anchor_of(kernel.height(), params.operation);
    taps_.taps.clear();
    for (int y = 0; y < kernel.height(); ++y) {
      for (int t = 0; t < kernel.depth(); ++t) {
        for (int x = 0; x < kernel.width(); ++x) taps_.taps.push_back(kernel.tap(x, y, t));
      }
    }
    TimeGeometry& time = geometry_.t;
    const int newest = kernel.depth() - 1;
    time.causal = params.alignment == Alignment::causal;
    time.before = time.causal ? newest : anchor_of(kernel.depth(), params.operation);
    time.after = newest - time.before;
    identity_ = keeps_frames(time.before);
    if (identity_) {
      time = {};
      return;
    }
    switch (params.time_border) {
      case TimeBorder::replicate:
        time.border = Border::replicate;
        break;
      case TimeBorder::reflect_101:
        time.border = Border::reflect_101;
        break;
      case TimeBorder::constant:
        time.border = Border::constant;
        break;
    }
    time.scene_cut = params.scene_cut;
  }

  // True where the tap on an output's own sample is 1, and all others are 0.
  [[nodiscard]] bool keeps_frames(int own) const {
    if (response_.bias != 0 || response_.response != Response::clamp ||
        params().color_mode == ColorMode::greyscale) {
      return false;
    }
    for (int y = 0; y < taps_.height; ++y) {
      for (int x = 0; x < taps_.width; ++x) {
        const bool anchor = x == taps_.anchor_x && y == taps_.anchor_y * taps_.frames + own;
        if (taps_.at(x, y) * response_.scale != (anchor ? 1.0 : 0.0)) return false;
      }
    }
    return true;
  }

  LinearResponse response_;
  LinearTaps taps_;
  Geometry geometry_;
  bool identity_ = false;
};

}  // namespace

const FilterInfo& kernel3d_filter() {
  static const FilterInfo info{
      "kernel3d",
      "Convolution over frames",
      "Correlates or convolves the frames of a stream with any kernel that has slices in time too: "
      "blur along time, denoise, show what moves. As many frames come out as go in.",
      kParams,
      [] { return std::unique_ptr<Params>(std::make_unique<Kernel3dParams>()); },
      [](const Params& params) -> std::unique_ptr<const Filter> {
        return std::make_unique<Kernel3dFilter>(static_cast<const Kernel3dParams&>(params));
      }};
  return info;
}

}  // namespace convolve
