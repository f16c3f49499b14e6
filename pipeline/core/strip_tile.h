// SPDX-License-Identifier: MIT
/// \file
/// Parts of a frame by way of padded copies, tile by tile.
#pragma once

#include <algorithm>
#include <cstring>
#include <numeric>

#include "core/border.h"
#include "core/strip.h"

namespace convolve {

/// Most pixels of a tile of a frame's two sides.
inline constexpr int kMostSideWidth = 128;

constexpr int round_up(int value, int unit) noexcept { return (value + unit - 1) / unit * unit; }

/// Pixels that the taps of one see beside it.
inline int reach(const Job& job) noexcept {
  const Window window = job.stage->window();
  return window.left + window.right;
}

/// Pixels that a stage computes without touching their neighbours, at least.
inline int in_place_unit(const Job& job) noexcept {
  return kLeastSamples / std::gcd(kLeastSamples, job.source.channels);
}

template <typename Load, typename Take>
void Strips::run_tile(const Job& job, const TileShape& shape, int y0, int y1, int samples,
                      Workspace& workspace, const Load& load, const Take& take) const noexcept {
  const Window window = job.stage->window();
  const int height = window.above + window.below + 1;
  for (int i = 0; i < shape.slots; ++i) {
    workspace.slots[static_cast<std::size_t>(i)] =
        workspace.input.data() + static_cast<std::size_t>(i) * shape.slot_bytes;
  }
  for (int i = 0; i < shape.rows; ++i) {
    workspace.out_rows[static_cast<std::size_t>(i)] =
        workspace.output.data() + static_cast<std::size_t>(i) * shape.out_bytes;
  }
  int held = 0;  // rows that the slots still hold of what the next chunk needs
  for (int y = y0; y < y1; y += shape.rows) {
    const int rows = std::min(shape.rows, y1 - y);
    const int needed = (rows - 1) * job.y.stride + height;
    const int first_y = y * job.y.stride + job.y.origin - window.above;
    std::byte** slot = workspace.slots.data() + held * job.frames;
    for (int i = held; i < needed; ++i) {
      for (const ConstFrameView& frame : frames_) load(frame, first_y + i, *slot++);
    }
    const int calls = job.y.stride == 1 ? 1 : rows;
    for (int i = 0; i < calls; ++i) {
      std::copy_n(workspace.slots.data() + i * job.y.stride * job.frames,
                  (calls == 1 ? needed : height) * job.frames, workspace.in_rows.data());
      job.stage->process({workspace.in_rows.data(), workspace.out_rows.data() + i,
                          calls == 1 ? rows : 1, samples, y + i},
                         workspace.stage.data());
    }
    for (int i = 0; i < rows; ++i) take(y + i, workspace.out_rows[static_cast<std::size_t>(i)]);
    const int step = std::min(rows * job.y.stride, needed);
    held = needed - step;
    std::rotate(workspace.slots.begin(), workspace.slots.begin() + step * job.frames,
                workspace.slots.begin() + shape.slots);
  }
}

template <typename Take>
void Strips::run_padded(const Job& job, const Rect& part, Workspace& workspace,
                        const Take& take) const noexcept {
  const TileShape shape(job);
  const Window window = job.stage->window();
  for (int x = part.x0; x < part.x1; x += shape.width) {
    const int width = std::min(shape.width, part.x1 - x);
    const int first_x = x * job.x.stride + job.x.origin - window.left;
    const int in_width = (width - 1) * job.x.stride + reach(job) + 1;
    const int samples = ((width - 1) * job.x.stride + 1) * job.source.channels;
    run_tile(
        job, shape, part.y0, part.y1, samples, workspace,
        [&](const ConstFrameView& frame, int y, std::byte* to) noexcept {
          load_row(job, frame, y, first_x, in_width, to);
        },
        [&](int y, std::byte* row) noexcept { take(y, x, row, width); });
  }
}

}  // namespace convolve
