// SPDX-License-Identifier: MIT
/// \file
/// JSON as it is printed.
#pragma once

#include <string>

#include <nlohmann/json.hpp>

namespace convolve::cli {

/// Keys in the order in which they were set.
using Json = nlohmann::ordered_json;

/// Names of files may hold bytes that are no text; JSON may not.
inline std::string json_text(const Json& json, int indent = 2) {
  return json.dump(indent, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace convolve::cli
