// SPDX-License-Identifier: MIT
#include "chain_elements.h"

#include <cctype>

#include <convolve/filter.h>
#include <convolve/graph.h>

#include "../media/av.h"
#include "time_limit.h"

namespace convolve::graph {

namespace {

constexpr std::string_view kForeign = "gst:";

[[noreturn]] void fail_usage(const std::string& what, const std::string& why) {
  media::fail(MediaError::Kind::usage, what, why);
}

std::string did_you_mean(std::string_view word, const std::vector<std::string>& names) {
  const std::vector<std::string_view> candidates(names.begin(), names.end());
  const std::string_view nearest = nearest_name(word, candidates);
  return nearest.empty() ? std::string() : "; did you mean '" + std::string(nearest) + "'?";
}

std::vector<std::string> property_names(GstElement* element) {
  guint count = 0;
  GParamSpec** const list = g_object_class_list_properties(G_OBJECT_GET_CLASS(element), &count);
  std::vector<std::string> names;
  for (guint i = 0; i < count; ++i) {
    if ((list[i]->flags & G_PARAM_WRITABLE) != 0) names.emplace_back(list[i]->name);
  }
  g_free(list);
  return names;
}

std::vector<std::string> element_names() {
  GList* const features =
      gst_registry_get_feature_list(gst_registry_get(), GST_TYPE_ELEMENT_FACTORY);
  std::vector<std::string> names;
  for (const GList* at = features; at != nullptr; at = at->next) {
    names.emplace_back(GST_OBJECT_NAME(at->data));
  }
  gst_plugin_feature_list_free(features);
  return names;
}

void set_from_text(GstElement* element, const FilterSpec& spec, const std::string& name,
                   const std::string& text) {
  GParamSpec* property = g_object_class_find_property(G_OBJECT_GET_CLASS(element), name.c_str());
  if (property == nullptr || (property->flags & G_PARAM_WRITABLE) == 0) {
    fail_usage(spec.name,
               "no property '" + name + "'" + did_you_mean(name, property_names(element)));
  }
  Value value(G_PARAM_SPEC_VALUE_TYPE(property));
  if (!gst_value_deserialize_with_pspec(value.get(), text.c_str(), property)) {
    fail_usage(spec.name, name + ": '" + text + "' is not a value of it");
  }
  if (g_param_value_validate(property, value.get()) != FALSE) {
    fail_usage(spec.name, name + ": " + text + " is out of range");
  }
  g_object_set_property(G_OBJECT(element), name.c_str(), value.get());
}

// The core reads the texts, so that a chain means the same with and without GStreamer.
void set_parameter(GstElement* element, const FilterSpec& spec, const Param& param,
                   const ParamValue& value) {
  const std::string name(param.name);
  if (param.type == ParamType::choice) {
    set_from_text(element, spec, name, param_text(param, value));
    return;
  }
  GParamSpec* property = g_object_class_find_property(G_OBJECT_GET_CLASS(element), name.c_str());
  if (property == nullptr) fail_usage(spec.name, "its element has no property '" + name + "'");
  Value target(G_PARAM_SPEC_VALUE_TYPE(property));
  if (const auto* text = std::get_if<std::string>(&value)) {
    g_value_set_string(target.get(), text->c_str());
  } else {
    Value source(G_TYPE_DOUBLE);
    g_value_set_double(source.get(), std::holds_alternative<bool>(value)
                                         ? (std::get<bool>(value) ? 1.0 : 0.0)
                                     : std::holds_alternative<double>(value)
                                         ? std::get<double>(value)
                                         : static_cast<double>(std::get<std::int64_t>(value)));
    if (G_VALUE_HOLDS_BOOLEAN(target.get())) {
      g_value_set_boolean(target.get(), g_value_get_double(source.get()) != 0.0);
    } else {
      g_value_transform(source.get(), target.get());
    }
  }
  g_object_set_property(G_OBJECT(element), name.c_str(), target.get());
}

void set_parameters(GstElement* element, const FilterSpec& spec, const FilterInfo& info) {
  const auto params = info.new_params();
  for (const auto& [name, text] : spec.values) {
    const Param* param = find_param(info, name);
    if (param == nullptr) fail_usage(spec.name, "no parameter '" + name + "'");
    set_param_text(*params, *param, text);
  }
  // Values are good each by itself; together too?
  (void)info.make(*params);
  for (const auto& [name, text] : spec.values) {
    const Param& param = *find_param(info, name);
    set_parameter(element, spec, param, param.get(*params));
  }
}

bool has_value(const FilterSpec& spec, std::string_view name) {
  for (const auto& [key, text] : spec.values) {
    if (key == name) return true;
  }
  return false;
}

}  // namespace

bool is_foreign(const FilterSpec& spec) { return spec.name.starts_with(kForeign); }

std::string element_name(const FilterSpec& spec) {
  return is_foreign(spec) ? spec.name.substr(kForeign.size()) : "conv" + spec.name;
}

Handle<GstElement> make_plain_element(const char* name) {
  GstElement* element = gst_element_factory_make(name, nullptr);
  if (element == nullptr) {
    media::fail(MediaError::Kind::running, name, "GStreamer has no such element",
                "its plugin may be missing");
  }
  return Handle<GstElement>(GST_ELEMENT(gst_object_ref_sink(element)));
}

Handle<GstElement> make_element(const FilterSpec& spec, unsigned threads) {
  const std::string name = element_name(spec);
  GstElement* made = gst_element_factory_make(name.c_str(), nullptr);
  if (made == nullptr) {
    if (is_foreign(spec)) {
      fail_usage(spec.name,
                 "GStreamer has no element '" + name + "'" + did_you_mean(name, element_names()));
    }
    if (find_filter(spec.name) == nullptr) fail_usage(spec.name, "no such filter");
    media::fail(MediaError::Kind::running, name, "GStreamer does not find this element",
                "set GST_PLUGIN_PATH to the directory of libgstconvolve.so");
  }
  Handle<GstElement> element(GST_ELEMENT(gst_object_ref_sink(made)));
  if (is_foreign(spec)) {
    for (const auto& [key, text] : spec.values) set_from_text(element.get(), spec, key, text);
    if (spec.enable) limit_to(element.get(), *spec.enable, OutsideFrames::replace_results);
    return element;
  }
  const FilterInfo* info = find_filter(spec.name);
  if (info == nullptr) fail_usage(spec.name, "no such filter");
  try {
    set_parameters(element.get(), spec, *info);
  } catch (const std::invalid_argument& error) {
    fail_usage(spec.name, error.what());
  }
  if (threads != 0 && !has_value(spec, "n-threads")) {
    g_object_set(element.get(), "n-threads", static_cast<guint>(threads), nullptr);
  }
  if (spec.enable) {
    const bool alone = make_filter(spec)->geometry().t.frames() == 1;
    limit_to(element.get(), *spec.enable,
             alone ? OutsideFrames::pass_by : OutsideFrames::replace_results);
  }
  return element;
}

void set_value(GstElement* element, FilterSpec& spec, const std::string& name,
               const std::string& text) {
  FilterSpec changed = spec;
  std::erase_if(changed.values, [&name](const auto& value) { return value.first == name; });
  changed.values.emplace_back(name, text);
  const FilterInfo* info = is_foreign(spec) ? nullptr : find_filter(spec.name);
  if (info == nullptr) {
    set_from_text(element, spec, name, text);
  } else {
    try {
      const auto params = info->new_params();
      for (const auto& [key, value] : changed.values) {
        if (const Param* param = find_param(*info, key)) set_param_text(*params, *param, value);
      }
      (void)info->make(*params);
      const Param* param = find_param(*info, name);
      if (param == nullptr) fail_usage(spec.name, "no parameter '" + name + "'");
      set_parameter(element, spec, *param, param->get(*params));
    } catch (const std::invalid_argument& error) {
      fail_usage(spec.name, error.what());
    }
  }
  spec = std::move(changed);
}

}  // namespace convolve::graph

namespace convolve {

std::string shell_word(const std::string& text) {
  bool plain = !text.empty();
  for (const char c : text) {
    plain = plain && (std::isalnum(static_cast<unsigned char>(c)) != 0 ||
                      std::string_view("-_./=:,+@%").find(c) != std::string_view::npos);
  }
  if (plain) return text;
  std::string word = "'";
  for (const char c : text) {
    if (c == '\'') {
      word += "'\\''";
    } else {
      word += c;
    }
  }
  return word + "'";
}

std::string gst_chain_text(const std::vector<FilterSpec>& chain) {
  std::string text;
  for (const FilterSpec& spec : chain) {
    if (!text.empty()) text += " ! ";
    if (graph::is_foreign(spec)) text += "videoconvert ! ";
    text += graph::element_name(spec);
    const FilterInfo* info = graph::is_foreign(spec) ? nullptr : find_filter(spec.name);
    for (const auto& [name, value] : spec.values) {
      std::string written = value;
      if (const Param* param = info == nullptr ? nullptr : find_param(*info, name)) {
        const auto params = info->new_params();
        set_param_text(*params, *param, value);
        const ParamValue typed = param->get(*params);
        // Colours are plain numbers to GStreamer; so are fractions.
        if (const auto* number = std::get_if<std::int64_t>(&typed);
            number != nullptr && param->type == ParamType::color) {
          written = std::to_string(*number);
        } else {
          written = param_text(*param, typed);
        }
      }
      text += " " + shell_word(name + "=" + written);
    }
  }
  return text;
}

}  // namespace convolve
