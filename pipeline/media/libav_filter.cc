// SPDX-License-Identifier: MIT
#include "libav_filter.h"

extern "C" {
#include <libavfilter/avfilter.h>
#include <libavfilter/buffersink.h>
#include <libavfilter/buffersrc.h>
}

namespace convolve::media {

namespace {

void check(int code) {
  if (code < 0) fail(MediaError::Kind::running, "libav's filters", reason(code));
}

}  // namespace

LibavFilter::LibavFilter(const std::string& chain, const AVFrame& model)
    : time_base_(model.time_base) {
  graph_ = avfilter_graph_alloc();
  if (graph_ == nullptr) throw std::bad_alloc();
  graph_->nb_threads = 1;
  const std::string arguments =
      "video_size=" + std::to_string(model.width) + "x" + std::to_string(model.height) +
      ":pix_fmt=" + std::to_string(model.format) + ":time_base=" + std::to_string(time_base_.num) +
      "/" + std::to_string(time_base_.den);
  AVFilterInOut* ends = nullptr;
  AVFilterInOut* starts = nullptr;
  try {
    check(avfilter_graph_create_filter(&source_, avfilter_get_by_name("buffer"), "in",
                                       arguments.c_str(), nullptr, graph_));
    check(avfilter_graph_create_filter(&sink_, avfilter_get_by_name("buffersink"), "out", nullptr,
                                       nullptr, graph_));
    check(avfilter_graph_parse2(graph_, chain.c_str(), &starts, &ends));
    check(avfilter_link(source_, 0, starts->filter_ctx, static_cast<unsigned>(starts->pad_idx)));
    check(avfilter_link(ends->filter_ctx, static_cast<unsigned>(ends->pad_idx), sink_, 0));
    check(avfilter_graph_config(graph_, nullptr));
  } catch (...) {
    avfilter_inout_free(&starts);
    avfilter_inout_free(&ends);
    avfilter_graph_free(&graph_);
    throw;
  }
  avfilter_inout_free(&starts);
  avfilter_inout_free(&ends);
}

LibavFilter::~LibavFilter() { avfilter_graph_free(&graph_); }

void LibavFilter::push(const AVFrame* frame) {
  FramePtr copy = frame == nullptr ? nullptr : share_frame(*frame);
  check(av_buffersrc_add_frame_flags(source_, copy.get(), AV_BUFFERSRC_FLAG_PUSH));
}

FramePtr LibavFilter::pull() {
  FramePtr frame = new_frame();
  const int code = av_buffersink_get_frame(sink_, frame.get());
  if (code == AVERROR(EAGAIN) || code == AVERROR_EOF) return nullptr;
  check(code);
  frame->pts = av_rescale_q(frame->pts, av_buffersink_get_time_base(sink_), time_base_);
  frame->time_base = time_base_;
  return frame;
}

}  // namespace convolve::media
