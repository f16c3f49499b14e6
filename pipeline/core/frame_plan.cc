// SPDX-License-Identifier: MIT
#include "core/frame_plan.h"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <cstring>
#include <span>
#include <utility>

#include "core/half_summer.h"
#include "core/plane_summer.h"
#include "core/strip.h"
#include "core/thread_pool.h"

namespace convolve {

namespace {

// Bands are taken one after the other by whoever is free: a worker that wakes late, or whose core
// is busy, takes fewer. Each band reads some rows of its neighbours again, so they are not too
// small.
constexpr unsigned kBandsPerThread = 4;
constexpr int kLeastBandRows = 32;

constexpr int floor_shift(int value, int shift) noexcept { return value >> shift; }

Size component_grid(Size size, int shift_x, int shift_y) {
  return {component_size(size.width, shift_x), component_size(size.height, shift_y)};
}

struct Rgb {
  double r, g, b;  // 0 … 1
};

Rgb border_rgb(std::uint32_t argb) {
  return {((argb >> 16) & 0xff) / 255.0, ((argb >> 8) & 0xff) / 255.0, (argb & 0xff) / 255.0};
}

// The colour's code in component `i` of `format`. Y'CbCr as in ITU-R BT.709, 3.3 and 4.
double border_code(std::uint32_t argb, const FrameLayout& layout, int i) {
  const PixelFormat& format = *layout.input;
  const Rgb color = border_rgb(argb);
  const double most = format.max_code();
  const auto round = [&format](double code) {
    return format.type == SampleType::f32 ? code : std::nearbyint(code);
  };
  if (i == 3) return round((argb >> 24) / 255.0 * most);
  if (format.family == ColorFamily::rgb) {
    return round((i == 0 ? color.r : i == 1 ? color.g : color.b) * most);
  }
  const bool gray = format.family == ColorFamily::gray;
  const ColorMatrix matrix = gray ? kBt601 : layout.matrix;
  const double luma =
      matrix.kr * color.r + (1 - matrix.kr - matrix.kb) * color.g + matrix.kb * color.b;
  if (gray) return round(luma * most);
  const bool video = layout.range == ColorRange::video;
  const double step = std::ldexp(1.0, format.bits - 8);  // codes per 8-bit code
  if (i == 0) return round(video ? (16 + 219 * luma) * step : luma * most);
  const double difference =
      i == 1 ? (color.b - luma) / (2 * (1 - matrix.kb)) : (color.r - luma) / (2 * (1 - matrix.kr));
  return round(std::clamp((most + 1) / 2 + difference * (video ? 224 * step : most), 0.0, most));
}

}  // namespace

FramePlan::FramePlan(const Filter& filter, const FrameLayout& layout)
    : layout_(layout),
      border_(filter.params().border),
      border_color_(filter.params().border_color),
      geometry_(filter.geometry()) {
  switch (layout.input->family) {
    case ColorFamily::gray:
      add_gray_jobs(filter);
      break;
    case ColorFamily::rgb:
      add_rgb_jobs(filter);
      break;
    case ColorFamily::yuv:
      add_yuv_jobs(filter);
      break;
  }
}

FramePlan::~FramePlan() = default;

Job& FramePlan::add_job(Job::Kind kind, int component) {
  const PixelFormat& format = *layout_.input;
  const Component& place = format.component[static_cast<std::size_t>(component)];
  const PixelFormat& to = *layout_.output;
  const Component& to_place =
      to.component[to.family == format.family ? static_cast<std::size_t>(component) : 0];
  Job& job = jobs_.emplace_back();
  job.kind = kind;
  job.frames = geometry_.t.frames();
  job.shift_x = place.shift_x;
  job.shift_y = place.shift_y;
  job.input = component_grid(layout_.size, place.shift_x, place.shift_y);
  job.output = component_grid(
      {geometry_.x.output_size(layout_.size.width), geometry_.y.output_size(layout_.size.height)},
      place.shift_x, place.shift_y);
  job.x = geometry_.x;
  job.y = geometry_.y;
  job.x.origin = floor_shift(job.x.origin, place.shift_x);
  job.y.origin = floor_shift(job.y.origin, place.shift_y);

  const bool plain = place.step == sample_size(format.type) && format.low_zero_bits == 0;
  job.source.kind = plain ? Source::Kind::plain : Source::Kind::strided;
  job.source.type = job.source.frame_type = format.type;
  job.source.low_zero_bits = format.low_zero_bits;
  job.source.component[0] = place;
  job.source.border[0] = border_code(border_color_, layout_, component);

  const bool plain_to = to_place.step == sample_size(to.type) && to.low_zero_bits == 0;
  job.sink.kind = plain_to ? Sink::Kind::plain : Sink::Kind::strided;
  job.sink.type = job.sink.frame_type = to.type;
  job.sink.low_zero_bits = to.low_zero_bits;
  job.sink.max_code = to.max_code();
  job.sink.component[0] = to_place;
  job.neutral = std::ldexp(1.0, format.bits - 1);
  return job;
}

void FramePlan::make_stage(Job& job, const Filter& filter, double base, bool chroma) {
  const PixelFormat& format = *layout_.input;
  StageSpec spec;
  spec.input = job.source.type;
  spec.output = job.sink.type;
  spec.channels = job.source.channels;
  spec.max_code = format.max_code();
  spec.integer = format.type != SampleType::f32;
  spec.input_scale = job.source.kind == Source::Kind::luma && spec.integer ? Source::kLumaScale : 1;
  spec.max_input = spec.max_code * spec.input_scale;
  spec.base = base;
  spec.chroma = chroma;
  spec.shift_x = job.shift_x;
  spec.shift_y = job.shift_y;
  const auto site = [](bool cosited, int shift) {
    return cosited ? -(1 - std::ldexp(1.0, -shift)) / 2 : 0;
  };
  spec.site_x = site(layout_.site.left, job.shift_x);
  spec.site_y = site(layout_.site.top, job.shift_y);
  job.base = base;
  job.input_scale = spec.input_scale;
  job.rescale = filter.rescales();
  if (job.rescale) spec.output = SampleType::f32;
  job.clipped = filter.make_clipped_stage(
      spec, {job.input.width, job.input.height, job.output.width, job.output.height});
  if (job.clipped) return;
  if (auto sums = filter.make_sums(spec, job.input.width, job.input.height)) {
    if (HalfSummer::serves(job)) {
      if (!half_summer_) half_summer_ = std::make_shared<HalfSummer>();
      job.plane = std::make_shared<HalfSummedPlane>(half_summer_, *sums);
    } else {
      if (!summer_) summer_ = std::make_shared<PlaneSummer>();
      job.plane = std::make_shared<SummedPlane>(summer_, std::move(*sums));
    }
  } else if (!job.rescale) {
    job.plane = filter.make_plane_work(spec, job.output.width, job.output.height);
  }
  if (!job.plane) job.stage = filter.make_stage(spec);
}

void FramePlan::add_alpha_job(const Filter& filter) {
  constexpr int kAlpha = 3;
  if (filter.filters_alpha()) {
    make_stage(add_job(Job::Kind::filter, kAlpha), filter, 0, false);
  } else {
    add_job(Job::Kind::copy, kAlpha);
  }
}

void FramePlan::add_gray_jobs(const Filter& filter) {
  make_stage(add_job(Job::Kind::filter, 0), filter, 0, false);
}

void FramePlan::add_rgb_jobs(const Filter& filter) {
  const PixelFormat& format = *layout_.input;
  const Params& params = filter.params();
  const bool luma_only =
      params.color_mode == ColorMode::greyscale || params.color_mode == ColorMode::luma;
  const int samples = format.component[0].step / sample_size(format.type);
  // The byte beside R, G and B that means nothing still must not be left as it was.
  int fourth = Sink::kNone;
  if (samples == 4) {
    fourth = 6 * sample_size(format.type);
    for (std::size_t i = 0; i < 3; ++i) fourth -= format.component[i].offset;
  }
  bool copies_fourth = fourth != Sink::kNone || format.alpha;
  if (luma_only) {
    Job& job = add_job(Job::Kind::filter, 0);
    job.source.kind = Source::Kind::luma;
    job.source.type = SampleType::f32;
    const Rgb color = border_rgb(border_color_);
    const double most =
        format.max_code() * (format.type == SampleType::f32 ? 1 : Source::kLumaScale);
    job.source.border[0] = (0.299 * color.r + 0.587 * color.g + 0.114 * color.b) * most;
    if (format.type != SampleType::f32) {
      job.source.border[0] = std::nearbyint(job.source.border[0]);
    }
    for (std::size_t i = 0; i < 3; ++i) job.source.component[i] = format.component[i];
    if (layout_.output->family == ColorFamily::rgb) {
      const bool difference = params.color_mode == ColorMode::luma;
      job.sink.kind = difference ? Sink::Kind::difference : Sink::Kind::broadcast;
      if (difference) job.sink.type = SampleType::f32;
      for (std::size_t i = 0; i < 3; ++i) job.sink.component[i] = format.component[i];
      if (!difference && samples == 4 && format.type == SampleType::u8 && geometry_.same_size()) {
        job.sink.fourth = fourth;
        copies_fourth = false;
      }
    }
    make_stage(job, filter, 0, false);
  } else if (samples > 1 && !filter.rescales()) {
    Job& job = add_job(Job::Kind::filter, 0);
    job.source.kind = Source::Kind::plain;
    job.sink.kind = Sink::Kind::plain;
    job.source.channels = job.sink.channels = samples;
    job.source.component[0].offset = job.sink.component[0].offset = 0;
    for (std::size_t i = 0; i < 3; ++i) {
      const auto place =
          static_cast<std::size_t>(format.component[i].offset / sample_size(format.type));
      job.source.border[place] = border_code(border_color_, layout_, static_cast<int>(i));
    }
    if (format.alpha) {
      const auto place =
          static_cast<std::size_t>(format.component[3].offset / sample_size(format.type));
      job.source.border[place] = border_code(border_color_, layout_, 3);
    }
    make_stage(job, filter, 0, false);
    if (filter.filters_alpha()) return;  // with the colours, and so what lies in its place
  } else {
    for (int i = 0; i < 3; ++i) make_stage(add_job(Job::Kind::filter, i), filter, 0, false);
  }
  if (!copies_fourth || layout_.output->family != ColorFamily::rgb) return;
  if (format.alpha) return add_alpha_job(filter);
  Job& job = add_job(Job::Kind::copy, 0);
  job.source.component[0].offset = job.sink.component[0].offset = static_cast<std::uint8_t>(fourth);
}

void FramePlan::add_yuv_jobs(const Filter& filter) {
  const PixelFormat& format = *layout_.input;
  const ColorMode mode = filter.params().color_mode;
  const bool raw = mode == ColorMode::raw;
  const double step = std::ldexp(1.0, format.bits - 8);
  const double black = raw || layout_.range == ColorRange::full ? 0 : 16 * step;
  make_stage(add_job(Job::Kind::filter, 0), filter, black, false);
  if (layout_.output->family == ColorFamily::gray) return;

  const bool filtered = raw || (mode == ColorMode::per_channel && filter.filters_chroma());
  const Component& u = format.component[1];
  const Job::Kind kind = filtered                  ? Job::Kind::filter
                         : mode == ColorMode::luma ? Job::Kind::copy
                                                   : Job::Kind::neutral;
  const bool paired = u.step == 2 * sample_size(format.type) && format.planes == 2 &&
                      format.low_zero_bits == 0 && !(filtered && filter.rescales());
  for (int i = 1; i < 3; ++i) {
    Job& job = add_job(kind, i);
    if (paired) {
      // U and V side by side are one image of two channels.
      job.source.kind = Source::Kind::plain;
      job.sink.kind = Sink::Kind::plain;
      job.source.channels = job.sink.channels = 2;
      job.source.component[0].offset = job.sink.component[0].offset = 0;
      const bool v_first = format.component[2].offset == 0;
      job.source.border[v_first ? 1 : 0] = border_code(border_color_, layout_, 1);
      job.source.border[v_first ? 0 : 1] = border_code(border_color_, layout_, 2);
      ++i;
    }
    if (filtered) make_stage(job, filter, raw ? 0 : job.neutral, !raw);
  }
  if (format.alpha) add_alpha_job(filter);
}

void FramePlan::prepare(unsigned threads) {
  while (workspaces_.size() < threads) workspaces_.push_back(std::make_unique<Workspace>());
  for (const auto& workspace : workspaces_) {
    for (const Job& job : jobs_) workspace->reserve(job);
  }
  for (const Job& job : jobs_) {
    if (job.plane) job.plane->reserve(job, std::span(workspaces_).first(threads));
  }
}

Rect FramePlan::part_of(const Job& job, const Rect& area) const noexcept {
  return {area.x0 >> job.shift_x, area.y0 >> job.shift_y, component_size(area.x1, job.shift_x),
          component_size(area.y1, job.shift_y)};
}

template <typename Act>
void FramePlan::each_band(const Rect& area, unsigned threads, const Act& act) noexcept {
  int least_rows = kLeastBandRows;
  for (const Job& job : jobs_) {
    if (!job.stage) continue;
    const Window window = job.stage->window();
    least_rows = std::max(least_rows, 8 * (window.above + window.below));
  }
  const auto most = static_cast<unsigned>((area.y1 - area.y0) / least_rows);
  const unsigned bands =
      threads == 1 ? 1 : std::max(threads, std::min(threads * kBandsPerThread, most));
  std::atomic<unsigned> next = 0;
  ThreadPool::shared().run(threads, [&](unsigned i) noexcept {
    for (unsigned band = next++; band < bands; band = next++) {
      for (std::size_t j = 0; j < jobs_.size(); ++j) {
        const Job& job = jobs_[j];
        if (job.plane) continue;
        const Rect part = part_of(job, area);
        const auto [first, last] = share(part.y1 - part.y0, bands, band);
        act(j, Rect{part.x0, part.y0 + first, part.x1, part.y0 + last}, *workspaces_[i]);
      }
    }
  });
}

std::vector<Stretch> FramePlan::measure(const Strips& strips, const Rect& area, unsigned threads) {
  std::vector<Stretch> stretches(jobs_.size());
  if (std::none_of(jobs_.begin(), jobs_.end(), [](const Job& job) { return job.rescale; })) {
    return stretches;
  }
  for (const auto& workspace : workspaces_) workspace->extremes.assign(jobs_.size(), {});
  each_band(area, threads, [&](std::size_t j, const Rect& band, Workspace& workspace) noexcept {
    if (jobs_[j].rescale) workspace.extremes[j].include(strips.measure(jobs_[j], band, workspace));
  });
  for (std::size_t j = 0; j < jobs_.size(); ++j) {
    Extremes all;
    for (const auto& workspace : workspaces_) all.include(workspace->extremes[j]);
    stretches[j] = all.stretch(jobs_[j].sink.max_code);
  }
  return stretches;
}

void FramePlan::run(std::span<const ConstFrameView> frames, const FrameView& output,
                    const std::optional<Rect>& roi, unsigned threads) {
  const Rect area = roi.value_or(Rect{0, 0, output.width, output.height});
  threads = std::clamp(threads, 1U, static_cast<unsigned>(output.height));
  prepare(threads);
  const ConstFrameView& own = frames[static_cast<std::size_t>(geometry_.t.before)];
  if (roi) copy_planes(own, output);
  if (area.x0 >= area.x1 || area.y0 >= area.y1) return;

  const Strips strips{frames, own, output, border_};
  for (const Job& job : jobs_) {
    if (!job.plane) continue;
    job.plane->run(job, part_of(job, area), strips, std::span(workspaces_).first(threads));
  }
  const std::vector<Stretch> stretches = measure(strips, area, threads);
  each_band(area, threads, [&](std::size_t j, const Rect& band, Workspace& workspace) noexcept {
    strips.run(jobs_[j], band, stretches[j], workspace);
  });
}

}  // namespace convolve
