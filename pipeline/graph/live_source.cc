// SPDX-License-Identifier: MIT
#include "live_source.h"

#include <algorithm>
#include <chrono>

#include <convolve/graph.h>
#include <convolve/live.h>

#include "../media/connection.h"
#include "../media/pixel.h"
#include "camera_mode.h"
#include "frame_bridge.h"

namespace convolve::graph {

namespace {

constexpr AVRational kTicks{1, 90000};
constexpr AVRational kNanoseconds{1, 1000000000};
constexpr GstClockTime kLook = 50 * GST_MSECOND;
constexpr auto kPatience = std::chrono::seconds(15);  // for the first picture
constexpr double kKeptSeconds = 2;                    // of frames that may wait
constexpr std::size_t kKeptBytes = std::size_t{512} << 20U;

Pipeline parse_pipeline(const LiveInput& input, const std::vector<std::string>& words) {
  std::vector<const gchar*> arguments;
  for (const std::string& word : words) arguments.push_back(word.c_str());
  arguments.push_back(nullptr);
  GError* problem = nullptr;
  GstElement* made = gst_parse_launchv(arguments.data(), &problem);
  const Handle<GError> owner(problem);
  if (made != nullptr) gst_object_ref_sink(made);
  Pipeline pipeline(made);
  if (problem != nullptr || !pipeline) {
    media::fail(MediaError::Kind::input, input.written,
                problem == nullptr ? "cannot be opened" : problem->message);
  }
  return pipeline;
}

std::int64_t ticks(GstClockTime time) {
  return av_rescale_q(static_cast<std::int64_t>(time), kNanoseconds, kTicks);
}

}  // namespace

LiveSource::LiveSource(const LiveInput& input, LiveOptions options)
    : input_(input), options_(std::move(options)), errors_(input.written) {
  init_graph();
  if (input_.frames) {
    options_.frames = std::min(*input_.frames, options_.frames.value_or(*input_.frames));
  }
  words_ = source_words(input_);
  if (input_.kind == LiveKind::camera) {
    const std::vector<std::string> mode = camera_words(input_);
    words_.insert(words_.end(), mode.begin(), mode.end());
  }
  start();
}

// What elements say of servers is their own affair, in the language of whoever runs them.
void LiveSource::fail_as_source(MediaError::Kind kind) const {
  std::string why = errors_.failed() ? errors_.reason() : "cannot be opened";
  std::string hint;
  if (input_.kind == LiveKind::stream) {
    switch (errors_.resource_error()) {
      case GST_RESOURCE_ERROR_NOT_FOUND:
        why = "the server has no such stream";
        break;
      case GST_RESOURCE_ERROR_NOT_AUTHORIZED:
        why = "the server wants a user and a password";
        hint = "write them before the host, as in rtsp://USER:PASSWORD@host/stream";
        break;
      case GST_RESOURCE_ERROR_OPEN_READ:
      case GST_RESOURCE_ERROR_OPEN_READ_WRITE:
        why = media::unreachable(input_.target);
        break;
      case GST_RESOURCE_ERROR_READ:
      case GST_RESOURCE_ERROR_WRITE:
        why = "the connection broke off";
        break;
      default:
        break;
    }
  }
  media::fail(kind, input_.written, why, hint);
}

guint LiveSource::waiting_frames() const {
  if (!options_.keep_all || GST_VIDEO_INFO_SIZE(&format_) == 0) return 1;
  const double rate = info_.frame_rate.num > 0 ? info_.frame_rate.value() : 30;
  const auto fitting = kKeptBytes / GST_VIDEO_INFO_SIZE(&format_);
  return std::clamp(static_cast<guint>(std::min(rate * kKeptSeconds, 1e4)), 2U,
                    static_cast<guint>(std::max<std::size_t>(2, fitting)));
}

GstPadProbeReturn LiveSource::on_arrival(GstPad* /*pad*/, GstPadProbeInfo* info, gpointer self) {
  auto& source = *static_cast<LiveSource*>(self);
  const std::lock_guard lock(source.mutex_);
  source.arrivals_.push_back(GST_PAD_PROBE_INFO_BUFFER(info));
  return GST_PAD_PROBE_OK;
}

// The sink threw away what came before the buffer that it gave out.
void LiveSource::note_taken(const GstBuffer* buffer) {
  const std::lock_guard lock(mutex_);
  const auto found = std::ranges::find(arrivals_, buffer);
  if (found == arrivals_.end()) return;
  dropped_ += found - arrivals_.begin();
  arrivals_.erase(arrivals_.begin(), found + 1);
}

void LiveSource::start() {
  // Of a host that there is not, some elements say that it has no such stream, and others nothing.
  if (input_.kind == LiveKind::stream) {
    if (const auto unknown = media::unknown_host(input_.target)) {
      media::fail(MediaError::Kind::input, input_.written, *unknown);
    }
  }
  std::vector<std::string> words = words_;
  words.insert(words.end(), {"!", "appsink", "name=frames"});
  pipeline_ = parse_pipeline(input_, words);
  sink_.reset(gst_bin_get_by_name(GST_BIN(pipeline_.get()), "frames"));
  const Handle<GstCaps> caps = acceptable_caps();
  g_object_set(sink_.get(), "caps", caps.get(), "sync", FALSE, "max-buffers", waiting_frames(),
               "drop", TRUE, "enable-last-sample", FALSE, "qos", FALSE, "wait-on-eos", FALSE,
               nullptr);
  GstPad* pad = gst_element_get_static_pad(sink_.get(), "sink");
  gst_pad_add_probe(pad, GST_PAD_PROBE_TYPE_BUFFER, on_arrival, this, nullptr);
  gst_object_unref(pad);
  errors_.attach(pipeline_.get());
  if (gst_element_set_state(pipeline_.get(), GST_STATE_PLAYING) == GST_STATE_CHANGE_FAILURE) {
    fail_as_source(MediaError::Kind::input);
  }
  await_first();
  note_taken(gst_sample_get_buffer(first_.get()));
  find_info(*first_);
  g_object_set(sink_.get(), "max-buffers", waiting_frames(), nullptr);
}

void LiveSource::await_first() {
  const auto until = std::chrono::steady_clock::now() + kPatience;
  while (!first_) {
    first_.reset(gst_app_sink_try_pull_sample(GST_APP_SINK(sink_.get()), kLook));
    if (first_) break;
    if (errors_.failed()) fail_as_source(MediaError::Kind::input);
    if (gst_app_sink_is_eos(GST_APP_SINK(sink_.get()))) {
      media::fail(MediaError::Kind::input, input_.written, "ended before its first picture");
    }
    if (std::chrono::steady_clock::now() > until) {
      media::fail(MediaError::Kind::input, input_.written, "gave no picture for 15 seconds");
    }
  }
}

void LiveSource::find_info(const GstSample& sample) {
  GstCaps* caps = gst_sample_get_caps(const_cast<GstSample*>(&sample));
  if (!gst_video_info_from_caps(&format_, caps)) {
    media::fail(MediaError::Kind::input, input_.written, "gave no video");
  }
  caps_.reset(gst_caps_ref(caps));
  begin_ = GST_BUFFER_PTS(gst_sample_get_buffer(const_cast<GstSample*>(&sample)));
  if (!GST_CLOCK_TIME_IS_VALID(begin_)) begin_ = 0;
  info_.width = GST_VIDEO_INFO_WIDTH(&format_);
  info_.height = GST_VIDEO_INFO_HEIGHT(&format_);
  info_.codec = "rawvideo";
  const PixelFormat* format =
      find_format(gst_video_format_to_string(GST_VIDEO_INFO_FORMAT(&format_)));
  if (format != nullptr) {
    info_.pixel_format = av_get_pix_fmt_name(media::meaning_of(*format));
  }
  info_.time_base = media::from_av(kTicks);
  if (GST_VIDEO_INFO_FPS_N(&format_) > 0) {
    info_.frame_rate = {GST_VIDEO_INFO_FPS_N(&format_), GST_VIDEO_INFO_FPS_D(&format_)};
  }
  info_.total_frames = options_.frames;
  if (options_.frames && info_.frame_rate.num > 0) {
    info_.duration = static_cast<double>(*options_.frames) / info_.frame_rate.value();
  }
}

MediaInfo LiveSource::media() const {
  MediaInfo media;
  media.name = input_.written;
  media.container = words_.front();  // the element that gives the frames
  media.video = info_;
  media.bits = static_cast<int>(GST_VIDEO_INFO_COMP_DEPTH(&format_, 0));
  media.pixel_aspect = {GST_VIDEO_INFO_PAR_N(&format_), GST_VIDEO_INFO_PAR_D(&format_)};
  StreamInfo stream;
  stream.type = "video";
  stream.codec = info_.codec;
  stream.filtered = true;
  stream.width = info_.width;
  stream.height = info_.height;
  media.streams.push_back(std::move(stream));
  return media;
}

Handle<GstSample> LiveSource::next_sample() {
  if (first_) return std::move(first_);
  while (!interrupted_) {
    Handle<GstSample> sample(gst_app_sink_try_pull_sample(GST_APP_SINK(sink_.get()), kLook));
    if (sample) {
      note_taken(gst_sample_get_buffer(sample.get()));
      return sample;
    }
    if (errors_.failed()) fail_as_source(MediaError::Kind::running);
    if (gst_app_sink_is_eos(GST_APP_SINK(sink_.get()))) break;
  }
  return nullptr;
}

VideoFrame LiveSource::read() {
  if (interrupted_ || (options_.frames && given_ >= *options_.frames)) return {};
  const Handle<GstSample> sample = next_sample();
  if (!sample) return {};
  ++given_;
  GstCaps* caps = gst_sample_get_caps(sample.get());
  if (caps != caps_.get() && gst_video_info_from_caps(&format_, caps)) {
    caps_.reset(gst_caps_ref(caps));
  }
  GstBuffer* buffer = gst_sample_get_buffer(sample.get());
  media::FramePtr properties = properties_of(format_);
  const GstClockTime time = GST_BUFFER_PTS(buffer);
  const bool timed = GST_CLOCK_TIME_IS_VALID(time) && time > begin_;
  properties->pts = timed ? ticks(time - begin_) : 0;
  properties->time_base = kTicks;
  if (GST_BUFFER_DURATION_IS_VALID(buffer)) {
    properties->pkt_duration = ticks(GST_BUFFER_DURATION(buffer));
  } else if (info_.frame_rate.num > 0) {
    properties->pkt_duration = av_rescale_q(1, av_inv_q(media::to_av(info_.frame_rate)), kTicks);
  }
  VideoFrame frame = unwrap(buffer, format_, std::move(properties));
  if (options_.end && frame.seconds() >= *options_.end) return {};
  return frame;
}

double LiveSource::age(const VideoFrame& frame) const noexcept {
  const GstClockTime now = gst_element_get_current_running_time(pipeline_.get());
  if (!GST_CLOCK_TIME_IS_VALID(now)) return 0;
  return (static_cast<double>(now) - static_cast<double>(begin_)) / GST_SECOND - frame.seconds();
}

}  // namespace convolve::graph

namespace convolve {

std::vector<VideoFrame> first_live_frames(const std::string& input, std::int64_t count) {
  graph::LiveOptions all;
  all.keep_all = true;
  all.frames = count;
  graph::LiveSource source(graph::parse_live_input(input), all);
  std::vector<VideoFrame> frames;
  while (VideoFrame frame = source.read()) frames.push_back(std::move(frame));
  return frames;
}

}  // namespace convolve
