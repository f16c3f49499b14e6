// SPDX-License-Identifier: MIT
#include "allocation.h"

#include <algorithm>

#include <gst/video/video.h>

#include "handles.h"

namespace convolve {

namespace {

constexpr gsize kAlign = 63;  // as GStreamer writes it: the alignment in bytes less one

// Raises the alignment that the query's first allocator is asked for.
GstAllocationParams align(GstQuery* query, ObjectPtr<GstAllocator>* allocator) {
  GstAllocationParams params;
  gst_allocation_params_init(&params);
  GstAllocator* found = nullptr;
  const bool present = gst_query_get_n_allocation_params(query) > 0;
  if (present) gst_query_parse_nth_allocation_param(query, 0, &found, &params);
  allocator->reset(found);
  params.align = std::max(params.align, kAlign);
  if (present) {
    gst_query_set_nth_allocation_param(query, 0, found, &params);
  } else {
    gst_query_add_allocation_param(query, found, &params);
  }
  return params;
}

// Rows are aligned too where downstream reads strides from the buffer.
void align_rows(GstStructure* config) {
  GstVideoAlignment alignment;
  gst_video_alignment_reset(&alignment);
  std::fill_n(alignment.stride_align, GST_VIDEO_MAX_PLANES, static_cast<guint>(kAlign));
  gst_buffer_pool_config_add_option(config, GST_BUFFER_POOL_OPTION_VIDEO_ALIGNMENT);
  gst_buffer_pool_config_set_video_alignment(config, &alignment);
}

}  // namespace

void propose_alignment(GstQuery* query) {
  ObjectPtr<GstAllocator> allocator;
  align(query, &allocator);
}

void propose_more_buffers(GstQuery* query, guint more) {
  for (guint i = 0; more > 0 && i < gst_query_get_n_allocation_pools(query); ++i) {
    GstBufferPool* found = nullptr;
    guint size = 0;
    guint least = 0;
    guint most = 0;
    gst_query_parse_nth_allocation_pool(query, i, &found, &size, &least, &most);
    const ObjectPtr<GstBufferPool> pool(found);
    gst_query_set_nth_allocation_pool(query, i, found, size, least + more,
                                      most == 0 ? 0 : most + more);
  }
}

void decide_pool(GstElement* element, GstQuery* query) {
  ObjectPtr<GstAllocator> allocator;
  const GstAllocationParams params = align(query, &allocator);
  GstBufferPool* offered = nullptr;
  guint size = 0;
  guint least = 0;
  guint most = 0;
  const bool listed = gst_query_get_n_allocation_pools(query) > 0;
  if (listed) gst_query_parse_nth_allocation_pool(query, 0, &offered, &size, &least, &most);
  const ObjectPtr<GstBufferPool> theirs(offered);
  GstCaps* caps = nullptr;
  gst_query_parse_allocation(query, &caps, nullptr);
  GstVideoInfo info;
  if (theirs || caps == nullptr || !gst_video_info_from_caps(&info, caps)) return;

  const ObjectPtr<GstBufferPool> pool(gst_video_buffer_pool_new());
  size = std::max(size, static_cast<guint>(GST_VIDEO_INFO_SIZE(&info)));
  GstStructure* config = gst_buffer_pool_get_config(pool.get());
  gst_buffer_pool_config_set_params(config, caps, size, least, most);
  gst_buffer_pool_config_set_allocator(config, allocator.get(), &params);
  gst_buffer_pool_config_add_option(config, GST_BUFFER_POOL_OPTION_VIDEO_META);
  if (gst_query_find_allocation_meta(query, GST_VIDEO_META_API_TYPE, nullptr)) align_rows(config);
  if (!gst_buffer_pool_set_config(pool.get(), config)) {
    GST_WARNING_OBJECT(element, "the pool refused its configuration");
    return;
  }
  config = gst_buffer_pool_get_config(pool.get());
  gst_buffer_pool_config_get_params(config, nullptr, &size, nullptr, nullptr);
  gst_structure_free(config);
  if (listed) {
    gst_query_set_nth_allocation_pool(query, 0, pool.get(), size, least, most);
  } else {
    gst_query_add_allocation_pool(query, pool.get(), size, least, most);
  }
}

}  // namespace convolve
