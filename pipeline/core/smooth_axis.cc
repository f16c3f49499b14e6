// SPDX-License-Identifier: MIT
#include "core/smooth_axis.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <numeric>
#include <utility>
#include <vector>

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

// What a line is the sum of. Taps may fall on the same sample more than once, beyond the edges.
class LineWeights {
 public:
  explicit LineWeights(int inputs)
      : weights_(static_cast<std::size_t>(inputs) + 1), first_(weights_.size()) {}

  // \param index  -1 for the border
  void add(int index, double weight) {
    const auto at = static_cast<std::size_t>(index + 1);
    weights_[at] += weight;
    first_ = std::min(first_, at);
    end_ = std::max(end_, at + 1);
  }

  // Makes them a line of `sums` whose weights sum to 1, and begins anew: what their rounding to
  // float leaves over goes to the largest, so that no brightness is lost.
  void move_to(LineSums& sums) {
    const double sum = std::accumulate(at(first_), at(end_), 0.0);
    const auto begin = static_cast<std::ptrdiff_t>(sums.weight.size());
    double rest = 1;
    for (std::size_t i = first_; i < end_; ++i) {
      if (weights_[i] == 0) continue;
      sums.index.push_back(static_cast<int>(i) - 1);
      sums.weight.push_back(static_cast<float>(weights_[i] / sum));
      rest -= static_cast<double>(sums.weight.back());
    }
    const auto largest = std::max_element(sums.weight.begin() + begin, sums.weight.end());
    *largest = static_cast<float>(static_cast<double>(*largest) + rest);
    sums.begin.push_back(static_cast<int>(sums.index.size()));
    std::fill(at(first_), at(end_), 0.0);
    first_ = weights_.size();
    end_ = 0;
  }

 private:
  [[nodiscard]] std::vector<double>::iterator at(std::size_t i) {
    return weights_.begin() + static_cast<std::ptrdiff_t>(i);
  }

  std::vector<double> weights_;  // of the border, then of each input
  std::size_t first_;            // all others than [first_, end_) are 0
  std::size_t end_ = 0;
};

LineSums direct_sums(double sigma, int size, Border border) {
  const std::vector<double> taps = sigma > 0 ? gaussian_taps(sigma) : std::vector<double>{1.0};
  const int radius = static_cast<int>(taps.size()) / 2;
  LineSums sums;
  sums.inputs = size;
  LineWeights weights(size);
  for (int at = 0; at < size; ++at) {
    for (int i = -radius; i <= radius; ++i) {
      weights.add(border_index(at + i, size, border), taps[static_cast<std::size_t>(i + radius)]);
    }
    weights.move_to(sums);
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
  LineWeights of_inputs(size);
  for (int k = first; k <= last; ++k) {
    const double centre = k * apart;
    const int end = static_cast<int>(std::floor(centre + reach));
    for (int i = static_cast<int>(std::ceil(centre - reach)); i <= end; ++i) {
      of_inputs.add(border_index(i, size, border), gaussian(i - centre, half));
    }
    of_inputs.move_to(inward);
  }

  LineSums outward;
  outward.inputs = last - first + 1;
  LineWeights of_few(outward.inputs);
  for (int at = 0; at < size; ++at) {
    const int end = std::min(last, static_cast<int>(std::floor((at + reach) / apart)) + 1);
    for (int k = std::max(first, static_cast<int>(std::ceil((at - reach) / apart)) - 1); k <= end;
         ++k) {
      if (std::abs(at - k * apart) <= reach) of_few.add(k - first, gaussian(at - k * apart, half));
    }
    of_few.move_to(outward);
  }
  return {{std::move(inward), std::move(outward)}};
}

}  // namespace convolve
