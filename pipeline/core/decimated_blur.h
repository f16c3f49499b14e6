// SPDX-License-Identifier: MIT
/// \file
/// Gaussians of which only every few rows' column sums are made.
///
/// A Gaussian of sigma is one of sigma/√2, sampled every `step` rows, and another of sigma/√2 that
/// weighs those samples: variances add up. What `step` rows cannot show, the first takes away and
/// the second does not bring back: of a wave of `2·step` rows, the worst, exp(−(π·sigma/step)²/4)
/// passes the first and as much of its alias the second. So pictures are blurred at less than their
/// size (P. Burt, "Fast filter transforms for image processing", 1981).
#pragma once

#include <memory>
#include <vector>

#include <convolve/filter.h>

namespace convolve {

/// \param horizontal  symmetric taps that sum to 1
/// \param sigma  of the columns, in rows
/// \param allowed_error  in codes, before rounding
/// \returns nullptr where columns are too short to gain by it, the samples do not fit, or the error
///          could exceed what is allowed
std::unique_ptr<const Stage> make_decimated_blur(const StageSpec& spec,
                                                 const std::vector<double>& horizontal,
                                                 double sigma, double allowed_error);

}  // namespace convolve
