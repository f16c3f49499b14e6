// SPDX-License-Identifier: MIT
// What lies left and right of the pixels that a stage computes where they lie.
#include <array>
#include <cstdint>
#include <cstring>

#include "core/strip_tile.h"

namespace convolve {

// The two sides of a part, and the pixels that their taps see, next to each other: the left side's
// first. What stages compute at least has room for the sides of several rows, which lie next to
// each other in lanes.
struct Strips::Sides {
  Sides(const Job& job, const Rect& part, const Rect& inner)
      : left(inner.x0 - part.x0),
        right(part.x1 - inner.x1),
        left_from(part.x0 + job.x.origin - job.stage->window().left),
        right_from(inner.x1 + job.x.origin - job.stage->window().left),
        left_width(left > 0 ? left + reach(job) : 0),
        width(left_width + (right > 0 ? right + reach(job) : 0)) {
    if (width > 0) lanes = std::max(1, (in_place_unit(job) - computed()) / width + 1);
    rows_apart = round_up((part.y1 - part.y0 + lanes - 1) / lanes, job.stage->row_period());
  }

  /// Pixels that a stage computes to have both of one row.
  [[nodiscard]] int computed() const noexcept { return left_width + right; }

  int left;
  int right;
  int left_from;  ///< column of the first pixel
  int right_from;
  int left_width;
  int width;  ///< of both
  int lanes = 1;
  int rows_apart;  ///< of two lanes next to each other
  bool shuffled = false;
};

namespace {

// Sides are a few bytes wide: calling `memcpy` for as many as are known only at run time would take
// longer than copying them.
void copy_few(const std::byte* from, std::size_t bytes, std::byte* to) noexcept {
  const auto copy_ends = [&](auto piece) {
    decltype(piece) last;
    std::memcpy(&piece, from, sizeof piece);
    std::memcpy(&last, from + bytes - sizeof last, sizeof last);
    std::memcpy(to, &piece, sizeof piece);
    std::memcpy(to + bytes - sizeof last, &last, sizeof last);
  };
  if (bytes > 16) {
    std::memcpy(to, from, bytes);
  } else if (bytes >= 8) {
    copy_ends(std::uint64_t{});
  } else if (bytes >= 4) {
    copy_ends(std::uint32_t{});
  } else if (bytes >= 2) {
    copy_ends(std::uint16_t{});
  } else if (bytes == 1) {
    *to = *from;
  }
}

}  // namespace

void Workspace::reserve_sides(const Job& job) {
  const auto most = static_cast<std::size_t>(kMostSideWidth + reach(job)) *
                    static_cast<std::size_t>(job.source.pixel_bytes());
  if (side_from.size() >= most) return;
  side_from.resize(most);
  side_border.resize(most);
  side_shuffle.pieces.reserve(most / BytePick::kBytes + 1);
}

bool Strips::plan_sides(const Job& job, const Rect& part, const Rect& inner,
                        Workspace& workspace) const noexcept {
  const Sides sides(job, part, inner);
  if (sides.width == 0 || sides.computed() > kMostSideWidth) return false;
  const int pixel = job.source.pixel_bytes();
  std::size_t count = 0;
  const auto add = [&](int first, int width) {
    for (int x = first; x < first + width; ++x) {
      const int column = border_index(x, job.input.width, border_);
      for (int i = 0; i < pixel; ++i) {
        workspace.side_from[count++] = column == kNoSample ? -1 : column * pixel + i;
      }
    }
  };
  add(sides.left_from, sides.left_width);
  add(sides.right_from, sides.width - sides.left_width);
  job.source.load_border(sides.width, workspace.side_border.data());
  return workspace.side_shuffle.plan(
      {workspace.side_from.data(), count}, workspace.side_border,
      static_cast<std::size_t>(job.input.width) * static_cast<std::size_t>(pixel));
}

// The input row of each lane, of which `y` is the first's.
void Strips::load_sides(const Job& job, const Sides& sides, const ConstFrameView& frame, int y,
                        Workspace& workspace, std::byte* to) const noexcept {
  std::array<bool, kLeastSamples> done{};
  const auto lanes = static_cast<std::size_t>(sides.lanes);
  if (sides.shuffled && frame.format != nullptr) {
    std::array<const std::byte*, kLeastSamples> rows;
    const std::byte* const first = job.source.at(frame, 0, 0);
    const std::ptrdiff_t stride = frame.plane[job.source.component[0].plane].stride;
    for (std::size_t i = 0; i < lanes; ++i) {
      const int from =
          border_index(y + static_cast<int>(i) * sides.rows_apart, job.input.height, border_);
      done[i] = from != kNoSample;
      rows[i] = first + std::max(from, 0) * stride;
    }
    workspace.side_shuffle.run({rows.data(), lanes}, to);
  }
  const int pixel = job.source.pixel_bytes();
  for (std::size_t i = 0; i < lanes; ++i) {
    if (!done[i]) {
      load_row(job, frame, y, sides.left_from, sides.left_width, to);
      load_row(job, frame, y, sides.right_from, sides.width - sides.left_width,
               to + sides.left_width * pixel);
    }
    y += sides.rows_apart;
    to += sides.width * pixel;
  }
}

void Strips::run_sides(const Job& job, const Rect& part, const Rect& inner, bool shuffled,
                       Workspace& workspace) const noexcept {
  Sides sides(job, part, inner);
  if (sides.width == 0) return;
  const int pixel = job.source.pixel_bytes();
  // Where a stage may work in place, its rows are the frame's.
  if (sides.computed() > kMostSideWidth) {
    const auto copy = [&](int y, int x, const std::byte* row, int count) noexcept {
      std::memcpy(job.sink.at(output_, x, y), row, static_cast<std::size_t>(count * pixel));
    };
    run_padded(job, {part.x0, part.y0, inner.x0, part.y1}, workspace, copy);
    run_padded(job, {inner.x1, part.y0, part.x1, part.y1}, workspace, copy);
    return;
  }
  sides.shuffled = shuffled;
  const auto load = [&](const ConstFrameView& frame, int y, std::byte* to) noexcept {
    load_sides(job, sides, frame, y, workspace, to);
  };
  const auto left_bytes = static_cast<std::size_t>(sides.left * pixel);
  const auto right_bytes = static_cast<std::size_t>(sides.right * pixel);
  const std::ptrdiff_t right_at = std::ptrdiff_t{inner.x1 - part.x0} * pixel;
  const std::ptrdiff_t lane_stride = sides.rows_apart * sink_rows(job).second;
  const auto take = [&](int y, const std::byte* row) noexcept {
    std::byte* to = job.sink.at(output_, part.x0, y);
    for (; y < part.y1; y += sides.rows_apart, row += sides.width * pixel, to += lane_stride) {
      copy_few(row, left_bytes, to);
      copy_few(row + sides.left_width * pixel, right_bytes, to + right_at);
    }
  };
  run_tile(job, TileShape(job, kMostSideWidth), part.y0, part.y0 + sides.rows_apart,
           ((sides.lanes - 1) * sides.width + sides.computed()) * job.source.channels, workspace,
           load, take);
}

}  // namespace convolve
