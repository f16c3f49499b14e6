// SPDX-License-Identifier: MIT
/// \file
/// The command line's options: one table describes each to the parser and to the help.
#pragma once

#include <cstdint>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>

#include <convolve/transcode.h>

namespace convolve::cli {

/// Thrown for a command line that cannot be understood. The text is `WHAT: WHY`, and may have a
/// second line, which is a hint.
class UsageError : public std::invalid_argument {
 public:
  using std::invalid_argument::invalid_argument;
};

enum class Action : std::uint8_t { run, print_gst, help, help_filter, list, version };

struct Options {
  Action action = Action::run;
  std::string topic;  ///< of `--list` and `--help-filter`
  TranscodeOptions job;
  bool quiet = false;
  bool verbose = false;
};

enum class OptionGroup : std::uint8_t { main, encoding, part, running, information };

/// One option. `apply` stores it; for a switch the value is empty. \throws UsageError
struct Option {
  std::string_view name;   ///< without dashes
  char letter = 0;         ///< short form, or 0
  std::string_view value;  ///< what stands for its value in the help; empty for a switch
  OptionGroup group = OptionGroup::main;
  std::string_view help;
  void (*apply)(Options& options, const std::string& value) = nullptr;
};

/// Every option, in the order of the help.
std::span<const Option> option_table() noexcept;
std::string_view group_title(OptionGroup group) noexcept;

/// Topics of `--list`, each with what it prints.
struct ListTopic {
  std::string_view name;
  std::string_view help;
};
std::span<const ListTopic> list_topics() noexcept;

/// Reads the arguments that follow the program's name. The chain is read and checked too.
/// \throws UsageError, ChainError; MediaError for an input or output that is refused by its name
Options parse_options(std::span<const std::string> arguments);

/// Seconds, or `[hh:]mm:ss.x`. \throws UsageError that begins with `option`
double parse_time(std::string_view option, std::string_view text);
/// Bits a second, where `k`, `M` and `G` multiply. \throws UsageError that begins with `option`
std::int64_t parse_bitrate(std::string_view option, std::string_view text);

}  // namespace convolve::cli
