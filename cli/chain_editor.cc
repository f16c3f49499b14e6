// SPDX-License-Identifier: MIT
#include "chain_editor.h"

#include <algorithm>
#include <cmath>

#include <convolve/kernel.h>

#include "text.h"

namespace convolve::cli {

namespace {

constexpr std::string_view kKernel = "kernel";

// 0.1 below 1, 0.5 below 10, 5 below 100, and so on: the same steps up and down.
double real_step(double value, int direction) {
  // A value at a border of two steps takes the smaller one on its way to 0.
  const double size = std::abs(value) * (value * direction < 0 ? 1 - 1e-9 : 1 + 1e-9);
  if (size < 1) return 0.1;
  return 0.5 * std::pow(10, std::floor(std::log10(size)));
}

double stepped(double value, int direction) {
  const double step = real_step(value, direction);
  // On the grid of steps, so that 1.5 is never 1.4999999.
  return std::round((value + direction * step) / step * 1e6) / 1e6 * step;
}

std::string rounded_text(double value) { return number_text(std::round(value * 1e9) / 1e9); }

}  // namespace

ChainEditor::ChainEditor(std::vector<FilterSpec> chain)
    : chain_(std::move(chain)), param_(chain_.size(), 0) {}

const FilterInfo* ChainEditor::info(std::size_t filter) const {
  return filter < chain_.size() ? find_filter(chain_[filter].name) : nullptr;
}

const Param* ChainEditor::selected() const {
  const FilterInfo* const known = info(filter_);
  return known == nullptr ? nullptr : &known->params[param_[filter_]];
}

ParamValue ChainEditor::value(std::size_t filter, const Param& param) const {
  const FilterInfo& known = *info(filter);
  const auto params = known.new_params();
  for (const auto& [name, text] : chain_[filter].values) {
    if (const Param* other = find_param(known, name)) set_param_text(*params, *other, text);
  }
  return param.get(*params);
}

std::string ChainEditor::shown() const {
  if (chain_.empty()) return "no filter";
  const Param* const param = selected();
  if (param == nullptr) return chain_[filter_].name;
  const std::string text = param_text(*param, value(filter_, *param));
  return chain_[filter_].name + "   " + std::string(param->name) + " = " +
         (text.empty() ? "(none)" : text);
}

std::string_view ChainEditor::help() const {
  const Param* const param = selected();
  return param == nullptr ? std::string_view() : param->help;
}

void ChainEditor::next_filter() {
  if (!chain_.empty()) filter_ = (filter_ + 1) % chain_.size();
}

void ChainEditor::next_parameter(int step) {
  const FilterInfo* const known = info(filter_);
  if (known == nullptr) return;
  const std::size_t count = known->params.size();
  param_[filter_] = (param_[filter_] + (step > 0 ? 1 : count - 1)) % count;
}

std::optional<ChainChange> ChainEditor::change(std::size_t filter, const Param& param,
                                               const std::string& text) {
  FilterSpec changed = chain_[filter];
  const auto same = [&param](const auto& given) { return given.first == param.name; };
  const auto given = std::ranges::find_if(changed.values, same);
  if (given != changed.values.end()) {
    given->second = text;
  } else {
    changed.values.emplace_back(param.name, text);
  }
  try {
    (void)make_filter(changed);
  } catch (const std::invalid_argument&) {
    return {};
  }
  chain_[filter] = std::move(changed);
  return ChainChange{filter, std::string(param.name), text};
}

// Kernels that do not suit the filter are passed over.
std::optional<ChainChange> ChainEditor::next_name(std::size_t filter, const Param& param,
                                                  int direction) {
  const auto names = named_kernels();
  const auto count = static_cast<int>(names.size());
  const std::string now = param_text(param, value(filter, param));
  const auto current = std::ranges::find_if(names, [&now](const NamedKernel& named) {
    return now == named.name || now == named.example;
  });
  int index =
      current == names.end() ? (direction > 0 ? -1 : 0) : static_cast<int>(current - names.begin());
  for (int tries = 0; tries < count; ++tries) {
    index = (index + direction + count) % count;
    const auto changed =
        change(filter, param, std::string(names[static_cast<std::size_t>(index)].example));
    if (changed) return changed;
  }
  return {};
}

// Values that the filter refuses, as those between "as sigma" and 0, are passed over.
std::optional<ChainChange> ChainEditor::next_real(const Param& param, double now, int direction) {
  constexpr int kTries = 20;
  double next = now;
  for (int i = 0; i < kTries; ++i) {
    next = std::clamp(stepped(next, direction), param.minimum, param.maximum);
    if (next == now) return {};
    const auto changed = change(filter_, param, rounded_text(next));
    if (changed) return changed;
  }
  return {};
}

std::optional<ChainChange> ChainEditor::step(int direction) {
  const Param* const param = selected();
  if (param == nullptr) return {};
  const ParamValue now = value(filter_, *param);
  switch (param->type) {
    case ParamType::boolean:
      return change(filter_, *param, std::get<bool>(now) ? "false" : "true");
    case ParamType::integer:
    case ParamType::unsigned_integer:
      return change(filter_, *param, std::to_string(std::get<std::int64_t>(now) + direction));
    case ParamType::real: {
      return next_real(*param, std::get<double>(now), direction);
    }
    case ParamType::choice: {
      const auto count = static_cast<std::int64_t>(param->choices.size());
      const std::int64_t next = (std::get<std::int64_t>(now) + direction + count) % count;
      return change(filter_, *param,
                    std::string(param->choices[static_cast<std::size_t>(next)].name));
    }
    case ParamType::text:
      if (param->name == kKernel) return next_name(filter_, *param, direction);
      return {};
    case ParamType::color:
      break;
  }
  return {};
}

std::optional<ChainChange> ChainEditor::next_kernel() {
  for (std::size_t i = 0; i < chain_.size(); ++i) {
    const std::size_t filter = (filter_ + i) % chain_.size();
    const FilterInfo* const known = info(filter);
    if (known == nullptr) continue;
    const Param* const param = find_param(*known, kKernel);
    if (param == nullptr) continue;
    filter_ = filter;
    param_[filter] = static_cast<std::size_t>(param - known->params.data());
    return next_name(filter, *param, 1);
  }
  return {};
}

}  // namespace convolve::cli
