// SPDX-License-Identifier: MIT
/// \file
/// From the sum of products to the output sample.
#pragma once

#include <convolve/image.h>

namespace convolve {

/// `out = post + f(sum·scale + before)`, where f is the absolute value or nothing; integers are
/// then rounded to nearest and clamped to [0, max_code].
struct Finish {
  double scale = 1;
  double before = 0;
  double post = 0;
  bool absolute = false;
  double max_code = 255;
};

}  // namespace convolve
