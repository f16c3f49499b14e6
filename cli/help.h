// SPDX-License-Identifier: MIT
/// \file
/// Texts that the user asks for, made from the tables of options, keys and filters.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include <convolve/filter.h>

namespace convolve::cli {

struct ExitCode {
  std::string_view code;
  std::string_view meaning;
};
std::span<const ExitCode> exit_codes() noexcept;

/// Lines of a shell that show the ways of use.
std::span<const std::string_view> examples() noexcept;

std::string help_text();
std::string version_text();
std::string filter_help_text(const FilterInfo& info);
/// True for parameters that every filter has.
bool is_common(const Param& param);
/// What a parameter takes: "number, 0 … 1000".
std::string type_text(const Param& param);

}  // namespace convolve::cli
