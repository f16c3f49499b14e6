// SPDX-License-Identifier: MIT
/// \file
/// Whether a kernel is so large that it is filtered by Fourier transforms.
#pragma once

#include <memory>

#include <convolve/engine.h>

#include "core/linear.h"
#include "core/plane_work.h"

namespace convolve {

/// Work on planes of `outputs` output samples, where that is cheaper than a linear stage. The costs
/// are those of simd/speed.h; nothing is tried. Where the two ways could round differently, the
/// choice does not depend on the instruction set.
std::shared_ptr<PlaneWork> make_large_kernel_work(const StageSpec& spec, const LinearTaps& taps,
                                                  const LinearResponse& response,
                                                  const Geometry& geometry, Size outputs);

}  // namespace convolve
