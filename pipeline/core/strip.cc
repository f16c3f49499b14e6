// SPDX-License-Identifier: MIT
#include <algorithm>
#include <cstdint>
#include <cstdlib>

#include "core/strip_tile.h"

namespace convolve {

namespace {

bool aligned(const void* data, std::ptrdiff_t stride, SampleType type) noexcept {
  return reinterpret_cast<std::uintptr_t>(data) % static_cast<std::uintptr_t>(sample_size(type)) ==
             0 &&
         stride % sample_size(type) == 0;
}

// Rows that are still in the second cache when the next tile of them comes, of which processors
// fetch the beginning, or their two sides: a side is a line of cache a row, which no processor
// fetches in time. Stages see the rows of a window anew for each so many, which are therefore not
// too few, and more where each is a sum of several frames' rows.
int rows_in_cache(const Job& job, bool has_sides) noexcept {
  const std::int64_t cache_bytes = (has_sides ? 384 : 1024) * 1024;
  const Window window = job.stage->window();
  const std::int64_t row_bytes =
      std::int64_t{job.input.width} * job.source.pixel_bytes() * (job.frames + 1);
  const int windows = job.frames > 1 ? 16 : 8;
  return std::max(static_cast<int>(cache_bytes / row_bytes),
                  windows * (window.above + window.below + 1));
}

}  // namespace

void ScratchBuffer::reserve(std::size_t bytes) {
  if (bytes <= bytes_) return;
  memory_.reset();
  bytes_ = 0;
  memory_.reset(static_cast<std::byte*>(::operator new (bytes, std::align_val_t{64})));
  bytes_ = bytes;
}

TileShape::TileShape(const Job& job) noexcept
    : TileShape(job, std::min(round_up(std::max({256, 4096 / job.source.pixel_bytes(),
                                                 2 * reach(job) / job.x.stride}),
                                       kLeastSamples),
                              round_up(job.output.width, kLeastSamples))) {}

TileShape::TileShape(const Job& job, int tile_width) noexcept : width(tile_width) {
  const Window window = job.stage->window();
  rows = std::clamp(window.above + window.below + 1, width > kLeastSamples ? 16 : 64, 128);
  slots = ((rows - 1) * job.y.stride + window.above + window.below + 1) * job.frames;
  samples = ((width - 1) * job.x.stride + 1) * job.source.channels;
  const auto in = static_cast<std::size_t>(round_up(samples, kLeastSamples) +
                                           reach(job) * job.source.channels + kRowSlack);
  slot_bytes = (in * static_cast<std::size_t>(sample_size(job.source.type)) + 63) / 64 * 64;
  out_bytes = static_cast<std::size_t>(round_up(samples, kLeastSamples)) * sizeof(float);
}

void Workspace::reserve(const Job& job) {
  if (job.clipped) return reserve_clipped(job);
  if (!job.stage) return;
  if (job.x.scale > 1) return reserve_scaled(job);
  const TileShape tile(job);
  const TileShape side(job, kMostSideWidth);
  for (const TileShape& shape : {tile, side}) {
    input.reserve(static_cast<std::size_t>(shape.slots) * shape.slot_bytes);
    output.reserve(static_cast<std::size_t>(shape.rows) * shape.out_bytes);
  }
  reserve_sides(job);
  end_from.resize(std::max(end_from.size(), static_cast<std::size_t>(reach(job)) *
                                                static_cast<std::size_t>(job.source.channels)));
  const int row_samples = round_up(job.output.width * job.source.channels, kLeastSamples);
  const Window window = job.stage->window();
  const int border_pixels =
      row_samples / job.source.channels + window.left + window.right + kRowSlack + 1;
  border.reserve(static_cast<std::size_t>(border_pixels) *
                 static_cast<std::size_t>(job.source.pixel_bytes()));
  stage.reserve(job.stage->scratch_bytes(std::max({tile.samples, side.samples, row_samples})));
  const auto most_rows = static_cast<std::size_t>(std::max(
      {tile.slots, side.slots, (job.output.height + window.above + window.below) * job.frames}));
  slots.resize(std::max(slots.size(), most_rows));
  in_rows.resize(std::max(in_rows.size(), most_rows));
  out_rows.resize(std::max(out_rows.size(), most_rows));
}

void Extremes::include(float value) noexcept {
  least = std::min(least, value);
  most = std::max(most, value);
}

void Extremes::include(const Extremes& other) noexcept {
  least = std::min(least, other.least);
  most = std::max(most, other.most);
}

Stretch Extremes::stretch(double max_code) const noexcept {
  if (!(most > least)) return {};
  const double from = static_cast<double>(least);
  return {from, max_code / (static_cast<double>(most) - from)};
}

void Strips::run(const Job& job, const Rect& given, const Stretch& stretch,
                 Workspace& workspace) const noexcept {
  const Rect part = whole_cells(job, given);
  if (part.x0 >= part.x1 || part.y0 >= part.y1) return;
  if (job.kind == Job::Kind::neutral) return run_neutral(job, part);
  if (job.kind == Job::Kind::copy) return run_copy(job, part);
  if (job.clipped) return run_clipped(job, part, workspace);
  if (job.x.scale > 1) return run_scaled(job, part, workspace);

  const auto store = [&](int y, int x, std::byte* row, int count) noexcept {
    store_row(job, stretch, y, x, count, row);
  };
  const Rect inner = in_place_part(job, part);
  if (inner.x0 >= inner.x1 || inner.y0 >= inner.y1) return run_padded(job, part, workspace, store);
  run_padded(job, {part.x0, part.y0, part.x1, inner.y0}, workspace, store);
  const bool shuffled = plan_sides(job, part, inner, workspace);
  const bool has_sides = inner.x0 > part.x0 || inner.x1 < part.x1;
  const int step = rows_in_cache(job, has_sides);
  for (int y = inner.y0; y < inner.y1; y += step) {
    const Rect rows{inner.x0, y, inner.x1, std::min(y + step, inner.y1)};
    run_in_place(job, rows, workspace);
    run_sides(job, {part.x0, rows.y0, part.x1, rows.y1}, rows, shuffled, workspace);
  }
  run_padded(job, {part.x0, inner.y1, part.x1, part.y1}, workspace, store);
}

Extremes Strips::measure(const Job& job, const Rect& part, Workspace& workspace) const noexcept {
  Extremes extremes;
  run_padded(job, part, workspace, [&](int, int, const std::byte* row, int count) noexcept {
    const auto* values = reinterpret_cast<const float*>(row);
    for (int i = 0; i < count; ++i) extremes.include(values[i * job.x.stride]);
  });
  return extremes;
}

bool Strips::readable_in_place(const Job& job) const noexcept {
  return job.source.kind == Source::Kind::plain &&
         std::all_of(frames_.begin(), frames_.end(), [&job](const ConstFrameView& frame) {
           const auto& from = frame.plane[job.source.component[0].plane];
           return frame.format == nullptr || aligned(from.data, from.stride, job.source.type);
         });
}

bool Strips::writable_in_place(const Job& job) const noexcept {
  const auto& to = output_.plane[job.sink.component[0].plane];
  return job.sink.kind == Sink::Kind::plain && aligned(to.data, to.stride, job.sink.type);
}

bool Strips::has_slack(const Job& job, int y) const noexcept {
  return std::all_of(frames_.begin(), frames_.end(), [&](const ConstFrameView& frame) {
    const std::ptrdiff_t stride = frame.plane[job.source.component[0].plane].stride;
    const std::ptrdiff_t rows_beyond = stride > 0 ? job.input.height - 1 - y : y;
    return frame.format == nullptr ||
           rows_beyond * std::abs(stride) >= kRowSlack * sample_size(job.source.type);
  });
}

// True where the stage makes what lies beyond the ends of rows. What it repeats must lie in the
// same tile, of which the least has `kLeastSamples`: so windows are about as long to both sides.
bool Strips::pads_rows(const Job& job) const noexcept {
  if (!job.stage->pads_rows() || border_ == Border::constant || border_ == Border::wrap) {
    return false;
  }
  const Window window = job.stage->window();
  return job.x.origin >= 0 && job.x.origin + job.output.width / job.x.scale <= job.input.width &&
         (std::abs(window.left - window.right) + 1) * job.source.channels <= kLeastSamples;
}

// The columns of `part` whose taps all lie inside of the frame, all of them where the stage pads
// rows, and the rows behind whose taps' there is something that may be read.
Rect Strips::in_place_part(const Job& job, const Rect& part) const noexcept {
  const Rect none{part.x0, part.y0, part.x0, part.y1};
  if (job.source.type != job.sink.type || job.rescale || job.x.stride != 1 || job.y.stride != 1 ||
      !readable_in_place(job) || !writable_in_place(job)) {
    return none;
  }

  const Window window = job.stage->window();
  Rect inner = part;
  if (!pads_rows(job)) {
    inner.x0 = std::max(part.x0, window.left - job.x.origin);
    inner.x1 = std::min(part.x1, job.input.width - job.x.origin - window.right);
  }
  if (inner.x1 - inner.x0 < in_place_unit(job)) return none;

  const auto readable = [&](int y) {
    for (int i = -window.above; i <= window.below; ++i) {
      const int from = border_index(y + job.y.origin + i, job.input.height, border_);
      if (from != kNoSample && !has_slack(job, from)) return false;
    }
    return true;
  };
  // Rows without slack are those at one end of the frame. Output rows that see none of the others'
  // border are a run; around it, borders may bring rows without slack.
  int first = 0;
  int last = job.input.height;
  while (first < last && !has_slack(job, first)) ++first;
  while (first < last && !has_slack(job, last - 1)) --last;
  inner.y0 = std::clamp(first + window.above - job.y.origin, part.y0, part.y1);
  inner.y1 = std::clamp(last - window.below - job.y.origin, inner.y0, part.y1);
  if (inner.y0 == inner.y1) return none;
  while (inner.y0 > part.y0 && readable(inner.y0 - 1)) --inner.y0;
  while (inner.y1 < part.y1 && readable(inner.y1)) ++inner.y1;
  return inner;
}

RowEnds Strips::row_ends(const Job& job, int first, int count,
                         Workspace& workspace) const noexcept {
  const int channels = job.source.channels;
  std::size_t ends = 0;
  const auto add = [&](int from, int to) {
    for (int x = from; x < to; ++x) {
      const int column = border_index(x, job.input.width, border_) - first;
      for (int c = 0; c < channels; ++c) workspace.end_from[ends++] = column * channels + c;
    }
    return std::max(to - from, 0) * channels;
  };
  const int left = add(first, 0);
  const int right = add(job.input.width, first + count);
  return {left, count * channels - left - right, right, workspace.end_from.data()};
}

void Strips::run_in_place(const Job& job, const Rect& part, Workspace& workspace) const noexcept {
  // Tiles so narrow that the rows of one window stay in the first cache.
  constexpr int kTileBytes = 24 * 1024;
  const Window window = job.stage->window();
  const int pixel = job.source.pixel_bytes();
  const int height = window.above + window.below + 4;
  const int unit = in_place_unit(job);
  const int tile = round_up(std::max(kTileBytes / (height * pixel), 512 / pixel), unit);
  const int rows = part.y1 - part.y0;
  const int in_rows = rows + window.above + window.below;

  const std::byte* border = nullptr;
  const bool lacks_frames =
      std::any_of(frames_.begin(), frames_.end(),
                  [](const ConstFrameView& frame) { return frame.format == nullptr; });
  if (border_ == Border::constant || lacks_frames) {
    job.source.load_border(
        std::min(tile, part.x1 - part.x0) + window.left + window.right + kRowSlack + 1,
        workspace.border.data());
    border = workspace.border.data();
  }
  for (int next = part.x0; next < part.x1; next += tile) {
    const int x = std::min(next, part.x1 - unit);  // a narrow last tile begins in the one before
    const int count = std::min(tile, part.x1 - x);
    const int first = x + job.x.origin - window.left;
    const RowEnds ends = row_ends(job, first, count + reach(job), workspace);
    const auto skipped = static_cast<std::ptrdiff_t>(std::max(first, 0)) * pixel;
    const std::byte** in_row = workspace.in_rows.data();
    for (int i = 0; i < in_rows; ++i) {
      const int y =
          border_index(part.y0 + i + job.y.origin - window.above, job.input.height, border_);
      for (const ConstFrameView& frame : frames_) {
        *in_row++ = y == kNoSample || frame.format == nullptr
                        ? border
                        : job.source.at(frame, 0, y) + skipped;
      }
    }
    for (int i = 0; i < rows; ++i) {
      workspace.out_rows[static_cast<std::size_t>(i)] =
          job.sink.at(output_, 0, part.y0 + i) +
          static_cast<std::ptrdiff_t>(x) * job.sink.pixel_bytes();
    }
    job.stage->process({workspace.in_rows.data(), workspace.out_rows.data(), rows,
                        count * job.source.channels, part.y0, ends},
                       workspace.stage.data());
  }
}

}  // namespace convolve
