// SPDX-License-Identifier: MIT
/// \file
/// The manual page, made from the tables of options, keys and filters.
#pragma once

#include <string>

namespace convolve::cli {

/// convolve(1) as `man` reads it.
std::string manual_text();

}  // namespace convolve::cli
