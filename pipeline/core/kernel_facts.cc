// SPDX-License-Identifier: MIT
#include <algorithm>
#include <cmath>
#include <complex>
#include <numbers>

#include <convolve/kernel.h>

#include "core/low_rank.h"

namespace convolve {

namespace {

using Complex = std::complex<double>;

constexpr double kRelativeRest = 1e-11;  // of Σ|tap|: what rounding leaves of nothing

int rank_of(int width, int height, std::vector<double> taps) {
  const LinearTaps matrix{width, height, 0, 0, std::move(taps)};
  double magnitude = 0;
  for (const double tap : matrix.taps) magnitude += std::abs(tap);
  if (magnitude == 0) return 0;
  const int most = std::min(width, height);
  const auto cross = approximate(matrix, kRelativeRest * magnitude, most);
  return cross ? static_cast<int>(cross->products.size()) : most;
}

// exp(−2πi·frequency·position)
Complex wave(double frequency, double position) {
  return std::polar(1.0, -2 * std::numbers::pi * frequency * position);
}

// The slices as one, each turned by its share of a wave in time.
std::vector<Complex> slices_at(const Kernel& kernel, double in_time) {
  const std::size_t area =
      static_cast<std::size_t>(kernel.width()) * static_cast<std::size_t>(kernel.height());
  std::vector<Complex> slice(area);
  for (int t = 0; t < kernel.depth(); ++t) {
    const Complex turn = wave(in_time, t);
    for (std::size_t i = 0; i < area; ++i) {
      slice[i] += turn * kernel.taps()[static_cast<std::size_t>(t) * area + i];
    }
  }
  return slice;
}

// What every row of taps makes of a wave across.
std::vector<Complex> rows_at(const std::vector<Complex>& slice, int width, int height,
                             double across) {
  std::vector<Complex> rows(static_cast<std::size_t>(height));
  for (int x = 0; x < width; ++x) {
    const Complex turn = wave(across, x);
    for (std::size_t y = 0; y < rows.size(); ++y) {
      rows[y] += turn * slice[y * static_cast<std::size_t>(width) + static_cast<std::size_t>(x)];
    }
  }
  return rows;
}

double magnitude_at(const std::vector<Complex>& rows, double down) {
  Complex sum = 0;
  for (std::size_t y = 0; y < rows.size(); ++y) sum += wave(down, static_cast<double>(y)) * rows[y];
  return std::abs(sum);
}

}  // namespace

KernelFacts describe(const Kernel& kernel) {
  KernelFacts facts;
  facts.sum = kernel.sum();
  for (const double tap : kernel.taps()) {
    facts.magnitude += std::abs(tap);
    facts.used += tap != 0 ? 1 : 0;
  }
  const auto area = static_cast<std::ptrdiff_t>(kernel.width()) * kernel.height();
  for (int t = 0; t < kernel.depth(); ++t) {
    const auto begin = kernel.taps().begin() + t * area;
    facts.rank = std::max(facts.rank, rank_of(kernel.width(), kernel.height(),
                                              std::vector<double>(begin, begin + area)));
  }
  facts.time_rank =
      kernel.depth() == 1
          ? std::min(facts.rank, 1)
          : rank_of(static_cast<int>(area), kernel.depth(),
                    std::vector<double>(kernel.taps().begin(), kernel.taps().end()));
  return facts;
}

double frequency_response(const Kernel& kernel, double across, double down, double in_time) {
  return magnitude_at(
      rows_at(slices_at(kernel, in_time), kernel.width(), kernel.height(), across), down);
}

std::vector<double> frequency_response_grid(const Kernel& kernel, int size, double in_time) {
  const std::vector<Complex> slice = slices_at(kernel, in_time);
  const auto side = static_cast<std::size_t>(size);
  std::vector<double> grid(side * side);
  const auto frequency = [size](std::size_t i) {
    return static_cast<double>(i) / (size - 1) - 0.5;
  };
  for (std::size_t x = 0; x < side; ++x) {
    const auto rows = rows_at(slice, kernel.width(), kernel.height(), frequency(x));
    for (std::size_t y = 0; y < side; ++y) grid[y * side + x] = magnitude_at(rows, frequency(y));
  }
  return grid;
}

}  // namespace convolve
