// SPDX-License-Identifier: MIT
#include "metas.h"

#include <algorithm>

namespace convolve {

namespace {

struct Interval {
  int begin;
  int end;
};

// ⌈number / divisor⌉ for any number and a positive divisor.
int divide_up(gint64 number, int divisor) {
  const gint64 quotient = number / divisor;
  return static_cast<int>(quotient + (number % divisor > 0 ? 1 : 0));
}

// Outputs whose anchor lies within `size` inputs from `begin` on, but at least one.
Interval outputs_within(const AxisGeometry& axis, guint begin, guint size, int most) {
  const gint64 first = static_cast<gint64>(begin) * axis.scale - axis.origin;
  const int from = divide_up(first, axis.stride);
  const int to = divide_up(first + static_cast<gint64>(size) * axis.scale, axis.stride);
  return {std::clamp(from, 0, most), std::clamp(std::max(to, from + 1), 0, most)};
}

struct Area {
  Interval x;
  Interval y;
  [[nodiscard]] bool empty() const { return x.begin >= x.end || y.begin >= y.end; }
  [[nodiscard]] guint width() const { return static_cast<guint>(x.end - x.begin); }
  [[nodiscard]] guint height() const { return static_cast<guint>(y.end - y.begin); }
};

template <typename Meta>
Area rescaled(const Geometry& geometry, const GstVideoInfo& info, const Meta& meta, guint width,
              guint height) {
  return {outputs_within(geometry.x, meta.x, width, GST_VIDEO_INFO_WIDTH(&info)),
          outputs_within(geometry.y, meta.y, height, GST_VIDEO_INFO_HEIGHT(&info))};
}

void add_region(const GstVideoRegionOfInterestMeta& region, const Area& area, GstBuffer* output) {
  auto* const copy = gst_buffer_add_video_region_of_interest_meta_id(
      output, region.roi_type, static_cast<guint>(area.x.begin), static_cast<guint>(area.y.begin),
      area.width(), area.height());
  copy->id = region.id;
  copy->parent_id = region.parent_id;
  for (const GList* item = region.params; item != nullptr; item = item->next) {
    gst_video_region_of_interest_meta_add_param(
        copy, gst_structure_copy(static_cast<const GstStructure*>(item->data)));
  }
}

}  // namespace

bool rescale_meta(const Geometry& geometry, const GstVideoInfo& output_info, const GstMeta* meta,
                  GstBuffer* output) {
  const GType api = meta->info->api;
  if (api == GST_VIDEO_REGION_OF_INTEREST_META_API_TYPE) {
    const auto& region = *reinterpret_cast<const GstVideoRegionOfInterestMeta*>(meta);
    const Area area = rescaled(geometry, output_info, region, region.w, region.h);
    if (!area.empty()) add_region(region, area, output);
    return false;
  }
  if (api == GST_VIDEO_CROP_META_API_TYPE) {
    const auto& crop = *reinterpret_cast<const GstVideoCropMeta*>(meta);
    const Area area = rescaled(geometry, output_info, crop, crop.width, crop.height);
    if (area.empty()) return false;
    GstVideoCropMeta* const copy = gst_buffer_add_video_crop_meta(output);
    copy->x = static_cast<guint>(area.x.begin);
    copy->y = static_cast<guint>(area.y.begin);
    copy->width = area.width();
    copy->height = area.height();
    return false;
  }
  return true;
}

}  // namespace convolve
