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
#include "stage_taps.h"
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
    work.multiply_adds = 0;
    for (const Kernel& kernel : kernels_of(*stage, work.frames)) {
      work.multiply_adds += least_multiply_adds(kernel);
    }
  } else if (stage && taps <= kMostMeasured) {
    const Kernel kernel = scaled_kernel_of(*stage, geometry.x.scale);
    work.width = kernel.width();
    work.height = kernel.height();
    work.multiply_adds =
        static_cast<double>(taps_used(kernel)) / (geometry.x.scale * geometry.y.scale);
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
