// SPDX-License-Identifier: MIT
#include <bit>
#include <cmath>
#include <numbers>

#include "core/simd/fourier.h"

namespace convolve {

namespace {

// The bin `k` of a transform of `length` is bin k / radix of the block k mod radix that its first
// pass makes.
int place_of(int k, int length) {
  int place = 0;
  while (length > 1) {
    const int radix = length % 4 == 0 ? 4 : 2;
    length /= radix;
    place += k % radix * length;
    k /= radix;
  }
  return place;
}

}  // namespace

FourierAxis::FourierAxis(int length_) : length(length_) {
  for (int n = length; n >= 4; n /= 4) {
    passes.push_back({n, twiddle.size()});
    for (int j = 0; j < n / 4; ++j) {
      for (int power = 1; power <= 3; ++power) {
        const double angle = -2 * std::numbers::pi * (power * j) / n;
        twiddle.push_back(std::cos(angle));
        twiddle.push_back(std::sin(angle));
      }
    }
  }
  for (int k = 0; k < length; ++k) position.push_back(place_of(k, length));
}

// A pass of butterflies of 4 makes up two of the log2(N) levels. With u = 2^-53, its error in the
// Euclidean norm is at most two additions' (2u), a complex product's (√5 u: Brent, Percival and
// Zimmermann, "Error bounds on complex floating-point multiplication", 2007) and the twiddle's own
// (0.71 u) of the data's norm: less than 3 u a level. The products with the kernel's spectrum and
// the steps that tell columns apart are less than two levels more. With |.| the Euclidean norm, by
// Cauchy and Schwarz errors of the spectrum of the samples x and of the kernel k each come to at
// most levels·3u·|x||k| in a sum; those of the way back to levels·3u of the result's norm, which is
// at most |x|·Σ|k|.
double fourier_error(int tile_width, int tile_height, std::span<const FourierTaps::Tap> taps,
                     double amplitude) noexcept {
  double squares = 0;
  double magnitude = 0;
  for (const FourierTaps::Tap& tap : taps) {
    squares += tap.weight * tap.weight;
    magnitude += std::abs(tap.weight);
  }
  const double area = static_cast<double>(tile_width) * tile_height;
  const double levels = std::log2(area) + 2;
  return levels * 3 * std::ldexp(1.0, -53) * amplitude * std::sqrt(area) *
         (2 * std::sqrt(squares) + magnitude);
}

}  // namespace convolve
