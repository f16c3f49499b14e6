// SPDX-License-Identifier: MIT
/// \file
/// A kernel to look at: as text, as JSON and as a picture.
#pragma once

#include <string>

#include <convolve/kernel.h>

namespace convolve::cli {

/// Rows of taps, as whole numbers over a divisor where there is one.
std::string taps_text(const Kernel& kernel);

/// \param name  as the user wrote it
std::string kernel_text(const std::string& name, const Kernel& kernel);
std::string kernel_json(const std::string& name, const Kernel& kernel);

/// Draws taps and frequency response into a picture file. \throws MediaError
void draw_kernel(const std::string& name, const Kernel& kernel, const std::string& output,
                 bool overwrite);

}  // namespace convolve::cli
