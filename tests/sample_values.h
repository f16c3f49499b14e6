// SPDX-License-Identifier: MIT
/// \file
/// Allowed values for the parameters of any filter, drawn from its table.
#pragma once

#include <convolve/filter.h>

#include <algorithm>
#include <cmath>
#include <random>
#include <string>

#include "reference_filters.h"

namespace convolve::test {

/// Some allowed text for a parameter, often a limit of its range.
inline std::string sample_text(const Param& param, std::mt19937& random) {
  const auto between = [&](double low, double high) {
    return std::uniform_real_distribution<double>(low, high)(random);
  };
  switch (param.type) {
    case ParamType::boolean:
      return random() % 2 == 0 ? "true" : "false";
    case ParamType::choice:
      return std::string(param.choices[random() % param.choices.size()].name);
    case ParamType::color:
      return "0x80" + std::to_string(100000 + random() % 900000);
    case ParamType::text: {
      if (param.name == "roi") return random() % 4 == 0 ? "1,2,3,2" : "";
      static const char* const kTexts[] = {"identity", "box(3)",      "gaussian(1)", "0.1 -0.2 0.9",
                                           "sharpen",  "-1 2; 3 1/4", "box(1x40)",   "emboss"};
      return kTexts[random() % 8];
    }
    case ParamType::integer:
    case ParamType::unsigned_integer: {
      // Small ones mostly: they are what people use, and tests must end.
      const double high = std::min(param.maximum, random() % 4 == 0 ? 40.0 : 5.0);
      return std::to_string(std::lround(between(std::min(param.minimum, high), high)));
    }
    case ParamType::real: {
      if (random() % 8 == 0) return std::to_string(param.minimum);
      if (random() % 8 == 0) return std::to_string(param.maximum);
      const double high = std::min(param.maximum, random() % 4 == 0 ? 50.0 : 3.0);
      return std::to_string(between(std::max(param.minimum, -high), high));
    }
  }
  return {};
}

/// Some of a filter's parameters.
inline Values sample_values(const FilterInfo& info, std::mt19937& random) {
  Values values;
  for (const Param& param : info.params) {
    if (param.name != "n-threads" && random() % 3 == 0) {
      values[std::string(param.name)] = sample_text(param, random);
    }
  }
  return values;
}

}  // namespace convolve::test
