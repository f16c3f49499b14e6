// SPDX-License-Identifier: MIT
/// \file
/// Runs a correlation by Fourier transforms over a plane.
#pragma once

#include "core/fourier_plan.h"
#include "core/plane_work.h"
#include "core/simd/fourier.h"
#include "core/strip.h"

namespace convolve {

/// The plane is covered by tiles that lie the same whatever part of it is asked for and however
/// many threads share them:
///
///     ┌────────────────┐  a tile of input, of a power of 2 each way; of its sums those are right
///     │ ┌───────────┐  │  whose taps lie inside of the tile. Tiles overlap by the kernel's size
///     │ │  outputs  │  │  less 1, so that their outputs lie side by side.
///     │ └───────────┘  │
///     └────────────────┘
class FourierPlane final : public PlaneWork {
 public:
  explicit FourierPlane(const FourierPlan& plan);

  void reserve(const Job& job, Workspaces workspaces) override;
  void run(const Job& job, const Rect& part, const Strips& strips,
           Workspaces workspaces) noexcept override;

 private:
  /// Where what a thread needs lies in its scratch.
  struct Room;

  void run_tile(const Job& job, const Rect& part, const Strips& strips, int column, int row,
                std::byte* scratch) const noexcept;

  Size kernel_;
  Window window_;
  Size outputs_;  ///< of a tile
  FourierTaps taps_;
  FourierFinish finish_;
};

}  // namespace convolve
