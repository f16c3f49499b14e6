// SPDX-License-Identifier: MIT
/// \file
/// Stages that correlate rows with taps.
#pragma once

#include <memory>
#include <vector>

#include <convolve/filter.h>

namespace convolve {

/// Taps in correlation order. The anchor may lie outside of them.
struct LinearTaps {
  int width = 1;
  int height = 1;  ///< rows of all frames
  int anchor_x = 0;
  int anchor_y = 0;
  std::vector<double> taps{1.0};
  int frames = 1;  ///< row y of frame t is row y·frames + t of the taps, oldest frame first

  [[nodiscard]] double at(int x, int y) const noexcept {
    return taps[static_cast<std::size_t>(y) * static_cast<std::size_t>(width) +
                static_cast<std::size_t>(x)];
  }
};

/// What follows the correlation, SPEC §2. `rescale` is the engine's: stages treat it as clamp.
struct LinearResponse {
  double scale = 1;
  double bias = 0;  ///< fraction of M
  Response response = Response::clamp;
};

/// The cheapest stage whose proven error keeps SPEC §2 for `spec`.
std::unique_ptr<const Stage> make_linear_stage(const StageSpec& spec, const LinearTaps& taps,
                                               const LinearResponse& response);

/// The same for taps that are the outer product of `vertical` and `horizontal`, anchored in the
/// middle. \param allowed_error  codes before rounding, where SPEC §5 allows more than §2
std::unique_ptr<const Stage> make_separable_stage(const StageSpec& spec,
                                                  const std::vector<double>& horizontal,
                                                  const std::vector<double>& vertical,
                                                  const LinearResponse& response,
                                                  double allowed_error);

}  // namespace convolve
