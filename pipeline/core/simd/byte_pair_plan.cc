// SPDX-License-Identifier: MIT
#include <algorithm>
#include <cmath>
#include <cstdlib>

#include "core/simd/byte_pairs.h"

namespace convolve {

namespace {

constexpr int kMostHalf = 32767;

// What the rows compute from a sum, and what is asked for; both clamped.
int finished(const BytePairRows& rows, int sum) {
  int value = sum + rows.init;
  if (rows.absolute) value = std::abs(value);
  if (rows.factor != 0) value = (value * rows.factor + (1 << 14)) >> 15;
  return std::clamp((value + rows.add) >> rows.shift, 0, 255);
}

// What `IntFinish` makes of a sum: instruction sets that take this path and those that take the
// other must agree, ties included.
int expected(const IntFinish& finish, int sum) {
  int value = sum + finish.init;
  if (finish.absolute) value = std::abs(value);
  if (finish.factor != 0) {
    const auto clamped = static_cast<unsigned>(std::clamp(value + finish.add, 0, 65535));
    return static_cast<int>(std::min(clamped * finish.factor >> 16 >> finish.shift, 255U));
  }
  const float real = static_cast<float>(value) * finish.scale + finish.post;
  return static_cast<int>(std::nearbyint(std::clamp(real, 0.0F, 255.0F)));
}

// Rounding by one multiplication, where that is right for all sums.
bool find_factor(BytePairRows& rows, const IntFinish& finish, int least, int most) {
  const auto unit = static_cast<double>(finish.scale);
  const auto post = static_cast<double>(finish.post);
  const double factor = std::nearbyint(std::ldexp(unit, 15));
  if (!(unit > 0) || factor < 1 || factor > kMostHalf || post != std::floor(post) ||
      std::abs(post) > 1024 || std::abs(finish.init) > kMostHalf) {
    return false;
  }
  rows.factor = static_cast<std::int16_t>(factor);
  rows.add = static_cast<std::int16_t>(post);
  for (int sum = least; sum <= most; ++sum) {
    if (finished(rows, sum) != expected(finish, sum)) return false;
  }
  return true;
}

}  // namespace

std::optional<BytePairRows> BytePairRows::make(int height, std::span<const DotTap> taps,
                                               const IntFinish& finish) {
  BytePairRows rows;
  rows.height = height;
  int least = 0;
  int most = 0;
  std::vector<int> columns;
  for (const DotTap& tap : taps) {
    if (tap.weight == 0) continue;
    if (std::abs(tap.weight) > 127) return std::nullopt;
    (tap.weight > 0 ? most : least) += 255 * tap.weight;
    if (most - least > kMostHalf) return std::nullopt;
    columns.push_back(tap.sample);
  }
  std::sort(columns.begin(), columns.end());
  columns.erase(std::unique(columns.begin(), columns.end()), columns.end());
  rows.reach = columns.empty() ? 0 : columns.back();
  const auto weight_at = [&](int row, int sample) {
    int weight = 0;
    for (const DotTap& tap : taps) {
      if (tap.row == row && tap.sample == sample) weight += tap.weight;
    }
    return weight;
  };
  for (int first_row = 0; first_row <= height; first_row += 2) {
    Group group{std::max(0, first_row - height + 1), 1, static_cast<int>(rows.samples.size()), 0};
    for (const int column : columns) {
      std::int16_t words[2];
      for (int out = 0; out < 2; ++out) {
        const unsigned low = static_cast<unsigned>(weight_at(first_row - out, column)) & 0xffU;
        const unsigned high = static_cast<unsigned>(weight_at(first_row + 1 - out, column)) & 0xffU;
        words[out] = static_cast<std::int16_t>(low | (high << 8));
      }
      if (words[0] == 0 && words[1] == 0) continue;
      rows.samples.push_back(column);
      rows.words.insert(rows.words.end(), words, words + 2);
    }
    group.end = static_cast<int>(rows.samples.size());
    rows.groups.push_back(group);
  }

  rows.absolute = finish.absolute;
  if (std::abs(finish.init) > kMostHalf || finish.max_code != 255) return std::nullopt;
  rows.init = static_cast<std::int16_t>(finish.init);
  if (most + finish.init > kMostHalf || least + finish.init < -kMostHalf) return std::nullopt;
  if (finish.real || finish.factor != 0)
    return find_factor(rows, finish, least, most) ? std::optional(rows) : std::nullopt;
  const int largest = std::max(std::abs(most + finish.init), std::abs(least + finish.init));
  if (finish.shift > 14 || std::abs(finish.add) + largest > kMostHalf) return std::nullopt;
  rows.add = static_cast<std::int16_t>(finish.add);
  rows.shift = finish.shift;
  return rows;
}

}  // namespace convolve
