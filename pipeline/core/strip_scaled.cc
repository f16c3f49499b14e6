// SPDX-License-Identifier: MIT
// Strips whose stage makes several output pixels and rows of each input. They are cut into cells:
// the outputs that lie over one input. Where cells are whole, the output is written in place, and
// where the stage pads rows, the input is read in place; else its rows are copied, with what lies
// beyond the edges.
#include <algorithm>

#include "core/strip_tile.h"

namespace convolve {

namespace {

constexpr int divide_up(int value, int unit) noexcept { return (value + unit - 1) / unit; }

// Sizes of the tiles that a job is computed in.
struct CellTile {
  explicit CellTile(const Job& job) noexcept {
    const Window window = job.stage->window();
    const int channels = job.source.channels;
    const int cells = divide_up(job.output.width, job.x.scale);
    // The rows that a stage keeps of a tile shall stay in the first cache.
    width = std::min(round_up(1024 / channels, kLeastSamples), round_up(cells, kLeastSamples));
    rows = std::max(2, 32 / job.y.scale);
    slots = rows + window.above + window.below;
    const int in_samples = round_up(width * channels, kLeastSamples) +
                           (window.left + window.right) * channels + kRowSlack;
    slot_bytes = round_up(in_samples * sample_size(job.source.type), 64);
    out_rows = rows * job.y.scale;
    out_bytes =
        round_up(width * channels, kLeastSamples) * job.x.scale * sample_size(job.sink.type);
  }
  int width;
  int rows;
  int slots;
  int slot_bytes;
  int out_rows;
  int out_bytes;
};

std::byte* nth(std::byte* first, int index, int bytes) noexcept {
  return first + static_cast<std::ptrdiff_t>(index) * bytes;
}

}  // namespace

void Workspace::reserve_scaled(const Job& job) {
  const CellTile tile(job);
  input.reserve(static_cast<std::size_t>(tile.slots) * static_cast<std::size_t>(tile.slot_bytes));
  output.reserve(static_cast<std::size_t>(tile.out_rows) *
                 static_cast<std::size_t>(tile.out_bytes));
  stage.reserve(job.stage->scratch_bytes(tile.width * job.source.channels));
  const auto make_room = [](auto& rows, int count) {
    rows.resize(std::max(rows.size(), static_cast<std::size_t>(count)));
  };
  make_room(slots, tile.slots);
  make_room(in_rows, tile.slots);
  make_room(out_rows, tile.out_rows);
  make_room(end_from, reach(job) * job.source.channels);
}

Rect Strips::whole_cells(const Job& job, const Rect& part) noexcept {
  const auto first_row = [&job](int y) {
    return std::min(round_up(y, job.y.scale), job.output.height);
  };
  return {part.x0, first_row(part.y0), part.x1, first_row(part.y1)};
}

void Strips::run_scaled(const Job& job, const Rect& part, Workspace& workspace) const noexcept {
  const int first = part.y0 / job.y.scale;
  const int last = divide_up(part.y1, job.y.scale);
  const int all = divide_up(job.output.width, job.x.scale);
  const int whole = job.output.width / job.x.scale;
  const int unit = divide_up(kLeastSamples, job.source.channels);
  if (whole < unit || !writable_in_place(job)) {
    return run_cells(job, {0, first, all, last}, false, workspace);
  }
  if (readable_in_place(job) && pads_rows(job)) {
    run_cells_in_place(job, {0, first, whole, last}, workspace);
  } else {
    run_cells(job, {0, first, whole, last}, true, workspace);
  }
  run_cells(job, {whole, first, all, last}, false, workspace);
}

void Strips::place_output(const Job& job, int x, int y, int rows, bool in_place,
                          Workspace& workspace) const noexcept {
  const CellTile tile(job);
  for (int i = 0; i < rows * job.y.scale; ++i) {
    const int out_y = y * job.y.scale + i;
    workspace.out_rows[static_cast<std::size_t>(i)] =
        in_place && out_y < job.output.height ? job.sink.at(output_, x * job.x.scale, out_y)
                                              : nth(workspace.output.data(), i, tile.out_bytes);
  }
}

void Strips::run_cells_in_place(const Job& job, const Rect& cells,
                                Workspace& workspace) const noexcept {
  const CellTile tile(job);
  const Window window = job.stage->window();
  const int height = window.above + window.below;
  const int least = divide_up(kLeastSamples, job.source.channels);
  const int pixel = job.source.pixel_bytes();
  for (int next = cells.x0; next < cells.x1; next += tile.width) {
    const int x = std::min(next, cells.x1 - least);  // a narrow last tile begins in the one before
    const int width = std::min(tile.width, cells.x1 - x);
    const int first = x - window.left;
    const RowEnds ends = row_ends(job, first, width + reach(job), workspace);
    const int count = ends.inside / job.source.channels;
    for (int y = cells.y0; y < cells.y1; y += tile.rows) {
      const int rows = std::min(tile.rows, cells.y1 - y);
      for (int i = 0; i < rows + height; ++i) {
        const int from = border_index(y - window.above + i, job.input.height, border_);
        const std::byte*& row = workspace.in_rows[static_cast<std::size_t>(i)];
        row = job.source.at(input_, std::max(first, 0), from);
        if (has_slack(job, from)) continue;
        std::byte* const copy = nth(workspace.input.data(), i, tile.slot_bytes);
        row = std::copy_n(row, count * pixel, copy) - count * pixel;
      }
      place_output(job, x, y, rows, true, workspace);
      job.stage->process({workspace.in_rows.data(), workspace.out_rows.data(), rows,
                          width * job.source.channels, y, ends},
                         workspace.stage.data());
    }
  }
}

void Strips::run_cells(const Job& job, const Rect& cells, bool in_place,
                       Workspace& workspace) const noexcept {
  const CellTile tile(job);
  const Window window = job.stage->window();
  const int height = window.above + window.below;
  const int least = in_place ? divide_up(kLeastSamples, job.source.channels) : 1;
  for (int next = cells.x0; next < cells.x1; next += tile.width) {
    const int x = std::min(next, cells.x1 - least);  // a narrow last tile begins in the one before
    const int width = std::min(tile.width, cells.x1 - x);
    const int out_x = x * job.x.scale;
    const int out_width = std::min(width * job.x.scale, job.output.width - out_x);
    for (int i = 0; i < tile.slots; ++i) {
      workspace.slots[static_cast<std::size_t>(i)] =
          nth(workspace.input.data(), i, tile.slot_bytes);
    }
    int held = 0;  // slots that still hold what the next rows need
    for (int y = cells.y0; y < cells.y1; y += tile.rows) {
      const int rows = std::min(tile.rows, cells.y1 - y);
      for (int i = held; i < rows + height; ++i) {
        load_row(job, y - window.above + i, x - window.left, width + window.left + window.right,
                 workspace.slots[static_cast<std::size_t>(i)]);
      }
      std::copy_n(workspace.slots.data(), rows + height, workspace.in_rows.data());
      place_output(job, x, y, rows, in_place, workspace);
      job.stage->process(
          {workspace.in_rows.data(), workspace.out_rows.data(), rows, width * job.source.channels},
          workspace.stage.data());
      for (int i = 0; !in_place && i < rows * job.y.scale; ++i) {
        const int out_y = y * job.y.scale + i;
        if (out_y >= job.output.height) break;
        store_row(job, {}, out_y, out_x, out_width,
                  workspace.out_rows[static_cast<std::size_t>(i)]);
      }
      std::rotate(workspace.slots.begin(), workspace.slots.begin() + rows,
                  workspace.slots.begin() + rows + height);
      held = height;
    }
  }
}

}  // namespace convolve
