// SPDX-License-Identifier: MIT
#include "core/chain_messages.h"

#include <cctype>
#include <vector>

#include <convolve/engine.h>
#include <convolve/kernel.h>

#include "core/messages.h"

namespace convolve {

namespace {

using Names = std::vector<std::string_view>;

Names filter_names() {
  Names names;
  for (const FilterInfo* info : all_filters()) names.push_back(info->name);
  return names;
}

Names param_names(const FilterInfo& info) {
  Names names;
  for (const Param& param : info.params) names.push_back(param.name);
  names.push_back(kEnable);
  return names;
}

std::string all_filter_names() {
  std::string text;
  for (const std::string_view name : filter_names()) {
    text += (text.empty() ? "; there are " : ", ") + std::string(name);
  }
  return text;
}

}  // namespace

bool is_like_a_value(std::string_view name) {
  return !name.empty() && std::isalpha(static_cast<unsigned char>(name[0])) == 0;
}

std::string unknown_filter(std::string_view name) {
  if (is_like_a_value(name)) {
    return quoted(name) + " is no filter; a value that holds , or : needs quotes, as in key='…'";
  }
  const auto end = name.find_first_of(":( ");
  const std::string_view word = name.substr(0, end);
  if (end != std::string_view::npos && find_filter(word) != nullptr) {
    return "after " + quoted(word) + " comes '=', not " + quoted(name.substr(end, 1)) + ", as in " +
           std::string(word) + "=key=value";
  }
  for (const NamedKernel& kernel : named_kernels()) {
    if (kernel.name != word) continue;
    return quoted(word) + " is a kernel, no filter; write " +
           quoted("kernel=" + std::string(kernel.example));
  }
  const std::string nearest = did_you_mean(name, filter_names());
  return quoted(name) + " is no filter" + (nearest.empty() ? all_filter_names() : nearest);
}

std::string unknown_param(const FilterInfo& info, std::string_view key) {
  return std::string(info.name) + " has no parameter " + quoted(key) +
         did_you_mean(key, param_names(info));
}

}  // namespace convolve
