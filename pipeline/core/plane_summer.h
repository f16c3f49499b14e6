// SPDX-License-Identifier: MIT
/// \file
/// Runs the sums of jobs over their whole planes.
#pragma once

#include <cstddef>
#include <memory>
#include <utility>
#include <vector>

#include "core/plane_work.h"
#include "core/simd/combine.h"
#include "core/strip.h"

namespace convolve {

/// Columns are treated as rows of the transposed plane, so that all passes are sums of rows:
///
///     samples ─y inward→ few rows ─transpose─x inward→ few columns ─x outward→ all columns
///             ─transpose→ few rows ─y outward→ samples
class PlaneSummer {
 public:
  /// Makes room. \throws std::bad_alloc
  void reserve(const Job& job, const PlaneSums& sums, unsigned threads);
  /// Filters `part` of the job's plane. Room must have been made for the job.
  void run(const Job& job, const PlaneSums& sums, const Rect& part, const Strips& strips,
           unsigned threads) noexcept;

 private:
  /// Rows of samples, to be read.
  struct Rows {
    const std::byte* data = nullptr;
    std::ptrdiff_t stride = 0;  ///< bytes
    SampleType type = SampleType::f32;
    int samples = 0;  ///< a row

    [[nodiscard]] const std::byte* row(int y) const noexcept { return data + y * stride; }
  };
  /// Rows of floats, to be written.
  struct Plane {
    std::byte* data = nullptr;
    std::ptrdiff_t stride = 0;
    int samples = 0;

    [[nodiscard]] std::byte* row(int y) const noexcept { return data + y * stride; }
    operator Rows() const noexcept { return {data, stride, SampleType::f32, samples}; }
  };

  void sum_lines(const LineSums& sums, const Rows& from, const std::byte* border, const Plane& to,
                 unsigned threads) noexcept;
  void transpose(const Rows& from, int rows, int channels, const Plane& to,
                 unsigned threads) noexcept;
  void store(const Job& job, const LineSums& sums, const Rows& from, const Rect& part,
             const Strips& strips, unsigned threads) noexcept;

  ScratchBuffer source_;
  ScratchBuffer a_;
  ScratchBuffer b_;
  ScratchBuffer border_;
  std::vector<ScratchBuffer> out_;                       ///< of each thread
  std::vector<std::vector<const std::byte*>> pointers_;  ///< of each thread
  LineSums identity_;
};

/// Sums as work on a plane; all planes of a frame share one summer.
class SummedPlane final : public PlaneWork {
 public:
  SummedPlane(std::shared_ptr<PlaneSummer> summer, PlaneSums sums)
      : summer_(std::move(summer)), sums_(std::move(sums)) {}

  void reserve(const Job& job, Workspaces workspaces) override {
    summer_->reserve(job, sums_, static_cast<unsigned>(workspaces.size()));
  }
  void run(const Job& job, const Rect& part, const Strips& strips,
           Workspaces workspaces) noexcept override {
    summer_->run(job, sums_, part, strips, static_cast<unsigned>(workspaces.size()));
  }

 private:
  std::shared_ptr<PlaneSummer> summer_;
  PlaneSums sums_;
};

}  // namespace convolve
