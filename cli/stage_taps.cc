// SPDX-License-Identifier: MIT
#include "stage_taps.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <memory>
#include <span>
#include <utility>

namespace convolve::cli {

namespace {

constexpr double kFloatRest = 1e-5;  // of the largest tap: what rounding leaves of nothing

// Rows for a stage, of which single samples change.
class Rows {
 public:
  /// \param scale  outputs an input, each way
  Rows(const Stage& stage, int rows_a_frame, int width, int frames, int scale)
      : stage_(stage),
        width_(width),
        rows_(rows_a_frame * frames),
        stride_(static_cast<std::size_t>(width) + kRowSlack),
        input_(stride_ * static_cast<std::size_t>(rows_)),
        out_stride_(static_cast<std::size_t>(2 * kLeastSamples * scale)),
        output_(out_stride_ * static_cast<std::size_t>(scale)),
        memory_(stage.scratch_bytes(kLeastSamples) + kAlignment) {
    for (int y = 0; y < rows_; ++y) in_.push_back(bytes(input_, stride_, y));
    for (int y = 0; y < scale; ++y) out_.push_back(bytes(output_, out_stride_, y));
    std::size_t room = memory_.size();
    std::align(kAlignment, room - kAlignment, scratch_, room);
  }

  [[nodiscard]] float& at(int x, int y) {
    return input_[static_cast<std::size_t>(y) * stride_ + static_cast<std::size_t>(x)];
  }
  /// Every sample becomes `sample_at(x, y)`.
  template <typename SampleAt>
  void fill(const SampleAt& sample_at) {
    for (int y = 0; y < rows_; ++y) {
      for (int x = 0; x < width_; ++x) at(x, y) = sample_at(x, y);
    }
  }
  void process() {
    stage_.process({in_.data(), out_.data(), 1, 1}, static_cast<std::byte*>(scratch_));
  }
  [[nodiscard]] double output(int x = 0, int y = 0) const {
    const float value =
        output_[static_cast<std::size_t>(y) * out_stride_ + static_cast<std::size_t>(x)];
    return std::isfinite(value) ? value : 0;
  }
  /// How much the output grows with one sample, from `below` under what it is to one above.
  [[nodiscard]] double slope(int x, int y, int below) {
    float& sample = at(x, y);
    const float before = sample;
    sample = before + 1;
    process();
    const double above = output();
    sample = before - static_cast<float>(below);
    process();
    sample = before;
    return (above - output()) / (1 + below);
  }

 private:
  static constexpr std::size_t kAlignment = 64;

  static std::byte* bytes(std::vector<float>& rows, std::size_t stride, int y) {
    return reinterpret_cast<std::byte*>(rows.data() + static_cast<std::size_t>(y) * stride);
  }

  const Stage& stage_;
  int width_;
  int rows_;
  std::size_t stride_;
  std::vector<float> input_;
  std::size_t out_stride_;
  std::vector<float> output_;
  std::vector<std::byte> memory_;
  std::vector<const std::byte*> in_;
  std::vector<std::byte*> out_;
  void* scratch_ = memory_.data();
};

struct Shape {
  int width;
  int height;
};

Shape shape_of(const Stage& stage) {
  const Window window = stage.window();
  return {window.left + 1 + window.right, window.above + 1 + window.below};
}

// Taps by what the output grows with each sample of the window, from `below` under what they are;
// taps below `rest` of the largest are taken for nothing.
Kernel slopes(Rows& rows, Shape shape, int frames, int below, double rest) {
  std::vector<double> taps;
  double largest = 0;
  for (int t = 0; t < frames; ++t) {
    for (int y = 0; y < shape.height; ++y) {
      for (int x = 0; x < shape.width; ++x) {
        taps.push_back(rows.slope(x, y * frames + t, below));
        largest = std::max(largest, std::abs(taps.back()));
      }
    }
  }
  for (double& tap : taps) {
    if (std::abs(tap) <= largest * rest) tap = 0;
  }
  return {shape.width, shape.height, frames, std::move(taps)};
}

double largest_of(const Kernel& kernel) {
  double largest = 0;
  for (const double tap : kernel.taps()) largest = std::max(largest, std::abs(tap));
  return largest;
}

// The same taps but for their signs and a factor.
bool alike(const Kernel& one, const Kernel& other) {
  const double largest = largest_of(one);
  const double scale = largest / largest_of(other);
  return std::ranges::equal(one.taps(), other.taps(), [=](double a, double b) {
    return std::abs(std::abs(a) - std::abs(b) * scale) <= 0.01 * largest;
  });
}

// True where samples and their opposites have opposite outputs, but for what is added to both.
bool is_linear(Rows& rows) {
  const auto output_of = [&rows](float factor) {
    rows.fill([factor](int x, int y) {
      return factor * static_cast<float>((x * 7 + y * 13 + x * y) % 11 - 3);
    });
    rows.process();
    return rows.output();
  };
  const double added = output_of(0);
  const double one = output_of(1) - added;
  const double other = output_of(-1) - added;
  return std::abs(one + other) <= 1e-4 * (std::abs(one) + std::abs(other));
}

// The rank of a matrix, as far as float tells: elimination with the largest pivot that is left.
int rank_of(std::vector<double> matrix, std::size_t width) {
  const std::size_t height = matrix.size() / width;
  const auto at = [&](std::size_t x, std::size_t y) -> double& { return matrix[y * width + x]; };
  double first = 0;
  int rank = 0;
  for (; rank < static_cast<int>(std::min(width, height)); ++rank) {
    const auto pivot = static_cast<std::size_t>(
        std::ranges::max_element(matrix, {}, [](double tap) { return std::abs(tap); }) -
        matrix.begin());
    const double largest = matrix[pivot];
    first = std::max(first, std::abs(largest));
    if (std::abs(largest) <= kFloatRest * first) break;
    const std::vector<double> row(
        matrix.begin() + static_cast<std::ptrdiff_t>(pivot / width * width),
        matrix.begin() + static_cast<std::ptrdiff_t>(pivot / width * width + width));
    for (std::size_t y = 0; y < height; ++y) {
      const double share = at(pivot % width, y) / largest;
      for (std::size_t x = 0; x < width; ++x) at(x, y) -= share * row[x];
    }
  }
  return rank;
}

}  // namespace

std::vector<Kernel> kernels_of(const Stage& stage, int frames) {
  constexpr double kRampRest = 0.01;
  const Shape shape = shape_of(stage);
  Rows rows(stage, shape.height, shape.width, frames, 1);
  const bool linear = is_linear(rows);
  const auto clear = [&rows] { rows.fill([](int, int) { return 0.0F; }); };
  clear();
  if (linear) return {slopes(rows, shape, frames, 0, 0)};
  // Where a large gradient decides, an output grows with each sample as the kernel says that
  // measures this gradient, or the one across it.
  std::vector<Kernel> kernels;
  for (const bool down : {false, true}) {
    rows.fill([=](int x, int y) { return 1000.0F * static_cast<float>(down ? y / frames : x); });
    Kernel kernel = slopes(rows, shape, frames, 1, kRampRest);
    const bool known = std::ranges::any_of(
        kernels, [&kernel](const Kernel& other) { return alike(other, kernel); });
    if (largest_of(kernel) > 0 && !known) kernels.push_back(std::move(kernel));
  }
  if (!kernels.empty()) return kernels;
  clear();  // something that sees no gradient
  return {slopes(rows, shape, frames, 0, kRampRest)};
}

Kernel scaled_kernel_of(const Stage& stage, int scale) {
  const auto [width, height] = shape_of(stage);
  Rows rows(stage, height, width, 1, scale);
  const int wide = width * scale;
  const int high = height * scale;
  std::vector<double> taps(static_cast<std::size_t>(wide) * static_cast<std::size_t>(high));
  int x0 = wide, x1 = 0, y0 = high, y1 = 0;
  // The further right the sample, the further left its outputs lie from it.
  const auto place = [&](int from_x, int from_y, int x, int y) {
    const double tap = rows.output(x, y);
    x += from_x * scale;
    y += from_y * scale;
    taps[static_cast<std::size_t>(y) * static_cast<std::size_t>(wide) +
         static_cast<std::size_t>(x)] = tap;
    if (tap == 0) return;
    x0 = std::min(x0, x);
    x1 = std::max(x1, x + 1);
    y0 = std::min(y0, y);
    y1 = std::max(y1, y + 1);
  };
  for (int i = 0; i < width * height; ++i) {
    float& sample = rows.at(width - 1 - i % width, height - 1 - i / width);
    sample = 1;
    rows.process();
    sample = 0;
    for (int at = 0; at < scale * scale; ++at) {
      place(i % width, i / width, at % scale, at / scale);
    }
  }
  std::vector<double> used;
  for (int y = y0; y < y1; ++y) {
    const auto row = taps.begin() + static_cast<std::ptrdiff_t>(y) * wide;
    used.insert(used.end(), row + x0, row + x1);
  }
  if (used.empty()) return {1, 1, 1, {0}};
  return {x1 - x0, y1 - y0, 1, std::move(used)};
}

std::int64_t taps_used(const Kernel& kernel) {
  const std::span<const double> taps = kernel.taps();
  return static_cast<std::int64_t>(taps.size()) - std::ranges::count(taps, 0.0);
}

double least_multiply_adds(const Kernel& kernel) {
  const std::span<const double> taps = kernel.taps();
  const auto used = static_cast<double>(taps_used(kernel));
  const auto width = static_cast<std::size_t>(kernel.width());
  const std::size_t area = width * static_cast<std::size_t>(kernel.height());
  const std::vector<double> all(taps.begin(), taps.end());
  if (kernel.depth() > 1 && rank_of(all, area) > 1) return used;
  // Slices that are multiples of one are of its rank.
  const auto largest = static_cast<std::size_t>(
      std::ranges::max_element(taps, {}, [](double tap) { return std::abs(tap); }) - taps.begin());
  const auto slice = taps.subspan(largest / area * area, area);
  const int rank = rank_of({slice.begin(), slice.end()}, width);
  const int products = rank * (kernel.width() + kernel.height());
  return std::min(used, static_cast<double>(products + (kernel.depth() > 1 ? kernel.depth() : 0)));
}

}  // namespace convolve::cli
