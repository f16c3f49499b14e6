// SPDX-License-Identifier: MIT
#include <algorithm>

#include "core/simd/dense_dot.h"
#include "core/simd/pack_weights.h"
#include "core/simd/separable_dot.h"

namespace convolve {

namespace {

// weight = high·256 + low with both in [-128, 127].
std::int32_t low_byte(std::int32_t weight) { return ((weight + 128) & 0xff) - 128; }
std::int32_t high_byte(std::int32_t weight) { return (weight - low_byte(weight)) / 256; }

}  // namespace

DotWeights::DotWeights(SampleType type, int window_height, std::span<const DotTap> all, int step)
    : rows_in_group(type == SampleType::u8 ? 4 : 2), height(window_height), row_step(step) {
  for (const DotTap& tap : all) {
    if (tap.weight != 0) taps.push_back(tap);
  }
  const bool bytes = type == SampleType::u8;
  for (const DotTap& tap : taps) {
    if (high_byte(tap.weight) != 0) byte_parts = 2;
  }
  std::vector<int> columns;
  for (const DotTap& tap : taps) columns.push_back(tap.sample);
  std::sort(columns.begin(), columns.end());
  columns.erase(std::unique(columns.begin(), columns.end()), columns.end());

  // weight_at[column][row]
  std::vector<std::vector<std::int32_t>> weight_at(
      columns.size(), std::vector<std::int32_t>(static_cast<std::size_t>(height), 0));
  for (const DotTap& tap : taps) {
    const auto column = static_cast<std::size_t>(
        std::lower_bound(columns.begin(), columns.end(), tap.sample) - columns.begin());
    weight_at[column][static_cast<std::size_t>(tap.row)] += tap.weight;
  }

  const int count = (height + (kOut - 1) * row_step + rows_in_group - 1) / rows_in_group;
  std::vector<std::int32_t> low_words;
  std::vector<std::int32_t> high_words;
  for (int k = 0; k < count; ++k) {
    const int first_row = k * rows_in_group;
    Group group{std::max(0, (first_row - height + row_step) / row_step),
                std::min(kOut - 1, (first_row + rows_in_group - 1) / row_step),
                static_cast<int>(samples.size()), 0};
    for (std::size_t column = 0; column < columns.size(); ++column) {
      std::int32_t lane[kOut][4] = {};
      bool any = false;
      for (int out = 0; out < kOut; ++out) {
        for (int j = 0; j < rows_in_group; ++j) {
          const int row = first_row + j - out * row_step;
          if (row < 0 || row >= height) continue;
          lane[out][j] = weight_at[column][static_cast<std::size_t>(row)];
          any = any || lane[out][j] != 0;
        }
      }
      if (!any) continue;
      samples.push_back(columns[column]);
      for (const auto& weights : lane) {
        if (!bytes) {
          half_words.push_back(pack_halves(weights[0], weights[1]));
          continue;
        }
        half_words.push_back(pack_halves(weights[0], weights[2]));
        half_words.push_back(pack_halves(weights[1], weights[3]));
        std::int32_t low[4];
        std::int32_t high[4];
        for (int j = 0; j < 4; ++j) {
          low[j] = low_byte(weights[j]);
          high[j] = high_byte(weights[j]);
        }
        low_words.push_back(pack_bytes(low));
        high_words.push_back(pack_bytes(high));
      }
    }
    group.end = static_cast<int>(samples.size());
    groups.push_back(group);
  }
  // The high part comes first: its sum is multiplied by 256 and goes on as that of the low part.
  if (byte_parts == 2) byte_words = std::move(high_words);
  byte_words.insert(byte_words.end(), low_words.begin(), low_words.end());
}

std::vector<std::int32_t> pair_weights(const std::vector<std::int32_t>& weights) {
  const auto at = [&weights](std::size_t i) { return i < weights.size() ? weights[i] : 0; };
  std::vector<std::int32_t> words;
  for (std::size_t i = 0; i <= weights.size(); i += 2) {
    words.push_back(pack_halves(at(i), at(i + 1)));
    words.push_back(pack_halves(i == 0 ? 0 : at(i - 1), at(i)));
  }
  return words;
}

}  // namespace convolve
