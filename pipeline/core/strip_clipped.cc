// SPDX-License-Identifier: MIT
// Strips whose stage sees the edges: it gets whole rows of the plane, where they lie if it can read
// them there, and one output row is computed after the other.
#include <algorithm>

#include "core/strip.h"

namespace convolve {

namespace {

std::size_t row_bytes(int pixels, int pixel_bytes) noexcept {
  return (static_cast<std::size_t>(pixels) * static_cast<std::size_t>(pixel_bytes) + 63) / 64 * 64;
}

}  // namespace

void Workspace::reserve_clipped(const Job& job) {
  const auto most = static_cast<std::size_t>(job.clipped->most_rows());
  input.reserve(most * row_bytes(job.input.width, job.source.pixel_bytes()));
  output.reserve(row_bytes(job.output.width, job.sink.pixel_bytes()));
  stage.reserve(job.clipped->scratch_bytes());
  in_rows.resize(std::max(in_rows.size(), most));
}

void Strips::run_clipped(const Job& job, const Rect& part, Workspace& workspace) const noexcept {
  const bool in_place = readable_in_place(job);
  const std::size_t bytes = row_bytes(job.input.width, job.source.pixel_bytes());
  const auto most = static_cast<std::size_t>(job.clipped->most_rows());
  int loaded = -1;  // the last of the rows that were copied; row y is in slot y modulo `most`
  for (int y = part.y0; y < part.y1; ++y) {
    const ClippedStage::Rows rows = job.clipped->rows(y);
    for (int i = 0; i < rows.count; ++i) {
      const int from = rows.first + i;
      std::byte* const slot =
          workspace.input.data() + static_cast<std::size_t>(from) % most * bytes;
      if (!in_place && from > loaded) {
        job.source.load(input_, from, 0, job.input.width, slot);
        loaded = from;
      }
      workspace.in_rows[static_cast<std::size_t>(i)] =
          in_place ? job.source.at(input_, 0, from) : slot;
    }
    job.clipped->process({workspace.in_rows.data(), static_cast<std::size_t>(rows.count)},
                         workspace.output.data(), workspace.stage.data());
    store_row(
        job, {}, y, part.x0, part.x1 - part.x0,
        workspace.output.data() + static_cast<std::ptrdiff_t>(part.x0) * job.sink.pixel_bytes());
  }
}

}  // namespace convolve
