// SPDX-License-Identifier: MIT
/// \file
/// Parameters of filters: one table row describes a parameter to every front end.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <variant>

namespace convolve {

enum class Border : std::uint8_t { constant, replicate, reflect, reflect_101, wrap };
enum class ColorMode : std::uint8_t { per_channel, greyscale, luma, raw };
enum class Response : std::uint8_t { clamp, absolute, offset, rescale };

/// Thrown for a parameter that does not exist, or a value that is not allowed; the message begins
/// with the parameter's name.
class ParamError : public std::invalid_argument {
 public:
  using std::invalid_argument::invalid_argument;
};

/// What SPEC §5 gives every filter. Filters derive from it and add their own.
struct Params {
  Border border = Border::replicate;
  std::uint32_t border_color = 0xff000000U;  ///< ARGB
  ColorMode color_mode = ColorMode::per_channel;
  unsigned n_threads = 0;  ///< 0: one per core
  std::string roi;         ///< "x,y,w,h" in pixels; empty: the whole frame

  virtual ~Params() = default;
  [[nodiscard]] virtual std::unique_ptr<Params> clone() const = 0;

 protected:
  Params() = default;
  Params(const Params&) = default;
  Params& operator=(const Params&) = default;
};

enum class ParamType : std::uint8_t {
  boolean,
  integer,
  unsigned_integer,
  color,
  real,
  text,
  choice
};

/// A choice is held as the number of its row in `Param::choices`.
using ParamValue = std::variant<bool, std::int64_t, double, std::string>;

struct Choice {
  std::string_view name;  ///< "reflect-101"
  std::string_view help;
};

/// One parameter. `get` and `set` reach the member of the params struct that the table names.
struct Param {
  std::string_view name;  ///< kebab-case
  std::string_view help;  ///< one sentence, with the unit
  ParamType type = ParamType::real;
  double minimum = 0.0;  ///< of numbers
  double maximum = 0.0;
  std::span<const Choice> choices{};  ///< of a choice; row i is value i
  std::string_view choice_type{};     ///< PascalCase name of the choice's type: "Border"
  ParamValue (*get)(const Params&) = nullptr;
  void (*set)(Params&, const ParamValue&) = nullptr;  ///< unchecked: use set_param
};

/// Checks type and range, then stores. Whole numbers are taken for real ones and names for
/// choices. \throws ParamError
void set_param(Params& params, const Param& param, const ParamValue& value);

/// Reads `text` as the parameter's type (`true`/`false`, numbers, fractions, choice names, colours
/// as `0xAARRGGBB` or `#RRGGBB`), then as `set_param`. \throws ParamError
void set_param_text(Params& params, const Param& param, std::string_view text);

/// The value as text that `set_param_text` reads back.
std::string param_text(const Param& param, const ParamValue& value);

/// The nearest of `candidates` to a misspelt `word`, or empty where none is near.
std::string_view nearest_name(std::string_view word, std::span<const std::string_view> candidates);

}  // namespace convolve
