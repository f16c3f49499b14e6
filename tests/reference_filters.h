// SPDX-License-Identifier: MIT
/// \file
/// The filters of SPEC §5 by their names and their parameters' texts, in double precision.
#pragma once

#include <string>
#include <vector>

#include "reference_time.h"

namespace convolve::test {

/// What SPEC says that filter `name` makes of `in` with these parameters.
Expected reference(const std::string& name, const Picture& in, const Values& values);

/// What `kernel3d` makes of frame `own` of a stream.
Expected reference_over_time(const std::vector<Picture>& stream, int own, const Values& values);

}  // namespace convolve::test
