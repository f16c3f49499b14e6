// SPDX-License-Identifier: MIT
#include <convolve/engine.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <stdexcept>
#include <utility>

#include "core/frame_plan.h"
#include "core/number.h"
#include "core/thread_pool.h"

namespace convolve {

namespace {

Size output_size_of(const Geometry& geometry, Size input) {
  return {geometry.x.output_size(input.width), geometry.y.output_size(input.height)};
}

// The numbers of "x,y,w,h".
std::array<std::int64_t, 4> parse_roi(const std::string& text) {
  const auto refuse = [&text](const char* why) {
    throw ParamError("roi: '" + text + "' " + why);
  };
  std::array<std::int64_t, 4> values{};
  std::string_view rest = text;
  for (std::size_t i = 0; i < values.size(); ++i) {
    const std::size_t end = std::min(rest.find(','), rest.size());
    const std::string_view word = trim(rest.substr(0, end));
    const auto [stop, error] =
        std::from_chars(word.data(), word.data() + word.size(), values[i]);
    if (error != std::errc{} || stop != word.data() + word.size() ||
        std::abs(values[i]) > (std::int64_t{1} << 40) || (i == 3) != (end == rest.size())) {
      refuse("is not x,y,w,h in pixels");
    }
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  if (values[2] < 0 || values[3] < 0) refuse("has a negative size");
  return values;
}

// The rectangle, clipped to the frame and rounded outwards to the chroma grid.
Rect roi_rect(const std::string& text, const PixelFormat& format, Size size) {
  const std::array<std::int64_t, 4> values = parse_roi(text);
  std::int64_t grid_x = 1;
  std::int64_t grid_y = 1;
  for (std::size_t i = 0; i < format.components; ++i) {
    grid_x = std::max<std::int64_t>(grid_x, 1 << format.component[i].shift_x);
    grid_y = std::max<std::int64_t>(grid_y, 1 << format.component[i].shift_y);
  }
  const auto clip = [](std::int64_t start, std::int64_t length, std::int64_t grid, int limit) {
    const std::int64_t first = std::clamp<std::int64_t>(start, 0, limit);
    const std::int64_t last = std::clamp<std::int64_t>(start + length, first, limit);
    const std::int64_t end = std::min<std::int64_t>((last + grid - 1) / grid * grid, limit);
    return std::pair(static_cast<int>(first / grid * grid), static_cast<int>(end));
  };
  const auto [x0, x1] = clip(values[0], values[2], grid_x, size.width);
  const auto [y0, y1] = clip(values[1], values[3], grid_y, size.height);
  return {x0, y0, x1, y1};
}

}  // namespace

struct Engine::State {
  std::shared_ptr<const Filter> filter;
  std::unique_ptr<FramePlan> plan;
};

Engine::Engine(std::shared_ptr<const Filter> filter) : state_(std::make_unique<State>()) {
  if (!filter) throw std::invalid_argument("engine: a filter is needed");
  state_->filter = std::move(filter);
}
Engine::~Engine() = default;
Engine::Engine(Engine&&) noexcept = default;
Engine& Engine::operator=(Engine&&) noexcept = default;

const Filter& Engine::filter() const noexcept { return *state_->filter; }

Size Engine::output_size(const Filter& filter, Size input) {
  const Size output = output_size_of(filter.geometry(), input);
  if (output.width < 1 || output.height < 1) {
    throw ParamError("the frame of " + std::to_string(input.width) + "×" +
                     std::to_string(input.height) + " is smaller than the kernel needs");
  }
  return output;
}

void Engine::check_roi(const Filter& filter) {
  const std::string& text = filter.params().roi;
  if (text.empty()) return;
  parse_roi(text);
  if (!filter.geometry().same_size()) {
    throw ParamError("roi: not possible with a filter that changes the size");
  }
}

bool Engine::can_convert(const Filter& filter, const PixelFormat& input,
                         const PixelFormat& output) noexcept {
  if (&input == &output) return true;
  return filter.params().color_mode == ColorMode::greyscale && filter.params().roi.empty() &&
         output.family == ColorFamily::gray && input.family != ColorFamily::gray &&
         input.type == output.type && input.bits == output.bits;
}

void Engine::process(const ConstFrameView& input, const FrameView& output) {
  const Filter& filter = *state_->filter;
  if (input.format == nullptr || output.format == nullptr || input.width < 1 || input.height < 1) {
    throw std::invalid_argument("engine: a frame has no format or no size");
  }
  if (!can_convert(filter, *input.format, *output.format)) {
    throw std::invalid_argument("engine: " + std::string(input.format->name) +
                                " cannot become " + std::string(output.format->name));
  }
  const Size size{input.width, input.height};
  if (output_size(filter, size) != Size{output.width, output.height}) {
    throw std::invalid_argument("engine: the output frame's size is not the filter's");
  }
  std::optional<Rect> roi;
  if (!filter.params().roi.empty()) {
    check_roi(filter);
    if (input.format != output.format) {
      throw ParamError("roi: not possible when the format changes");
    }
    roi = roi_rect(filter.params().roi, *input.format, size);
  }
  const FrameLayout layout{input.format, output.format, size, input.range, input.matrix};
  if (!state_->plan || !(state_->plan->layout() == layout)) {
    state_->plan = std::make_unique<FramePlan>(filter, layout);
  }
  const unsigned asked = filter.params().n_threads;
  state_->plan->run(input, output, roi, asked == 0 ? usable_cores() : asked);
}

}  // namespace convolve
