// SPDX-License-Identifier: MIT
#include "core/smooth_axis.h"

#include <algorithm>
#include <cmath>
#include <map>

#include <convolve/kernel.h>

#include "core/border.h"

namespace convolve {

namespace {

// Terms of a line with which one pass is about as fast as two; and those that are still tolerable.
constexpr int kMostTerms = 24;
constexpr int kMostFineTerms = 400;

double gaussian(double distance, double sigma) {
  return std::exp(-0.5 * (distance / sigma) * (distance / sigma));
}

// Adds a line whose weights, once those that fall on the same sample are joined, sum to 1: what
// their rounding to float leaves over goes to the largest, so that no brightness is lost.
void add_line(LineSums& sums, const std::map<int, double>& weights) {
  double sum = 0;
  for (const auto& [index, weight] : weights) sum += weight;
  const std::size_t first = sums.weight.size();
  double rest = 1;
  for (const auto& [index, weight] : weights) {
    sums.index.push_back(index);
    sums.weight.push_back(static_cast<float>(weight / sum));
    rest -= static_cast<double>(sums.weight.back());
  }
  const auto largest =
      std::max_element(sums.weight.begin() + static_cast<std::ptrdiff_t>(first), sums.weight.end());
  *largest = static_cast<float>(static_cast<double>(*largest) + rest);
  sums.begin.push_back(static_cast<int>(sums.index.size()));
}

LineSums direct_sums(double sigma, int size, Border border) {
  const std::vector<double> taps = sigma > 0 ? gaussian_taps(sigma) : std::vector<double>{1.0};
  const int radius = static_cast<int>(taps.size()) / 2;
  LineSums sums;
  sums.inputs = size;
  for (int at = 0; at < size; ++at) {
    std::map<int, double> weights;
    for (int i = -radius; i <= radius; ++i) {
      weights[border_index(at + i, size, border)] += taps[static_cast<std::size_t>(i + radius)];
    }
    add_line(sums, weights);
  }
  return sums;
}

}  // namespace

AxisSums smooth_axis(double sigma, int size, Border border, bool fine) {
  // Taps that fall on the same sample are one term, so small frames have few.
  const int terms = std::min(2 * static_cast<int>(std::ceil(4 * sigma)) + 1, size);
  if (terms <= (fine ? kMostFineTerms : kMostTerms)) return {{direct_sums(sigma, size, border)}};
  const double half = sigma / std::sqrt(2.0);  // the variances of the two passes add up
  const double apart = half;
  const double reach = 4.2 * half;
  const int first = static_cast<int>(std::floor(-reach / apart));
  const int last = static_cast<int>(std::ceil((size - 1 + reach) / apart));

  LineSums inward;
  inward.inputs = size;
  for (int k = first; k <= last; ++k) {
    const double centre = k * apart;
    std::map<int, double> weights;
    const int end = static_cast<int>(std::floor(centre + reach));
    for (int i = static_cast<int>(std::ceil(centre - reach)); i <= end; ++i) {
      weights[border_index(i, size, border)] += gaussian(i - centre, half);
    }
    add_line(inward, weights);
  }

  LineSums outward;
  outward.inputs = last - first + 1;
  for (int at = 0; at < size; ++at) {
    std::map<int, double> weights;
    for (int k = first; k <= last; ++k) {
      if (std::abs(at - k * apart) <= reach) weights[k - first] = gaussian(at - k * apart, half);
    }
    add_line(outward, weights);
  }
  return {{std::move(inward), std::move(outward)}};
}

}  // namespace convolve
