// SPDX-License-Identifier: MIT
/// \file
/// Texts that the user asks for, made from the tables of options, filters and kernels.
#pragma once

#include <string>
#include <string_view>

#include <convolve/filter.h>

namespace convolve::cli {

std::string help_text();
std::string version_text();
std::string filter_help_text(const FilterInfo& info);
/// What a parameter takes: "number, 0 … 1000".
std::string type_text(const Param& param);
/// \param topic  one of `list_topics()`
std::string list_text(std::string_view topic);

}  // namespace convolve::cli
