// SPDX-License-Identifier: MIT
#include <convolve/engine.h>

#include <algorithm>
#include <cstdint>
#include <limits>
#include <stdexcept>
#include <string>
#include <utility>

#include "core/border.h"
#include "core/frame_plan.h"
#include "core/roi.h"
#include "core/thread_pool.h"

namespace convolve {

namespace {

Size output_size_of(const Geometry& geometry, Size input) {
  return {geometry.x.output_size(input.width), geometry.y.output_size(input.height)};
}

std::string text_of(Size size) {
  return std::to_string(size.width) + "×" + std::to_string(size.height);
}

// The smallest input that has an output.
int least_input(const AxisGeometry& axis) {
  const int missing = std::max(0, -1 - axis.growth);
  return 1 + (missing + axis.scale - 1) / axis.scale;
}

// As libav counts, whose frames are no larger.
bool is_too_large(Size size) {
  constexpr std::int64_t kMost = std::numeric_limits<std::int32_t>::max() / 8;
  constexpr std::int64_t kMargin = 128;
  return (size.width + kMargin) > kMost / (size.height + kMargin);
}

}  // namespace

struct Engine::State {
  std::shared_ptr<const Filter> filter;
  std::unique_ptr<FramePlan> plan;
  std::vector<ConstFrameView> frames;  ///< of a stream of one frame
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
  const Geometry geometry = filter.geometry();
  const Size output = output_size_of(geometry, input);
  if (output.width < 1 || output.height < 1) {
    throw ParamError("the frame of " + text_of(input) + " is too small: the least is " +
                     text_of({least_input(geometry.x), least_input(geometry.y)}));
  }
  if (!geometry.same_size() && is_too_large(output)) {
    throw ParamError("the output of " + text_of(output) + " is too large for a frame");
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
  const TimeGeometry time = state_->filter->geometry().t;
  std::vector<ConstFrameView>& frames = state_->frames;
  frames.clear();
  for (int t = -time.before; t <= time.after; ++t) {
    const bool missing = border_index(t, 1, time.border) == kNoSample;
    frames.push_back(missing ? ConstFrameView{} : input);
  }
  process(frames, output);
}

void Engine::process(std::span<const ConstFrameView> frames, const FrameView& output) {
  const Filter& filter = *state_->filter;
  const TimeGeometry time = filter.geometry().t;
  if (frames.size() != static_cast<std::size_t>(time.frames())) {
    throw std::invalid_argument("engine: the filter needs " + std::to_string(time.frames()) +
                                " frames");
  }
  const ConstFrameView& input = frames[static_cast<std::size_t>(time.before)];
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
  for (const ConstFrameView& frame : frames) {
    if (frame.format != nullptr && (frame.format != input.format || frame.width != input.width ||
                                    frame.height != input.height)) {
      throw std::invalid_argument("engine: the frames are not of one format and size");
    }
  }
  std::optional<Rect> roi;
  if (!filter.params().roi.empty()) {
    check_roi(filter);
    if (input.format != output.format) {
      throw ParamError("roi: not possible when the format changes");
    }
    roi = roi_rect(filter.params().roi, *input.format, size);
  }
  const FrameLayout layout{input.format, output.format, size,
                           input.range,  input.matrix,  input.site};
  if (!state_->plan || !(state_->plan->layout() == layout)) {
    state_->plan = std::make_unique<FramePlan>(filter, layout);
  }
  const unsigned asked = filter.params().n_threads;
  state_->plan->run(frames, output, roi, asked == 0 ? usable_cores() : asked);
}

}  // namespace convolve
