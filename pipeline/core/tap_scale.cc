// SPDX-License-Identifier: MIT
#include "core/tap_scale.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

namespace convolve {

std::optional<Fraction> as_fraction(double number, std::int64_t most) {
  const double magnitude = std::abs(number);
  if (magnitude == 0) return Fraction{0, 1};
  if (magnitude > 1e12) return std::nullopt;
  const double close = magnitude * 4 * std::numeric_limits<double>::epsilon();
  std::int64_t n0 = 0;
  std::int64_t n1 = 1;
  std::int64_t d0 = 1;
  std::int64_t d1 = 0;
  double rest = magnitude;
  for (int i = 0; i < 40; ++i) {
    const double whole = std::floor(rest);
    if (whole > 1e12) return std::nullopt;
    const auto term = static_cast<std::int64_t>(whole);
    const std::int64_t n2 = term * n1 + n0;
    const std::int64_t d2 = term * d1 + d0;
    if (d2 > most || n2 > (std::int64_t{1} << 52)) return std::nullopt;
    n0 = n1;
    n1 = n2;
    d0 = d1;
    d1 = d2;
    if (std::abs(static_cast<double>(n1) / static_cast<double>(d1) - magnitude) <= close) {
      return Fraction{number < 0 ? -n1 : n1, d1};
    }
    rest = 1 / (rest - whole);
  }
  return std::nullopt;
}

std::optional<WholeTaps> as_whole(std::span<const double> taps, std::int32_t most) {
  constexpr std::int64_t kMostDivisor = 1 << 20;
  std::int64_t divisor = 1;
  for (const double tap : taps) {
    const auto fraction = as_fraction(tap, kMostDivisor);
    if (!fraction) return std::nullopt;
    divisor = std::lcm(divisor, fraction->denominator);
    if (divisor > kMostDivisor) return std::nullopt;
  }
  std::vector<std::int64_t> numerators;
  std::int64_t common = 0;
  for (const double tap : taps) {
    numerators.push_back(std::llround(tap * static_cast<double>(divisor)));
    common = std::gcd(common, numerators.back());
  }
  common = std::max<std::int64_t>(common, 1);
  WholeTaps whole;
  for (const std::int64_t numerator : numerators) {
    const std::int64_t weight = numerator / common;
    if (std::abs(weight) > most) return std::nullopt;
    whole.weights.push_back(static_cast<std::int32_t>(weight));
  }
  const std::int64_t both = std::gcd(common, divisor);
  whole.factor = static_cast<double>(common / both);
  whole.divisor = static_cast<double>(divisor / both);
  return whole;
}

RoundedTaps round_taps(std::span<const double> taps, int shift) {
  struct Remainder {
    double rest;
    std::size_t tap;
  };
  RoundedTaps rounded;
  std::vector<Remainder> remainders;
  double sum = 0;
  std::int64_t whole_sum = 0;
  for (std::size_t i = 0; i < taps.size(); ++i) {
    const double scaled = std::ldexp(taps[i], shift);
    const double whole = std::floor(scaled);
    sum += scaled;
    whole_sum += static_cast<std::int64_t>(whole);
    rounded.weights.push_back(static_cast<std::int32_t>(whole));
    // A tap of 0 stays 0: it costs nothing then.
    if (scaled != whole) remainders.push_back({scaled - whole, i});
  }
  std::stable_sort(remainders.begin(), remainders.end(),
                   [](const Remainder& a, const Remainder& b) { return a.rest > b.rest; });
  const std::int64_t missing = std::llround(sum) - whole_sum;
  for (std::int64_t i = 0; i < missing && i < static_cast<std::int64_t>(remainders.size()); ++i) {
    ++rounded.weights[remainders[static_cast<std::size_t>(i)].tap];
  }
  for (std::size_t i = 0; i < taps.size(); ++i) {
    rounded.error +=
        std::abs(std::ldexp(static_cast<double>(rounded.weights[i]), -shift) - taps[i]);
  }
  return rounded;
}

}  // namespace convolve
