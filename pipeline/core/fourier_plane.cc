// SPDX-License-Identifier: MIT
#include "core/fourier_plane.h"

#include <algorithm>
#include <atomic>
#include <cstring>
#include <utility>

#include "core/thread_pool.h"

namespace convolve {

namespace {

constexpr std::size_t whole_lines(std::size_t bytes) noexcept { return (bytes + 63) / 64 * 64; }

// Every `from_step`th sample becomes every `to_step`th.
template <int kBytes>
void move_samples(const std::byte* from, int from_step, int count, std::byte* to,
                  int to_step) noexcept {
  for (std::ptrdiff_t i = 0; i < count; ++i) {
    std::memcpy(to + i * to_step * kBytes, from + i * from_step * kBytes, kBytes);
  }
}

void move_samples(SampleType type, const std::byte* from, int from_step, int count, std::byte* to,
                  int to_step) noexcept {
  switch (type) {
    case SampleType::u8:
      return move_samples<1>(from, from_step, count, to, to_step);
    case SampleType::u16:
      return move_samples<2>(from, from_step, count, to, to_step);
    case SampleType::f32:
      return move_samples<4>(from, from_step, count, to, to_step);
  }
}

}  // namespace

struct FourierPlane::Room {
  Room(const Job& job, const FourierTaps& taps) noexcept
      : channels(static_cast<std::size_t>(job.source.channels)),
        in_stride(whole_lines(
            static_cast<std::size_t>(taps.across.length * sample_size(job.source.type)))),
        out_stride(
            whole_lines(static_cast<std::size_t>(taps.across.length * sample_size(job.sink.type)))),
        in_plane(in_stride * static_cast<std::size_t>(taps.down.length)),
        out_plane(out_stride * static_cast<std::size_t>(taps.down.length)),
        in(whole_lines(fourier_scratch(taps.across.length, taps.down.length))),
        out(in + channels * in_plane),
        row(out + channels * out_plane),
        bytes(row + channels * std::max(in_stride, out_stride)) {}

  std::size_t channels;
  std::size_t in_stride;
  std::size_t out_stride;
  std::size_t in_plane;  // bytes of one channel
  std::size_t out_plane;
  std::size_t in;  // the transforms' own scratch comes first
  std::size_t out;
  std::size_t row;  // of all channels
  std::size_t bytes;
};

FourierPlane::FourierPlane(const FourierPlan& plan)
    : kernel_(plan.kernel),
      window_(plan.window),
      outputs_(plan.tile.outputs),
      taps_(plan.tile.size.width, plan.tile.size.height, plan.taps),
      finish_(plan.finish) {}

void FourierPlane::reserve(const Job& job, Workspaces workspaces) {
  const Room room(job, taps_);
  for (const auto& workspace : workspaces) workspace->plane.reserve(room.bytes);
}

void FourierPlane::run(const Job& job, const Rect& part, const Strips& strips,
                       Workspaces workspaces) noexcept {
  const int first_column = part.x0 / outputs_.width;
  const int first_row = part.y0 / outputs_.height;
  const int columns = (part.x1 - 1) / outputs_.width + 1 - first_column;
  const int rows = (part.y1 - 1) / outputs_.height + 1 - first_row;
  std::atomic<int> next = 0;
  ThreadPool::shared().run(static_cast<unsigned>(workspaces.size()), [&](unsigned i) noexcept {
    for (int tile = next++; tile < columns * rows; tile = next++) {
      run_tile(job, part, strips, first_column + tile % columns, first_row + tile / columns,
               workspaces[i]->plane.data());
    }
  });
}

void FourierPlane::run_tile(const Job& job, const Rect& part, const Strips& strips, int column,
                            int row, std::byte* scratch) const noexcept {
  const Room room(job, taps_);
  const Rect area{column * outputs_.width, row * outputs_.height,
                  std::min((column + 1) * outputs_.width, job.output.width),
                  std::min((row + 1) * outputs_.height, job.output.height)};
  FourierTile tile{job.source.type,
                   job.sink.type,
                   nullptr,
                   static_cast<std::ptrdiff_t>(room.in_stride),
                   nullptr,
                   static_cast<std::ptrdiff_t>(room.out_stride),
                   (area.x1 - area.x0 - 1) * job.x.stride + 1,
                   (area.y1 - area.y0 - 1) * job.y.stride + 1};

  // Samples that no output needs are zero, so that the bound of errors holds.
  const int width = tile.samples + kernel_.width - 1;
  const int height = tile.rows + kernel_.height - 1;
  const int channels = job.source.channels;
  const bool planar = channels == 1;
  if (width < taps_.across.length || height < taps_.down.length) {
    std::memset(scratch + room.in, 0, room.channels * room.in_plane);
  }
  for (int y = 0; y < height; ++y) {
    std::byte* const to = scratch + room.in + static_cast<std::size_t>(y) * room.in_stride;
    std::byte* const loaded = planar ? to : scratch + room.row;
    strips.load_row(job, area.y0 * job.y.stride + job.y.origin - window_.above + y,
                    area.x0 * job.x.stride + job.x.origin - window_.left, width, loaded);
    for (int c = 0; !planar && c < channels; ++c) {
      move_samples(tile.input, loaded + c * sample_size(tile.input), channels, width,
                   to + static_cast<std::size_t>(c) * room.in_plane, 1);
    }
  }
  for (std::size_t c = 0; c < room.channels; ++c) {
    tile.in = scratch + room.in + c * room.in_plane;
    tile.out = scratch + room.out + c * room.out_plane;
    run_fourier_tile(taps_, finish_, tile, scratch);
  }
  const int x0 = std::max(area.x0, part.x0);
  const int count = std::min(area.x1, part.x1) - x0;
  const int from = (x0 - area.x0) * job.x.stride;
  for (int y = std::max(area.y0, part.y0); y < std::min(area.y1, part.y1); ++y) {
    std::byte* const computed =
        scratch + room.out +
        static_cast<std::size_t>((y - area.y0) * job.y.stride) * room.out_stride;
    std::byte* const whole = planar ? computed : scratch + room.row;
    for (int c = 0; !planar && c < channels; ++c) {
      move_samples(tile.output, computed + static_cast<std::size_t>(c) * room.out_plane, 1,
                   tile.samples, whole + c * sample_size(tile.output), channels);
    }
    strips.store_row(job, {}, y, x0, count, whole + from * job.sink.pixel_bytes());
  }
}

}  // namespace convolve
