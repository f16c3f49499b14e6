// SPDX-License-Identifier: MIT
#include "properties.h"

#include <algorithm>
#include <list>
#include <string>
#include <vector>

namespace convolve {

namespace {

const char* interned(std::string_view text) { return g_intern_string(std::string(text).c_str()); }

// "border-color" as "Border color".
std::string nick_of(const Param& param) {
  std::string nick(param.name);
  std::replace(nick.begin(), nick.end(), '-', ' ');
  nick[0] = g_ascii_toupper(nick[0]);
  return nick;
}

// Filters share some choices, so a type may be there already. Types live as long as the process,
// and so do their values. GObject initialises one class at a time.
GType choice_type(const Param& param) {
  const std::string name = "GstConv" + std::string(param.choice_type);
  if (const GType known = g_type_from_name(name.c_str())) return known;
  static std::list<std::vector<GEnumValue>> kept;
  std::vector<GEnumValue>& values = kept.emplace_back();
  for (const Choice& choice : param.choices) {
    values.push_back(
        {static_cast<gint>(values.size()), interned(choice.help), interned(choice.name)});
  }
  values.push_back({});
  const GType type = g_enum_register_static(interned(name), values.data());
  gst_type_mark_as_plugin_api(type, static_cast<GstPluginAPIFlags>(0));
  return type;
}

GParamSpec* make_spec(const FilterInfo& info, const Param& param) {
  const std::string name(param.name);
  const std::string nick = nick_of(param);
  const std::string blurb(param.help);
  const ParamValue initial = default_value(info, param);
  const auto flags = static_cast<GParamFlags>(G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS |
                                              GST_PARAM_CONTROLLABLE | GST_PARAM_MUTABLE_PLAYING);
  const char* const id = interned(name);
  const char* const label = interned(nick);
  const char* const help = interned(blurb);
  const auto whole = [&initial] { return std::get<std::int64_t>(initial); };
  switch (param.type) {
    case ParamType::boolean:
      return g_param_spec_boolean(id, label, help, std::get<bool>(initial), flags);
    case ParamType::integer:
      return g_param_spec_int(id, label, help, static_cast<gint>(param.minimum),
                              static_cast<gint>(param.maximum), static_cast<gint>(whole()), flags);
    case ParamType::unsigned_integer:
    case ParamType::color:
      return g_param_spec_uint(id, label, help, static_cast<guint>(param.minimum),
                               static_cast<guint>(param.maximum), static_cast<guint>(whole()),
                               flags);
    case ParamType::real:
      return g_param_spec_double(id, label, help, param.minimum, param.maximum,
                                 std::get<double>(initial), flags);
    case ParamType::text:
      return g_param_spec_string(id, label, help, std::get<std::string>(initial).c_str(), flags);
    case ParamType::choice:
      return g_param_spec_enum(id, label, help, choice_type(param), static_cast<gint>(whole()),
                               flags);
  }
  return nullptr;
}

}  // namespace

void install_properties(GObjectClass* object_class, const FilterInfo& info) {
  guint id = 0;
  for (const Param& param : info.params) {
    g_object_class_install_property(object_class, ++id, make_spec(info, param));
  }
}

ParamValue from_property(const Param& param, const GValue* value) {
  switch (param.type) {
    case ParamType::boolean:
      return g_value_get_boolean(value) != FALSE;
    case ParamType::integer:
      return static_cast<std::int64_t>(g_value_get_int(value));
    case ParamType::unsigned_integer:
    case ParamType::color:
      return static_cast<std::int64_t>(g_value_get_uint(value));
    case ParamType::real:
      return g_value_get_double(value);
    case ParamType::choice:
      return static_cast<std::int64_t>(g_value_get_enum(value));
    case ParamType::text:
      break;
  }
  const char* const text = g_value_get_string(value);
  return std::string(text == nullptr ? "" : text);
}

void to_property(const Param& param, const ParamValue& from, GValue* value) {
  switch (param.type) {
    case ParamType::boolean:
      g_value_set_boolean(value, std::get<bool>(from));
      break;
    case ParamType::integer:
      g_value_set_int(value, static_cast<gint>(std::get<std::int64_t>(from)));
      break;
    case ParamType::unsigned_integer:
    case ParamType::color:
      g_value_set_uint(value, static_cast<guint>(std::get<std::int64_t>(from)));
      break;
    case ParamType::real:
      g_value_set_double(value, std::get<double>(from));
      break;
    case ParamType::choice:
      g_value_set_enum(value, static_cast<gint>(std::get<std::int64_t>(from)));
      break;
    case ParamType::text:
      g_value_set_string(value, std::get<std::string>(from).c_str());
      break;
  }
}

}  // namespace convolve
