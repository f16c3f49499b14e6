// SPDX-License-Identifier: MIT
/// \file
/// Runs sums of lines over whole planes of whole-number samples, in 16 bits.
#pragma once

#include <cstddef>
#include <memory>
#include <utility>
#include <vector>

#include "core/plane_work.h"
#include "core/simd/pair_sums.h"
#include "core/simd/transpose_halves.h"
#include "core/strip.h"

namespace convolve {

/// The passes of an axis.
struct PairAxis {
  explicit PairAxis(const AxisSums& axis);

  PairSums inward;
  bool twice;
  PairSums outward;  ///< of an axis with one pass: each line as it is
  /// Lines after the pass inwards.
  [[nodiscard]] int few() const noexcept { return inward.lines(); }
};

/// As PlaneSummer, but lines between the passes are rounded to 16 bits, 8 or more of which are
/// below the code of samples of 8 bits.
class HalfSummer {
 public:
  /// True where the job's samples leave bits for rounding.
  static bool serves(const Job& job) noexcept;
  /// Makes room. \throws std::bad_alloc
  void reserve(const Job& job, const PairAxis& x, const PairAxis& y, unsigned threads);
  /// Filters `part` of the job's plane. Room must have been made for the job.
  void run(const Job& job, const PairAxis& x, const PairAxis& y, const Rect& part,
           const Strips& strips, unsigned threads) noexcept;

 private:
  /// Lines of samples.
  struct Lines {
    std::byte* data = nullptr;
    std::ptrdiff_t stride = 0;  ///< bytes
    int samples = 0;            ///< a line

    [[nodiscard]] std::byte* line(int y) const noexcept { return data + y * stride; }
  };
  struct Source {
    const std::byte* data = nullptr;
    std::ptrdiff_t stride = 0;
    HalfSamples samples;
    const std::byte* border = nullptr;  ///< a line of it
  };

  const std::byte* half_border(const Job& job, int row) noexcept;
  /// Calls `take(piece, lanes, stride)` for pieces of `area`, which falls to one thread.
  /// Their samples are multiples of `unit`, but for the last.
  template <typename Take>
  void run_pieces(const PairSums& sums, const Source& from, const Rect& area, int unit,
                  unsigned thread, const Take& take) noexcept;
  /// Sums all lines; threads share them.
  void sum_to(const PairSums& sums, const Source& from, const Lines& to, unsigned threads) noexcept;
  static Source halves_of(const Lines& lines) noexcept;
  /// Sums `area` with one thread; its first sample goes to the first one of `to`.
  void sum_block(const PairSums& sums, const Source& from, const Rect& area, int unit,
                 unsigned thread, const Lines& to) noexcept;
  /// The pass down the rows, whose few lines become columns. In a line of those, channels lie one
  /// after the other.
  void sum_down(const Job& job, const PairAxis& y, const Source& from, const Lines& turned,
                unsigned threads) noexcept;
  /// The last pass along the rows and the one down them, block by block.
  void finish(const Job& job, const PairSums& along, const Source& columns, const PairAxis& y,
              const Rect& part, const Strips& strips, unsigned threads) noexcept;
  void store(const Job& job, const PairSums& sums, const Source& from, const Rect& part,
             const Strips& strips, unsigned thread) noexcept;

  ScratchBuffer source_;
  ScratchBuffer turned_;  ///< the few lines of the pass down, as columns
  ScratchBuffer few_;     ///< the same, with few columns' lines
  ScratchBuffer border_;
  std::vector<ScratchBuffer> lanes_;  ///< of each thread
  std::vector<ScratchBuffer> upright_blocks_;
  std::vector<ScratchBuffer> turned_blocks_;
  std::vector<ScratchBuffer> results_;  ///< of each thread: a piece of a line
};

/// Sums as work on a plane; all planes of a frame share one summer.
class HalfSummedPlane final : public PlaneWork {
 public:
  HalfSummedPlane(std::shared_ptr<HalfSummer> summer, const PlaneSums& sums)
      : summer_(std::move(summer)), x_(sums.x), y_(sums.y) {}

  void reserve(const Job& job, Workspaces workspaces) override {
    summer_->reserve(job, x_, y_, static_cast<unsigned>(workspaces.size()));
  }
  void run(const Job& job, const Rect& part, const Strips& strips,
           Workspaces workspaces) noexcept override {
    summer_->run(job, x_, y_, part, strips, static_cast<unsigned>(workspaces.size()));
  }

 private:
  std::shared_ptr<HalfSummer> summer_;
  PairAxis x_;
  PairAxis y_;
};

}  // namespace convolve
