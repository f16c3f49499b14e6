// SPDX-License-Identifier: MIT
/// \file
/// Files with text in them.
#pragma once

#include <string>

namespace convolve {

/// All of the file, but for a byte order mark. \throws std::runtime_error with the reason alone, as
/// "No such file or directory", also for what is no plain file, or larger than 64 MiB
std::string read_text_file(const std::string& path);

}  // namespace convolve
