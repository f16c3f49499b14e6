// SPDX-License-Identifier: MIT
#include <convolve/filter.h>

#include <initializer_list>
#include <vector>

#include "core/messages.h"
#include "core/plane_work.h"
#include "core/roi.h"

namespace convolve {

Filter::Filter(std::unique_ptr<const Params> params) : params_(std::move(params)) {
  check_roi_text(params_->roi);
}

std::shared_ptr<PlaneWork> Filter::make_plane_work(const StageSpec& /*spec*/, int /*width*/,
                                                   int /*height*/) const {
  return nullptr;
}

const FilterInfo* find_filter(std::string_view name) noexcept {
  for (const FilterInfo* info : all_filters()) {
    if (info->name == name) return info;
  }
  return nullptr;
}

const Param* find_param(const FilterInfo& info, std::string_view name) noexcept {
  for (const Param& param : info.params) {
    if (param.name == name) return &param;
  }
  return nullptr;
}

ParamValue default_value(const FilterInfo& info, const Param& param) {
  return param.get(*info.new_params());
}

std::unique_ptr<const Filter> make_filter(
    std::string_view name, std::span<const std::pair<std::string_view, std::string_view>> values) {
  const FilterInfo* info = find_filter(name);
  if (info == nullptr) {
    std::vector<std::string_view> names;
    for (const FilterInfo* known : all_filters()) names.push_back(known->name);
    throw ParamError(quoted(name) + " is no filter" + did_you_mean(name, names));
  }
  const std::unique_ptr<Params> params = info->new_params();
  for (const auto& [key, text] : values) {
    const Param* param = find_param(*info, key);
    if (param == nullptr) {
      std::vector<std::string_view> names;
      for (const Param& known : info->params) names.push_back(known.name);
      throw ParamError(std::string(key) + ": " + std::string(name) + " has no such parameter" +
                       did_you_mean(key, names));
    }
    set_param_text(*params, *param, text);
  }
  return info->make(*params);
}

std::unique_ptr<const Filter> make_filter(
    std::string_view name,
    std::initializer_list<std::pair<std::string_view, std::string_view>> values) {
  return make_filter(name, std::span(values.begin(), values.size()));
}

}  // namespace convolve
