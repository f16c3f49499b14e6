// SPDX-License-Identifier: MIT
/// \file
/// What is said of names in a chain that mean nothing.
#pragma once

#include <string>
#include <string_view>

#include <convolve/filter.h>

namespace convolve {

/// What every filter of a chain takes, also one of GStreamer.
inline constexpr std::string_view kEnable = "enable";

/// What a missing quote leaves behind: `roi=10,20,64,48` seems to go on with a filter '20'.
bool is_like_a_value(std::string_view name);
std::string unknown_filter(std::string_view name);
std::string unknown_param(const FilterInfo& info, std::string_view key);

}  // namespace convolve
