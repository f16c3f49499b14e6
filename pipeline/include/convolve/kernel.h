// SPDX-License-Identifier: MIT
/// \file
/// Convolution kernels and their text form (SPEC §4).
#pragma once

#include <cstdint>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace convolve {

/// Thrown for kernel text that cannot be read; the message names position and reason.
class KernelError : public std::invalid_argument {
 public:
  using std::invalid_argument::invalid_argument;
};

/// `width` × `height` × `depth` taps, x fastest, then y, then t (oldest slice first).
/// Taps are finite, of a magnitude of at most 1e30. The anchor is `(⌊width/2⌋, ⌊height/2⌋,
/// ⌊depth/2⌋)`.
class Kernel {
 public:
  static constexpr int kMaxSide = 1023;
  static constexpr int kMaxDepth = 64;
  static constexpr double kMostMagnitude = 1e30;

  /// The identity: one tap of 1.
  Kernel();
  /// \throws KernelError where sizes are out of range, do not fit `taps`, or a tap is out of range.
  Kernel(int width, int height, int depth, std::vector<double> taps);

  /// Reads rows of numbers, a name with arguments, or `@path`.
  /// \throws KernelError
  static Kernel parse(std::string_view text);

  [[nodiscard]] int width() const noexcept { return width_; }
  [[nodiscard]] int height() const noexcept { return height_; }
  [[nodiscard]] int depth() const noexcept { return depth_; }
  [[nodiscard]] std::span<const double> taps() const noexcept { return taps_; }
  [[nodiscard]] double tap(int x, int y, int t = 0) const noexcept {
    return taps_[(static_cast<std::size_t>(t) * static_cast<std::size_t>(height_) +
                  static_cast<std::size_t>(y)) *
                     static_cast<std::size_t>(width_) +
                 static_cast<std::size_t>(x)];
  }
  [[nodiscard]] double sum() const noexcept;
  [[nodiscard]] bool is_identity() const noexcept;

  /// Rotated by 180° in every axis: correlation with it is convolution with this one, when the
  /// anchor is mirrored too.
  [[nodiscard]] Kernel rotated() const;

  /// Text that `parse` reads back to the same taps.
  [[nodiscard]] std::string text() const;

 private:
  int width_ = 1;
  int height_ = 1;
  int depth_ = 1;
  std::vector<double> taps_;
};

/// What a kernel is like.
struct KernelFacts {
  double sum = 0;
  double magnitude = 0;   ///< Σ|tap|
  std::int64_t used = 0;  ///< taps that are not zero
  /// The least number of outer products that slices are sums of, the most of any slice; 0: no tap.
  int rank = 0;
  /// The same of slices: 1 where all are multiples of one.
  int time_rank = 0;

  /// True where it is the outer product of a row, a column and a sequence of slices.
  [[nodiscard]] constexpr bool separable() const noexcept { return rank == 1 && time_rank == 1; }
};

KernelFacts describe(const Kernel& kernel);

/// |H|, the factor by which a wave passes, at frequencies in cycles a pixel and cycles a frame.
double frequency_response(const Kernel& kernel, double across, double down, double in_time = 0);

/// The same on a grid: `size` × `size` values, x fastest, from −1/2 to 1/2 cycles a pixel on both
/// axes, ends included. \param size  at least 2
std::vector<double> frequency_response_grid(const Kernel& kernel, int size, double in_time = 0);

/// A kernel that has a name.
struct NamedKernel {
  std::string_view name;       ///< "gaussian"
  std::string_view arguments;  ///< "(sigma[,sigma-t])", or empty
  std::string_view example;    ///< text to show its taps with: "gaussian(1)"
  std::string_view help;
};

/// Every named kernel, in the order of SPEC §4.
std::span<const NamedKernel> named_kernels() noexcept;

/// Taps of the sampled Gaussian `exp(-i²/2σ²)`, |i| ≤ ⌈4σ⌉, divided by their sum. σ > 0.
std::vector<double> gaussian_taps(double sigma);

}  // namespace convolve
