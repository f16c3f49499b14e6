// SPDX-License-Identifier: MIT
/// \file
/// Runs jobs over parts of a frame. A part is cut into strips: where every tap of a strip lies
/// inside of the frame and samples lie as the stage wants them, the stage works on the frame's own
/// rows; elsewhere on padded copies.
#pragma once

#include <cstddef>
#include <limits>
#include <memory>
#include <new>
#include <span>
#include <utility>
#include <vector>

#include "core/frame_plan.h"
#include "core/simd/row_shuffle.h"

namespace convolve {

/// 64-byte aligned memory that only grows.
class ScratchBuffer {
 public:
  void reserve(std::size_t bytes);
  [[nodiscard]] std::byte* data() const noexcept { return memory_.get(); }

 private:
  struct Free {
    void operator()(std::byte* memory) const noexcept {
      ::operator delete (memory, std::align_val_t{64});
    }
  };
  std::unique_ptr<std::byte, Free> memory_;
  std::size_t bytes_ = 0;
};

/// The sizes of a job's padded copies.
struct TileShape {
  /// Tiles of the width that suits the job.
  explicit TileShape(const Job& job) noexcept;
  /// Narrow tiles of the two sides of a frame.
  TileShape(const Job& job, int side_width) noexcept;
  int width;               ///< most output pixels of a tile
  int rows;                ///< most output rows of a chunk
  int slots;               ///< input rows that a chunk needs, of all frames
  int samples;             ///< samples that the stage computes for `width` pixels
  std::size_t slot_bytes;  ///< of one input row
  std::size_t out_bytes;   ///< of one output row
};

/// Least and largest value.
struct Extremes {
  float least = std::numeric_limits<float>::infinity();
  float most = -std::numeric_limits<float>::infinity();
  void include(float value) noexcept;
  void include(const Extremes& other) noexcept;
  /// The map that takes the least to 0 and the largest to `max_code`; all to 0 where they are one.
  [[nodiscard]] Stretch stretch(double max_code) const noexcept;
};

/// Scratch of one thread.
struct Workspace {
  ScratchBuffer input;
  ScratchBuffer output;
  ScratchBuffer border;  ///< a row of the constant border, for strips on the frame's own rows
  ScratchBuffer stage;
  ScratchBuffer plane;  ///< of work on planes
  std::vector<std::byte*> slots;
  std::vector<const std::byte*> in_rows;
  std::vector<std::byte*> out_rows;
  std::vector<int> end_from;           ///< `RowEnds::from`
  std::vector<int> side_from;          ///< where the bytes of the two sides are read from
  std::vector<std::byte> side_border;  ///< as many of a constant border
  RowShuffle side_shuffle;
  std::vector<Extremes> extremes;  ///< of each job

  /// Makes room for everything that `job` needs, so that running it takes no memory.
  void reserve(const Job& job);

 private:
  void reserve_scaled(const Job& job);
  void reserve_clipped(const Job& job);
  void reserve_sides(const Job& job);
};

class Strips {
 public:
  /// \param frames  that stages read; `own` is the output's among them
  Strips(std::span<const ConstFrameView> frames, const ConstFrameView& own, const FrameView& output,
         Border border) noexcept
      : frames_(frames), input_(own), output_(output), border_(border) {}

  void run(const Job& job, const Rect& part, const Stretch& stretch,
           Workspace& workspace) const noexcept;
  /// The extremes of the plain values of a `rescale` job.
  Extremes measure(const Job& job, const Rect& part, Workspace& workspace) const noexcept;

  /// The source's first row, and the bytes from row to row: where they lie, if they can be read as
  /// samples; else of copies, which so many threads make.
  /// \param copies  has room for all rows, `copy_bytes` from one to the next
  [[nodiscard]] std::pair<const std::byte*, std::ptrdiff_t> source_rows(
      const Job& job, const ScratchBuffer& copies, std::size_t copy_bytes,
      unsigned threads) const noexcept;
  /// True where samples can be written to the sink's rows as they are.
  [[nodiscard]] bool writable_in_place(const Job& job) const noexcept;
  /// The sink's first row, and the bytes from row to row.
  [[nodiscard]] std::pair<std::byte*, std::ptrdiff_t> sink_rows(const Job& job) const noexcept {
    return {job.sink.at(output_, 0, 0), output_.plane[job.sink.component[0].plane].stride};
  }
  /// Reads `count` pixels from (x0, y) on, those beyond the edges by the border.
  void load_row(const Job& job, int y, int x0, int count, std::byte* to) const noexcept {
    load_row(job, input_, y, x0, count, to);
  }
  /// Writes `count` computed pixels to (x, y) and on.
  void store_row(const Job& job, const Stretch& stretch, int y, int x, int count,
                 std::byte* row) const noexcept;

 private:
  void load_row(const Job& job, const ConstFrameView& frame, int y, int x0, int count,
                std::byte* to) const noexcept;
  /// True where the source's rows can be read as samples, without a copy.
  [[nodiscard]] bool readable_in_place(const Job& job) const noexcept;
  void run_neutral(const Job& job, const Rect& part) const noexcept;
  void run_copy(const Job& job, const Rect& part) const noexcept;
  /// Where pictures are scaled up: a cell's rows belong to the part that the first of them lies in,
  /// so that nobody else writes beside them.
  [[nodiscard]] static Rect whole_cells(const Job& job, const Rect& part) noexcept;
  void run_scaled(const Job& job, const Rect& part, Workspace& workspace) const noexcept;
  void run_cells(const Job& job, const Rect& cells, bool in_place,
                 Workspace& workspace) const noexcept;
  /// The same where the stage reads the frame's own rows, too.
  void run_cells_in_place(const Job& job, const Rect& cells, Workspace& workspace) const noexcept;
  /// Where the outputs of `rows` rows of cells from (x, y) on go: to the frame, or to scratch.
  void place_output(const Job& job, int x, int y, int rows, bool in_place,
                    Workspace& workspace) const noexcept;
  void run_clipped(const Job& job, const Rect& part, Workspace& workspace) const noexcept;
  void run_in_place(const Job& job, const Rect& part, Workspace& workspace) const noexcept;
  /// `take(y, x, row, count)` receives each computed row of each tile.
  template <typename Take>
  void run_padded(const Job& job, const Rect& part, Workspace& workspace,
                  const Take& take) const noexcept;
  struct Sides;
  /// Plans how the pixels that the two sides of `part` need come out of a row by a shuffle: the
  /// same for all rows. False where they do not.
  [[nodiscard]] bool plan_sides(const Job& job, const Rect& part, const Rect& inner,
                                Workspace& workspace) const noexcept;
  void load_sides(const Job& job, const Sides& sides, const ConstFrameView& frame, int y,
                  Workspace& workspace, std::byte* to) const noexcept;
  /// What lies left and right of `inner` in `part`, next to each other in one narrow tile.
  /// \param shuffled  what `plan_sides` said
  void run_sides(const Job& job, const Rect& part, const Rect& inner, bool shuffled,
                 Workspace& workspace) const noexcept;
  /// Runs the stage over rows [y0, y1) of a tile. `load(frame, y, to)` makes an input row, `take(y,
  /// row)` receives an output row.
  template <typename Load, typename Take>
  void run_tile(const Job& job, const TileShape& shape, int y0, int y1, int samples,
                Workspace& workspace, const Load& load, const Take& take) const noexcept;
  [[nodiscard]] bool pads_rows(const Job& job) const noexcept;
  /// Of a tile whose taps see `count` columns from `first` on.
  [[nodiscard]] RowEnds row_ends(const Job& job, int first, int count,
                                 Workspace& workspace) const noexcept;
  [[nodiscard]] Rect in_place_part(const Job& job, const Rect& part) const noexcept;
  /// True where the stage may read `kRowSlack` samples beyond the end of row `y`.
  [[nodiscard]] bool has_slack(const Job& job, int y) const noexcept;

  std::span<const ConstFrameView> frames_;
  const ConstFrameView& input_;
  const FrameView& output_;
  Border border_;
};

/// Copies the picture, plane by plane, between frames of one format and size.
void copy_planes(const ConstFrameView& input, const FrameView& output) noexcept;

}  // namespace convolve
