// SPDX-License-Identifier: MIT
/// \file
/// Chooses tiles and numbers for a correlation by Fourier transforms.
#pragma once

#include <optional>
#include <vector>

#include <convolve/engine.h>

#include "core/linear_plan.h"
#include "core/simd/fourier.h"

namespace convolve {

/// A size of tiles for a plane.
struct FourierTiling {
  Size size;           ///< of a tile's input, powers of 2
  Size outputs;        ///< of a tile
  double samples = 0;  ///< input samples of all tiles
};

/// The tiling that costs least for `outputs` output samples of a kernel of `kernel` taps.
/// \returns nothing where the kernel is too large for any tile.
std::optional<FourierTiling> choose_tiling(Size kernel, const Geometry& geometry, Size outputs);

/// Nanoseconds that the tiles of a channel take. \param level_cost  `Speed::fourier_level`
double fourier_cost(const FourierTiling& tiling, double level_cost);

struct FourierPlan {
  Size kernel;
  Window window;
  FourierTiling tile;
  std::vector<FourierTaps::Tap> taps;
  FourierFinish finish;
};

/// Numbers whose proven error keeps SPEC §2. Integer formats get whole-number weights, and sums are
/// rounded to whole numbers, where that is proven to leave no error: where the sums fit 32 bits,
/// the results are those of a stage. Else, where exact results are not promised, they get real
/// weights. \returns nothing where that cannot be proven.
std::optional<FourierPlan> plan_fourier(const LinearProblem& problem, const FourierTiling& tiling);

}  // namespace convolve
