// SPDX-License-Identifier: MIT
/// \file
/// Numbers as text, the same in every locale.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace convolve {

/// Without white space at both ends.
std::string_view trim(std::string_view text) noexcept;

/// Decimal, exponent form, or a fraction `1/9`; all of `text`, finite.
std::optional<double> parse_number(std::string_view text);

/// `0xAARRGGBB`, `#RRGGBB` (opaque), `#AARRGGBB`, or decimal.
std::optional<std::uint32_t> parse_color(std::string_view text);

/// The shortest text that reads back to the same number.
std::string format_number(double number);

}  // namespace convolve
