// SPDX-License-Identifier: MIT
/// \file
/// Taps of a stage, found out by changing its samples one at a time, so that no filter has to be
/// known.
#pragma once

#include <cstdint>
#include <vector>

#include <convolve/filter.h>
#include <convolve/kernel.h>

namespace convolve::cli {

/// The kernels whose sums an output is made of: one, or one for each direction of a gradient.
/// \param stage  from float to float, that does not scale up
std::vector<Kernel> kernels_of(const Stage& stage, int frames);

/// The taps of a stage that scales up, as they lie over the output.
Kernel scaled_kernel_of(const Stage& stage, int scale);

/// Taps that are not zero.
std::int64_t taps_used(const Kernel& kernel);

/// Those, or what sums of outer products of rows and columns (and a sequence in time) take, where
/// that is less.
double least_multiply_adds(const Kernel& kernel);

}  // namespace convolve::cli
