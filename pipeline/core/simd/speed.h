// SPDX-License-Identifier: MIT
/// \file
/// What the arithmetic of large kernels costs, to choose among ways of computing the same.
///
/// Measured on a Xeon (Cascade Lake, 2.5 GHz, one thread, 1920×1080): the time of kernels of 15×15
/// to 63×63 taps, less what does not grow with the kernel, divided by the operations. Only ratios
/// matter: they decide from which size on a way is the cheaper one.
#pragma once

namespace convolve {

/// Nanoseconds for each output sample, or sample of a tile.
struct Speed {
  double byte_dot = 0;    ///< an operation of `DotWeights` on bytes: 4 rows, one column, one part
  double half_dot = 0;    ///< the same on 16-bit samples: 2 rows
  double single_tap = 0;  ///< a tap in float
  double wide_tap = 0;    ///< a tap in double
  double fourier_level = 0;  ///< a level of a transform to and fro, of log2(area) + 8 in all
};

/// Of the instruction set that is used.
const Speed& speed() noexcept;

/// Of one instruction set, for choices on which results depend: those are the same everywhere.
const Speed& reference_speed() noexcept;

}  // namespace convolve
