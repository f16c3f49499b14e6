// SPDX-License-Identifier: MIT
#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <string>
#include <utility>

#include "core/param_table.h"
#include "core/simd/pool.h"

namespace convolve {

namespace {

struct PoolParams : ParamsOf<PoolParams> {
  PoolOperator pool_operator = PoolOperator::max;
  int size = 2;
  int stride = 0;
  int padding = 0;
  bool ceil_mode = false;
};

constexpr Choice kPoolOperators[] = {
    {"max", "The largest sample"},
    {"mean", "The mean of the samples inside of the frame"},
    {"min", "The smallest sample"},
};

constexpr int kMostSize = 1024;

const auto kParams = with_common({
    choice_param<&PoolParams::pool_operator>("operator", "What becomes of the samples of a window",
                                             "PoolOperator", kPoolOperators),
    number_param<&PoolParams::size>("size", "Width and height of the windows, in pixels", 1,
                                    kMostSize),
    number_param<&PoolParams::stride>("stride", "Pixels from one window to the next; 0 is the size",
                                      0, kMostSize),
    number_param<&PoolParams::padding>(
        "padding", "Pixels by which the first windows begin outside, at most half of the size", 0,
        kMostSize / 2),
    make_param<&PoolParams::ceil_mode>(
        "ceil-mode", "Round the output's size up: the last windows may reach beyond the frame"),
});

// The windows along one axis of a plane, cut off at its edges.
struct AxisWindows {
  int size = 1;
  int stride = 1;
  int start = 0;   // of the first window
  int inputs = 1;  // of the plane
  int outputs = 1;

  struct Span {
    int begin;
    int end;
    [[nodiscard]] int count() const noexcept { return end - begin; }
  };
  // At least one sample: the nearest, where a window lies outside as the last one of subsampled
  // chroma can.
  [[nodiscard]] Span at(int output) const noexcept {
    const std::int64_t from = std::int64_t{output} * stride + start;
    const auto inside = [](std::int64_t place, int most) {
      return static_cast<int>(std::clamp(place, std::int64_t{0}, std::int64_t{most}));
    };
    const int begin = inside(from, inputs - 1);
    return {begin, std::max(inside(from + size, inputs), begin + 1)};
  }
  [[nodiscard]] bool whole(int output) const noexcept { return at(output).count() == size; }
};

// ⌊(2·sum + count) / (2·count)⌋, which is the mean rounded to nearest, without a division: see
// Granlund and Montgomery, "Division by invariant integers using multiplication", 1994.
class ByteMean {
 public:
  explicit ByteMean(std::uint32_t count) noexcept
      : count_(count), shift_(kBits + std::bit_width(2 * count - 1)) {
    factor_ = ((std::uint64_t{1} << shift_) + 2 * count - 1) / (2 * count);
  }
  [[nodiscard]] std::uint32_t operator()(std::uint32_t sum) const noexcept {
    return static_cast<std::uint32_t>((2 * sum + count_) * factor_ >> shift_);
  }

 private:
  static constexpr int kBits = 30;  // 2·255·1024² + 1024² is less than 2^30
  std::uint64_t count_;
  int shift_;
  std::uint64_t factor_;
};

// Exact in double: sums are whole and below 2^53, or float.
double mean_of(double sum, double count, bool whole) noexcept {
  return whole ? std::floor((2 * sum + count) / (2 * count)) : sum / count;
}

class PoolStage final : public ClippedStage {
 public:
  PoolStage(const StageSpec& spec, PoolOperator kind, const AxisWindows& x, const AxisWindows& y)
      : spec_(spec), x_(x), y_(y), whole_mean_(static_cast<std::uint32_t>(x.size * y.size)) {
    const auto most = static_cast<std::int64_t>(spec.input == SampleType::u8    ? 0xff
                                                : spec.input == SampleType::u16 ? 0xffff
                                                                                : 0);
    rows_ = {kind, spec.input, pool_number(kind, spec.input, std::int64_t{x.size} * y.size, most),
             x.size, spec.channels};
    while (first_whole_ < x.outputs && !x.whole(first_whole_)) ++first_whole_;
    end_whole_ = first_whole_;
    while (end_whole_ < x.outputs && x.whole(end_whole_)) ++end_whole_;
  }

  [[nodiscard]] Rows rows(int y) const noexcept override {
    const AxisWindows::Span span = y_.at(y);
    return {span.begin, span.count()};
  }
  [[nodiscard]] int most_rows() const noexcept override { return std::min(y_.size, y_.inputs); }
  [[nodiscard]] std::size_t scratch_bytes() const noexcept override {
    return 3 * pool_row_numbers(rows_, samples()) * pool_number_size(rows_.number);
  }

  void process(std::span<const std::byte* const> rows, std::byte* out,
               std::byte* scratch) const noexcept override {
    const PooledRows pooled = pool_rows(rows_, rows, samples(), scratch);
    const auto height = static_cast<int>(rows.size());
    switch (rows_.number) {
      case PoolNumber::u8:
        return finish<std::uint8_t>(pooled, height, out);
      case PoolNumber::u16:
        return finish<std::uint16_t>(pooled, height, out);
      case PoolNumber::u32:
        return finish<std::uint32_t>(pooled, height, out);
      case PoolNumber::f32:
        return finish<float>(pooled, height, out);
      case PoolNumber::f64:
        return finish<double>(pooled, height, out);
    }
  }

 private:
  [[nodiscard]] int samples() const noexcept { return x_.inputs * spec_.channels; }

  template <typename Number>
  void finish(const PooledRows& pooled, int height, std::byte* out) const noexcept {
    if (spec_.output == SampleType::u8) {
      finish_as<Number>(pooled, height, reinterpret_cast<std::uint8_t*>(out));
    } else if (spec_.output == SampleType::u16) {
      finish_as<Number>(pooled, height, reinterpret_cast<std::uint16_t*>(out));
    } else {
      finish_as<Number>(pooled, height, reinterpret_cast<float*>(out));
    }
  }

  template <typename Number, typename Out>
  void finish_as(const PooledRows& pooled, int height, Out* out) const noexcept {
    const auto* const columns = reinterpret_cast<const Number*>(pooled.columns);
    const auto* const windows = reinterpret_cast<const Number*>(pooled.windows);
    for (int x = 0; x < first_whole_; ++x) put_clipped(columns, x, height, out);
    if (rows_.kind != PoolOperator::mean) {
      put_whole(windows, out, [this](Number number) { return code<Out>(number); });
    } else if (spec_.input == SampleType::u8 && spec_.output == SampleType::u8) {
      const ByteMean mean =
          height == y_.size ? whole_mean_ : ByteMean(static_cast<std::uint32_t>(height * x_.size));
      put_whole(windows, out, [&mean](Number number) {
        return static_cast<Out>(mean(static_cast<std::uint32_t>(number)));
      });
    } else {
      put_whole(windows, out, [this, height](Number number) {
        return mean_code<Out>(static_cast<double>(number), height * x_.size);
      });
    }
    for (int x = end_whole_; x < x_.outputs; ++x) put_clipped(columns, x, height, out);
  }

  // Outputs whose windows do not meet the edges of the sides.
  template <typename Number, typename Out, typename Code>
  void put_whole(const Number* windows, Out* out, const Code& code) const noexcept {
    if (first_whole_ == end_whole_) return;
    const int channels = spec_.channels;
    const Number* from = windows + (first_whole_ * x_.stride + x_.start) * channels;
    Out* to = out + first_whole_ * channels;
    for (int x = first_whole_; x < end_whole_; ++x) {
      for (int c = 0; c < channels; ++c) *to++ = code(from[c]);
      from += x_.stride * channels;
    }
  }

  template <typename Number, typename Out>
  void put_clipped(const Number* columns, int x, int height, Out* out) const noexcept {
    const AxisWindows::Span span = x_.at(x);
    for (int c = 0; c < spec_.channels; ++c) {
      const Number* const from = columns + span.begin * spec_.channels + c;
      Number most = from[0];
      Number least = from[0];
      double sum = 0;
      for (int i = 0; i < span.count(); ++i) {
        const Number number = from[i * spec_.channels];
        most = std::max(most, number);
        least = std::min(least, number);
        sum += static_cast<double>(number);
      }
      out[x * spec_.channels + c] = rows_.kind == PoolOperator::mean
                                        ? mean_code<Out>(sum, height * span.count())
                                        : code<Out>(rows_.kind == PoolOperator::max ? most : least);
    }
  }

  template <typename Out>
  [[nodiscard]] Out mean_code(double sum, int count) const noexcept {
    return code<Out>(mean_of(sum, count, spec_.input != SampleType::f32));
  }

  template <typename Out, typename Number>
  [[nodiscard]] Out code(Number number) const noexcept {
    if constexpr (sizeof(Out) == 1 && sizeof(Number) == 1) {
      return number;
    } else {
      const double value = static_cast<double>(number) / spec_.input_scale;
      if constexpr (sizeof(Out) == 4) return static_cast<Out>(value);
      return static_cast<Out>(std::nearbyint(std::clamp(value, 0.0, spec_.max_code)));
    }
  }

  StageSpec spec_;
  AxisWindows x_;
  AxisWindows y_;
  ByteMean whole_mean_;
  PoolRows rows_;
  int first_whole_ = 0;  // of the outputs whose windows no side cuts off
  int end_whole_ = 0;
};

class PoolFilter final : public Filter {
 public:
  explicit PoolFilter(const PoolParams& params)
      : Filter(params.clone()),
        kind_(params.pool_operator),
        size_(params.size),
        stride_(params.stride == 0 ? params.size : params.stride) {
    const int padding = params.padding;
    if (padding > size_ / 2) {
      throw ParamError("padding: " + std::to_string(padding) + " is more than half of the size, " +
                       std::to_string(size_));
    }
    // PyTorch's sizes: rounded down, or up where the last window begins inside or in the padding
    // before.
    axis_.stride = stride_;
    axis_.growth = params.ceil_mode ? std::min(2 * padding - size_ + stride_ - 1, padding - 1)
                                    : 2 * padding - size_;
    // An output lies over `stride` inputs, about which its window is centred. So subsampled planes,
    // whose origin is that of luma divided, stay aligned.
    axis_.origin = lead() - padding;
    axis_.middle = stride_ / 2;
  }

  [[nodiscard]] Geometry geometry() const override { return {axis_, axis_, {}}; }
  [[nodiscard]] bool is_identity() const override {
    return size_ == 1 && stride_ == 1 && params().color_mode != ColorMode::greyscale;
  }
  [[nodiscard]] std::unique_ptr<const Stage> make_stage(const StageSpec&) const override {
    return nullptr;
  }
  [[nodiscard]] std::unique_ptr<const ClippedStage> make_clipped_stage(
      const StageSpec& spec, const PlaneSizes& sizes) const override {
    return std::make_unique<PoolStage>(
        spec, kind_, windows(spec.shift_x, sizes.input_width, sizes.output_width),
        windows(spec.shift_y, sizes.input_height, sizes.output_height));
  }

 private:
  // From a window's first input to the first that its output lies over.
  [[nodiscard]] int lead() const noexcept { return (size_ - stride_) >> 1; }
  [[nodiscard]] AxisWindows windows(int shift, int inputs, int outputs) const noexcept {
    return {size_, stride_, (axis_.origin >> shift) - lead(), inputs, outputs};
  }

  PoolOperator kind_;
  int size_;
  int stride_;
  AxisGeometry axis_;
};

}  // namespace

const FilterInfo& pool_filter() {
  static const FilterInfo info{
      "pool",
      "Pooling",
      "Makes one pixel of each window: its largest, mean or smallest sample, with sizes and edges "
      "as PyTorch's MaxPool2d and AvgPool2d(count_include_pad=False). Windows end at the edges of "
      "the frame, whatever the border.",
      kParams,
      [] { return std::unique_ptr<Params>(std::make_unique<PoolParams>()); },
      [](const Params& params) -> std::unique_ptr<const Filter> {
        return std::make_unique<PoolFilter>(static_cast<const PoolParams&>(params));
      }};
  return info;
}

}  // namespace convolve
