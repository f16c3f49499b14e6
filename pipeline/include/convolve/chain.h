// SPDX-License-Identifier: MIT
/// \file
/// Filter chains as text (SPEC §6).
#pragma once

#include <limits>
#include <memory>
#include <optional>
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

/// A time of a stream, in seconds.
struct TimeRange {
  double start = 0;
  double end = std::numeric_limits<double>::infinity();  ///< exclusive

  [[nodiscard]] constexpr bool contains(double seconds) const noexcept {
    return seconds >= start && seconds < end;
  }
  bool operator==(const TimeRange&) const = default;
};

/// One filter of a chain, as written.
struct FilterSpec {
  std::string name;
  std::vector<std::pair<std::string, std::string>> values;
  /// Frames outside pass as they are. For pipelines to heed: a Filter alone knows no time.
  std::optional<TimeRange> enable{};
  bool operator==(const FilterSpec&) const = default;
};

/// Reads `FILTER{,FILTER}` with `FILTER := name[=key=value{:key=value}]`; `'…'` and `[…]` protect
/// `,` `:` and `=`. A line break is as good as a comma. Beside its parameters every filter takes
/// `enable=START-END`. `@path` stands for the file of that name, where lines that begin with `#`
/// are comments. Names, parameters, ranges and kernels are checked. \throws ChainError
std::vector<FilterSpec> parse_chain(std::string_view text);

/// Text that `parse_chain` reads back.
std::string chain_text(const std::vector<FilterSpec>& chain);

/// The filter that a spec describes. \throws ParamError, KernelError, ChainError
std::unique_ptr<const Filter> make_filter(const FilterSpec& spec);

}  // namespace convolve
