// SPDX-License-Identifier: MIT
/// \file
/// What filters that take a kernel have in common.
#pragma once

#include <cmath>
#include <string>

#include <convolve/kernel.h>
#include <convolve/params.h>

#include "core/linear.h"

namespace convolve {

enum class Operation : std::uint8_t { correlation, convolution };

inline constexpr Choice kOperations[] = {
    {"correlation", "The taps as written, as OpenCV, FFmpeg and PyTorch do"},
    {"convolution", "The taps rotated by 180 degrees"},
};

inline constexpr double kMostFactor = 1e6;    ///< of `scale` and `bias`
inline constexpr double kMostTaps = 1 << 24;  ///< that a filter holds

/// Where the anchor stands among `size` taps in correlation order.
constexpr int anchor_of(int size, Operation operation) noexcept {
  return operation == Operation::convolution ? size - 1 - size / 2 : size / 2;
}

/// The kernel that the parameter `kernel` says. \throws KernelError
inline Kernel kernel_param(const std::string& text) {
  try {
    return Kernel::parse(text);
  } catch (const KernelError& error) {
    throw KernelError(std::string("kernel: ") + error.what());
  }
}

/// `scale`, divided by the sum of the taps where `normalize` says so. \throws ParamError
inline double normalized_scale(const Kernel& kernel, double scale, bool normalize) {
  if (!normalize) return scale;
  const double sum = kernel.sum();
  if (sum == 0) {
    throw ParamError("normalize: the taps of the kernel sum to 0: set normalize to false");
  }
  if (!std::isfinite(scale / sum)) {
    throw ParamError("normalize: the taps of the kernel sum to almost 0");
  }
  return scale / sum;
}

}  // namespace convolve
