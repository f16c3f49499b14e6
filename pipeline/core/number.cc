// SPDX-License-Identifier: MIT
#include "core/number.h"

#include <charconv>
#include <cmath>

namespace convolve {

namespace {

std::optional<double> parse_decimal(std::string_view text) {
  if (text.starts_with('+')) {
    text.remove_prefix(1);
    if (text.starts_with('-')) return std::nullopt;
  }
  double number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || end != text.data() + text.size() || !std::isfinite(number)) {
    return std::nullopt;
  }
  return number;
}

std::optional<std::uint32_t> parse_whole(std::string_view digits, int base) {
  std::uint32_t number = 0;
  const auto [end, error] =
      std::from_chars(digits.data(), digits.data() + digits.size(), number, base);
  if (error != std::errc{} || end != digits.data() + digits.size()) return std::nullopt;
  return number;
}

}  // namespace

std::string_view trim(std::string_view text) noexcept {
  constexpr std::string_view kSpace = " \t\r\n\f\v";
  const auto first = text.find_first_not_of(kSpace);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kSpace) - first + 1);
}

std::optional<double> parse_number(std::string_view text) {
  const auto slash = text.find('/');
  if (slash == std::string_view::npos) return parse_decimal(text);
  const auto numerator = parse_decimal(text.substr(0, slash));
  const auto denominator = parse_decimal(text.substr(slash + 1));
  if (!numerator || !denominator || *denominator == 0) return std::nullopt;
  const double quotient = *numerator / *denominator;
  return std::isfinite(quotient) ? std::optional(quotient) : std::nullopt;
}

std::optional<std::uint32_t> parse_color(std::string_view text) {
  if (text.starts_with('#')) {
    const auto color = parse_whole(text.substr(1), 16);
    if (color && text.size() == 7) return *color | 0xff000000U;
    return text.size() == 9 ? color : std::nullopt;
  }
  if (text.starts_with("0x") || text.starts_with("0X")) return parse_whole(text.substr(2), 16);
  return parse_whole(text, 10);
}

std::string format_number(double number) {
  char text[32];
  const auto [end, error] = std::to_chars(text, text + sizeof text, number);
  return error == std::errc{} ? std::string(text, end) : std::string("?");
}

}  // namespace convolve
