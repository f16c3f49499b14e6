// SPDX-License-Identifier: MIT
#include "held_frames.h"

#include <algorithm>
#include <map>
#include <utility>

namespace convolve {

namespace {

TimeGeometry mirrored(TimeGeometry time, bool reverse) {
  if (reverse) std::swap(time.before, time.after);
  return time;
}

// True where the pool that a buffer comes from has a limit, so that holding on to buffers could
// leave upstream without any.
bool is_scarce(const GstBuffer* buffer) {
  if (buffer->pool == nullptr) return false;
  const StructurePtr config(gst_buffer_pool_get_config(buffer->pool));
  guint most = 0;
  return gst_buffer_pool_config_get_params(config.get(), nullptr, nullptr, nullptr, &most) &&
         most > 0;
}

ConstFrameView view_of(GstVideoFrame& frame, const GstVideoInfo& info) {
  Corner corner;
  crop_corner(frame.buffer, info, &corner);
  return picture_of(frame, info, corner);
}

bool differs(GstBuffer* one, GstBuffer* other, const GstVideoInfo& info, double most) {
  MappedFrame a(info, one, GST_MAP_READ);
  MappedFrame b(info, other, GST_MAP_READ);
  return mean_difference(view_of(a.get(), info), view_of(b.get(), info)) > most;
}

}  // namespace

HeldFrames::HeldFrames(const TimeGeometry& time, bool reverse)
    : history_(mirrored(time, reverse)), reverse_(reverse) {}

void HeldFrames::set_border(const TimeGeometry& time) {
  history_.set_border(mirrored(time, reverse_));
}

void HeldFrames::take(BufferPtr buffer, const GstVideoInfo& info, bool late) {
  if (is_scarce(buffer.get())) buffer.reset(gst_buffer_copy_deep(buffer.get()));
  const Held* const last = history_.newest();
  const double cut = history_.time().scene_cut;
  const bool begins =
      cut > 0 && last != nullptr && differs(last->buffer.get(), buffer.get(), info, cut);
  history_.push({std::move(buffer), late}, begins);
  if (!late) return;
  history_.each_pending([](Held& held) { held.late = true; });
}

GstBuffer* HeldFrames::next() noexcept {
  while (history_.ready() && history_.own().late) history_.advance();
  return history_.ready() ? history_.own().buffer.get() : nullptr;
}

HeldFrames::Window::Window(HeldFrames& frames, const GstVideoInfo& info) {
  // A frame that stands at several places is mapped once.
  std::map<const Held*, ConstFrameView> known;
  const Held* const own = &frames.history_.own();
  for (const Held* held : frames.history_.window()) {
    if (held == nullptr) {
      views_.emplace_back();
      continue;
    }
    const auto [place, fresh] = known.try_emplace(held);
    if (fresh) {
      mapped_.push_back(std::make_unique<MappedFrame>(info, held->buffer.get(), GST_MAP_READ));
      place->second = view_of(mapped_.back()->get(), info);
      if (held == own) own_ = &mapped_.back()->get();
    }
    views_.push_back(place->second);
  }
  if (frames.reverse_) std::reverse(views_.begin(), views_.end());
}

}  // namespace convolve
