// SPDX-License-Identifier: MIT
/// \file
/// The filters of SPEC §5 by their names and their parameters' texts, in double precision.
#pragma once

#include "reference_gradient.h"
#include "reference_scaled.h"
#include "reference_time.h"

namespace convolve::test {

/// What SPEC says that filter `name` makes of `in` with these parameters.
inline Expected reference(const std::string& name, const Picture& in, const Values& values) {
  Expected expected;
  if (name == "kernel3d") return reference_over_time({in}, 0, values);
  if (name == "kernel") {
    expected = filter_picture(in, kernel_filter(values), values);
  } else if (name == "gaussian") {
    expected = filter_picture(in, gaussian_filter(values), values);
  } else if (name == "sobel") {
    expected = filter_picture(in, sobel_filter(values), values, "greyscale");
  } else if (name == "upsample") {
    expected = filter_picture(in, upsample_filter(values), values);
  } else if (name == "pool") {
    expected = filter_picture(in, pool_filter(values), values);
  } else {
    throw std::invalid_argument("tests: no reference for " + name);
  }
  const auto roi = values.find("roi");
  if (roi != values.end() && !roi->second.empty()) keep_outside(expected, in, roi->second);
  return expected;
}

}  // namespace convolve::test
