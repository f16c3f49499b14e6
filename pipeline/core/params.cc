// SPDX-License-Identifier: MIT
#include <convolve/params.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdio>
#include <utility>
#include <vector>

#include "core/messages.h"
#include "core/number.h"
#include "core/param_table.h"

namespace convolve {

namespace {

constexpr Choice kBorders[] = {
    {"constant", "A fixed colour, border-color"},
    {"replicate", "The edge sample, repeated"},
    {"reflect", "Mirrored, the edge sample twice"},
    {"reflect-101", "Mirrored about the edge sample"},
    {"wrap", "The opposite edge"},
};

constexpr Choice kColorModes[] = {
    {"per-channel", "Each channel by itself; YUV as if it were done in RGB"},
    {"greyscale", "Luma alone; the result is grey"},
    {"luma", "Luma is filtered, colour is kept"},
    {"raw", "Every plane on its raw codes"},
};

constexpr Param color_param() {
  Param param = number_param<&Params::border_color>(
      "border-color", "Colour beyond the edges for border=constant, ARGB", 0, 4294967295.0);
  param.type = ParamType::color;
  return param;
}

[[noreturn]] void refuse(const Param& param, const std::string& why) {
  throw ParamError(std::string(param.name) + ": " + why);
}

std::string choice_list(const Param& param) {
  std::string list;
  for (const Choice& choice : param.choices) {
    if (!list.empty()) list += ", ";
    list += choice.name;
  }
  return list;
}

void check_range(const Param& param, double number) {
  if (!(number >= param.minimum && number <= param.maximum)) {
    refuse(param, format_number(number) + " is outside " + format_number(param.minimum) + " … " +
                      format_number(param.maximum));
  }
}

std::int64_t whole_number(const Param& param, const ParamValue& value) {
  if (const auto* whole = std::get_if<std::int64_t>(&value)) return *whole;
  const auto* real = std::get_if<double>(&value);
  if (real == nullptr) refuse(param, "a whole number is wanted");
  check_range(param, *real);
  if (*real != std::floor(*real)) refuse(param, format_number(*real) + " is not a whole number");
  return static_cast<std::int64_t>(*real);
}

ParamValue choice_value(const Param& param, const ParamValue& value) {
  const auto* name = std::get_if<std::string>(&value);
  if (name == nullptr) return whole_number(param, value);
  std::vector<std::string_view> names;
  for (std::size_t i = 0; i < param.choices.size(); ++i) {
    if (param.choices[i].name == *name) return static_cast<std::int64_t>(i);
    names.push_back(param.choices[i].name);
  }
  refuse(param, quoted(*name) + " is none of " + choice_list(param) + did_you_mean(*name, names));
}

ParamValue real_value(const Param& param, const ParamValue& value) {
  if (const auto* whole = std::get_if<std::int64_t>(&value)) return static_cast<double>(*whole);
  if (!std::holds_alternative<double>(value)) refuse(param, "a number is wanted");
  return value;
}

}  // namespace

constexpr std::array<Param, 5> kCommonParamRows = {
    choice_param<&Params::border>("border", "What lies beyond the edges of the frame", "Border",
                                  kBorders),
    color_param(),
    choice_param<&Params::color_mode>("color-mode", "Which channels are filtered, and how",
                                      "ColorMode", kColorModes),
    number_param<&Params::n_threads>("n-threads", "Threads; 0 is one per core", 0, 1024),
    make_param<&Params::roi>("roi",
                             "Rectangle x,y,w,h in pixels that alone is filtered; empty is the "
                             "whole frame"),
};
constinit const std::array<Param, 5> kCommonParams = kCommonParamRows;

void set_param(Params& params, const Param& param, const ParamValue& value) {
  ParamValue checked = value;
  switch (param.type) {
    case ParamType::boolean:
      if (!std::holds_alternative<bool>(value)) refuse(param, "true or false is wanted");
      break;
    case ParamType::text:
      if (!std::holds_alternative<std::string>(value)) refuse(param, "text is wanted");
      break;
    case ParamType::real:
      checked = real_value(param, value);
      check_range(param, std::get<double>(checked));
      break;
    case ParamType::choice:
      checked = choice_value(param, value);
      check_range(param, static_cast<double>(std::get<std::int64_t>(checked)));
      break;
    case ParamType::integer:
    case ParamType::unsigned_integer:
    case ParamType::color:
      checked = whole_number(param, value);
      check_range(param, static_cast<double>(std::get<std::int64_t>(checked)));
      break;
  }
  param.set(params, checked);
}

void set_param_text(Params& params, const Param& param, std::string_view text) {
  const std::string_view trimmed = trim(text);
  if (param.type == ParamType::text) return set_param(params, param, std::string(text));
  if (param.type == ParamType::choice) return set_param(params, param, std::string(trimmed));
  if (param.type == ParamType::boolean) {
    for (const std::string_view word : {"true", "yes", "on", "1"}) {
      if (trimmed == word) return set_param(params, param, true);
    }
    for (const std::string_view word : {"false", "no", "off", "0"}) {
      if (trimmed == word) return set_param(params, param, false);
    }
    refuse(param, quoted(text) + " is neither true nor false");
  }
  if (param.type == ParamType::color) {
    if (const auto color = parse_color(trimmed)) {
      return set_param(params, param, static_cast<std::int64_t>(*color));
    }
    refuse(param, quoted(text) + " is no colour; write 0xAARRGGBB or #RRGGBB");
  }
  const auto number = parse_number(trimmed);
  if (!number) refuse(param, quoted(text) + " is not a number");
  set_param(params, param, *number);
}

std::string param_text(const Param& param, const ParamValue& value) {
  if (const auto* flag = std::get_if<bool>(&value)) return *flag ? "true" : "false";
  if (const auto* text = std::get_if<std::string>(&value)) return *text;
  if (const auto* real = std::get_if<double>(&value)) return format_number(*real);
  const std::int64_t whole = std::get<std::int64_t>(value);
  if (param.type == ParamType::choice && whole >= 0 &&
      whole < static_cast<std::int64_t>(param.choices.size())) {
    return std::string(param.choices[static_cast<std::size_t>(whole)].name);
  }
  if (param.type == ParamType::color) {
    char text[16];
    std::snprintf(text, sizeof text, "0x%08x", static_cast<unsigned>(whole));
    return text;
  }
  return std::to_string(whole);
}

namespace {

// Letters to insert, drop, replace or swap with their neighbour (optimal string alignment:
// F. Damerau, 1964), row by row.
std::size_t spelling_distance(std::string_view word, std::string_view candidate) {
  std::vector<std::size_t> before;
  std::vector<std::size_t> above;
  std::vector<std::size_t> row(candidate.size() + 1);
  for (std::size_t i = 0; i < row.size(); ++i) row[i] = i;
  for (std::size_t i = 1; i <= word.size(); ++i) {
    before = std::exchange(above, row);
    row[0] = i;
    for (std::size_t j = 1; j <= candidate.size(); ++j) {
      const std::size_t replaced = above[j - 1] + (word[i - 1] == candidate[j - 1] ? 0 : 1);
      row[j] = std::min({replaced, above[j] + 1, row[j - 1] + 1});
      if (i > 1 && j > 1 && word[i - 1] == candidate[j - 2] && word[i - 2] == candidate[j - 1]) {
        row[j] = std::min(row[j], before[j - 2] + 1);
      }
    }
  }
  return row.back();
}

}  // namespace

std::string_view nearest_name(std::string_view word, std::span<const std::string_view> candidates) {
  std::string_view nearest;
  std::size_t least = std::max<std::size_t>(1, word.size() / 3) + 1;
  for (const std::string_view candidate : candidates) {
    // Text of any length may have been meant for a name.
    if (word.size() >= candidate.size() + least) continue;
    const std::size_t distance = spelling_distance(word, candidate);
    if (distance < least) {
      least = distance;
      nearest = candidate;
    }
  }
  return nearest;
}

}  // namespace convolve
