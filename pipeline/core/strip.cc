// SPDX-License-Identifier: MIT
#include "core/strip.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <numeric>

#include "core/border.h"

namespace convolve {

namespace {

// Stages compute whole blocks of so many samples.
constexpr int kBlock = 64;

// Pixels that are copied or filled at a time.
constexpr int kPiece = 512;

constexpr int round_up(int value, int unit) noexcept { return (value + unit - 1) / unit * unit; }

// Maps plain values to codes, in place: a code is never ahead of the value that is read.
template <typename T>
void stretch_row(std::byte* row, int count, const Stretch& stretch, double base,
                 double max_code) noexcept {
  for (int i = 0; i < count; ++i) {
    float value;
    std::memcpy(&value, row + static_cast<std::size_t>(i) * sizeof value, sizeof value);
    double code = (static_cast<double>(value) - stretch.from) * stretch.factor + base;
    if constexpr (sizeof(T) < 4) code = std::nearbyint(std::clamp(code, 0.0, max_code));
    const T sample = static_cast<T>(code);
    std::memcpy(row + static_cast<std::size_t>(i) * sizeof sample, &sample, sizeof sample);
  }
}

bool aligned(const void* data, std::ptrdiff_t stride, SampleType type) noexcept {
  return reinterpret_cast<std::uintptr_t>(data) % static_cast<std::uintptr_t>(sample_size(type)) ==
             0 &&
         stride % sample_size(type) == 0;
}

}  // namespace

void ScratchBuffer::reserve(std::size_t bytes) {
  if (bytes <= bytes_) return;
  memory_.reset();
  bytes_ = 0;
  memory_.reset(static_cast<std::byte*>(::operator new (bytes, std::align_val_t{64})));
  bytes_ = bytes;
}

TileShape::TileShape(const Job& job) noexcept {
  const Window window = job.stage->window();
  const int reach = window.left + window.right;
  const int pixel = job.source.pixel_bytes();
  width = round_up(std::max({256, 4096 / pixel, 2 * reach / job.x.stride}), kBlock);
  width = std::min(width, round_up(job.output.width, kBlock));
  rows = std::clamp(window.above + window.below + 1, 16, 128);
  slots = (rows - 1) * job.y.stride + window.above + window.below + 1;
  samples = ((width - 1) * job.x.stride + 1) * job.source.channels;
  const auto in =
      static_cast<std::size_t>(round_up(samples, kBlock) + reach * job.source.channels + kRowSlack);
  slot_bytes = (in * static_cast<std::size_t>(sample_size(job.source.type)) + 63) / 64 * 64;
  out_bytes = static_cast<std::size_t>(round_up(samples, kBlock)) * sizeof(float);
}

void Workspace::reserve(const Job& job) {
  if (!job.stage) return;
  const TileShape tile(job);
  input.reserve(static_cast<std::size_t>(tile.slots) * tile.slot_bytes);
  output.reserve(static_cast<std::size_t>(tile.rows) * tile.out_bytes);
  const int row_samples = round_up(job.output.width * job.source.channels, kBlock);
  const Window window = job.stage->window();
  const int border_pixels =
      row_samples / job.source.channels + window.left + window.right + kRowSlack + 1;
  border.reserve(static_cast<std::size_t>(border_pixels) *
                 static_cast<std::size_t>(job.source.pixel_bytes()));
  stage.reserve(job.stage->scratch_bytes(std::max(tile.samples, row_samples)));
  const auto most_rows = static_cast<std::size_t>(
      std::max(tile.slots, job.output.height + window.above + window.below));
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

void Strips::run(const Job& job, const Rect& part, const Stretch& stretch,
                 Workspace& workspace) const noexcept {
  if (part.x0 >= part.x1 || part.y0 >= part.y1) return;
  if (job.kind == Job::Kind::neutral) return run_neutral(job, part);
  if (job.kind == Job::Kind::copy) return run_copy(job, part);

  const auto store = [&](int y, int x, std::byte* row, int count) noexcept {
    store_row(job, stretch, y, x, count, row);
  };
  const Rect inner = in_place_part(job, part);
  if (inner.x0 >= inner.x1) return run_padded(job, part, workspace, store);
  run_padded(job, {part.x0, part.y0, inner.x0, part.y1}, workspace, store);
  run_in_place(job, inner, workspace);
  run_padded(job, {inner.x1, part.y0, part.x1, part.y1}, workspace, store);
}

Extremes Strips::measure(const Job& job, const Rect& part, Workspace& workspace) const noexcept {
  Extremes extremes;
  run_padded(job, part, workspace, [&](int, int, const std::byte* row, int count) noexcept {
    const auto* values = reinterpret_cast<const float*>(row);
    for (int i = 0; i < count; ++i) extremes.include(values[i * job.x.stride]);
  });
  return extremes;
}

void Strips::run_neutral(const Job& job, const Rect& part) const noexcept {
  Source constant = job.source;
  constant.border[0] = job.neutral;
  std::byte row[kPiece * sizeof(float)];
  constant.load_border(kPiece, row);
  for (int y = part.y0; y < part.y1; ++y) {
    for (int x = part.x0; x < part.x1; x += kPiece) {
      job.sink.store(output_, y, x, std::min(kPiece, part.x1 - x), 1, row);
    }
  }
}

void Strips::run_copy(const Job& job, const Rect& part) const noexcept {
  std::byte row[kPiece * sizeof(float)];
  const bool straight = job.x.stride == 1 && job.x.origin == 0 && job.input == job.output;
  for (int y = part.y0; y < part.y1; ++y) {
    const int from_y = std::clamp(y * job.y.stride + job.y.origin, 0, job.input.height - 1);
    for (int x = part.x0; x < part.x1; x += kPiece) {
      const int count = std::min(kPiece, part.x1 - x);
      if (straight) {
        job.source.load(input_, from_y, x, x + count, row);
      } else {
        for (int i = 0; i < count; ++i) {
          const int from =
              std::clamp((x + i) * job.x.stride + job.x.origin, 0, job.input.width - 1);
          job.source.load(input_, from_y, from, from + 1, row + i * job.source.pixel_bytes());
        }
      }
      job.sink.store(output_, y, x, count, 1, row);
    }
  }
}

bool Strips::readable_in_place(const Job& job) const noexcept {
  const auto& from = input_.plane[job.source.component[0].plane];
  return job.source.kind == Source::Kind::plain && aligned(from.data, from.stride, job.source.type);
}

// The columns of `part` whose taps all lie inside of the frame, in whole blocks.
Rect Strips::in_place_part(const Job& job, const Rect& part) const noexcept {
  const Rect none{part.x0, part.y0, part.x0, part.y1};
  if (job.sink.kind != Sink::Kind::plain || job.source.type != job.sink.type || job.rescale ||
      job.x.stride != 1 || job.y.stride != 1) {
    return none;
  }
  const auto& to = output_.plane[job.sink.component[0].plane];
  if (!readable_in_place(job) || !aligned(to.data, to.stride, job.sink.type)) return none;

  const Window window = job.stage->window();
  const int slack = kRowSlack / job.source.channels + 1;
  const int first = std::max(part.x0, window.left - job.x.origin);
  const int last = std::min(part.x1, job.input.width - job.x.origin - window.right - slack);
  const int unit = kBlock / std::gcd(kBlock, job.source.channels);
  if (last - first < unit) return none;
  return {first, part.y0, first + (last - first) / unit * unit, part.y1};
}

void Strips::run_in_place(const Job& job, const Rect& part, Workspace& workspace) const noexcept {
  // Tiles so narrow that the rows of one window stay in the first cache.
  constexpr int kTileBytes = 24 * 1024;
  const Window window = job.stage->window();
  const int pixel = job.source.pixel_bytes();
  const int height = window.above + window.below + 4;
  const int unit = kBlock / std::gcd(kBlock, job.source.channels);
  const int tile = round_up(std::max(kTileBytes / (height * pixel), 512 / pixel), unit);
  const int rows = part.y1 - part.y0;
  const int in_rows = rows + window.above + window.below;

  const std::byte* border = nullptr;
  if (border_ == Border::constant) {
    job.source.load_border(
        std::min(tile, part.x1 - part.x0) + window.left + window.right + kRowSlack + 1,
        workspace.border.data());
    border = workspace.border.data();
  }
  for (int x = part.x0; x < part.x1; x += tile) {
    const int count = std::min(tile, part.x1 - x);
    for (int i = 0; i < in_rows; ++i) {
      const int y =
          border_index(part.y0 + i + job.y.origin - window.above, job.input.height, border_);
      workspace.in_rows[static_cast<std::size_t>(i)] =
          y == kNoSample ? border
                         : job.source.at(input_, 0, y) +
                               static_cast<std::ptrdiff_t>(x + job.x.origin - window.left) * pixel;
    }
    for (int i = 0; i < rows; ++i) {
      workspace.out_rows[static_cast<std::size_t>(i)] =
          job.sink.at(output_, 0, part.y0 + i) +
          static_cast<std::ptrdiff_t>(x) * job.sink.pixel_bytes();
    }
    job.stage->process(
        {workspace.in_rows.data(), workspace.out_rows.data(), rows, count * job.source.channels},
        workspace.stage.data());
  }
}

template <typename Take>
void Strips::run_padded(const Job& job, const Rect& part, Workspace& workspace,
                        const Take& take) const noexcept {
  const TileShape shape(job);
  const Window window = job.stage->window();
  const int height = window.above + window.below + 1;
  for (int x = part.x0; x < part.x1; x += shape.width) {
    const int width = std::min(shape.width, part.x1 - x);
    const int first_x = x * job.x.stride + job.x.origin - window.left;
    const int in_width = (width - 1) * job.x.stride + window.left + window.right + 1;
    const int samples = ((width - 1) * job.x.stride + 1) * job.source.channels;
    for (int i = 0; i < shape.slots; ++i) {
      workspace.slots[static_cast<std::size_t>(i)] =
          workspace.input.data() + static_cast<std::size_t>(i) * shape.slot_bytes;
    }
    for (int i = 0; i < shape.rows; ++i) {
      workspace.out_rows[static_cast<std::size_t>(i)] =
          workspace.output.data() + static_cast<std::size_t>(i) * shape.out_bytes;
    }
    int held = 0;  // slots that still hold what the next chunk needs
    for (int y = part.y0; y < part.y1; y += shape.rows) {
      const int rows = std::min(shape.rows, part.y1 - y);
      const int needed = (rows - 1) * job.y.stride + height;
      const int first_y = y * job.y.stride + job.y.origin - window.above;
      for (int i = held; i < needed; ++i) {
        load_row(job, first_y + i, first_x, in_width, workspace.slots[static_cast<std::size_t>(i)]);
      }
      const int calls = job.y.stride == 1 ? 1 : rows;
      for (int i = 0; i < calls; ++i) {
        std::copy_n(workspace.slots.data() + i * job.y.stride, calls == 1 ? needed : height,
                    workspace.in_rows.data());
        job.stage->process({workspace.in_rows.data(), workspace.out_rows.data() + i,
                            calls == 1 ? rows : 1, samples},
                           workspace.stage.data());
      }
      for (int i = 0; i < rows; ++i) {
        take(y + i, x, workspace.out_rows[static_cast<std::size_t>(i)], width);
      }
      const int step = std::min(rows * job.y.stride, needed);
      held = needed - step;
      std::rotate(workspace.slots.begin(), workspace.slots.begin() + step,
                  workspace.slots.begin() + shape.slots);
    }
  }
}

void Strips::load_row(const Job& job, int y, int x0, int count, std::byte* to) const noexcept {
  const int pixel = job.source.pixel_bytes();
  const int from_y = border_index(y, job.input.height, border_);
  if (from_y == kNoSample) return job.source.load_border(count, to);

  const int inside0 = std::clamp(x0, 0, job.input.width);
  const int inside1 = std::clamp(x0 + count, inside0, job.input.width);
  if (inside1 > inside0) {
    job.source.load(input_, from_y, inside0, inside1,
                    to + static_cast<std::ptrdiff_t>(inside0 - x0) * pixel);
  }
  const auto fill = [&](int first, int last) {
    if (first >= last) return;
    std::byte* const start = to + static_cast<std::ptrdiff_t>(first - x0) * pixel;
    if (border_ == Border::constant) return job.source.load_border(last - first, start);
    for (int x = first; x < last; ++x) {
      std::byte* const here = to + static_cast<std::ptrdiff_t>(x - x0) * pixel;
      const int from_x = border_index(x, job.input.width, border_);
      if (from_x >= inside0 && from_x < inside1) {
        std::memcpy(here, to + static_cast<std::ptrdiff_t>(from_x - x0) * pixel,
                    static_cast<std::size_t>(pixel));
      } else {
        job.source.load(input_, from_y, from_x, from_x + 1, here);
      }
    }
  };
  const int end = x0 + count;
  fill(x0, std::min(end, std::max(x0, 0)));
  fill(std::max(x0, job.input.width), end);
  // A tile wholly to the left of the frame, or wholly to its right, is covered by one of the two.
}

void Strips::store_row(const Job& job, const Stretch& stretch, int y, int x, int count,
                       std::byte* row) const noexcept {
  const int computed = ((count - 1) * job.x.stride + 1) * job.source.channels;
  if (job.rescale) {
    if (job.sink.type == SampleType::u8) {
      stretch_row<std::uint8_t>(row, computed, stretch, job.base, job.sink.max_code);
    } else if (job.sink.type == SampleType::u16) {
      stretch_row<std::uint16_t>(row, computed, stretch, job.base, job.sink.max_code);
    } else {
      stretch_row<float>(row, computed, stretch, job.base, job.sink.max_code);
    }
  }
  if (job.sink.kind != Sink::Kind::difference) {
    return job.sink.store(output_, y, x, count, job.x.stride, row, &input_);
  }
  const int from_y = std::clamp(y * job.y.stride + job.y.origin, 0, job.input.height - 1);
  for (int i = 0; i < count; ++i) {
    const int from_x = std::clamp((x + i) * job.x.stride + job.x.origin, 0, job.input.width - 1);
    job.sink.store_difference(
        input_, from_x, from_y, output_, x + i, y,
        row + static_cast<std::ptrdiff_t>(i) * job.x.stride * job.sink.pixel_bytes());
  }
}

void copy_planes(const ConstFrameView& input, const FrameView& output) noexcept {
  for (int plane = 0; plane < input.format->planes; ++plane) {
    const auto i = static_cast<std::size_t>(plane);
    const auto bytes = static_cast<std::size_t>(plane_row_bytes(*input.format, plane, input.width));
    const int rows = plane_rows(*input.format, plane, input.height);
    for (int y = 0; y < rows; ++y) {
      std::memcpy(output.plane[i].data + y * output.plane[i].stride,
                  input.plane[i].data + y * input.plane[i].stride, bytes);
    }
  }
}

}  // namespace convolve
