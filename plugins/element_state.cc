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
  // What lies beyond the ends of a stream or a scene is nobody else's business.
  Geometry geometry = filter.geometry();
  geometry.t.border = {};
  geometry.t.scene_cut = 0;
  return {true, filter.is_identity(), filter.params().color_mode == ColorMode::greyscale, geometry};
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
  held_ = HeldFrames();
  measured_ = last_time_ = GST_CLOCK_TIME_NONE;
  latency_ = 0;
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

thread_local ElementState::Answer* ElementState::Answer::innermost_ = nullptr;

ElementState::Answer::Answer(const ElementState& state) noexcept
    : state_(state), outer_(std::exchange(innermost_, this)) {}

ElementState::Answer::~Answer() { innermost_ = outer_; }

ElementState::Answer* ElementState::Answer::of(const ElementState& state) noexcept {
  Answer* first = nullptr;
  for (Answer* answer = innermost_; answer != nullptr; answer = answer->outer_) {
    if (&answer->state_ == &state) first = answer;
  }
  return first;
}

std::shared_ptr<const Filter> ElementState::negotiating_filter() {
  Answer* const answer = Answer::of(*this);
  if (answer == nullptr) return adopted_or_newest();
  if (!answer->filter_) answer->filter_ = adopted_or_newest();
  return *answer->filter_;
}

std::shared_ptr<const Filter> ElementState::adopted_or_newest() {
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
  // Frames that wait are finished as the settings were; where only taps change, they go on waiting.
  if (!(before == after)) drain();
  {
    const ObjectLock lock(element_);
    std::swap(active_, plan);
  }
  engine_.reset();
  field_engine_.reset();
  if (!(before == after)) {
    forget();
  } else if (is_over_time()) {
    held_.set_border(active_->filter->geometry().t);
  }
  update_latency();
  GstBaseTransform* const base = GST_BASE_TRANSFORM_CAST(element_);
  gst_base_transform_set_passthrough(base, after.identity);
  if (!(before == after)) gst_base_transform_reconfigure_src(base);
  GST_DEBUG_OBJECT(element_, "new settings act%s",
                   after.identity ? ": frames pass as they are" : "");
  const std::string warning = active_->filter ? active_->filter->warning() : std::string();
  if (!warning.empty()) GST_WARNING_OBJECT(element_, "%s", warning.c_str());
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
  process(std::span(&from, 1), input, output);
}

// `own` is the frame that the output stands for.
void ElementState::process(std::span<const ConstFrameView> inputs, GstVideoFrame& own,
                           GstVideoFrame& output) {
  const FrameView to = picture_of(output, element_->out_info);
  if (!engine_) engine_.emplace(active_->filter);
  if (GST_VIDEO_INFO_INTERLACE_MODE(&element_->in_info) == GST_VIDEO_INTERLACE_MODE_ALTERNATE) {
    field_engine().process(inputs, to);
  } else if (GST_VIDEO_FRAME_IS_INTERLACED(&own)) {
    process_fields(field_engine(), inputs, to);
  } else {
    engine_->process(inputs, to);
  }
}

bool ElementState::is_over_time() const noexcept {
  return active_ && active_->filter && active_->filter->geometry().t.frames() > 1;
}

guint ElementState::held_most() {
  const std::shared_ptr<const Filter> filter = negotiating_filter();
  if (!filter) return 0;
  // Upstream does not hear of borders that change: the number is that of the one that holds most.
  TimeGeometry time = filter->geometry().t;
  time.border = Border::reflect_101;
  return static_cast<guint>(frames_held(time));
}

void ElementState::take(BufferPtr buffer, bool late) {
  const GstClockTime time = GST_BUFFER_PTS(buffer.get());
  if (!GST_CLOCK_TIME_IS_VALID(measured_)) {
    if (GST_BUFFER_DURATION_IS_VALID(buffer.get())) {
      measured_ = GST_BUFFER_DURATION(buffer.get());
    } else if (GST_CLOCK_TIME_IS_VALID(time) && GST_CLOCK_TIME_IS_VALID(last_time_) &&
               time > last_time_) {
      measured_ = time - last_time_;
    }
  }
  last_time_ = time;
  update_latency();
  held_.take(std::move(buffer), element_->in_info, late);
  if (late) held_.next();
}

GstFlowReturn ElementState::next_output(GstBuffer** output) {
  *output = nullptr;
  GstBuffer* const own = held_.next();
  if (own == nullptr) return GST_FLOW_OK;
  GstBaseTransform* const base = GST_BASE_TRANSFORM_CAST(element_);
  GstBuffer* prepared = nullptr;
  const GstFlowReturn flow =
      GST_BASE_TRANSFORM_GET_CLASS(base)->prepare_output_buffer(base, own, &prepared);
  if (flow != GST_FLOW_OK) return flow;
  BufferPtr made(prepared);
  {
    HeldFrames::Window window(held_, element_->in_info);
    MappedFrame to(element_->out_info, made.get(), GST_MAP_WRITE);
    process(window.views(), window.own(), to.get());
  }
  held_.advance();
  *output = made.release();
  return GST_FLOW_OK;
}

GstFlowReturn ElementState::drain() {
  held_.end();
  GstFlowReturn flow = GST_FLOW_OK;
  while (flow == GST_FLOW_OK) {
    GstBuffer* output = nullptr;
    flow = next_output(&output);
    if (flow != GST_FLOW_OK || output == nullptr) break;
    flow = gst_pad_push(GST_BASE_TRANSFORM_SRC_PAD(element_), output);
  }
  held_.forget();
  return flow;
}

void ElementState::forget() {
  const bool reverse = GST_BASE_TRANSFORM_CAST(element_)->segment.rate < 0;
  held_ = is_over_time() ? HeldFrames(active_->filter->geometry().t, reverse) : HeldFrames();
  last_time_ = GST_CLOCK_TIME_NONE;
}

void ElementState::update_latency() {
  const GstVideoInfo& info = element_->in_info;
  GstClockTime frame = measured_;
  if (info.finfo != nullptr && GST_VIDEO_INFO_FPS_N(&info) > 0) {
    frame = gst_util_uint64_scale_int(GST_SECOND, GST_VIDEO_INFO_FPS_D(&info),
                                      GST_VIDEO_INFO_FPS_N(&info));
  }
  const int waiting = is_over_time() ? frames_waited(active_->filter->geometry().t) : 0;
  const GstClockTime now = GST_CLOCK_TIME_IS_VALID(frame) ? static_cast<guint>(waiting) * frame : 0;
  if (latency_.exchange(now) == now) return;
  gst_element_post_message(GST_ELEMENT_CAST(element_),
                           gst_message_new_latency(GST_OBJECT_CAST(element_)));
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
