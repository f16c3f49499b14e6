// SPDX-License-Identifier: MIT
#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <map>
#include <set>

#include "core/simd/byte_quads.h"
#include "core/simd/dense_dot.h"

namespace convolve {

namespace {

constexpr int kQuad = 4;

// Weights by row and sample of the window, those of the rows around it 0.
class WeightTable {
 public:
  explicit WeightTable(std::span<const DotTap> taps) {
    for (const DotTap& tap : taps) {
      if (tap.weight == 0) continue;
      weights_[tap.row][tap.sample] = tap.weight;
      most_ = std::max(most_, std::abs(tap.weight));
      is_wide_ |= tap.weight < -128 || tap.weight > 127;
    }
  }

  [[nodiscard]] std::int32_t most() const { return most_; }
  [[nodiscard]] int parts() const { return is_wide_ ? 2 : 1; }
  [[nodiscard]] int reach() const {
    int reach = 0;
    for (const auto& [row, samples] : weights_) reach = std::max(reach, samples.rbegin()->first);
    return reach;
  }
  // Adds the samples that have a weight in `row`.
  void add_samples(int row, std::set<int>& samples) const {
    const auto found = weights_.find(row);
    if (found == weights_.end()) return;
    for (const auto& [sample, weight] : found->second) samples.insert(sample);
  }
  // The bytes of four taps from `sample` on, `channels` apart, of one part: of two parts the upper
  // ones come first.
  [[nodiscard]] std::int32_t word(int row, int sample, int channels, int part) const {
    std::uint32_t word = 0;
    for (int i = 0; i < kQuad; ++i) {
      const std::int32_t weight = weight_at(row, sample + i * channels);
      const std::int32_t low = ((weight + 128) & 255) - 128;
      const std::int32_t byte = parts() == 2 && part == 0 ? (weight - low) / 256 : low;
      word |= (static_cast<std::uint32_t>(byte) & 255U) << (8 * i);
    }
    return static_cast<std::int32_t>(word);
  }

 private:
  [[nodiscard]] std::int32_t weight_at(int row, int sample) const {
    const auto found = weights_.find(row);
    if (found == weights_.end()) return 0;
    const auto weight = found->second.find(sample);
    return weight == found->second.end() ? 0 : weight->second;
  }

  std::map<int, std::map<int, std::int32_t>> weights_;
  std::int32_t most_ = 0;
  bool is_wide_ = false;
};

// Appends what the samples of row `row` of a step do to its outputs.
void append_row(ByteQuadRows& rows, const WeightTable& window, int row) {
  std::set<int> samples;
  for (int out = 0; out < rows.rows_out(); ++out)
    window.add_samples(row - out * rows.row_step, samples);
  while (!samples.empty()) {
    const int sample = *samples.begin();
    for (int i = 0; i < kQuad; ++i) samples.erase(sample + i * rows.channels);
    rows.operations.push_back({row, sample});
    for (int sum = 0; sum < ByteQuadRows::kSums; ++sum) {
      rows.words.push_back(window.word(row - sum / rows.parts * rows.row_step, sample,
                                       rows.channels, sum % rows.parts));
    }
  }
}

// Windows whose loop is written out: height, rows a step, and columns by fours.
void fit_window(ByteQuadRows& rows, const WeightTable& window) {
  constexpr struct {
    int height, step, quads, most_parts;
  } kShapes[] = {{3, 1, 1, 2}, {5, 1, 2, 2}, {7, 1, 2, 1}, {9, 3, 1, 1}};
  for (const auto& shape : kShapes) {
    if (rows.height > shape.height || rows.row_step != shape.step ||
        rows.parts > shape.most_parts || window.reach() >= kQuad * shape.quads * rows.channels) {
      continue;
    }
    rows.window_height = shape.height;
    for (int quad = 0; quad < shape.quads; ++quad) {
      for (int row = 0; row < shape.height; ++row) {
        for (int part = 0; part < rows.parts; ++part) {
          rows.window_words.push_back(
              window.word(row, kQuad * quad * rows.channels, rows.channels, part));
        }
      }
    }
    return;
  }
}

}  // namespace

std::optional<ByteQuadRows> ByteQuadRows::make(SampleType output, int channels, int window_rows,
                                               std::span<const DotTap> taps,
                                               const IntFinish& finish, int step) {
  const WeightTable window(taps);
  if (window.most() > DotWeights::kMostByteWeight) return std::nullopt;
  // Four taps of four outputs lie within 16 bytes; results of other types are wanted of one
  // channel.
  if (channels > 1 && (channels > kQuad || output != SampleType::u8)) return std::nullopt;
  ByteQuadRows rows;
  rows.output = output;
  rows.channels = channels;
  rows.height = window_rows;
  rows.row_step = step;
  rows.parts = window.parts();
  rows.finish = finish;
  rows.most_sum = std::abs(static_cast<double>(finish.init));
  for (const DotTap& tap : taps) rows.most_sum += 255.0 * std::abs(tap.weight);
  for (int row = 0; row < rows.rows_in(); ++row) {
    rows.begins.push_back(static_cast<int>(rows.operations.size()));
    append_row(rows, window, row);
  }
  rows.begins.push_back(static_cast<int>(rows.operations.size()));
  fit_window(rows, window);
  return rows;
}

}  // namespace convolve
