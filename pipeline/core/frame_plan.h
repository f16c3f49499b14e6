// SPDX-License-Identifier: MIT
/// \file
/// How a filter acts on frames of one layout: which stage runs over which samples.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <vector>

#include <convolve/engine.h>

#include "core/plane_work.h"
#include "core/roi.h"
#include "core/row_access.h"

namespace convolve {

/// All that a plan depends on beside the filter.
struct FrameLayout {
  const PixelFormat* input = nullptr;
  const PixelFormat* output = nullptr;
  Size size;
  ColorRange range = ColorRange::video;
  ColorMatrix matrix;
  ChromaSite site;

  bool operator==(const FrameLayout& other) const noexcept {
    return input == other.input && output == other.output && size == other.size &&
           range == other.range && matrix.kr == other.matrix.kr && matrix.kb == other.matrix.kb &&
           site == other.site;
  }
};

/// Work on a component, or on components that lie interleaved and are treated alike.
struct Job {
  enum class Kind { filter, copy, neutral };
  Kind kind = Kind::filter;
  Source source;
  Sink sink;
  std::unique_ptr<const Stage> stage;  ///< of `filter`, unless it has one of the next two
  std::unique_ptr<const ClippedStage> clipped;
  std::shared_ptr<PlaneWork> plane;
  AxisGeometry x;
  AxisGeometry y;
  Size input;      ///< of the component
  Size output;     ///< of the component
  int frames = 1;  ///< whose rows the stage reads
  int shift_x = 0;
  int shift_y = 0;
  double neutral = 0;      ///< code that `neutral` writes
  double input_scale = 1;  ///< a code of the output is so many of the source's rows
  double base = 0;         ///< code of black or of neutral
  bool rescale = false;

  /// Pixels from one of a computed row's outputs to the next.
  [[nodiscard]] int row_step() const noexcept { return clipped ? 1 : x.stride; }
};

class HalfSummer;
class PlaneSummer;

/// The map of `response=rescale` from plain values to codes: `(value − from)·factor`.
struct Stretch {
  double from = 0;
  double factor = 0;
};

class FramePlan {
 public:
  /// \throws ParamError, KernelError, std::bad_alloc
  FramePlan(const Filter& filter, const FrameLayout& layout);
  ~FramePlan();

  [[nodiscard]] const FrameLayout& layout() const noexcept { return layout_; }

  /// Frames must have this plan's layout, and be as many as the filter needs.
  /// \throws std::bad_alloc
  void run(std::span<const ConstFrameView> frames, const FrameView& output,
           const std::optional<Rect>& roi, unsigned threads);

 private:
  void add_gray_jobs(const Filter& filter);
  void add_rgb_jobs(const Filter& filter);
  void add_yuv_jobs(const Filter& filter);
  void add_alpha_job(const Filter& filter);
  Job& add_job(Job::Kind kind, int component);
  void make_stage(Job& job, const Filter& filter, double base, bool chroma);
  void prepare(unsigned threads);
  /// The part of `area`, in pixels, on the job's grid.
  [[nodiscard]] Rect part_of(const Job& job, const Rect& area) const noexcept;
  /// Calls `act(number of the job, rows of it, scratch)` for all bands of each job that has a stage
  /// or copies, on all threads.
  template <typename Act>
  void each_band(const Rect& area, unsigned threads, const Act& act) noexcept;
  /// How the values of each job that rescales become codes.
  std::vector<Stretch> measure(const Strips& strips, const Rect& area, unsigned threads);

  FrameLayout layout_;
  Border border_;
  std::uint32_t border_color_;
  Geometry geometry_;
  std::vector<Job> jobs_;
  std::vector<std::unique_ptr<Workspace>> workspaces_;
  std::shared_ptr<PlaneSummer> summer_;      ///< of all jobs that are sums
  std::shared_ptr<HalfSummer> half_summer_;  ///< the same, in 16 bits
};

}  // namespace convolve
