// SPDX-License-Identifier: MIT
#include "negotiation.h"

#include <algorithm>
#include <exception>
#include <optional>
#include <vector>

#include <convolve/engine.h>

namespace convolve {

namespace {

using Formats = std::vector<const PixelFormat*>;

// Sizes beyond this count as unbounded: far more than memory holds, far less than overflows.
constexpr int kMostSize = 1 << 30;

struct Range {
  int least;
  int most;
};

// The core's formats that GStreamer has too: all but those of floats.
const Formats& known_formats() {
  static const Formats known = [] {
    Formats formats;
    for (const PixelFormat& format : all_formats()) {
      const std::string name(format.name);
      if (gst_video_format_from_string(name.c_str()) != GST_VIDEO_FORMAT_UNKNOWN) {
        formats.push_back(&format);
      }
    }
    return formats;
  }();
  return known;
}

const PixelFormat* known_format(const GValue* name) {
  const PixelFormat* const format = find_format(g_value_get_string(name));
  const Formats& known = known_formats();
  return std::find(known.begin(), known.end(), format) == known.end() ? nullptr : format;
}

// The smallest size of which `axis` makes at least `wanted`. Sizes grow with their input.
int first_input(const AxisGeometry& axis, int wanted) {
  int low = 1;
  int high = kMostSize;
  while (low < high) {
    const int middle = low + (high - low) / 2;
    if (axis.output_size(middle) >= wanted) {
      high = middle;
    } else {
      low = middle + 1;
    }
  }
  return low;
}

std::optional<Range> outputs_of(const AxisGeometry& axis, Range inputs) {
  const int least = std::max(inputs.least, first_input(axis, 1));
  if (least > inputs.most) return std::nullopt;
  const int most = inputs.most >= kMostSize ? G_MAXINT : axis.output_size(inputs.most);
  return Range{axis.output_size(least), most};
}

std::optional<Range> inputs_of(const AxisGeometry& axis, Range outputs) {
  const Range inputs{
      first_input(axis, std::max(outputs.least, 1)),
      outputs.most >= kMostSize ? G_MAXINT : first_input(axis, outputs.most + 1) - 1};
  if (inputs.least > inputs.most) return std::nullopt;
  return inputs;
}

std::optional<Range> mapped(const AxisGeometry& axis, GstPadDirection direction, Range range) {
  return direction == GST_PAD_SINK ? outputs_of(axis, range) : inputs_of(axis, range);
}

void append_range(GValue* list, Range range) {
  ScopedValue value(range.least == range.most ? G_TYPE_INT : GST_TYPE_INT_RANGE);
  if (range.least == range.most) {
    g_value_set_int(value.get(), range.least);
  } else {
    gst_value_set_int_range(value.get(), range.least, range.most);
  }
  gst_value_list_append_value(list, value.get());
}

void append_mapped(const AxisGeometry& axis, GstPadDirection direction, const GValue* from,
                   GValue* list) {
  std::optional<Range> range;
  if (G_VALUE_HOLDS_INT(from)) {
    const int size = g_value_get_int(from);
    range = mapped(axis, direction, {size, size});
  } else if (GST_VALUE_HOLDS_INT_RANGE(from)) {
    range = mapped(axis, direction,
                   {gst_value_get_int_range_min(from), gst_value_get_int_range_max(from)});
  } else if (GST_VALUE_HOLDS_LIST(from)) {
    for (guint i = 0; i < gst_value_list_get_size(from); ++i) {
      append_mapped(axis, direction, gst_value_list_get_value(from, i), list);
    }
  }
  if (range) append_range(list, *range);
}

// Inputs that are too small may become anything: elements can then be linked, and the caps event
// says in words what is wrong. \returns false where no input makes such outputs.
bool map_sizes(GstStructure* structure, const char* field, const AxisGeometry& axis,
               GstPadDirection direction) {
  const GValue* const from = gst_structure_get_value(structure, field);
  if (from == nullptr || axis == AxisGeometry{}) return true;
  ScopedValue list(GST_TYPE_LIST);
  append_mapped(axis, direction, from, list.get());
  const guint sizes = gst_value_list_get_size(list.get());
  if (sizes > 0) {
    gst_structure_set_value(structure, field,
                            sizes == 1 ? gst_value_list_get_value(list.get(), 0) : list.get());
  } else {
    gst_structure_set(structure, field, GST_TYPE_INT_RANGE, 1, G_MAXINT, nullptr);
  }
  return sizes > 0 || direction == GST_PAD_SINK;
}

Formats formats_of(const GstStructure* structure) {
  const GValue* const field = gst_structure_get_value(structure, "format");
  if (field == nullptr) return known_formats();
  Formats formats;
  if (G_VALUE_HOLDS_STRING(field)) {
    if (const PixelFormat* format = known_format(field)) formats.push_back(format);
  } else if (GST_VALUE_HOLDS_LIST(field)) {
    for (guint i = 0; i < gst_value_list_get_size(field); ++i) {
      const GValue* const item = gst_value_list_get_value(field, i);
      const PixelFormat* format = G_VALUE_HOLDS_STRING(item) ? known_format(item) : nullptr;
      if (format != nullptr) formats.push_back(format);
    }
  }
  return formats;
}

// Formats other than the given ones that may be on the other side of the filter.
Formats converted_formats(const Filter& filter, GstPadDirection direction, const Formats& formats) {
  Formats converted;
  for (const PixelFormat* other : known_formats()) {
    const bool reachable = std::any_of(formats.begin(), formats.end(), [&](const PixelFormat* own) {
      return own != other &&
             (direction == GST_PAD_SINK ? Engine::can_convert(filter, *own, *other)
                                        : Engine::can_convert(filter, *other, *own));
    });
    if (reachable) converted.push_back(other);
  }
  return converted;
}

void set_formats(GstStructure* structure, const Formats& formats) {
  ScopedValue list(GST_TYPE_LIST);
  for (const PixelFormat* format : formats) {
    ScopedValue name(G_TYPE_STRING);
    g_value_set_string(name.get(), std::string(format->name).c_str());
    gst_value_list_append_value(list.get(), name.get());
  }
  gst_structure_set_value(
      structure, "format",
      formats.size() == 1 ? gst_value_list_get_value(list.get(), 0) : list.get());
}

// Grey has neither chroma nor, coming from RGB, a matrix. What comes from YUV keeps its codes, so
// its range has to be said, also where the input leaves it to the default.
void set_gray_colors(GstStructure* gray, GstPadDirection direction, const Formats& formats) {
  gst_structure_remove_field(gray, "chroma-site");
  const bool from_yuv = direction == GST_PAD_SINK && formats.size() == 1 &&
                        formats.front()->family == ColorFamily::yuv;
  if (!from_yuv) {
    gst_structure_remove_field(gray, "colorimetry");
    return;
  }
  int width = 0;
  int height = 0;
  if (gst_structure_has_field(gray, "colorimetry") ||
      !gst_structure_get(gray, "width", G_TYPE_INT, &width, "height", G_TYPE_INT, &height,
                         nullptr)) {
    return;
  }
  GstVideoInfo info;
  const std::string name(formats.front()->name);
  if (!gst_video_info_set_format(&info, gst_video_format_from_string(name.c_str()),
                                 static_cast<guint>(width), static_cast<guint>(height))) {
    return;
  }
  const TextPtr colorimetry(gst_video_colorimetry_to_string(&GST_VIDEO_INFO_COLORIMETRY(&info)));
  if (colorimetry) {
    gst_structure_set(gray, "colorimetry", G_TYPE_STRING, colorimetry.get(), nullptr);
  }
}

// Memory that can be mapped, holding frames or single fields.
bool has_plain_memory(const GstCapsFeatures* features) {
  if (features == nullptr) return true;
  if (gst_caps_features_is_any(features)) return false;
  for (guint i = 0; i < gst_caps_features_get_size(features); ++i) {
    const char* const feature = gst_caps_features_get_nth(features, i);
    if (!g_str_equal(feature, GST_CAPS_FEATURE_MEMORY_SYSTEM_MEMORY) &&
        !g_str_equal(feature, GST_CAPS_FEATURE_FORMAT_INTERLACED)) {
      return false;
    }
  }
  return true;
}

void append(GstCaps* caps, StructurePtr structure, const GstCapsFeatures* features) {
  gst_caps_append_structure_full(caps, structure.release(),
                                 features == nullptr ? nullptr : gst_caps_features_copy(features));
}

void append_transformed(GstCaps* caps, const Filter& filter, GstPadDirection direction,
                        const GstStructure* structure, const GstCapsFeatures* features) {
  const Geometry geometry = filter.geometry();
  StructurePtr same(gst_structure_copy(structure));
  if (!map_sizes(same.get(), "width", geometry.x, direction) ||
      !map_sizes(same.get(), "height", geometry.y, direction)) {
    return;
  }
  const Formats formats = formats_of(structure);
  if (formats.empty()) return;
  const Formats converted = converted_formats(filter, direction, formats);
  StructurePtr other(converted.empty() ? nullptr : gst_structure_copy(same.get()));

  set_formats(same.get(), formats);
  append(caps, std::move(same), features);
  if (!other) return;
  set_formats(other.get(), converted);
  set_gray_colors(other.get(), direction, formats);
  append(caps, std::move(other), features);
}

// Inputs that are too small for the filter come last, so that sources which can choose a size take
// another, and those which cannot are told why in words, when their caps arrive.
void append_too_small(GstCaps* caps, const Filter& filter) {
  const Geometry geometry = filter.geometry();
  const auto append_below = [caps](const char* field, int least) {
    if (least <= 1) return;
    CapsPtr below = template_caps();
    for (guint i = 0; i < gst_caps_get_size(below.get()); ++i) {
      if (!has_plain_memory(gst_caps_get_features(below.get(), i))) continue;
      StructurePtr structure(gst_structure_copy(gst_caps_get_structure(below.get(), i)));
      gst_structure_set(structure.get(), field, GST_TYPE_INT_RANGE, 1, std::max(least - 1, 2),
                        nullptr);
      append(caps, std::move(structure), gst_caps_get_features(below.get(), i));
    }
  };
  append_below("width", first_input(geometry.x, 1));
  append_below("height", first_input(geometry.y, 1));
}

std::string text_of(GstVideoMultiviewMode mode) {
  const char* const name = gst_video_multiview_mode_to_caps_string(mode);
  return name == nullptr ? "multiview" : name;
}

bool packs_views(GstVideoMultiviewMode mode) {
  switch (mode) {
    case GST_VIDEO_MULTIVIEW_MODE_NONE:
    case GST_VIDEO_MULTIVIEW_MODE_MONO:
    case GST_VIDEO_MULTIVIEW_MODE_LEFT:
    case GST_VIDEO_MULTIVIEW_MODE_RIGHT:
    case GST_VIDEO_MULTIVIEW_MODE_MULTIVIEW_FRAME_BY_FRAME:
      return false;
    default:
      return true;
  }
}

// False where no buffer of GStreamer's holds such a frame, in whatever format it may come out.
bool fits_buffer(const Filter& filter, const GstVideoInfo& input, Size size) {
  const PixelFormat* const own =
      find_format(gst_video_format_to_string(GST_VIDEO_INFO_FORMAT(&input)));
  Formats formats = converted_formats(filter, GST_PAD_SINK, {own});
  formats.push_back(own);
  return std::any_of(formats.begin(), formats.end(), [size](const PixelFormat* format) {
    GstVideoInfo info;
    const std::string name(format->name);
    return gst_video_info_set_format(&info, gst_video_format_from_string(name.c_str()),
                                     static_cast<guint>(size.width),
                                     static_cast<guint>(size.height)) != FALSE;
  });
}

}  // namespace

CapsPtr template_caps() {
  std::string formats;
  for (const PixelFormat* format : known_formats()) {
    formats += (formats.empty() ? "" : ", ") + std::string(format->name);
  }
  const std::string fields = ", format=(string){ " + formats +
                             " }, width=(int)[ 1, max ], height=(int)[ 1, max ], "
                             "framerate=(fraction)[ 0, max ]";
  const std::string text = "video/x-raw" + fields +
                           "; video/x-raw(" GST_CAPS_FEATURE_FORMAT_INTERLACED ")" + fields +
                           ", interlace-mode=(string)alternate; video/x-raw(ANY)";
  return CapsPtr(gst_caps_from_string(text.c_str()));
}

CapsPtr transformed_caps(const Filter& filter, GstPadDirection direction, GstCaps* caps) {
  if (filter.is_identity()) return CapsPtr(gst_caps_copy(caps));
  CapsPtr result(gst_caps_new_empty());
  for (guint i = 0; i < gst_caps_get_size(caps); ++i) {
    const GstCapsFeatures* const features = gst_caps_get_features(caps, i);
    if (!has_plain_memory(features)) continue;
    append_transformed(result.get(), filter, direction, gst_caps_get_structure(caps, i), features);
  }
  if (direction == GST_PAD_SRC) append_too_small(result.get(), filter);
  return result;
}

CapsPtr fixated_caps(GstCaps* caps, CapsPtr other_caps) {
  const GstStructure* const own = gst_caps_get_structure(caps, 0);
  const GValue* const format = gst_structure_get_value(own, "format");
  if (format != nullptr && G_VALUE_HOLDS_STRING(format) && !gst_caps_is_fixed(other_caps.get())) {
    CapsPtr wanted(gst_caps_copy(other_caps.get()));
    for (guint i = gst_caps_get_size(wanted.get()); i-- > 0;) {
      GstStructure* const structure = gst_caps_get_structure(wanted.get(), i);
      ScopedValue both;
      const GValue* const offered = gst_structure_get_value(structure, "format");
      if (offered != nullptr && gst_value_intersect(both.get(), offered, format)) {
        gst_structure_set_value(structure, "format", both.get());
      } else {
        gst_caps_remove_structure(wanted.get(), i);
      }
    }
    if (!gst_caps_is_empty(wanted.get())) return CapsPtr(gst_caps_fixate(wanted.release()));
  }
  return CapsPtr(gst_caps_fixate(other_caps.release()));
}

std::string refusal(const Filter& filter, GstCaps* caps) {
  if (filter.is_identity()) return {};
  const GstCapsFeatures* const features = gst_caps_get_features(caps, 0);
  if (!has_plain_memory(features)) {
    const TextPtr text(gst_caps_features_to_string(features));
    return std::string("frames in ") + text.get() + " cannot be filtered: download them first";
  }
  GstVideoInfo info;
  if (!gst_video_info_from_caps(&info, caps)) return "these caps are no raw video";
  const char* const name = gst_video_format_to_string(GST_VIDEO_INFO_FORMAT(&info));
  if (find_format(name) == nullptr) {
    return std::string(name) + " frames cannot be filtered: convert them first";
  }
  if (packs_views(GST_VIDEO_INFO_MULTIVIEW_MODE(&info))) {
    return "frames that hold several views (" + text_of(GST_VIDEO_INFO_MULTIVIEW_MODE(&info)) +
           ") cannot be filtered: split the views first";
  }
  const GstVideoInterlaceMode mode = GST_VIDEO_INFO_INTERLACE_MODE(&info);
  if (mode == GST_VIDEO_INTERLACE_MODE_FIELDS) {
    return "buffers that hold two separate fields cannot be filtered: deinterlace them first";
  }
  if (mode == GST_VIDEO_INTERLACE_MODE_ALTERNATE && filter.geometry().t.frames() > 1) {
    return "single fields cannot be filtered over time: deinterlace them first";
  }
  if (mode != GST_VIDEO_INTERLACE_MODE_PROGRESSIVE && !filter.geometry().same_size()) {
    return "the size of interlaced video cannot be changed: deinterlace it first";
  }
  try {
    const Size size =
        Engine::output_size(filter, {GST_VIDEO_INFO_WIDTH(&info), GST_VIDEO_INFO_HEIGHT(&info)});
    if (!filter.geometry().same_size() && !fits_buffer(filter, info, size)) {
      return "the output of " + std::to_string(size.width) + "×" + std::to_string(size.height) +
             " is too large for a frame";
    }
  } catch (const std::exception& problem) {
    return problem.what();
  }
  return {};
}

}  // namespace convolve
