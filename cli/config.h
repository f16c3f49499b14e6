// SPDX-License-Identifier: MIT
/// \file
/// Options that hold for every call: lines `name = value` of a file, as Boost.Program_options
/// reads them.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "options.h"

namespace convolve::cli {

/// An option and its value, as written.
struct Given {
  const Option* option = nullptr;
  std::string value;
};

/// What `file` says; nothing where there is no such file. Switches are there where they are true.
/// \throws UsageError that names the file
std::vector<Given> read_config(const std::filesystem::path& file);

}  // namespace convolve::cli
