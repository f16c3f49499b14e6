// SPDX-License-Identifier: MIT
#include "options.h"

#include <algorithm>
#include <filesystem>
#include <set>
#include <utility>
#include <vector>

#include <unistd.h>

#include <boost/program_options.hpp>

#include <convolve/live.h>
#include <convolve/preview_window.h>

#include "config.h"
#include "presets.h"

namespace convolve::cli {

namespace {

namespace po = boost::program_options;

std::string dashed(const Option& option) { return "--" + std::string(option.name); }

po::options_description boost_description() {
  po::options_description description;
  for (const Option& option : option_table()) {
    std::string names(option.name);
    if (option.letter != 0) names += std::string(",") + option.letter;
    if (option.value.empty()) {
      description.add_options()(names.c_str(), "");
    } else {
      description.add_options()(names.c_str(), po::value<std::string>(), "");
    }
  }
  return description;
}

std::string option_hint(std::string_view written) {
  const std::string_view word =
      written.substr(std::min(written.find_first_not_of('-'), written.size()));
  std::vector<std::string_view> names;
  for (const Option& option : option_table()) names.push_back(option.name);
  return nearest_hint(word, names, "--", "try 'convolve --help'");
}

// `-frames 10` would be read as `-f rames`; say what is wrong before it misleads.
void refuse_single_dash(std::span<const std::string> arguments) {
  for (const std::string& argument : arguments) {
    if (argument == "--") return;
    if (argument.size() < 3 || argument[0] != '-' || argument[1] == '-') continue;
    const std::string name = argument.substr(1, argument.find('=') - 1);
    if (find_option(name) != nullptr) {
      refuse_usage(argument, "long options begin with two dashes",
                   "did you mean '--" + name + "'?");
    }
  }
}

// The word that the user wrote and the parser stopped at, as `-codex` rather than `-c`.
std::string written_option(const std::string& name, std::span<const std::string> arguments) {
  for (const std::string& argument : arguments) {
    if (argument.starts_with(name)) return argument.substr(0, argument.find('='));
  }
  return name;
}

std::vector<po::option> split_arguments(std::span<const std::string> arguments) {
  refuse_single_dash(arguments);
  const po::options_description description = boost_description();
  const int style = po::command_line_style::unix_style & ~po::command_line_style::allow_guessing;
  try {
    const std::vector<std::string> words(arguments.begin(), arguments.end());
    return po::command_line_parser(words).options(description).style(style).run().options;
  } catch (const po::unknown_option& error) {
    const std::string written = written_option(error.get_option_name(), arguments);
    refuse_usage(written, "no such option", option_hint(written));
  } catch (const po::invalid_command_line_syntax& error) {
    const Option* option = find_option(error.tokens().substr(
        std::min(error.tokens().find_first_not_of('-'), error.tokens().size())));
    const std::string name = option != nullptr ? dashed(*option) : error.get_option_name();
    if (error.kind() == po::invalid_syntax::extra_parameter) refuse_usage(name, "takes no value");
    refuse_usage(name, "a value is missing",
                 option != nullptr ? "write " + name + " " + std::string(option->value) : "");
  } catch (const po::error& error) {
    refuse_usage("arguments", error.what(), "try 'convolve --help'");
  }
}

void check_choice(const Option& option, const std::string& value) {
  const std::vector<std::string_view> choices = option.choices();
  if (std::ranges::find(choices, value) != choices.end()) return;
  std::string list;
  for (const std::string_view choice : choices) {
    list += (list.empty() ? "" : ", ") + std::string(choice);
  }
  refuse_usage(dashed(option), "'" + value + "' is none of " + list, nearest_hint(value, choices));
}

void check_live(const TranscodeOptions& job) {
  if (!is_live_input(job.input)) return;
  check_live_input(job.input);
  if (job.start) refuse_usage("--start", "a live input has no other beginning", "leave it out");
}

std::vector<Given> given_options(const std::vector<po::option>& words,
                                 std::vector<std::string>& inputs) {
  std::vector<Given> given;
  std::set<std::string> seen;
  for (const po::option& word : words) {
    std::string value = word.value.empty() ? std::string() : word.value.front();
    if (word.string_key.empty()) {
      inputs.push_back(std::move(value));
      continue;
    }
    const Option& option = *find_option(word.string_key);
    const bool again = !seen.insert(word.string_key).second;
    if (again && !option.value.empty()) refuse_usage(dashed(option), "is given twice");
    if (!again) given.push_back({&option, std::move(value)});
  }
  return given;
}

// Options that exclude each other.
constexpr std::pair<std::string_view, std::string_view> kRivals[] = {
    {"bitrate", "crf"}, {"lossless", "crf"}, {"lossless", "bitrate"}, {"verbose", "quiet"}};

bool has(const std::vector<Given>& options, std::string_view name) {
  return std::ranges::any_of(options,
                             [name](const Given& given) { return given.option->name == name; });
}

void check_rivals(const std::vector<Given>& options) {
  for (const auto& [one, other] : kRivals) {
    if (has(options, one) && has(options, other)) {
      refuse_usage("--" + std::string(one), "cannot go with --" + std::string(other));
    }
  }
}

void apply_all(Options& options, const std::vector<Given>& all) {
  const Option* actor = nullptr;
  for (const auto& [option, value] : all) {
    if (option->choices != nullptr) check_choice(*option, value);
    const Action before = options.action;
    option->apply(options, value);
    if (options.action == before) continue;
    if (actor != nullptr) refuse_usage(dashed(*option), "cannot go with " + dashed(*actor));
    actor = option;
  }
}

// True where what is said on the command line leaves no room for an option of the configuration.
bool gives_way(const Option& option, const std::vector<Given>& line) {
  const auto is_chain = [](std::string_view name) { return name == "filter" || name == "preset"; };
  if (is_chain(option.name)) return has(line, "filter") || has(line, "preset");
  return has(line, option.name) || std::ranges::any_of(kRivals, [&](const auto& rivals) {
           return (rivals.first == option.name && has(line, rivals.second)) ||
                  (rivals.second == option.name && has(line, rivals.first));
         });
}

void apply_config(Options& options, const std::vector<Given>& line) {
  const std::filesystem::path file = config_directory() / "config";
  std::vector<Given> config = read_config(file);
  std::erase_if(config, [&line](const Given& given) { return gives_way(*given.option, line); });
  try {
    check_rivals(config);
    apply_all(options, config);
  } catch (const std::invalid_argument& error) {
    throw UsageError(file.string() + ": " + error.what());
  }
}

void finish_chain(Options& options) {
  std::vector<FilterSpec>& chain = options.job.chain;
  if (!options.preset.empty()) {
    const std::vector<FilterSpec> preset = load_preset(options.preset);
    chain.insert(chain.begin(), preset.begin(), preset.end());
  }
  if (!options.save_preset.empty() && chain.empty()) {
    refuse_usage("--save-preset", "there is no chain to save", "give one with -f CHAIN");
  }
}

bool speaks_json(Action action) {
  return action == Action::list || action == Action::probe || action == Action::dry_run ||
         action == Action::size || action == Action::show_kernel;
}

bool needs_chain(Action action) {
  return action == Action::run || action == Action::print_gst || action == Action::dry_run ||
         action == Action::size || action == Action::contact_sheet || action == Action::plot ||
         action == Action::save_preset;
}

void check_together(Options& options, const std::vector<std::string>& inputs) {
  TranscodeOptions& job = options.job;
  if (inputs.empty()) {
    refuse_usage("INPUT", "is missing", "usage: convolve INPUT -o OUTPUT [-f CHAIN] [options]");
  }
  if (inputs.size() > 1) {
    refuse_usage("'" + inputs[1] + "'", "there is an INPUT already, '" + inputs[0] + "'",
                 "put -o before the output and quotes around the chain");
  }
  job.input = inputs.front();
  if (job.input.empty()) refuse_usage("INPUT", "is empty");
  if (job.start && job.end && *job.end <= *job.start) {
    refuse_usage("--end", "does not come after --start");
  }
  if (job.end && *job.end <= 0) refuse_usage("--end", "leaves nothing");
  if (options.action == Action::contact_sheet) {
    if (!job.output.empty()) refuse_usage("--output", "cannot go with --contact-sheet PICTURE");
    job.output = options.topic;
  }
  if (job.output.empty()) {
    const bool watches = options.preview || (isatty(STDOUT_FILENO) == 1 && has_display());
    if (options.action == Action::run) options.preview = watches;
    if (options.action != Action::print_gst && !watches) {
      refuse_usage("OUTPUT", "is missing",
                   "say where to write: -o OUTPUT, or -o - for Y4M to a pipe; --preview shows it");
    }
    job.output = "null:";
  }
  check_live(job);
}

}  // namespace

void refuse_usage(std::string_view what, std::string_view why, std::string_view hint) {
  std::string text = std::string(what) + ": " + std::string(why);
  // A line break that the user wrote must not pass for the one before the hint.
  std::ranges::replace(text, '\n', ' ');
  if (!hint.empty()) text += "\n" + std::string(hint);
  throw UsageError(text);
}

std::string nearest_hint(std::string_view word, std::span<const std::string_view> names,
                         std::string_view dashes, std::string_view otherwise) {
  std::string_view nearest = nearest_name(word, names);
  if (nearest.empty() && word.size() > 1) {
    const auto longer = [word](std::string_view name) { return name.starts_with(word); };
    const auto found = std::ranges::find_if(names, longer);
    if (found != names.end()) nearest = *found;
  }
  if (nearest.empty()) return std::string(otherwise);
  return "did you mean '" + std::string(dashes) + std::string(nearest) + "'?";
}

Options parse_options(std::span<const std::string> arguments) {
  const std::vector<po::option> words = split_arguments(arguments);
  Options options;
  // Help wins over every mistake elsewhere in the line.
  for (const po::option& word : words) {
    if (word.string_key == "help") {
      options.action = Action::help;
      return options;
    }
  }
  std::vector<std::string> inputs;
  const std::vector<Given> line = given_options(words, inputs);
  check_rivals(line);
  apply_all(options, line);
  if (options.json && !speaks_json(options.action)) {
    refuse_usage("--json", "goes with --list, --probe, --dry-run, --size and --show-kernel",
                 "--progress json tells progress as JSON");
  }
  if (options.action == Action::run && inputs.empty() && !options.save_preset.empty()) {
    options.action = Action::save_preset;
  }
  if (!needs_chain(options.action)) {
    if (!inputs.empty()) refuse_usage("'" + inputs.front() + "'", "is one word too many");
    return options;
  }
  if (!options.no_config) apply_config(options, line);
  finish_chain(options);
  if (options.action == Action::size) {
    if (!inputs.empty()) refuse_usage("--size", "takes no INPUT; --dry-run does");
    if (options.job.chain.empty()) refuse_usage("--size", "there is no chain", "-f CHAIN is one");
    return options;
  }
  if (options.action != Action::save_preset) check_together(options, inputs);
  return options;
}

}  // namespace convolve::cli
