// SPDX-License-Identifier: MIT
// Pixels into and out of strips, as they are.
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstring>

#include "core/border.h"
#include "core/strip.h"
#include "core/thread_pool.h"

namespace convolve {

namespace {

// Pixels that are copied or filled at a time, and the most bytes of so many: of two channels.
constexpr int kPiece = 512;
constexpr std::size_t kPieceBytes = kPiece * 2 * sizeof(float);

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

}  // namespace

void Strips::run_neutral(const Job& job, const Rect& part) const noexcept {
  Source constant = job.source;
  constant.border[0] = constant.border[1] = job.neutral;
  std::byte row[kPieceBytes];
  constant.load_border(kPiece, row);
  for (int y = part.y0; y < part.y1; ++y) {
    for (int x = part.x0; x < part.x1; x += kPiece) {
      job.sink.store(output_, y, x, std::min(kPiece, part.x1 - x), 1, row);
    }
  }
}

void Strips::run_copy(const Job& job, const Rect& part) const noexcept {
  std::byte row[kPieceBytes];
  const bool straight = job.x.stride == 1 && job.x.origin == 0 && job.x.scale == 1 &&
                        job.x.middle == 0 && job.input == job.output;
  for (int y = part.y0; y < part.y1; ++y) {
    const int from_y = job.y.nearest_input(y, job.input.height);
    for (int x = part.x0; x < part.x1; x += kPiece) {
      const int count = std::min(kPiece, part.x1 - x);
      if (straight) {
        job.source.load(input_, from_y, x, x + count, row);
      } else {
        for (int i = 0; i < count; ++i) {
          const int from = job.x.nearest_input(x + i, job.input.width);
          job.source.load(input_, from_y, from, from + 1, row + i * job.source.pixel_bytes());
        }
      }
      job.sink.store(output_, y, x, count, 1, row);
    }
  }
}

void Strips::load_row(const Job& job, const ConstFrameView& frame, int y, int x0, int count,
                      std::byte* to) const noexcept {
  const int pixel = job.source.pixel_bytes();
  const int from_y = border_index(y, job.input.height, border_);
  if (from_y == kNoSample || frame.format == nullptr) return job.source.load_border(count, to);

  const int inside0 = std::clamp(x0, 0, job.input.width);
  const int inside1 = std::clamp(x0 + count, inside0, job.input.width);
  if (inside1 > inside0) {
    job.source.load(frame, from_y, inside0, inside1,
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
        job.source.load(frame, from_y, from_x, from_x + 1, here);
      }
    }
  };
  const int end = x0 + count;
  fill(x0, std::min(end, std::max(x0, 0)));
  fill(std::max(x0, job.input.width), end);
  // A tile wholly to the left of the frame, or wholly to its right, is covered by one of the two.
}

std::pair<const std::byte*, std::ptrdiff_t> Strips::source_rows(const Job& job,
                                                                const ScratchBuffer& copies,
                                                                std::size_t copy_bytes,
                                                                unsigned threads) const noexcept {
  if (readable_in_place(job)) {
    return {job.source.at(input_, 0, 0), input_.plane[job.source.component[0].plane].stride};
  }
  const auto stride = static_cast<std::ptrdiff_t>(copy_bytes);
  ThreadPool::shared().run(threads, [&](unsigned i) noexcept {
    const auto [first, last] = share(job.input.height, threads, i);
    for (int y = first; y < last; ++y) {
      load_row(job, y, 0, job.input.width, copies.data() + y * stride);
    }
  });
  return {copies.data(), stride};
}

void Strips::store_row(const Job& job, const Stretch& stretch, int y, int x, int count,
                       std::byte* row) const noexcept {
  const int step = job.row_step();
  const int computed = ((count - 1) * step + 1) * job.source.channels;
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
    return job.sink.store(output_, y, x, count, step, row, &input_);
  }
  const int from_y = job.y.nearest_input(y, job.input.height);
  for (int i = 0; i < count; ++i) {
    const int from_x = job.x.nearest_input(x + i, job.input.width);
    job.sink.store_difference(input_, from_x, from_y, output_, x + i, y,
                              row + static_cast<std::ptrdiff_t>(i) * step * job.sink.pixel_bytes());
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
