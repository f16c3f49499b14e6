// SPDX-License-Identifier: MIT
/// \file
/// Filter chains as text (SPEC §6).
#pragma once

#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <convolve/filter.h>

namespace convolve {

/// Thrown for a chain that cannot be read, or that names what is not there; the message says where.
class ChainError : public std::invalid_argument {
 public:
  using std::invalid_argument::invalid_argument;
};

/// One filter of a chain, as written.
struct FilterSpec {
  std::string name;
  std::vector<std::pair<std::string, std::string>> values;
  bool operator==(const FilterSpec&) const = default;
};

/// Reads `FILTER{,FILTER}` with `FILTER := name[=key=value{:key=value}]`; `'…'` and `[…]` protect
/// `,` `:` and `=`. Names, parameters, ranges and kernels are checked. \throws ChainError
std::vector<FilterSpec> parse_chain(std::string_view text);

/// Text that `parse_chain` reads back.
std::string chain_text(const std::vector<FilterSpec>& chain);

/// The filter that a spec describes. \throws ParamError, KernelError, ChainError
std::unique_ptr<const Filter> make_filter(const FilterSpec& spec);

}  // namespace convolve
