// SPDX-License-Identifier: MIT
/// \file
/// Which of a function's instruction sets to call.
#pragma once

#include "core/simd/highway-inl.h"

namespace convolve {

/// The instruction set that this library uses: the best one of this machine unless a test limits
/// it. Other users of Highway in the process have their own.
const hwy::ChosenTarget& chosen_target() noexcept;

}  // namespace convolve

/// The best of what `HWY_EXPORT(name)` lists.
#if (HWY_TARGETS & (HWY_TARGETS - 1)) == 0
#define CONVOLVE_DISPATCH(name) HWY_STATIC_DISPATCH(name)
#else
#define CONVOLVE_DISPATCH(name) (*HWY_DISPATCH_TABLE(name)[chosen_target().GetIndex()])
#endif
