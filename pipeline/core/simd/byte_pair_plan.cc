// SPDX-License-Identifier: MIT
#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <map>
#include <set>
#include <utility>

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

// The finish in 16 bits, of sums within [least, most].
bool find_narrow_finish(BytePairRows& rows, const IntFinish& finish, int least, int most) {
  if (most - least > kMostHalf || std::abs(finish.init) > kMostHalf) return false;
  const int first = least + finish.init;
  const int last = most + finish.init;
  if (last > kMostHalf || first < -kMostHalf) return false;
  rows.absolute = finish.absolute;
  rows.init = static_cast<std::int16_t>(finish.init);
  if (finish.real || finish.factor != 0) {
    if (find_factor(rows, finish, least, most)) return true;
    rows.factor = 0;
  }
  const int largest = std::max(std::abs(first), std::abs(last));
  if (finish.real || finish.shift > 15 || std::abs(finish.add) + largest > kMostHalf) return false;
  rows.high_factor = finish.factor;
  rows.add = static_cast<std::int16_t>(finish.add);
  rows.shift = finish.shift;
  return true;
}

// Weights that a lane multiplies, and what their products with bytes can come to.
struct Pair {
  int low = 0;
  int high = 0;

  [[nodiscard]] int most() const { return 255 * (std::max(low, 0) + std::max(high, 0)); }
  [[nodiscard]] int least() const { return 255 * (std::min(low, 0) + std::min(high, 0)); }
  [[nodiscard]] std::int32_t word() const {
    const unsigned half =
        (static_cast<unsigned>(low) & 0xffU) | (static_cast<unsigned>(high) & 0xffU) << 8;
    return static_cast<std::int32_t>(half | half << 16);
  }
};

struct Range {
  int least = 0;
  int most = 0;

  [[nodiscard]] Range with(const Pair& pair) const {
    return {least + pair.least(), most + pair.most()};
  }
  [[nodiscard]] bool fits() const { return most <= kMostHalf && least >= -kMostHalf; }
};

// Appends what the pairs of one group and column do; ends 16-bit sums before where they would not
// fit any more. False where these do not fit alone.
bool append(BytePairRows& rows, Range (&ranges)[2], const BytePairRows::Operation& operation,
            const Pair (&pairs)[2]) {
  if (!Range{}.with(pairs[0]).fits() || !Range{}.with(pairs[1]).fits()) return false;
  if (!ranges[0].with(pairs[0]).fits() || !ranges[1].with(pairs[1]).fits()) {
    rows.ends.push_back(static_cast<int>(rows.operations.size()));
    ranges[0] = ranges[1] = {};
  }
  for (int out = 0; out < 2; ++out) {
    ranges[out] = ranges[out].with(pairs[out]);
    rows.words.push_back(pairs[out].word());
  }
  rows.operations.push_back(operation);
  return true;
}

}  // namespace

std::optional<BytePairRows> BytePairRows::make(int height, std::span<const DotTap> taps,
                                               const IntFinish& finish, int step) {
  BytePairRows rows;
  rows.height = height;
  rows.row_step = step;
  rows.groups = (height + step + 1) / 2;
  rows.wide_finish = finish;
  Range all;
  std::map<std::pair<int, int>, int> weights;  // of (row, sample)
  std::set<int> columns;
  for (const DotTap& tap : taps) {
    rows.reach = std::max(rows.reach, tap.sample);
    if (tap.weight == 0) continue;
    if (std::abs(tap.weight) > 127) return std::nullopt;
    all = all.with({tap.weight, 0});
    weights[{tap.row, tap.sample}] = tap.weight;
    columns.insert(tap.sample);
  }
  const auto weight_at = [&](int row, int sample) {
    const auto found = weights.find({row, sample});
    return found == weights.end() ? 0 : found->second;
  };
  Range ranges[2];
  for (int group = 0; group < rows.groups; ++group) {
    for (const int column : columns) {
      const int row = 2 * group;
      const Pair pairs[2] = {{weight_at(row, column), weight_at(row + 1, column)},
                             {weight_at(row - step, column), weight_at(row + 1 - step, column)}};
      if (pairs[0].word() == 0 && pairs[1].word() == 0) continue;
      if (!append(rows, ranges, {group, column}, pairs)) return std::nullopt;
    }
  }
  rows.ends.push_back(static_cast<int>(rows.operations.size()));
  rows.narrow = rows.ends.size() == 1 && find_narrow_finish(rows, finish, all.least, all.most);
  // An operation takes half as long as the same on halves; adding the sums up, as long as two.
  if (2 * rows.ends.size() >= rows.operations.size() && !rows.narrow) return std::nullopt;
  return rows;
}

}  // namespace convolve
