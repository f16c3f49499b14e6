// SPDX-License-Identifier: MIT
#include <convolve/engine.h>

#include <algorithm>
#include <stdexcept>
#include <utility>

#include "core/frame_plan.h"
#include "core/roi.h"
#include "core/thread_pool.h"

namespace convolve {

namespace {

Size output_size_of(const Geometry& geometry, Size input) {
  return {geometry.x.output_size(input.width), geometry.y.output_size(input.height)};
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
  if (!filter.params().roi.empty() && !filter.geometry().same_size()) {
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
    throw std::invalid_argument("engine: " + std::string(input.format->name) + " cannot become " +
                                std::string(output.format->name));
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
