// SPDX-License-Identifier: MIT
#include "core/simd/lane_weights.h"

#include <algorithm>
#include <array>

#include "core/simd/pack_weights.h"

namespace convolve {

namespace {

using Words = std::array<std::int32_t, LaneWeights::kOut>;

// weight_at[row] of one column of the window.
struct Column {
  int sample = 0;
  std::vector<std::int32_t> weight_at;
};

std::vector<Column> columns_of(int height, std::span<const DotTap> taps) {
  std::vector<int> samples;
  for (const DotTap& tap : taps) samples.push_back(tap.sample);
  std::sort(samples.begin(), samples.end());
  samples.erase(std::unique(samples.begin(), samples.end()), samples.end());
  std::vector<Column> columns;
  for (const int sample : samples) {
    columns.push_back({sample, std::vector<std::int32_t>(static_cast<std::size_t>(height), 0)});
  }
  for (const DotTap& tap : taps) {
    const auto column = std::lower_bound(samples.begin(), samples.end(), tap.sample);
    columns[static_cast<std::size_t>(column - samples.begin())]
        .weight_at[static_cast<std::size_t>(tap.row)] += tap.weight;
  }
  return columns;
}

// The weights of the two rows from `row` on, of 16 bits each.
std::int32_t pack(const Column& column, int row) {
  const auto weight = [&column](int at) {
    const bool inside = at >= 0 && at < static_cast<int>(column.weight_at.size());
    return inside ? column.weight_at[static_cast<std::size_t>(at)] : 0;
  };
  return pack_halves(weight(row), weight(row + 1));
}

}  // namespace

LaneWeights::LaneWeights(int window_height, std::span<const DotTap> all, int step)
    : groups((window_height + (kOut - 1) * step + kRows - 1) / kRows),
      height(window_height),
      row_step(step) {
  for (const DotTap& tap : all) {
    reach = std::max(reach, tap.sample);
    if (tap.weight != 0) taps.push_back(tap);
  }
  const std::vector<Column> columns = columns_of(height, taps);
  for (int group = 0; group < groups; ++group) {
    const int first_row = group * kRows;
    Run run{std::max(0, (first_row - height + step) / step),
            std::min(kOut - 1, (first_row + kRows - 1) / step), static_cast<int>(operations.size()),
            0};
    for (const Column& column : columns) {
      Words lane{};
      for (int out = run.first_out; out <= run.last_out; ++out) {
        lane[static_cast<std::size_t>(out)] = pack(column, first_row - out * step);
      }
      if (std::all_of(lane.begin(), lane.end(), [](std::int32_t word) { return word == 0; })) {
        continue;
      }
      operations.push_back({group, column.sample});
      words.insert(words.end(), lane.begin(), lane.end());
    }
    run.end = static_cast<int>(operations.size());
    if (!runs.empty() && runs.back().first_out == run.first_out &&
        runs.back().last_out == run.last_out) {
      runs.back().end = run.end;
    } else if (run.end > run.begin) {
      runs.push_back(run);
    }
  }
}

}  // namespace convolve
