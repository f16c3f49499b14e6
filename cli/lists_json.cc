// SPDX-License-Identifier: MIT
#include <type_traits>
#include <variant>
#include <vector>

#include <convolve/format.h>
#include <convolve/kernel.h>
#include <convolve/live.h>

#include "json.h"
#include "lists.h"

namespace convolve::cli {

namespace {

std::string_view type_name(ParamType type) {
  switch (type) {
    case ParamType::boolean:
      return "boolean";
    case ParamType::integer:
    case ParamType::unsigned_integer:
      return "integer";
    case ParamType::color:
      return "color";
    case ParamType::real:
      return "number";
    case ParamType::text:
      return "text";
    case ParamType::choice:
      return "choice";
  }
  return {};
}

// Choices and colours by their texts, as chains have them.
Json value_json(const Param& param, const ParamValue& value) {
  if (param.type == ParamType::choice || param.type == ParamType::color) {
    return param_text(param, value);
  }
  return std::visit([](const auto& plain) { return Json(plain); }, value);
}

Json param_json(const FilterInfo& info, const Param& param) {
  Json json;
  json["name"] = param.name;
  json["type"] = type_name(param.type);
  json["default"] = value_json(param, default_value(info, param));
  const bool has_range = param.type == ParamType::integer ||
                         param.type == ParamType::unsigned_integer || param.type == ParamType::real;
  if (has_range) {
    json["minimum"] = param.minimum;
    json["maximum"] = param.maximum;
  }
  for (const Choice& choice : param.choices) {
    json["choices"].push_back(Json{{"name", choice.name}, {"help", choice.help}});
  }
  json["help"] = param.help;
  return json;
}

}  // namespace

std::string filters_json() {
  Json list = Json::array();
  for (const FilterInfo* info : all_filters()) {
    Json json;
    json["name"] = info->name;
    json["element"] = "conv" + std::string(info->name);
    json["title"] = info->title;
    json["description"] = info->description;
    json["parameters"] = Json::array();
    for (const Param& param : info->params) json["parameters"].push_back(param_json(*info, param));
    list.push_back(std::move(json));
  }
  return json_text(list);
}

std::string kernels_json() {
  Json list = Json::array();
  for (const NamedKernel& named : named_kernels()) {
    const Kernel kernel = Kernel::parse(named.example);
    Json json;
    json["name"] = named.name;
    json["arguments"] = named.arguments;
    json["help"] = named.help;
    json["example"] = named.example;
    json["width"] = kernel.width();
    json["height"] = kernel.height();
    json["depth"] = kernel.depth();
    json["taps"] = std::vector<double>(kernel.taps().begin(), kernel.taps().end());
    list.push_back(std::move(json));
  }
  return json_text(list);
}

std::string borders_json() {
  Json list = Json::array();
  const Param& border = border_param();
  for (std::size_t i = 0; i < border.choices.size(); ++i) {
    list.push_back(Json{{"name", border.choices[i].name},
                        {"picture", border_picture(i)},
                        {"help", border.choices[i].help}});
  }
  return json_text(list);
}

std::string formats_json() {
  Json list = Json::array();
  for (const PixelFormat& format : all_formats()) {
    if (format.type == SampleType::f32) continue;
    list.push_back(Json{{"name", format.name},
                        {"layout", layout_text(format)},
                        {"bits", format.bits},
                        {"planes", format.planes},
                        {"alpha", format.alpha}});
  }
  return json_text(list);
}

std::string devices_json() {
  Json list = Json::array();
  for (const Device& device : list_devices()) {
    Json json;
    json["input"] = device.input;
    json["name"] = device.name;
    json["modes"] = Json::array();
    for (const CameraMode& mode : device.modes) {
      json["modes"].push_back(
          Json{{"format", mode.format}, {"size", mode.size}, {"rates", mode.rates}});
    }
    list.push_back(std::move(json));
  }
  return json_text(list);
}

}  // namespace convolve::cli
