// SPDX-License-Identifier: MIT
#include "sizes.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <memory>
#include <span>

#include <convolve/history.h>
#include <convolve/kernel.h>

#include "json.h"
#include "options.h"
#include "text.h"

namespace convolve::cli {

namespace {

std::int64_t frame_bytes(Size size) {
  const PixelFormat& format = *find_format("I420");
  std::int64_t bytes = 0;
  for (int plane = 0; plane < format.planes; ++plane) {
    bytes += static_cast<std::int64_t>(plane_row_bytes(format, plane, size.width)) *
             plane_rows(format, plane, size.height);
  }
  return bytes;
}

double pixels(Size size) { return static_cast<double>(size.width) * size.height; }

std::string size_text(Size size) {
  return std::to_string(size.width) + "×" + std::to_string(size.height);
}

std::string bytes_text(std::int64_t bytes) {
  if (bytes < 1'000'000)
    return number_text(std::round(static_cast<double>(bytes) / 100) / 10) + " kB";
  const double megabytes = static_cast<double>(bytes) / 1e6;
  return number_text(std::round(megabytes * 100) / 100) + " MB";
}

std::string rounded(double number) { return number_text(std::round(number * 100) / 100); }

std::string frames_text(int frames) {
  return std::to_string(frames) + (frames == 1 ? " frame" : " frames");
}

std::string formula_text(const std::string& formula, int size) {
  const std::string result = std::to_string(size);
  return formula == result ? result : formula + " = " + result;
}

std::string taps_text(const FilterWork& work) {
  std::string text = std::to_string(work.width) + "×" + std::to_string(work.height);
  if (work.frames > 1) text += "×" + std::to_string(work.frames);
  return text;
}

// "⌊(1920 − 1)/2⌋ + 1"; of a scale, which has a stride of 1, "(1920 − 1)·2 + 4 − 2": taps, and what
// padding takes away.
std::string size_formula(const AxisGeometry& axis, int taps, int input_size) {
  const auto with = [](const std::string& text, int added) {
    if (added == 0) return text;
    return text + (added < 0 ? " − " : " + ") + std::to_string(std::abs(added));
  };
  const std::string input = std::to_string(input_size);
  if (axis.scale > 1) {
    return with(with("(" + input + " − 1)·" + std::to_string(axis.scale), taps),
                axis.growth + 2 - taps);
  }
  if (axis.stride == 1) return with(input, axis.growth + 1);
  return "⌊(" + with(input, axis.growth) + ")/" + std::to_string(axis.stride) + "⌋ + 1";
}

StageSpec float_spec() {
  StageSpec spec;
  spec.input = spec.output = SampleType::f32;
  spec.max_code = spec.max_input = 1;
  spec.integer = false;
  return spec;
}

// Rows for a stage, one sample of which is 1 at a time.
class Impulses {
 public:
  /// \param scale  outputs an input, each way
  Impulses(const Stage& stage, int width, int rows, int scale)
      : stage_(stage),
        stride_(static_cast<std::size_t>(width) + kRowSlack),
        input_(stride_ * static_cast<std::size_t>(rows)),
        out_stride_(static_cast<std::size_t>(2 * kLeastSamples * scale)),
        output_(out_stride_ * static_cast<std::size_t>(scale)),
        memory_(stage.scratch_bytes(kLeastSamples) + kAlignment) {
    for (int y = 0; y < rows; ++y) in_.push_back(bytes(input_, stride_, y));
    for (int y = 0; y < scale; ++y) out_.push_back(bytes(output_, out_stride_, y));
    std::size_t room = memory_.size();
    std::align(kAlignment, room - kAlignment, scratch_, room);
  }

  void process(int x, int y) {
    float& sample = input_[static_cast<std::size_t>(y) * stride_ + static_cast<std::size_t>(x)];
    sample = 1;
    stage_.process({in_.data(), out_.data(), 1, 1}, static_cast<std::byte*>(scratch_));
    sample = 0;
  }
  [[nodiscard]] double output(int x, int y) const {
    const float value =
        output_[static_cast<std::size_t>(y) * out_stride_ + static_cast<std::size_t>(x)];
    return std::isfinite(value) ? value : 0;
  }

 private:
  static constexpr std::size_t kAlignment = 64;

  static std::byte* bytes(std::vector<float>& rows, std::size_t stride, int y) {
    return reinterpret_cast<std::byte*>(rows.data() + static_cast<std::size_t>(y) * stride);
  }

  const Stage& stage_;
  std::size_t stride_;
  std::vector<float> input_;
  std::size_t out_stride_;
  std::vector<float> output_;
  std::vector<std::byte> memory_;
  std::vector<const std::byte*> in_;
  std::vector<std::byte*> out_;
  void* scratch_ = memory_.data();
};

// What a stage makes of one sample that is 1, at each place of its window: the taps.
Kernel taps_of(const Stage& stage, int width, int height, int frames) {
  Impulses impulses(stage, width, height * frames, 1);
  std::vector<double> taps;
  for (int t = 0; t < frames; ++t) {
    for (int y = 0; y < height; ++y) {
      for (int x = 0; x < width; ++x) {
        impulses.process(x, y * frames + t);
        taps.push_back(impulses.output(0, 0));
      }
    }
  }
  return {width, height, frames, std::move(taps)};
}

// The same of a stage that scales up: the taps as they lie over the output.
Kernel scaled_taps_of(const Stage& stage, int width, int height, int scale) {
  Impulses impulses(stage, width, height, scale);
  const int wide = width * scale;
  const int high = height * scale;
  std::vector<double> taps(static_cast<std::size_t>(wide) * static_cast<std::size_t>(high));
  int x0 = wide, x1 = 0, y0 = high, y1 = 0;
  for (int y = 0; y < high; ++y) {
    for (int x = 0; x < wide; ++x) {
      // The further right the sample, the further left its outputs lie from it.
      if (x % scale == 0) impulses.process(width - 1 - x / scale, height - 1 - y / scale);
      const double tap = impulses.output(x % scale, y % scale);
      taps[static_cast<std::size_t>(y) * static_cast<std::size_t>(wide) +
           static_cast<std::size_t>(x)] = tap;
      if (tap == 0) continue;
      x0 = std::min(x0, x);
      x1 = std::max(x1, x + 1);
      y0 = std::min(y0, y);
      y1 = std::max(y1, y + 1);
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

// True for an outer product of a row, a column and a sequence, as far as float tells.
bool is_product(const Kernel& kernel, double largest, int at_x, int at_y, int at_t) {
  for (int t = 0; t < kernel.depth(); ++t) {
    for (int y = 0; y < kernel.height(); ++y) {
      for (int x = 0; x < kernel.width(); ++x) {
        const double product = kernel.tap(x, at_y, at_t) * kernel.tap(at_x, y, at_t) *
                               kernel.tap(at_x, at_y, t) / (largest * largest);
        if (std::abs(kernel.tap(x, y, t) - product) > 1e-6 * std::abs(largest)) return false;
      }
    }
  }
  return true;
}

double taps_used(const Kernel& kernel) {
  const std::span<const double> taps = kernel.taps();
  return static_cast<double>(taps.size()) - static_cast<double>(std::ranges::count(taps, 0.0));
}

double least_multiply_adds(const Kernel& kernel) {
  const std::span<const double> taps = kernel.taps();
  const double used = taps_used(kernel);
  const auto pivot = static_cast<int>(
      std::ranges::max_element(taps, {}, [](double tap) { return std::abs(tap); }) - taps.begin());
  const double largest = taps[static_cast<std::size_t>(pivot)];
  const int area = kernel.width() * kernel.height();
  if (largest == 0 || !is_product(kernel, largest, pivot % kernel.width(),
                                  pivot % area / kernel.width(), pivot / area)) {
    return used;
  }
  const int sides = kernel.width() + kernel.height() + (kernel.depth() > 1 ? kernel.depth() : 0);
  return std::min(used, static_cast<double>(sides));
}

double weights_per_line(const AxisSums& axis) {
  double weights = 0;
  for (const LineSums& pass : axis.passes) weights += static_cast<double>(pass.weight.size());
  return axis.passes.empty() ? 0 : weights / axis.passes.back().lines();
}

// Found out by asking the filter's own stage, so that no filter has to be known here.
FilterWork work_of(const Filter& filter, Size input, Size output) {
  constexpr int kMostMeasured = 4096;  // taps
  const Geometry geometry = filter.geometry();
  FilterWork work;
  work.frames = geometry.t.frames();
  const auto stage = filter.make_stage(float_spec());
  if (stage) {
    const Window window = stage->window();
    work.width = window.left + 1 + window.right;
    work.height = window.above + 1 + window.below;
  } else if (const auto clipped = filter.make_clipped_stage(
                 float_spec(), {input.width, input.height, output.width, output.height})) {
    work.width = work.height = clipped->most_rows();
  }
  const double taps = static_cast<double>(work.width) * work.height * work.frames;
  work.multiply_adds = taps;
  if (const auto sums = filter.make_sums(float_spec(), input.width, input.height)) {
    work.multiply_adds = weights_per_line(sums->x) + weights_per_line(sums->y);
  } else if (stage && geometry.x.scale == 1 && geometry.y.scale == 1 && taps <= kMostMeasured) {
    work.multiply_adds = least_multiply_adds(taps_of(*stage, work.width, work.height, work.frames));
  } else if (stage && taps <= kMostMeasured) {
    const Kernel kernel = scaled_taps_of(*stage, work.width, work.height, geometry.x.scale);
    work.width = kernel.width();
    work.height = kernel.height();
    work.multiply_adds = taps_used(kernel) / (geometry.x.scale * geometry.y.scale);
  }
  return work;
}

ChainStage stage_of(const FilterSpec& spec, Size input) {
  ChainStage stage;
  stage.text = chain_text({spec});
  stage.input = stage.output = input;
  stage.known = find_filter(spec.name) != nullptr;
  if (!stage.known) return stage;
  try {
    const auto filter = make_filter(spec);
    const Geometry geometry = filter->geometry();
    stage.output = Engine::output_size(*filter, input);
    stage.work = work_of(*filter, input, stage.output);
    stage.width_formula = size_formula(geometry.x, stage.work.width, input.width);
    stage.height_formula = size_formula(geometry.y, stage.work.height, input.height);
    stage.latency = frames_waited(geometry.t);
    stage.memory = stage.work.frames * frame_bytes(input) + frame_bytes(stage.output);
  } catch (const std::invalid_argument& error) {
    refuse_usage(spec.name, error.what());
  }
  return stage;
}

struct Totals {
  double multiply_adds = 0;  // a pixel of the input
  std::int64_t memory = 0;
  int latency = 0;
};

Totals totals_of(const std::vector<ChainStage>& stages, Size input) {
  Totals totals;
  for (const ChainStage& stage : stages) {
    totals.multiply_adds += stage.work.multiply_adds * pixels(stage.output) / pixels(input);
    totals.memory += stage.memory;
    totals.latency += stage.latency;
  }
  return totals;
}

Json size_json(Size size) { return Json{{"width", size.width}, {"height", size.height}}; }

}  // namespace

std::vector<ChainStage> chain_stages(const std::vector<FilterSpec>& chain, Size input) {
  std::vector<ChainStage> stages;
  for (const FilterSpec& spec : chain) {
    stages.push_back(stage_of(spec, stages.empty() ? input : stages.back().output));
  }
  return stages;
}

std::string sizes_text(const std::vector<ChainStage>& stages, Size input) {
  std::string text = padded("input", 16) + size_text(input) + "\n";
  for (const ChainStage& stage : stages) {
    text += stage.text + "\n";
    const auto row = [&text](std::string_view name, const std::string& value) {
      text += "  " + padded(name, 14) + value + "\n";
    };
    if (!stage.known) {
      row("size", size_text(stage.output) + ", taken to stay: an element of GStreamer");
      continue;
    }
    row("size", size_text(stage.output));
    row("width", formula_text(stage.width_formula, stage.output.width));
    row("height", formula_text(stage.height_formula, stage.output.height));
    row("taps", taps_text(stage.work));
    row("multiply-adds", rounded(stage.work.multiply_adds) + " a pixel of its output");
    row("memory", bytes_text(stage.memory));
    row("latency", frames_text(stage.latency));
  }
  const Totals totals = totals_of(stages, input);
  text += padded("output", 16) + size_text(stages.empty() ? input : stages.back().output) + "\n";
  text += padded("in all", 16) + rounded(totals.multiply_adds) +
          " multiply-adds a pixel of the input, " + bytes_text(totals.memory) + " of frames\n" +
          padded("", 16) + "(8-bit 4:2:0), latency " + frames_text(totals.latency) + "\n";
  return text;
}

std::string sizes_json(const std::vector<ChainStage>& stages, Size input) {
  Json json;
  json["input"] = size_json(input);
  json["stages"] = Json::array();
  for (const ChainStage& stage : stages) {
    Json row;
    row["filter"] = stage.text;
    row["known"] = stage.known;
    row["output"] = size_json(stage.output);
    if (stage.known) {
      row["width_formula"] = stage.width_formula;
      row["height_formula"] = stage.height_formula;
      row["taps"] = Json{{"width", stage.work.width},
                         {"height", stage.work.height},
                         {"frames", stage.work.frames}};
      row["multiply_adds"] = stage.work.multiply_adds;
      row["memory_bytes"] = stage.memory;
      row["latency_frames"] = stage.latency;
    }
    json["stages"].push_back(std::move(row));
  }
  const Totals totals = totals_of(stages, input);
  json["output"] = size_json(stages.empty() ? input : stages.back().output);
  json["multiply_adds"] = totals.multiply_adds;
  json["memory_bytes"] = totals.memory;
  json["latency_frames"] = totals.latency;
  return json_text(json);
}

}  // namespace convolve::cli
