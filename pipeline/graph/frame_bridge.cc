// SPDX-License-Identifier: MIT
#include "frame_bridge.h"

#include <algorithm>
#include <array>
#include <memory>
#include <new>
#include <string>
#include <utility>

#include "../media/pixel.h"

namespace convolve::graph {

namespace {

constexpr AVRational kNanoseconds{1, 1000000000};

GstVideoFormat gst_format(const PixelFormat& format) {
  return gst_video_format_from_string(std::string(format.name).c_str());
}

GstVideoColorimetry colorimetry_of(const AVFrame& frame, const PixelFormat& format) {
  GstVideoColorimetry color{};
  const bool full = format.family != ColorFamily::yuv || frame.color_range == AVCOL_RANGE_JPEG;
  color.range = full ? GST_VIDEO_COLOR_RANGE_0_255 : GST_VIDEO_COLOR_RANGE_16_235;
  // libav numbers these as ISO/IEC 23091-2 does.
  color.matrix = format.family == ColorFamily::rgb
                     ? GST_VIDEO_COLOR_MATRIX_RGB
                     : gst_video_color_matrix_from_iso(static_cast<guint>(frame.colorspace));
  color.transfer = gst_video_transfer_function_from_iso(static_cast<guint>(frame.color_trc));
  color.primaries = gst_video_color_primaries_from_iso(static_cast<guint>(frame.color_primaries));
  // Untagged YUV is taken for BT.601, as libav's conversions and SPEC §3 take it.
  if (color.matrix == GST_VIDEO_COLOR_MATRIX_UNKNOWN) color.matrix = GST_VIDEO_COLOR_MATRIX_BT601;
  return color;
}

GstVideoChromaSite chroma_site_of(const AVFrame& frame) {
  switch (frame.chroma_location) {
    case AVCHROMA_LOC_LEFT:
      return GST_VIDEO_CHROMA_SITE_MPEG2;
    case AVCHROMA_LOC_CENTER:
      return GST_VIDEO_CHROMA_SITE_JPEG;
    case AVCHROMA_LOC_TOPLEFT:
      return GST_VIDEO_CHROMA_SITE_COSITED;
    default:
      return GST_VIDEO_CHROMA_SITE_UNKNOWN;
  }
}

void release_buffer(gpointer reference) {
  auto* buffer = static_cast<AVBufferRef*>(reference);
  av_buffer_unref(&buffer);
}

struct MappedFrame {
  GstVideoFrame frame;
  ~MappedFrame() { gst_video_frame_unmap(&frame); }
};

void release_mapping(void* mapped, std::uint8_t* /*data*/) {
  delete static_cast<MappedFrame*>(mapped);
}

}  // namespace

Handle<GstCaps> caps_of(const VideoFrame& frame, Rational frame_rate) {
  const AVFrame& av = *frame.av();
  GstVideoInfo info;
  gst_video_info_init(&info);
  if (!gst_video_info_set_format(&info, gst_format(frame.format()),
                                 static_cast<guint>(frame.width()),
                                 static_cast<guint>(frame.height()))) {
    media::fail(MediaError::Kind::running, "frame", "its size is too large");
  }
  info.fps_n = frame_rate.num;
  info.fps_d = std::max(1, frame_rate.den);
  if (av.sample_aspect_ratio.num > 0 && av.sample_aspect_ratio.den > 0) {
    info.par_n = av.sample_aspect_ratio.num;
    info.par_d = av.sample_aspect_ratio.den;
  }
  info.colorimetry = colorimetry_of(av, frame.format());
  info.chroma_site = chroma_site_of(av);
  if (av.interlaced_frame != 0) {
    info.interlace_mode = GST_VIDEO_INTERLACE_MODE_INTERLEAVED;
    GST_VIDEO_INFO_FIELD_ORDER(&info) = av.top_field_first != 0
                                            ? GST_VIDEO_FIELD_ORDER_TOP_FIELD_FIRST
                                            : GST_VIDEO_FIELD_ORDER_BOTTOM_FIELD_FIRST;
  }
  return Handle<GstCaps>(gst_video_info_to_caps(&info));
}

media::FramePtr properties_of(const GstVideoInfo& info) {
  media::FramePtr frame = media::new_frame();
  const GstVideoColorimetry& color = info.colorimetry;
  if (GST_VIDEO_INFO_IS_YUV(&info)) {
    frame->color_range =
        color.range == GST_VIDEO_COLOR_RANGE_0_255 ? AVCOL_RANGE_JPEG : AVCOL_RANGE_MPEG;
    frame->colorspace = static_cast<AVColorSpace>(gst_video_color_matrix_to_iso(color.matrix));
  }
  frame->color_trc = static_cast<AVColorTransferCharacteristic>(
      gst_video_transfer_function_to_iso(color.transfer));
  frame->color_primaries =
      static_cast<AVColorPrimaries>(gst_video_color_primaries_to_iso(color.primaries));
  for (const AVChromaLocation site :
       {AVCHROMA_LOC_LEFT, AVCHROMA_LOC_CENTER, AVCHROMA_LOC_TOPLEFT}) {
    frame->chroma_location = site;
    if (chroma_site_of(*frame) == info.chroma_site) break;
    frame->chroma_location = AVCHROMA_LOC_UNSPECIFIED;
  }
  if (info.interlace_mode == GST_VIDEO_INTERLACE_MODE_INTERLEAVED) {
    frame->interlaced_frame = 1;
    const auto order = GST_VIDEO_INFO_FIELD_ORDER(&info);
    frame->top_field_first = order != GST_VIDEO_FIELD_ORDER_BOTTOM_FIELD_FIRST ? 1 : 0;
  }
  return frame;
}

Handle<GstCaps> acceptable_caps() {
  Value list(GST_TYPE_LIST);
  for (const PixelFormat& format : all_formats()) {
    if (media::storage_format(format) == AV_PIX_FMT_NONE) continue;
    Value name(G_TYPE_STRING);
    g_value_set_string(name.get(), std::string(format.name).c_str());
    gst_value_list_append_value(list.get(), name.get());
  }
  GstCaps* caps = gst_caps_new_empty_simple("video/x-raw");
  gst_caps_set_value(caps, "format", list.get());
  return Handle<GstCaps>(caps);
}

Handle<GstBuffer> wrap(const VideoFrame& frame) {
  AVFrame& av = *frame.av();
  const PixelFormat& format = frame.format();
  Handle<GstBuffer> buffer(gst_buffer_new());
  std::array<const AVBuffer*, AV_NUM_DATA_POINTERS> placed{};
  std::array<gsize, AV_NUM_DATA_POINTERS> begins{};
  std::size_t memories = 0;
  gsize total = 0;
  gsize offsets[GST_VIDEO_MAX_PLANES] = {};
  gint strides[GST_VIDEO_MAX_PLANES] = {};
  for (std::size_t plane = 0; plane < format.planes; ++plane) {
    // Planes may share an allocation or have one each: one memory for each allocation.
    AVBufferRef* owner = av_frame_get_plane_buffer(&av, static_cast<int>(plane));
    if (owner == nullptr) media::fail(MediaError::Kind::running, "frame", "has no owner");
    std::size_t memory = 0;
    while (memory < memories && placed[memory] != owner->buffer) ++memory;
    if (memory == memories) {
      AVBufferRef* reference = av_buffer_ref(owner);
      if (reference == nullptr) throw std::bad_alloc();
      gst_buffer_append_memory(
          buffer.get(),
          gst_memory_new_wrapped(GST_MEMORY_FLAG_READONLY, reference->data, reference->size, 0,
                                 reference->size, reference, release_buffer));
      placed[memory] = owner->buffer;
      begins[memory] = total;
      total += reference->size;
      ++memories;
    }
    offsets[plane] = begins[memory] + static_cast<gsize>(av.data[plane] - owner->data);
    strides[plane] = av.linesize[plane];
  }
  gst_buffer_add_video_meta_full(buffer.get(), GST_VIDEO_FRAME_FLAG_NONE, gst_format(format),
                                 static_cast<guint>(frame.width()),
                                 static_cast<guint>(frame.height()), format.planes, offsets,
                                 strides);
  if (av.interlaced_frame != 0) {
    GST_BUFFER_FLAG_SET(buffer.get(), GST_VIDEO_BUFFER_FLAG_INTERLACED);
    if (av.top_field_first != 0) GST_BUFFER_FLAG_SET(buffer.get(), GST_VIDEO_BUFFER_FLAG_TFF);
  }
  return buffer;
}

VideoFrame unwrap(GstBuffer* buffer, const GstVideoInfo& info, media::FramePtr properties) {
  const PixelFormat* format = find_format(gst_video_format_to_string(GST_VIDEO_INFO_FORMAT(&info)));
  auto mapped = std::make_unique<MappedFrame>();
  if (format == nullptr || !gst_video_frame_map(&mapped->frame, const_cast<GstVideoInfo*>(&info),
                                                buffer, GST_MAP_READ)) {
    (void)mapped.release();  // nothing was mapped
    media::fail(MediaError::Kind::running, "chain", "its last element gave an unusable buffer");
  }
  AVFrame& av = *properties;
  const GstVideoFrame& frame = mapped->frame;
  for (std::size_t plane = 0; plane < format->planes; ++plane) {
    av.data[plane] = static_cast<std::uint8_t*>(GST_VIDEO_FRAME_PLANE_DATA(&frame, plane));
    av.linesize[plane] = GST_VIDEO_FRAME_PLANE_STRIDE(&frame, plane);
  }
  av.format = media::storage_format(*format);
  av.width = GST_VIDEO_INFO_WIDTH(&info);
  av.height = GST_VIDEO_INFO_HEIGHT(&info);
  // Elements that change the shape of a pixel say so in the caps.
  av.sample_aspect_ratio = {GST_VIDEO_INFO_PAR_N(&info), GST_VIDEO_INFO_PAR_D(&info)};
  if (format->name == "YV12") {
    std::swap(av.data[1], av.data[2]);
    std::swap(av.linesize[1], av.linesize[2]);
    format = find_format("I420");
  }
  av.extended_data = av.data;
  av.buf[0] = av_buffer_create(av.data[0], gst_buffer_get_size(buffer), release_mapping,
                               mapped.get(), AV_BUFFER_FLAG_READONLY);
  if (av.buf[0] == nullptr) throw std::bad_alloc();
  (void)mapped.release();
  return {properties.release(), *format};
}

void PropertyKeeper::keep(const AVFrame& frame, GstBuffer* buffer) {
  const std::int64_t ns = av_rescale_q(frame.pts, frame.time_base, kNanoseconds);
  if (!started_) {
    started_ = true;
    base_ns_ = std::max<std::int64_t>(0, -ns);
  }
  const auto time = static_cast<GstClockTime>(std::max<std::int64_t>(0, ns + base_ns_));
  GST_BUFFER_PTS(buffer) = time;
  if (frame.pkt_duration > 0) {
    GST_BUFFER_DURATION(buffer) =
        static_cast<GstClockTime>(av_rescale_q(frame.pkt_duration, frame.time_base, kNanoseconds));
  }
  media::FramePtr properties = media::share_frame(frame);
  properties->time_base = frame.time_base;
  for (AVBufferRef*& samples : properties->buf) av_buffer_unref(&samples);
  std::fill(std::begin(properties->data), std::end(properties->data), nullptr);
  kept_.insert_or_assign(time, std::move(properties));
}

media::FramePtr PropertyKeeper::take(const GstBuffer* buffer) {
  const GstClockTime time = GST_BUFFER_PTS(buffer);
  auto found = kept_.upper_bound(time);
  if (found != kept_.begin()) --found;
  if (found == kept_.end()) media::fail(MediaError::Kind::running, "chain", "frame without time");
  kept_.erase(kept_.begin(), found);
  media::FramePtr result = media::new_frame();
  if (av_frame_copy_props(result.get(), found->second.get()) < 0) throw std::bad_alloc();
  result->time_base = found->second->time_base;
  if (found->first != time && GST_CLOCK_TIME_IS_VALID(time)) {
    result->pts =
        av_rescale_q(static_cast<std::int64_t>(time) - base_ns_, kNanoseconds, result->time_base);
  }
  return result;
}

}  // namespace convolve::graph
