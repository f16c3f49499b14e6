// SPDX-License-Identifier: MIT
/// \file
/// What is computed of whole planes instead of by a stage that sees rows.
#pragma once

#include <memory>
#include <span>

#include "core/roi.h"

namespace convolve {

struct Job;
class Strips;
struct Workspace;

/// Work of one job. It shares the threads' scratch with the other jobs of its frame.
class PlaneWork {
 public:
  using Workspaces = std::span<const std::unique_ptr<Workspace>>;

  virtual ~PlaneWork() = default;
  /// Makes room, so that running takes no memory. \throws std::bad_alloc
  virtual void reserve(const Job& job, Workspaces workspaces) = 0;
  /// Filters `part` of the job's plane, on as many threads as there are workspaces. Room must have
  /// been made.
  virtual void run(const Job& job, const Rect& part, const Strips& strips,
                   Workspaces workspaces) noexcept = 0;
};

}  // namespace convolve
