// SPDX-License-Identifier: MIT
/// \file
/// The command line's options: one table describes each to the parser, the help, the manual page
/// and the completion of shells.
#pragma once

#include <cstdint>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include <convolve/engine.h>
#include <convolve/transcode.h>

namespace convolve::cli {

/// Thrown for a command line that cannot be understood. The text is `WHAT: WHY`, and may have a
/// second line, which is a hint.
class UsageError : public std::invalid_argument {
 public:
  using std::invalid_argument::invalid_argument;
};

/// \throws UsageError
[[noreturn]] void refuse_usage(std::string_view what, std::string_view why,
                               std::string_view hint = "");

/// `did you mean '--output'?` for the nearest of `names`, each with `dashes` before it; `otherwise`
/// where none is near.
std::string nearest_hint(std::string_view word, std::span<const std::string_view> names,
                         std::string_view dashes = "", std::string_view otherwise = "");

enum class Action : std::uint8_t {
  run,
  print_gst,
  dry_run,
  probe,
  show_kernel,
  contact_sheet,
  plot,
  size,
  help,
  help_filter,
  list,
  version,
  completion,
  manual,
  save_preset
};

/// How progress is told.
enum class ProgressKind : std::uint8_t { automatic, json, none };

struct Options {
  Action action = Action::run;
  std::string topic;  ///< what an information option is about
  TranscodeOptions job;
  std::string preset;       ///< whose filters come before those of the chain that is given
  std::string save_preset;  ///< name to save the chain by; empty: none
  Size frame_size;          ///< of `--size`
  bool no_config = false;
  ProgressKind progress = ProgressKind::automatic;
  bool json = false;
  bool quiet = false;
  bool verbose = false;
  bool stats = false;
  bool preview = false;
};

enum class OptionGroup : std::uint8_t { main, encoding, part, running, looking, information };

/// What a shell offers for an option's value, beside its choices.
enum class Completion : std::uint8_t { nothing, file, chain, preset, kernel };

/// One option. `apply` stores it; for a switch the value is empty. \throws UsageError
struct Option {
  std::string_view name;   ///< without dashes
  char letter = 0;         ///< short form, or 0
  std::string_view value;  ///< what stands for its value in the help; empty for a switch
  OptionGroup group = OptionGroup::main;
  std::string_view help;
  void (*apply)(Options& options, const std::string& value) = nullptr;
  Completion completion = Completion::nothing;
  std::vector<std::string_view> (*choices)() = nullptr;  ///< the values that are allowed
  bool once = false;  ///< for single calls, not for the configuration file
};

/// Every option, in the order of the help.
std::span<const Option> option_table() noexcept;
/// \returns the option of that name, or nullptr.
const Option* find_option(std::string_view name) noexcept;
std::string_view group_title(OptionGroup group) noexcept;
/// The option's help, with its choices behind it.
std::string option_help(const Option& option);

/// Reads the arguments that follow the program's name, and the configuration file, whose options
/// give way to theirs. The chain is read and checked too.
/// \throws UsageError, ChainError; MediaError for an input or output that is refused by its name
Options parse_options(std::span<const std::string> arguments);

/// Seconds, or `[hh:]mm:ss.x`. \throws UsageError that begins with `option`
double parse_time(std::string_view option, std::string_view text);
/// Bits a second, where `k`, `M` and `G` multiply. \throws UsageError that begins with `option`
std::int64_t parse_bitrate(std::string_view option, std::string_view text);
/// A whole number. \throws UsageError that begins with `option`
std::int64_t parse_whole(std::string_view option, std::string_view text, std::int64_t minimum,
                         std::int64_t maximum);
/// `1920x1080`. \throws UsageError that begins with `option`
Size parse_size(std::string_view option, std::string_view text);
/// A decimal number. \throws UsageError that begins with `option`
double parse_decimal(std::string_view option, std::string_view text, double minimum,
                     double maximum);

}  // namespace convolve::cli
