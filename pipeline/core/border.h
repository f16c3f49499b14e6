// SPDX-License-Identifier: MIT
/// \file
/// Where samples beyond the edges come from (SPEC §1).
#pragma once

#include <convolve/params.h>

namespace convolve {

inline constexpr int kNoSample = -1;

/// The index in [0, size) whose sample stands at `index`, or `kNoSample` for a constant border.
/// Any distance from the edge, any size ≥ 1.
constexpr int border_index(int index, int size, Border border) noexcept {
  if (index >= 0 && index < size) return index;
  const auto modulo = [](int value, int period) {
    const int rest = value % period;
    return rest < 0 ? rest + period : rest;
  };
  switch (border) {
    case Border::constant:
      return kNoSample;
    case Border::replicate:
      return index < 0 ? 0 : size - 1;
    case Border::reflect: {
      const int phase = modulo(index, 2 * size);
      return phase < size ? phase : 2 * size - 1 - phase;
    }
    case Border::reflect_101: {
      if (size == 1) return 0;
      const int phase = modulo(index, 2 * size - 2);
      return phase < size ? phase : 2 * size - 2 - phase;
    }
    case Border::wrap:
      return modulo(index, size);
  }
  return kNoSample;
}

}  // namespace convolve
