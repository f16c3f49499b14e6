// SPDX-License-Identifier: MIT
/// \file
/// Addresses from which sums and products can load by themselves.
#pragma once

#include <cstddef>

#include <hwy/base.h>

namespace convolve {

/// `from + at`, of which compilers know nothing more: they would add `at` to each vector's place
/// instead of the row's, and the processor would have to split loads that sums and products could
/// carry.
template <typename T>
HWY_INLINE const T* place(const T* from, std::ptrdiff_t at) {
  const T* there = from + at;
  asm("" : "+r"(there));
  return there;
}

}  // namespace convolve
