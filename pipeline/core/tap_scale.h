// SPDX-License-Identifier: MIT
/// \file
/// Real taps as whole numbers of one unit, exactly or nearly.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <numeric>
#include <optional>
#include <span>
#include <vector>

namespace convolve {

/// Σ weight
template <typename T>
double sum_of(const std::vector<T>& weights) {
  return std::accumulate(weights.begin(), weights.end(), 0.0);
}

/// Σ |weight|
template <typename T>
double magnitude_of(const std::vector<T>& weights) {
  double sum = 0;
  for (const T weight : weights) sum += std::abs(static_cast<double>(weight));
  return sum;
}

/// max |weight|
template <typename T>
double largest_of(const std::vector<T>& weights) {
  double largest = 0;
  for (const T weight : weights) largest = std::max(largest, std::abs(static_cast<double>(weight)));
  return largest;
}

struct Fraction {
  std::int64_t numerator = 0;
  std::int64_t denominator = 1;
};

/// The fraction of least denominator, at most `most`, that is `number` to the last bits of a
/// double. By continued fractions.
std::optional<Fraction> as_fraction(double number, std::int64_t most);

/// Taps that are whole numbers divided by one common divisor.
struct WholeTaps {
  std::vector<std::int32_t> weights;  ///< without a common factor
  double factor = 1;                  ///< tap = weight·factor / divisor, both whole
  double divisor = 1;
};

/// \returns nothing where the taps have no common divisor that makes all of them whole numbers of
/// a magnitude of at most `most`.
std::optional<WholeTaps> as_whole(std::span<const double> taps, std::int32_t most);

/// Taps rounded to whole numbers of `2^-shift`. Their sum is the rounded sum of the taps, so that
/// a flat field stays flat; each is less than a unit off (the largest-remainder method).
struct RoundedTaps {
  std::vector<std::int32_t> weights;
  double error = 0;  ///< sum of |weight·2^-shift − tap|
};

RoundedTaps round_taps(std::span<const double> taps, int shift);

}  // namespace convolve
