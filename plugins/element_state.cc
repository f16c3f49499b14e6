// SPDX-License-Identifier: MIT
#include "element_state.h"

#include <cstdio>
#include <utility>

#include "frames.h"
#include "metas.h"
#include "negotiation.h"

#define GST_CAT_DEFAULT convolve_debug

namespace convolve {

namespace {

// What other elements notice of a plan.
struct Shape {
  bool works = false;
  bool identity = false;
  bool greyscale = false;
  Geometry geometry;
  bool operator==(const Shape&) const = default;
};

Shape shape_of(const std::shared_ptr<const Plan>& plan) {
  if (!plan || !plan->filter) return {};
  const Filter& filter = *plan->filter;
  return {true, filter.is_identity(), filter.params().color_mode == ColorMode::greyscale,
          filter.geometry()};
}

CapsPtr current_caps(GstPad* pad) { return CapsPtr(gst_pad_get_current_caps(pad)); }

bool same_format(GstCaps* a, GstCaps* b) {
  const char* const one = gst_structure_get_string(gst_caps_get_structure(a, 0), "format");
  const char* const two = gst_structure_get_string(gst_caps_get_structure(b, 0), "format");
  return g_strcmp0(one, two) == 0;
}

// The rows of one field that a rectangle of the frame touches. Text that is no rectangle is left
// for the engine to refuse.
std::string field_roi(const std::string& roi) {
  gint64 x = 0;
  gint64 y = 0;
  gint64 width = 0;
  gint64 height = 0;
  char rest = 0;
  const int read = std::sscanf(roi.c_str(),
                               " %" G_GINT64_FORMAT " , %" G_GINT64_FORMAT " , %" G_GINT64_FORMAT
                               " , %" G_GINT64_FORMAT " %c",
                               &x, &y, &width, &height, &rest);
  constexpr gint64 kMost = gint64{1} << 40;
  if (read != 4 || height < 0 || height > kMost || y < -kMost || y > kMost) return roi;
  const gint64 first = y >> 1;
  const gint64 last = (y + height + 1) >> 1;
  return std::to_string(x) + "," + std::to_string(first) + "," + std::to_string(width) + "," +
         std::to_string(height == 0 ? 0 : last - first);
}

}  // namespace

ElementState::ElementState(GstVideoFilter* element, const FilterInfo& info)
    : element_(element), settings_(GST_OBJECT_CAST(element), info) {}

bool ElementState::start() {
  running_ = true;
  {
    const ObjectLock lock(element_);
    active_ = nullptr;
    posted_.clear();
  }
  problem_.clear();
  const bool usable = adopt(nullptr);
  const ObjectLock lock(element_);
  announced_ = active_;
  return usable;
}

void ElementState::stop() {
  running_ = false;
  engine_.reset();
  field_engine_.reset();
  const ObjectLock lock(element_);
  active_ = nullptr;
  announced_ = nullptr;
}

void ElementState::commit() {
  if (!settings_.commit() || !running_) return;
  // The work is done here, in the setter's thread, so that frames need not wait for it.
  const std::shared_ptr<const Plan> newest = settings_.plan();
  std::shared_ptr<const Plan> before = newest;
  {
    const ObjectLock lock(element_);
    std::swap(before, announced_);
  }
  if (shape_of(before) == shape_of(newest) || !newest->filter) return;
  GstBaseTransform* const base = GST_BASE_TRANSFORM_CAST(element_);
  gst_base_transform_reconfigure_src(base);

  // Upstream need only hear of what frames of the present caps cannot follow.
  const CapsPtr input = current_caps(GST_BASE_TRANSFORM_SINK_PAD(base));
  const CapsPtr output = current_caps(GST_BASE_TRANSFORM_SRC_PAD(base));
  if (!input || !output) return;
  if (!(shape_of(before).geometry == shape_of(newest).geometry) ||
      !refusal(*newest->filter, input.get()).empty() || !same_format(input.get(), output.get())) {
    gst_base_transform_reconfigure_sink(base);
  }
}

std::shared_ptr<const Filter> ElementState::negotiating_filter() {
  {
    const ObjectLock lock(element_);
    if (negotiating_ && active_) return active_->filter;
  }
  return settings_.plan()->filter;
}

void ElementState::post_error(const std::string& text) {
  // Frames go on coming, and pads send refused caps again; people need not read of it again.
  {
    const ObjectLock lock(element_);
    if (text == posted_) return;
    posted_ = text;
  }
  const TextPtr valid(g_utf8_make_valid(text.c_str(), -1));
  GST_ELEMENT_ERROR(element_, LIBRARY, SETTINGS, ("%s", valid.get()), (nullptr));
}

ElementState::Adoption::Adoption(ElementState& state, GstCaps* caps)
    : state_(state), usable_(state.adopt(caps)) {
  const ObjectLock lock(state_.element_);
  state_.negotiating_ = true;
}

ElementState::Adoption::~Adoption() {
  const ObjectLock lock(state_.element_);
  state_.negotiating_ = false;
}

bool ElementState::adopt(GstCaps* caps) {
  std::shared_ptr<const Plan> newest = settings_.plan();
  const bool changed = newest != active_;
  if (changed) activate(std::move(newest));
  if (!changed && caps == nullptr) return problem_.empty();

  const CapsPtr input = caps != nullptr ? CapsPtr(gst_caps_ref(caps))
                                        : current_caps(GST_BASE_TRANSFORM_SINK_PAD(element_));
  problem_ = active_->error;
  if (active_->filter && input) problem_ = refusal(*active_->filter, input.get());
  if (!problem_.empty()) {
    post_error(problem_);
    return false;
  }
  const ObjectLock lock(element_);
  posted_.clear();
  return true;
}

void ElementState::activate(std::shared_ptr<const Plan> plan) {
  const Shape before = shape_of(active_);
  const Shape after = shape_of(plan);
  {
    const ObjectLock lock(element_);
    std::swap(active_, plan);
  }
  engine_.reset();
  field_engine_.reset();
  GstBaseTransform* const base = GST_BASE_TRANSFORM_CAST(element_);
  gst_base_transform_set_passthrough(base, after.identity);
  if (!(before == after)) gst_base_transform_reconfigure_src(base);
  GST_DEBUG_OBJECT(element_, "new settings act%s",
                   after.identity ? ": frames pass as they are" : "");
}

Engine& ElementState::field_engine() {
  const Params& params = active_->filter->params();
  if (params.roi.empty()) return *engine_;
  if (!field_engine_) {
    const std::unique_ptr<Params> halved = params.clone();
    halved->roi = field_roi(params.roi);
    field_engine_.emplace(std::shared_ptr<const Filter>(settings_.info().make(*halved)));
  }
  return *field_engine_;
}

void ElementState::filter(GstVideoFrame& input, GstVideoFrame& output) {
  const GstVideoInfo& info = element_->in_info;
  Corner corner;
  crop_corner(input.buffer, info, &corner);
  const ConstFrameView from = picture_of(input, info, corner);
  const FrameView to = picture_of(output, element_->out_info);
  if (!engine_) engine_.emplace(active_->filter);
  if (GST_VIDEO_INFO_INTERLACE_MODE(&info) == GST_VIDEO_INTERLACE_MODE_ALTERNATE) {
    field_engine().process(from, to);
  } else if (GST_VIDEO_FRAME_IS_INTERLACED(&input)) {
    process_fields(field_engine(), from, to);
  } else {
    engine_->process(from, to);
  }
}

bool ElementState::transform_meta(const GstMeta* meta, GstBuffer* input, GstBuffer* output) {
  Corner corner;
  if (meta->info->api == GST_VIDEO_CROP_META_API_TYPE &&
      crop_corner(input, element_->in_info, &corner)) {
    return false;  // `filter` crops, so that downstream must not do it again.
  }
  const Geometry geometry = active_->filter->geometry();
  if (geometry.same_size()) return true;
  return rescale_meta(geometry, element_->out_info, meta, output);
}

}  // namespace convolve
