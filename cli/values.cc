// SPDX-License-Identifier: MIT
// Numbers with units, as people write them on a command line.
#include <charconv>
#include <cmath>
#include <optional>

#include "options.h"
#include "text.h"

namespace convolve::cli {

namespace {

// A plain decimal number that is not negative; all of `text`.
std::optional<double> read_number(std::string_view text) {
  double number = 0;
  const char* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, number, std::chars_format::fixed);
  if (error != std::errc{} || stop != end || !std::isfinite(number) || std::signbit(number)) {
    return std::nullopt;
  }
  return number;
}

[[noreturn]] void refuse(std::string_view option, std::string_view text, std::string_view why) {
  refuse_usage(option, "'" + std::string(text) + "' " + std::string(why));
}

}  // namespace

std::int64_t parse_whole(std::string_view option, std::string_view text, std::int64_t minimum,
                         std::int64_t maximum) {
  std::int64_t number = 0;
  const char* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, number);
  const bool too_large = error == std::errc::result_out_of_range;
  if ((error != std::errc{} && !too_large) || stop != end) {
    refuse(option, text, "is not a whole number");
  }
  if (too_large || number < minimum || number > maximum) {
    refuse_usage(option, std::string(text) + " is outside " + std::to_string(minimum) + " … " +
                             std::to_string(maximum));
  }
  return number;
}

Size parse_size(std::string_view option, std::string_view text) {
  constexpr std::int64_t kMost = 1'000'000;
  const std::size_t cross = text.find('x');
  if (cross == std::string_view::npos || cross == 0 || cross + 1 == text.size()) {
    refuse(option, text, "is no size; write WIDTHxHEIGHT, as in 1920x1080");
  }
  return {static_cast<int>(parse_whole(option, text.substr(0, cross), 1, kMost)),
          static_cast<int>(parse_whole(option, text.substr(cross + 1), 1, kMost))};
}

double parse_decimal(std::string_view option, std::string_view text, double minimum,
                     double maximum) {
  double number = 0;
  const char* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, number, std::chars_format::fixed);
  if (error != std::errc{} || stop != end) refuse(option, text, "is not a number");
  if (!(number >= minimum && number <= maximum)) {
    refuse_usage(option, std::string(text) + " is outside " + number_text(minimum) + " … " +
                             number_text(maximum));
  }
  return number;
}

double parse_time(std::string_view option, std::string_view text) {
  const auto bad = [&] { refuse(option, text, "is no time; write seconds or [hh:]mm:ss.x"); };
  double seconds = 0;
  int fields = 0;
  std::string_view rest = text;
  for (;;) {
    const std::size_t colon = rest.find(':');
    const std::string_view field = rest.substr(0, colon);
    const auto number = read_number(field);
    if (!number || ++fields > 3) bad();
    // Hours and minutes are whole; behind a colon nothing reaches sixty.
    const bool last = colon == std::string_view::npos;
    if (!last && field.find('.') != std::string_view::npos) bad();
    if (fields > 1 && *number >= 60) bad();
    seconds = seconds * 60 + *number;
    if (last) break;
    rest.remove_prefix(colon + 1);
  }
  if (seconds > 1e9) refuse(option, text, "is too long a time");
  return seconds;
}

std::int64_t parse_bitrate(std::string_view option, std::string_view text) {
  double factor = 1;
  std::string_view digits = text;
  if (!text.empty()) {
    switch (text.back()) {
      case 'k':
      case 'K':
        factor = 1e3;
        break;
      case 'M':
      case 'm':
        factor = 1e6;
        break;
      case 'G':
      case 'g':
        factor = 1e9;
        break;
      default:
        break;
    }
    if (factor > 1) digits.remove_suffix(1);
  }
  const auto number = read_number(digits);
  if (!number) refuse(option, text, "is no bit rate; write bits a second, as in 800k or 2.5M");
  const double bits = std::round(*number * factor);
  if (bits < 1 || bits > 1e12) refuse(option, text, "is outside 1 … 1000G bits a second");
  return static_cast<std::int64_t>(bits);
}

}  // namespace convolve::cli
