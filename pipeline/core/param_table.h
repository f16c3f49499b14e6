// SPDX-License-Identifier: MIT
/// \file
/// Rows of parameter tables, made from member pointers.
#pragma once

#include <array>
#include <cstddef>
#include <span>
#include <string>
#include <type_traits>
#include <utility>

#include <convolve/filter.h>
#include <convolve/params.h>

namespace convolve {

template <typename>
struct MemberTraits;
template <typename C, typename T>
struct MemberTraits<T C::*> {
  using Class = C;
  using Type = T;
};

template <typename T>
constexpr ParamType param_type_of() {
  if constexpr (std::is_same_v<T, bool>)
    return ParamType::boolean;
  else if constexpr (std::is_enum_v<T>)
    return ParamType::choice;
  else if constexpr (std::is_same_v<T, int>)
    return ParamType::integer;
  else if constexpr (std::is_same_v<T, unsigned>)
    return ParamType::unsigned_integer;
  else if constexpr (std::is_same_v<T, double>)
    return ParamType::real;
  else
    return ParamType::text;
}

/// The value type that `ParamValue` holds for members of type `T`.
template <typename T>
using HeldAs = std::conditional_t<std::is_same_v<T, bool> || std::is_same_v<T, double> ||
                                      std::is_same_v<T, std::string>,
                                  T, std::int64_t>;

template <auto Member>
constexpr Param make_param(std::string_view name, std::string_view help) {
  using Class = typename MemberTraits<decltype(Member)>::Class;
  using Type = typename MemberTraits<decltype(Member)>::Type;
  Param param;
  param.name = name;
  param.help = help;
  param.type = param_type_of<Type>();
  param.get = [](const Params& params) {
    return ParamValue(static_cast<HeldAs<Type>>(static_cast<const Class&>(params).*Member));
  };
  param.set = [](Params& params, const ParamValue& value) {
    static_cast<Class&>(params).*Member = static_cast<Type>(std::get<HeldAs<Type>>(value));
  };
  return param;
}

template <auto Member>
constexpr Param number_param(std::string_view name, std::string_view help, double minimum,
                             double maximum) {
  Param param = make_param<Member>(name, help);
  param.minimum = minimum;
  param.maximum = maximum;
  return param;
}

template <auto Member>
constexpr Param choice_param(std::string_view name, std::string_view help,
                             std::string_view choice_type, std::span<const Choice> choices) {
  Param param = make_param<Member>(name, help);
  param.choice_type = choice_type;
  param.choices = choices;
  param.maximum = static_cast<double>(choices.size()) - 1;
  return param;
}

inline constexpr Choice kResponses[] = {
    {"clamp", "Clamp to the range of codes"},
    {"absolute", "Absolute value"},
    {"offset", "Add half the range, so that 0 becomes mid-grey"},
    {"rescale", "Stretch each frame's minimum and maximum to the whole range"},
};

/// The rows that every filter has.
extern const std::array<Param, 5> kCommonParams;

/// A filter's own rows, then the common ones.
template <std::size_t N>
std::array<Param, N + kCommonParams.size()> with_common(const Param (&own)[N]) {
  std::array<Param, N + kCommonParams.size()> all;
  std::size_t count = 0;
  for (const Param& param : own) all[count++] = param;
  for (const Param& param : kCommonParams) all[count++] = param;
  return all;
}

/// Gives a params struct its `clone`.
template <typename Derived>
struct ParamsOf : Params {
  [[nodiscard]] std::unique_ptr<Params> clone() const override {
    return std::make_unique<Derived>(static_cast<const Derived&>(*this));
  }
};

}  // namespace convolve
