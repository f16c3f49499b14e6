// SPDX-License-Identifier: MIT
#include "frame_plot.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>
#include <numbers>
#include <vector>

#include <convolve/engine.h>

#include "chart.h"
#include "chosen_frame.h"
#include "text.h"

namespace convolve::cli {

namespace {

constexpr int kWidth = 960;
constexpr int kHeight = 600;
constexpr std::size_t kCodes = 256;

using Counts = std::vector<double>;

// How often each code comes, of one channel of a frame with 8-bit samples.
Counts count_codes(const ConstFrameView& view, int component) {
  Counts counts(kCodes);
  const Component& layout = view.format->component[static_cast<std::size_t>(component)];
  for (int y = 0; y < view.height; ++y) {
    const std::byte* at =
        view.plane[layout.plane].data + y * view.plane[layout.plane].stride + layout.offset;
    for (int x = 0; x < view.width; ++x, at += layout.step) ++counts[std::to_integer<int>(*at)];
  }
  return counts;
}

std::string title_of(const TranscodeOptions& job, const ChosenFrame& chosen) {
  std::string title = job.input;
  if (chosen.seconds() > 0) title += ", " + number_text(chosen.seconds()) + " s";
  return job.chain.empty() ? title : title + ", " + chain_text(job.chain);
}

// A thing that is everywhere, as black bars, must not flatten the rest.
double upper_end(const std::vector<Counts>& all) {
  std::vector<double> heights;
  for (const Counts& counts : all) heights.insert(heights.end(), counts.begin(), counts.end());
  std::ranges::sort(heights);
  const double most = heights.back();
  const double usual = heights[heights.size() - 1 - heights.size() / 50];
  return (usual > 0 ? std::min(most, usual * 1.5) : most) * 1.05;
}

void draw_histogram(const TranscodeOptions& job) {
  const ChosenFrame chosen(job);
  const VideoFrame made = chosen.filtered(job.chain);
  const VideoFrame colors = convert(made, *find_format("RGB"), made.width(), made.height());
  const VideoFrame grey = convert(made, *find_format("GRAY8"), made.width(), made.height());
  std::vector<Counts> counts;
  for (int i = 0; i < 3; ++i) counts.push_back(count_codes(colors.view(), i));
  counts.push_back(count_codes(grey.view(), 0));
  const bool colored = counts[0] != counts[1] || counts[1] != counts[2];

  const Canvas canvas(kWidth, kHeight);
  canvas.text(80, 36, 17, title_of(job, chosen), Align::left, kInk, kWidth - 120);
  const Chart chart(canvas, {80, 70, kWidth - 120, kHeight - 140}, {0, 255, "code"},
                    {0, upper_end(counts), "pixels"});
  constexpr Color kGrey{0.45, 0.45, 0.48};
  chart.bars(counts[3], kGrey);
  std::vector<std::string> names = {"luma"};
  std::vector<Color> inks = {kGrey};
  const std::array<Color, 3> rgb = {{{0.85, 0.1, 0.1}, {0.05, 0.6, 0.1}, {0.1, 0.25, 0.9}}};
  constexpr std::array<const char*, 3> kNames = {"red", "green", "blue"};
  for (std::size_t i = 0; colored && i < 3; ++i) {
    chart.line(counts[i], rgb[i]);
    names.emplace_back(kNames[i]);
    inks.push_back(rgb[i]);
  }
  chart.legend(names, inks);
  canvas.save(job.output, job.overwrite);
}

struct Gradients {
  Counts strengths = Counts(100);  // from 0 to 1, the largest step
  Counts directions = Counts(72);  // weighed by strength, from 0° on
  double mean = 0;
};

// One plane of the filter `sobel` over grey floats.
std::vector<float> gradient(const ConstFrameView& grey, std::string_view output) {
  // Sobel's taps make 4 of a step of 1.
  Engine engine(
      make_filter("sobel", {{"output", output}, {"scale", "0.25"}, {"response", "clamp"}}));
  Frame result(*find_format("GRAY_F32"), grey.width, grey.height);
  engine.process(grey, result.view());
  std::vector<float> values;
  for (int y = 0; y < grey.height; ++y) {
    const std::byte* row = result.view().plane[0].data + y * result.view().plane[0].stride;
    const std::size_t begin = values.size();
    values.resize(begin + static_cast<std::size_t>(grey.width));
    std::memcpy(values.data() + begin, row, static_cast<std::size_t>(grey.width) * sizeof(float));
  }
  return values;
}

Frame as_floats(const ConstFrameView& grey) {
  Frame frame(*find_format("GRAY_F32"), grey.width, grey.height);
  for (int y = 0; y < grey.height; ++y) {
    const std::byte* from = grey.plane[0].data + y * grey.plane[0].stride;
    std::byte* to = frame.view().plane[0].data + y * frame.view().plane[0].stride;
    for (int x = 0; x < grey.width; ++x) {
      const float value = static_cast<float>(std::to_integer<int>(from[x])) / 255.0F;
      std::memcpy(to + static_cast<std::size_t>(x) * sizeof value, &value, sizeof value);
    }
  }
  return frame;
}

Gradients measure_gradients(const ConstFrameView& grey) {
  const Frame floats = as_floats(grey);
  const std::vector<float> x = gradient(floats.view(), "x");
  const std::vector<float> y = gradient(floats.view(), "y");
  Gradients result;
  for (std::size_t i = 0; i < x.size(); ++i) {
    const double strength = std::hypot(x[i], y[i]);
    result.mean += strength / static_cast<double>(x.size());
    const auto bin = static_cast<std::size_t>(strength * 100);
    ++result.strengths[std::min(bin, result.strengths.size() - 1)];
    if (strength <= 0) continue;
    // Angles are counted as on paper: up is 90°, though y grows downwards.
    double angle = std::atan2(-y[i], x[i]) / (2 * std::numbers::pi);
    if (angle < 0) angle += 1;
    const auto sector = static_cast<std::size_t>(
        std::lround(angle * static_cast<double>(result.directions.size())));
    result.directions[sector % result.directions.size()] += strength;
  }
  return result;
}

// A rose: how much gradient points into each direction.
void draw_rose(const Canvas& canvas, double x, double y, double radius, const Counts& sectors) {
  cairo_t* const cairo = canvas.context();
  const double most = std::max(1e-30, *std::ranges::max_element(sectors));
  for (const double share : {0.25, 0.5, 0.75, 1.0}) {
    canvas.set_color(kFaint);
    cairo_new_path(cairo);
    cairo_arc(cairo, x, y, radius * share, 0, 2 * std::numbers::pi);
    cairo_stroke(cairo);
  }
  const double step = 2 * std::numbers::pi / static_cast<double>(sectors.size());
  for (std::size_t i = 0; i < sectors.size(); ++i) {
    const double middle = -static_cast<double>(i) * step;
    canvas.set_color(kLines[0]);
    cairo_move_to(cairo, x, y);
    // Areas, not lengths, tell how much.
    cairo_arc(cairo, x, y, radius * std::sqrt(sectors[i] / most), middle - step / 2,
              middle + step / 2);
    cairo_fill(cairo);
  }
  canvas.text(x + radius + 8, y + 4, 12, "0°");
  canvas.text(x, y - radius - 8, 12, "90°", Align::middle);
  canvas.text(x - radius - 8, y + 4, 12, "180°", Align::right);
  canvas.text(x, y + radius + 18, 12, "270°", Align::middle);
}

void draw_gradient(const TranscodeOptions& job) {
  const ChosenFrame chosen(job);
  const VideoFrame made = chosen.filtered(job.chain);
  const VideoFrame grey = convert(made, *find_format("GRAY8"), made.width(), made.height());
  const Gradients gradients = measure_gradients(grey.view());
  Counts logarithms;
  for (const double count : gradients.strengths) logarithms.push_back(std::log10(1 + count));

  const Canvas canvas(kWidth, kHeight);
  canvas.text(60, 36, 17, title_of(job, chosen), Align::left, kInk, kWidth - 100);
  canvas.text(60, 58, 12,
              "gradient of luma by Sobel's taps; mean " +
                  number_text(std::round(gradients.mean * 1e4) / 1e4) +
                  " of the largest code a pixel");
  const Chart chart(canvas, {60, 110, 420, kHeight - 190}, {0, 1, "strength"},
                    {0, *std::ranges::max_element(logarithms) * 1.05, "pixels, as powers of ten"});
  chart.bars(logarithms, kLines[0]);
  canvas.text(720, 100, 12, "directions, from dark to bright", Align::middle);
  draw_rose(canvas, 720, 330, 180, gradients.directions);
  canvas.save(job.output, job.overwrite);
}

constexpr PlotKind kKinds[] = {
    {"histogram", "how often each code comes", draw_histogram},
    {"gradient", "how strong edges are, and where they point", draw_gradient},
};

}  // namespace

std::span<const PlotKind> plot_kinds() noexcept { return kKinds; }

}  // namespace convolve::cli
