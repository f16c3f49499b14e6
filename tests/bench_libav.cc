// SPDX-License-Identifier: MIT
#include <cstring>
#include <map>
#include <memory>
#include <sstream>
#include <stdexcept>

extern "C" {
#include <libavfilter/avfilter.h>
#include <libavfilter/buffersink.h>
#include <libavfilter/buffersrc.h>
#include <libavutil/frame.h>
#include <libavutil/log.h>
#include <libavutil/pixdesc.h>
}

#include "bench_contender.h"

namespace convolve::bench {

namespace {

struct FreeGraph {
  void operator()(AVFilterGraph* graph) const noexcept { avfilter_graph_free(&graph); }
};
struct FreeFrame {
  void operator()(AVFrame* frame) const noexcept { av_frame_free(&frame); }
};
struct FreeInOut {
  void operator()(AVFilterInOut* end) const noexcept { avfilter_inout_free(&end); }
};
using FramePointer = std::unique_ptr<AVFrame, FreeFrame>;
using InOutPointer = std::unique_ptr<AVFilterInOut, FreeInOut>;

struct Graph {
  std::unique_ptr<AVFilterGraph, FreeGraph> graph;
  AVFilterContext* source = nullptr;
  AVFilterContext* sink = nullptr;
  FramePointer input;
  FramePointer output;
};

void check(int code, const char* what) {
  if (code < 0) throw std::runtime_error(std::string("libavfilter: ") + what);
}

AVPixelFormat pixel_format(const std::string& name) {
  static const std::map<std::string, AVPixelFormat> formats{{"GRAY8", AV_PIX_FMT_GRAY8},
                                                            {"GRAY16_LE", AV_PIX_FMT_GRAY16LE},
                                                            {"RGB", AV_PIX_FMT_RGB24},
                                                            {"RGBA", AV_PIX_FMT_RGBA},
                                                            {"I420", AV_PIX_FMT_YUV420P},
                                                            {"NV12", AV_PIX_FMT_NV12},
                                                            {"I420_10LE", AV_PIX_FMT_YUV420P10LE},
                                                            {"P010_10LE", AV_PIX_FMT_P010LE}};
  const auto found = formats.find(name);
  return found == formats.end() ? AV_PIX_FMT_NONE : found->second;
}

// `convolution` with the same taps on every plane; it has only squares of 3, 5 and 7 whole taps.
std::string convolution(const Kernel& kernel, double divisor) {
  std::ostringstream taps;
  for (const double tap : kernel.taps()) taps << tap << ' ';
  std::ostringstream text;
  text << "convolution=";
  for (int p = 0; p < 4; ++p) {
    text << (p > 0 ? ":" : "") << p << "m='" << taps.str() << "':" << p << "rdiv=" << 1 / divisor;
  }
  return text.str();
}

std::string filter_text(const Work& work) {
  switch (work.task) {
    case Task::gaussian:
      return "gblur=sigma=" + std::to_string(work.sigma);
    case Task::sobel_magnitude:
      return "sobel=planes=1";
    case Task::upsample:
      return "scale=iw*2:ih*2:flags=bicubic";
    case Task::sobel_x:
    case Task::over_time:
      return {};
    default:
      break;
  }
  const bool can = work.whole && work.kernel.width() <= 7;
  return can ? convolution(work.kernel, work.divisor) : std::string();
}

InOutPointer end_of(const char* name, AVFilterContext* filter) {
  InOutPointer end(avfilter_inout_alloc());
  end->name = av_strdup(name);
  end->filter_ctx = filter;
  return end;
}

std::shared_ptr<Graph> make_graph(const std::string& filters, const Setting& setting,
                                  AVPixelFormat format) {
  auto made = std::make_shared<Graph>();
  made->graph.reset(avfilter_graph_alloc());
  made->graph->nb_threads = static_cast<int>(setting.threads);
  std::ostringstream arguments;
  arguments << "video_size=" << setting.size.width << 'x' << setting.size.height
            << ":pix_fmt=" << static_cast<int>(format) << ":time_base=1/25:pixel_aspect=1/1";
  check(avfilter_graph_create_filter(&made->source, avfilter_get_by_name("buffer"), "in",
                                     arguments.str().c_str(), nullptr, made->graph.get()),
        "buffer");
  check(avfilter_graph_create_filter(&made->sink, avfilter_get_by_name("buffersink"), "out",
                                     nullptr, nullptr, made->graph.get()),
        "buffersink");
  AVFilterInOut* outputs = end_of("in", made->source).release();
  AVFilterInOut* inputs = end_of("out", made->sink).release();
  // Whoever asks for a filter wants the format back that was given.
  const std::string text = filters + ",format=" + av_get_pix_fmt_name(format);
  const int parsed =
      avfilter_graph_parse_ptr(made->graph.get(), text.c_str(), &inputs, &outputs, nullptr);
  avfilter_inout_free(&inputs);
  avfilter_inout_free(&outputs);
  check(parsed, "cannot read the filter");
  check(avfilter_graph_config(made->graph.get(), nullptr), "cannot connect");
  return made;
}

FramePointer copy_frame(const FrameView& view, AVPixelFormat format) {
  FramePointer frame(av_frame_alloc());
  frame->format = format;
  frame->width = view.width;
  frame->height = view.height;
  check(av_frame_get_buffer(frame.get(), 0), "no memory");
  for (int p = 0; p < view.format->planes; ++p) {
    const auto& from = view.plane[static_cast<std::size_t>(p)];
    const int bytes = plane_row_bytes(*view.format, p, view.width);
    for (int y = 0; y < plane_rows(*view.format, p, view.height); ++y) {
      std::memcpy(frame->data[p] + y * frame->linesize[p], from.data + y * from.stride,
                  static_cast<std::size_t>(bytes));
    }
  }
  return frame;
}

}  // namespace

Job libav_job(const Work& work, const Setting& setting, const Frame& input) {
  const AVPixelFormat format = pixel_format(setting.format);
  const std::string filters = filter_text(work);
  if (format == AV_PIX_FMT_NONE || filters.empty()) return {};
  av_log_set_level(AV_LOG_ERROR);
  std::shared_ptr<Graph> graph = make_graph(filters, setting, format);
  graph->input = copy_frame(input.view(), format);
  graph->output.reset(av_frame_alloc());
  return [graph, time = std::int64_t{0}]() mutable {
    graph->input->pts = time++;
    check(
        av_buffersrc_add_frame_flags(graph->source, graph->input.get(), AV_BUFFERSRC_FLAG_KEEP_REF),
        "frame refused");
    check(av_buffersink_get_frame(graph->sink, graph->output.get()), "no frame");
    av_frame_unref(graph->output.get());
  };
}

}  // namespace convolve::bench
