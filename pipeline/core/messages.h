// SPDX-License-Identifier: MIT
/// \file
/// Words of error messages.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace convolve {

/// `'text'`: its first characters, if there are many, and codes for what is none. What files hold
/// may be long, and no text.
std::string quoted(std::string_view text);

/// `; did you mean 'gaussian'?` where one of the candidates is near, else nothing.
std::string did_you_mean(std::string_view word, std::span<const std::string_view> candidates);

}  // namespace convolve
