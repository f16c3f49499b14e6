// SPDX-License-Identifier: MIT
#include "contact_sheet.h"

#include <algorithm>
#include <cmath>

#include <convolve/kernel.h>

#include "canvas.h"
#include "chosen_frame.h"

namespace convolve::cli {

namespace {

constexpr int kMargin = 16;
constexpr int kLabel = 24;  // below each tile
constexpr int kTileWidth = 320;

// The filter that lays a kernel over pictures, or over frames in time.
std::vector<FilterSpec> kernel_chain(const NamedKernel& named) {
  const bool deep = Kernel::parse(named.example).depth() > 1;
  const std::string filter = deep ? "kernel3d" : "kernel";
  if (find_filter(filter) == nullptr) return {};
  FilterSpec spec{filter, {{"kernel", std::string(named.example)}}};
  // Taps that sum to 0 cannot be normalised, which kernel3d does by default.
  if (deep && Kernel::parse(named.example).sum() == 0)
    spec.values.emplace_back("normalize", "false");
  return {spec};
}

// Each filter as it comes, then each named kernel.
std::vector<FilterSpec> everything() {
  std::vector<FilterSpec> specs;
  for (const FilterInfo* info : all_filters()) {
    const FilterSpec spec{std::string(info->name), {}};
    if (!make_filter(spec)->is_identity()) specs.push_back(spec);
  }
  for (const NamedKernel& named : named_kernels()) {
    for (FilterSpec& spec : kernel_chain(named)) {
      if (!make_filter(spec)->is_identity()) specs.push_back(std::move(spec));
    }
  }
  return specs;
}

// As short as a chain may be written: a first value stands alone.
std::string label_of(const FilterSpec& spec) {
  const FilterInfo* info = find_filter(spec.name);
  std::string text = chain_text({spec});
  if (info == nullptr || spec.values.empty() ||
      spec.values.front().first != info->params.front().name) {
    return text;
  }
  return text.erase(spec.name.size() + 1, spec.values.front().first.size() + 1);
}

double proportions(const VideoFrame& frame) {
  return static_cast<double>(frame.width()) / frame.height();
}

void draw_tile(const Canvas& canvas, const Box& box, const VideoFrame& frame,
               const std::string& label) {
  // Within the box, in the frame's own proportions; small pictures are not blown up to dots.
  double width = std::min(box.width, box.height * proportions(frame));
  double height = width / proportions(frame);
  if (height > box.height) {
    height = box.height;
    width = height * proportions(frame);
  }
  const Box place{box.x + (box.width - width) / 2, box.y + (box.height - height) / 2, width,
                  height};
  const VideoFrame shown =
      convert(frame, *find_format("BGRx"), std::max(1, static_cast<int>(std::lround(width))),
              std::max(1, static_cast<int>(std::lround(height))));
  canvas.picture(place, shown);
  canvas.text(box.x + box.width / 2, box.y + box.height + 17, 13, label, Align::middle, kInk,
              box.width);
}

}  // namespace

void draw_contact_sheet(const TranscodeOptions& job, const std::string& output) {
  const ChosenFrame chosen(job);
  const std::vector<FilterSpec> specs = job.chain.empty() ? everything() : job.chain;
  const int tiles = static_cast<int>(specs.size()) + 1;
  const int columns = std::clamp(static_cast<int>(std::ceil(std::sqrt(tiles))), 1, 6);
  const int rows = (tiles + columns - 1) / columns;
  const int width = std::min(kTileWidth, std::max(96, chosen.frame().width()));
  const int height =
      std::clamp(static_cast<int>(width / proportions(chosen.frame())), 48, 2 * width);
  const Canvas canvas(kMargin + columns * (width + kMargin),
                      kMargin + rows * (height + kLabel + kMargin));
  for (int i = 0; i < tiles; ++i) {
    const Box box{static_cast<double>(kMargin + i % columns * (width + kMargin)),
                  static_cast<double>(kMargin + i / columns * (height + kLabel + kMargin)),
                  static_cast<double>(width), static_cast<double>(height)};
    if (i == 0) {
      draw_tile(canvas, box, chosen.frame(), "source");
      continue;
    }
    const FilterSpec& spec = specs[static_cast<std::size_t>(i - 1)];
    draw_tile(canvas, box, chosen.filtered({spec}), label_of(spec));
  }
  canvas.save(output, job.overwrite);
}

}  // namespace convolve::cli
