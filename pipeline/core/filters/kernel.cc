// SPDX-License-Identifier: MIT
#include <string>

#include <convolve/kernel.h>

#include "core/kernel_params.h"
#include "core/large_kernel.h"
#include "core/linear.h"
#include "core/number.h"
#include "core/param_table.h"

namespace convolve {

namespace {

enum class SizeMode : std::uint8_t { same, valid, full };

struct KernelParams : ParamsOf<KernelParams> {
  std::string kernel = "identity";
  Operation operation = Operation::correlation;
  double scale = 1;
  bool normalize = false;
  double bias = 0;
  Response response = Response::clamp;
  SizeMode size_mode = SizeMode::same;
  int stride = 1;
  int dilation = 1;
  int padding = -1;
};

constexpr Choice kSizeModes[] = {
    {"same", "The input's size"},
    {"valid", "Only where every tap lies inside of the frame"},
    {"full", "Wherever any tap lies inside of the frame"},
};

const auto kParams = with_common({
    make_param<&KernelParams::kernel>(
        "kernel", "Taps as rows of numbers ('0 -1 0; -1 5 -1; 0 -1 0'), a name, or @file"),
    choice_param<&KernelParams::operation>("operation", "How the taps are laid over the picture",
                                           "Operation", kOperations),
    number_param<&KernelParams::scale>("scale", "Factor of the result", -kMostFactor, kMostFactor),
    make_param<&KernelParams::normalize>("normalize", "Divide the result by the sum of the taps"),
    number_param<&KernelParams::bias>("bias",
                                      "Added to the result, as a fraction of the largest code",
                                      -kMostFactor, kMostFactor),
    choice_param<&KernelParams::response>("response", "How results become codes", "Response",
                                          kResponses),
    choice_param<&KernelParams::size_mode>("size-mode", "Size of the output", "SizeMode",
                                           kSizeModes),
    number_param<&KernelParams::stride>("stride", "Pixels from one output to the next", 1, 1024),
    number_param<&KernelParams::dilation>("dilation", "Pixels from one tap to the next", 1, 1024),
    number_param<&KernelParams::padding>(
        "padding", "Border pixels on each side, as PyTorch's Conv2d; -1 is by size-mode", -1,
        65535),
});

class KernelFilter final : public Filter {
 public:
  explicit KernelFilter(const KernelParams& params)
      : Filter(params.clone()), kernel_(parse(params.kernel)) {
    response_ = {normalized_scale(kernel_, params.scale, params.normalize), params.bias,
                 params.response};
    lay_out(params);
  }

  [[nodiscard]] Geometry geometry() const override { return geometry_; }

  [[nodiscard]] bool is_identity() const override {
    return kernel_.is_identity() && geometry_.same_size() && response_.scale == 1 &&
           response_.bias == 0 && response_.response == Response::clamp &&
           (params().color_mode == ColorMode::per_channel ||
            params().color_mode == ColorMode::luma || params().color_mode == ColorMode::raw);
  }
  [[nodiscard]] bool filters_chroma() const override {
    return response_.response == Response::clamp;
  }
  [[nodiscard]] bool rescales() const override { return response_.response == Response::rescale; }
  [[nodiscard]] std::unique_ptr<const Stage> make_stage(const StageSpec& spec) const override {
    return make_linear_stage(spec, taps_, response_);
  }
  [[nodiscard]] std::shared_ptr<PlaneWork> make_plane_work(const StageSpec& spec, int width,
                                                           int height) const override {
    return make_large_kernel_work(spec, taps_, response_, geometry_, {width, height});
  }

 private:
  static Kernel parse(const std::string& text) {
    Kernel kernel = kernel_param(text);
    if (kernel.depth() > 1) {
      throw KernelError("kernel: it has " + std::to_string(kernel.depth()) +
                        " slices in time, and this filter takes one: use kernel3d");
    }
    return kernel;
  }

  // Taps in correlation order with zeros between them for dilation, and the output's size.
  void lay_out(const KernelParams& params) {
    const bool rotated = params.operation == Operation::convolution;
    const Kernel kernel = rotated ? kernel_.rotated() : kernel_;
    const int apart = params.dilation;
    taps_.width = apart * (kernel.width() - 1) + 1;
    taps_.height = apart * (kernel.height() - 1) + 1;
    if (static_cast<double>(taps_.width) * taps_.height > kMostTaps) {
      throw ParamError("dilation: the kernel spans " + std::to_string(taps_.width) + "×" +
                       std::to_string(taps_.height) + " pixels, more than can be held");
    }
    taps_.anchor_x = apart * anchor_of(kernel.width(), params.operation);
    taps_.anchor_y = apart * anchor_of(kernel.height(), params.operation);
    taps_.taps.assign(
        static_cast<std::size_t>(taps_.width) * static_cast<std::size_t>(taps_.height), 0.0);
    for (int y = 0; y < kernel.height(); ++y) {
      for (int x = 0; x < kernel.width(); ++x) {
        taps_.taps[static_cast<std::size_t>(y) * static_cast<std::size_t>(apart) *
                       static_cast<std::size_t>(taps_.width) +
                   static_cast<std::size_t>(x) * static_cast<std::size_t>(apart)] =
            kernel.tap(x, y);
      }
    }
    geometry_.x = axis(params, taps_.width, taps_.anchor_x);
    geometry_.y = axis(params, taps_.height, taps_.anchor_y);
  }

  static AxisGeometry axis(const KernelParams& params, int extent, int anchor) {
    if (params.padding >= 0) {
      return {params.stride, anchor - params.padding, 2 * params.padding - extent};
    }
    switch (params.size_mode) {
      case SizeMode::same:
        return {params.stride, 0, -1};
      case SizeMode::valid:
        return {params.stride, anchor, -extent};
      case SizeMode::full:
        return {params.stride, anchor - (extent - 1), extent - 2};
    }
    return {};
  }

  Kernel kernel_;
  LinearResponse response_;
  LinearTaps taps_;
  Geometry geometry_;
};

}  // namespace

const FilterInfo& kernel_filter() {
  static const FilterInfo info{
      "kernel",
      "Convolution",
      "Correlates or convolves each frame with any kernel of up to 1023×1023 taps: blur, sharpen, "
      "edges, emboss, or taps of your own.",
      kParams,
      [] { return std::unique_ptr<Params>(std::make_unique<KernelParams>()); },
      [](const Params& params) -> std::unique_ptr<const Filter> {
        return std::make_unique<KernelFilter>(static_cast<const KernelParams&>(params));
      }};
  return info;
}

}  // namespace convolve
