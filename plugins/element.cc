// SPDX-License-Identifier: MIT
#include "element.h"

#include <exception>
#include <memory>
#include <mutex>
#include <string>
#include <utility>

#include <gst/video/gstvideofilter.h>
#include <gst/video/video.h>

#include <convolve/filter.h>

#include "allocation.h"
#include "element_state.h"
#include "frames.h"
#include "negotiation.h"
#include "properties.h"

GST_DEBUG_CATEGORY(convolve_debug);
#define GST_CAT_DEFAULT convolve_debug

namespace convolve {

namespace {

struct Element {
  GstVideoFilter parent;
  ElementState* state;
};

struct ElementClass {
  GstVideoFilterClass parent;
  const FilterInfo* info;
};

// What the class of one filter is made from.
struct ClassData {
  const FilterInfo* info;
  const char* launch;
};

GstVideoFilterClass* parent_class = nullptr;

GstBaseTransformClass* base_class() { return GST_BASE_TRANSFORM_CLASS(parent_class); }

ElementState& state_of(gpointer element) { return *static_cast<Element*>(element)->state; }

const Param& param_of(gpointer element, guint id) {
  return state_of(element).settings().info().params[id - 1];
}

// GStreamer is C: nothing may be thrown into it. `failed` is returned where something was.
template <typename Result, typename Body>
Result guarded(gpointer element, Result failed, Body&& body) noexcept {
  std::string text;
  try {
    return body(state_of(element));
  } catch (const std::exception& problem) {
    text = problem.what();
  } catch (...) {
    text = "unknown failure";
  }
  state_of(element).post_error(text);
  return failed;
}

void set_property(GObject* object, guint id, const GValue* value, GParamSpec*) {
  guarded(object, false, [&](ElementState& state) {
    const Param& param = param_of(object, id);
    state.settings().set_value(param, from_property(param, value));
    return true;
  });
}

void get_property(GObject* object, guint id, GValue* value, GParamSpec*) {
  guarded(object, false, [&](ElementState& state) {
    const Param& param = param_of(object, id);
    to_property(param, state.settings().value(param), value);
    return true;
  });
}

// Called once for all properties that g_object_set() was given, so that values which go together
// act together.
void dispatch_properties_changed(GObject* object, guint count, GParamSpec** specs) {
  guarded(object, false, [](ElementState& state) {
    state.commit();
    return true;
  });
  G_OBJECT_CLASS(parent_class)->dispatch_properties_changed(object, count, specs);
}

void finalize(GObject* object) {
  delete std::exchange(reinterpret_cast<Element*>(object)->state, nullptr);
  G_OBJECT_CLASS(parent_class)->finalize(object);
}

gboolean start(GstBaseTransform* base) {
  return guarded(base, FALSE, [](ElementState& state) { return state.start() ? TRUE : FALSE; });
}

gboolean stop(GstBaseTransform* base) {
  return guarded(base, FALSE, [](ElementState& state) {
    state.stop();
    return TRUE;
  });
}

GstFlowReturn drain(GstBaseTransform* base) {
  return guarded(base, GST_FLOW_ERROR, [](ElementState& state) { return state.drain(); });
}

bool changes_caps(GstBaseTransform* base, GstCaps* caps) {
  const CapsPtr before(gst_pad_get_current_caps(GST_BASE_TRANSFORM_SINK_PAD(base)));
  return !before || !gst_caps_is_equal(before.get(), caps);
}

gboolean caps_event(GstBaseTransform* base, GstEvent* event) {
  GstCaps* caps = nullptr;
  gst_event_parse_caps(event, &caps);
  if (changes_caps(base, caps)) drain(base);
  std::unique_ptr<ElementState::Adoption> adoption;
  const bool usable = guarded(base, false, [&](ElementState& state) {
    adoption = std::make_unique<ElementState::Adoption>(state, caps);
    return adoption->usable();
  });
  if (!usable) {
    gst_event_unref(event);
    return FALSE;
  }
  const gboolean taken = base_class()->sink_event(base, event);
  state_of(base).update_latency();
  return taken;
}

// Frames that are held back go before what follows them.
gboolean sink_event(GstBaseTransform* base, GstEvent* event) {
  const GstEventType type = GST_EVENT_TYPE(event);
  switch (type) {
    case GST_EVENT_CAPS:
      return caps_event(base, event);
    case GST_EVENT_STREAM_START:
    case GST_EVENT_SEGMENT:
    case GST_EVENT_SEGMENT_DONE:
    case GST_EVENT_GAP:
    case GST_EVENT_EOS:
      drain(base);
      break;
    default:
      break;
  }
  const gboolean taken = base_class()->sink_event(base, event);
  if (type == GST_EVENT_FLUSH_STOP || type == GST_EVENT_SEGMENT) state_of(base).forget();
  return taken;
}

void add_latency(GstQuery* query, GstClockTime more) {
  gboolean live = FALSE;
  GstClockTime least = 0;
  GstClockTime most = 0;
  gst_query_parse_latency(query, &live, &least, &most);
  if (GST_CLOCK_TIME_IS_VALID(most)) most += more;
  gst_query_set_latency(query, live, least + more, most);
}

gboolean query(GstBaseTransform* base, GstPadDirection direction, GstQuery* query) {
  if (GST_QUERY_TYPE(query) == GST_QUERY_LATENCY && direction == GST_PAD_SRC) {
    if (!base_class()->query(base, direction, query)) return FALSE;
    add_latency(query, state_of(base).latency());
    return TRUE;
  }
  // Upstream wants its buffers back. It comes with the data.
  if (GST_QUERY_TYPE(query) == GST_QUERY_DRAIN && direction == GST_PAD_SINK) drain(base);
  std::unique_ptr<ElementState::Adoption> adoption;
  // This one comes with the data, and may negotiate.
  if (GST_QUERY_TYPE(query) == GST_QUERY_ALLOCATION && direction == GST_PAD_SINK) {
    const bool usable = guarded(base, false, [&](ElementState& state) {
      adoption = std::make_unique<ElementState::Adoption>(state);
      return adoption->usable();
    });
    if (!usable) return FALSE;
  }
  const ElementState::Answer answer(state_of(base));
  return base_class()->query(base, direction, query);
}

void before_transform(GstBaseTransform* base, GstBuffer* buffer) {
  if (base->segment.format != GST_FORMAT_TIME) return;
  const GstClockTime time =
      gst_segment_to_stream_time(&base->segment, GST_FORMAT_TIME, GST_BUFFER_PTS(buffer));
  if (GST_CLOCK_TIME_IS_VALID(time)) gst_object_sync_values(GST_OBJECT_CAST(base), time);
}

// The base class negotiates and says which frames are late; the frames themselves are ours.
GstFlowReturn take_input(GstBaseTransform* base, gboolean discont, BufferPtr buffer) {
  if (GST_BUFFER_IS_DISCONT(buffer.get())) {
    const GstFlowReturn flow = drain(base);
    if (flow != GST_FLOW_OK) return flow;
  }
  const GstFlowReturn flow =
      base_class()->submit_input_buffer(base, discont, gst_buffer_ref(buffer.get()));
  gst_clear_buffer(&base->queued_buf);
  if (flow != GST_FLOW_OK && flow != GST_BASE_TRANSFORM_FLOW_DROPPED) return flow;
  return guarded(base, GST_FLOW_ERROR, [&](ElementState& state) {
    state.take(std::move(buffer), flow != GST_FLOW_OK);
    return flow;
  });
}

GstFlowReturn submit_input_buffer(GstBaseTransform* base, gboolean discont, GstBuffer* buffer) {
  std::unique_ptr<ElementState::Adoption> adoption;
  const bool usable = guarded(base, false, [&](ElementState& state) {
    adoption = std::make_unique<ElementState::Adoption>(state);
    return adoption->usable();
  });
  if (!usable) {
    gst_buffer_unref(buffer);
    return GST_FLOW_ERROR;
  }
  if (!state_of(base).is_over_time()) {
    return base_class()->submit_input_buffer(base, discont, buffer);
  }
  return take_input(base, discont, BufferPtr(buffer));
}

GstFlowReturn generate_output(GstBaseTransform* base, GstBuffer** output) {
  if (!state_of(base).is_over_time()) return base_class()->generate_output(base, output);
  return guarded(base, GST_FLOW_ERROR,
                 [&](ElementState& state) { return state.next_output(output); });
}

GstCaps* transform_caps(GstBaseTransform* base, GstPadDirection direction, GstCaps* caps,
                        GstCaps* filter) {
  return guarded(base, static_cast<GstCaps*>(nullptr), [&](ElementState& state) {
    const std::shared_ptr<const Filter> made = state.negotiating_filter();
    CapsPtr result(made ? transformed_caps(*made, direction, caps) : CapsPtr(gst_caps_ref(caps)));
    if (filter != nullptr) {
      result.reset(gst_caps_intersect_full(filter, result.get(), GST_CAPS_INTERSECT_FIRST));
    }
    return result.release();
  });
}

GstCaps* fixate_caps(GstBaseTransform* base, GstPadDirection, GstCaps* caps, GstCaps* other_caps) {
  CapsPtr owned(other_caps);
  return guarded(base, static_cast<GstCaps*>(nullptr),
                 [&](ElementState&) { return fixated_caps(caps, std::move(owned)).release(); });
}

gboolean propose_allocation(GstBaseTransform* base, GstQuery* decided, GstQuery* query) {
  // Without a decided query, frames pass as they are, and downstream answers.
  if (decided != nullptr) propose_alignment(query);
  if (!base_class()->propose_allocation(base, decided, query)) return FALSE;
  if (decided != nullptr) propose_more_buffers(query, state_of(base).held_most());
  return TRUE;
}

gboolean decide_allocation(GstBaseTransform* base, GstQuery* query) {
  decide_pool(GST_ELEMENT_CAST(base), query);
  return base_class()->decide_allocation(base, query);
}

gboolean transform_meta(GstBaseTransform* base, GstBuffer* output, GstMeta* meta,
                        GstBuffer* input) {
  return guarded(base, FALSE, [&](ElementState& state) {
    return state.transform_meta(meta, input, output) ? TRUE : FALSE;
  });
}

// In the place of GstVideoFilter's, which lets frames pass unwritten where it cannot map them.
GstFlowReturn transform(GstBaseTransform* base, GstBuffer* input, GstBuffer* output) {
  GstVideoFilter* const filter = GST_VIDEO_FILTER_CAST(base);
  return guarded(base, GST_FLOW_ERROR, [&](ElementState&) {
    MappedFrame from(filter->in_info, input, GST_MAP_READ);
    MappedFrame to(filter->out_info, output, GST_MAP_WRITE);
    return GST_VIDEO_FILTER_GET_CLASS(filter)->transform_frame(filter, &from.get(), &to.get());
  });
}

GstFlowReturn transform_frame(GstVideoFilter* filter, GstVideoFrame* input, GstVideoFrame* output) {
  return guarded(filter, GST_FLOW_ERROR, [&](ElementState& state) {
    state.filter(*input, *output);
    return GST_FLOW_OK;
  });
}

void base_class_init(gpointer klass, gpointer) {
  parent_class = static_cast<GstVideoFilterClass*>(g_type_class_peek_parent(klass));
  auto* const object = G_OBJECT_CLASS(klass);
  object->dispatch_properties_changed = dispatch_properties_changed;
  object->finalize = finalize;

  auto* const transform_class = GST_BASE_TRANSFORM_CLASS(klass);
  transform_class->start = start;
  transform_class->stop = stop;
  transform_class->sink_event = sink_event;
  transform_class->query = query;
  transform_class->before_transform = before_transform;
  transform_class->submit_input_buffer = submit_input_buffer;
  transform_class->generate_output = generate_output;
  transform_class->transform_caps = transform_caps;
  transform_class->fixate_caps = fixate_caps;
  transform_class->propose_allocation = propose_allocation;
  transform_class->decide_allocation = decide_allocation;
  transform_class->transform_meta = transform_meta;
  transform_class->transform = transform;
  GST_VIDEO_FILTER_CLASS(klass)->transform_frame = transform_frame;

  const CapsPtr caps = template_caps();
  auto* const element = GST_ELEMENT_CLASS(klass);
  gst_element_class_add_pad_template(
      element, gst_pad_template_new("sink", GST_PAD_SINK, GST_PAD_ALWAYS, caps.get()));
  gst_element_class_add_pad_template(
      element, gst_pad_template_new("src", GST_PAD_SRC, GST_PAD_ALWAYS, caps.get()));
}

void base_instance_init(GTypeInstance* instance, gpointer klass) {
  auto* const element = reinterpret_cast<Element*>(instance);
  element->state = new ElementState(&element->parent, *static_cast<ElementClass*>(klass)->info);
  // Sizes that come out are no better as sizes that go in: caps are in order as they are.
  gst_base_transform_set_prefer_passthrough(GST_BASE_TRANSFORM_CAST(instance), FALSE);
}

void class_init(gpointer klass, gpointer data) {
  const auto& made_from = *static_cast<const ClassData*>(data);
  const FilterInfo& info = *made_from.info;
  static_cast<ElementClass*>(klass)->info = &info;
  // GObject asks the class that installed a property; these two are not inherited.
  auto* const object = G_OBJECT_CLASS(klass);
  object->set_property = set_property;
  object->get_property = get_property;
  install_properties(object, info);
  auto* const element = GST_ELEMENT_CLASS(klass);
  gst_element_class_set_metadata(element, std::string(info.title).c_str(), "Filter/Effect/Video",
                                 std::string(info.description).c_str(), "The Convolve authors");
  gst_element_class_add_metadata(element, "example", made_from.launch);
}

GType base_type() {
  static const GType type = [] {
    GST_DEBUG_CATEGORY_INIT(convolve_debug, "convolve", 0, "Convolution filters");
    const GTypeInfo info = {sizeof(ElementClass),
                            nullptr,
                            nullptr,
                            base_class_init,
                            nullptr,
                            nullptr,
                            sizeof(Element),
                            0,
                            base_instance_init,
                            nullptr};
    const GType made = g_type_register_static(GST_TYPE_VIDEO_FILTER, "GstConvolveFilter", &info,
                                              G_TYPE_FLAG_ABSTRACT);
    const GInterfaceInfo preset = {nullptr, nullptr, nullptr};
    g_type_add_interface_static(made, GST_TYPE_PRESET, &preset);
    gst_type_mark_as_plugin_api(made, static_cast<GstPluginAPIFlags>(0));
    return made;
  }();
  return type;
}

}  // namespace

GType element_type(const char* word, const char* launch) {
  static std::mutex mutex;
  const std::lock_guard lock(mutex);
  std::string name = std::string("GstConv") + word;
  name[7] = g_ascii_toupper(name[7]);
  if (const GType known = g_type_from_name(name.c_str())) return known;
  const FilterInfo* const filter = find_filter(word);
  g_return_val_if_fail(filter != nullptr, G_TYPE_INVALID);
  // The type system keeps this as long as the type, which is for good.
  const auto* const data = new ClassData{filter, launch};
  const GTypeInfo info = {sizeof(ElementClass), nullptr, nullptr, class_init, nullptr, data,
                          sizeof(Element),      0,       nullptr, nullptr};
  return g_type_register_static(base_type(), name.c_str(), &info, static_cast<GTypeFlags>(0));
}

}  // namespace convolve
