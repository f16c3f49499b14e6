// SPDX-License-Identifier: MIT
#include "options.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <set>
#include <vector>

#include <boost/program_options.hpp>

namespace convolve::cli {

namespace {

namespace po = boost::program_options;

[[noreturn]] void refuse(std::string_view what, std::string_view why, std::string_view hint = "") {
  std::string text = std::string(what) + ": " + std::string(why);
  // A line break that the user wrote must not pass for the one before the hint.
  std::ranges::replace(text, '\n', ' ');
  if (!hint.empty()) text += "\n" + std::string(hint);
  throw UsageError(text);
}

template <typename T>
T read_whole(std::string_view option, const std::string& text, T minimum, T maximum) {
  T number = 0;
  const char* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, number);
  const bool too_large = error == std::errc::result_out_of_range;
  if ((error != std::errc{} && !too_large) || stop != end) {
    refuse(option, "'" + text + "' is not a whole number");
  }
  if (too_large || number < minimum || number > maximum) {
    refuse(option,
           text + " is outside " + std::to_string(minimum) + " … " + std::to_string(maximum));
  }
  return number;
}

double read_crf(const std::string& text) {
  double number = 0;
  const char* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, number, std::chars_format::fixed);
  if (error != std::errc{} || stop != end) refuse("--crf", "'" + text + "' is not a number");
  if (!(number >= 0 && number <= 255)) refuse("--crf", text + " is outside 0 … 255");
  return number;
}

std::string read_word(std::string_view option, const std::string& text) {
  if (text.empty()) refuse(option, "is empty");
  return text;
}

using enum OptionGroup;
using Text = const std::string&;

constexpr Option kOptions[] = {
    {"output", 'o', "OUTPUT", main,
     "File to write; its extension picks container and codec: mp4, mov, mkv, webm, avi, ts, y4m, "
     "gif, png, jpg, tiff, or a sequence img%04d.png. '-' writes Y4M to standard output, 'null:' "
     "writes nothing",
     [](Options& o, Text v) { o.job.output = read_word("--output", v); }},
    {"filter", 'f', "CHAIN", main,
     "Filters in order, each NAME or NAME=KEY=VALUE:KEY=VALUE, with commas between. '...' or [...] "
     "protects a value that holds a comma, a colon or =",
     [](Options& o, Text v) { o.job.chain = parse_chain(v); }},
    {"overwrite", 'y', "", main, "Replace OUTPUT where it exists",
     [](Options& o, Text) { o.job.overwrite = true; }},
    {"no-audio", 0, "", main, "Leave the audio out; it is copied unchanged otherwise",
     [](Options& o, Text) { o.job.audio = false; }},

    {"codec", 0, "NAME", encoding, "Video encoder, as libav names it: libx264, libx265, ffv1, ...",
     [](Options& o, Text v) { o.job.codec = read_word("--codec", v); }},
    {"crf", 0, "N", encoding, "Constant quality; lower is better, and each codec has its own scale",
     [](Options& o, Text v) { o.job.crf = read_crf(v); }},
    {"bitrate", 0, "RATE", encoding, "Mean bits a second, as in 800k or 2.5M",
     [](Options& o, Text v) { o.job.bitrate = parse_bitrate("--bitrate", v); }},
    {"enc-preset", 0, "NAME", encoding, "Encoder preset, as in veryfast or slow",
     [](Options& o, Text v) { o.job.encoder_preset = read_word("--enc-preset", v); }},
    {"pix-fmt", 0, "NAME", encoding, "Pixel format to encode, as libav names it: yuv420p, ...",
     [](Options& o, Text v) { o.job.pixel_format = read_word("--pix-fmt", v); }},
    {"lossless", 0, "", encoding, "Encode without any loss, where the codec can",
     [](Options& o, Text) { o.job.lossless = true; }},

    {"start", 0, "TIME", part, "Begin at this time: seconds or [hh:]mm:ss.x, exact to the frame",
     [](Options& o, Text v) { o.job.start = parse_time("--start", v); }},
    {"end", 0, "TIME", part, "End before this time of the input",
     [](Options& o, Text v) { o.job.end = parse_time("--end", v); }},
    {"frames", 0, "N", part, "Write at most N frames",
     [](Options& o, Text v) {
       o.job.frames = read_whole<std::int64_t>("--frames", v, 1, 1'000'000'000'000);
     }},

    {"threads", 0, "N", running, "Threads for decoder, filters and encoder; 0 is one per core",
     [](Options& o, Text v) { o.job.threads = read_whole<unsigned>("--threads", v, 0, 1024); }},
    {"quiet", 'q', "", running, "Say nothing but errors", [](Options& o, Text) { o.quiet = true; }},
    {"verbose", 'v', "", running, "Say what is done before it is done",
     [](Options& o, Text) { o.verbose = true; }},

    {"print-gst", 0, "", information,
     "Print the gst-launch-1.0 line that does the same, and do nothing",
     [](Options& o, Text) { o.action = Action::print_gst; }},
    {"list", 0, "filters|kernels|borders|formats", information, "Print what there is",
     [](Options& o, Text v) {
       o.action = Action::list;
       o.topic = v;
     }},
    {"help-filter", 0, "NAME", information, "Show a filter's parameters",
     [](Options& o, Text v) {
       o.action = Action::help_filter;
       o.topic = v;
     }},
    {"help", 'h', "", information, "Show this help",
     [](Options& o, Text) { o.action = Action::help; }},
    {"version", 0, "", information, "Show the version",
     [](Options& o, Text) { o.action = Action::version; }},
};

constexpr ListTopic kListTopics[] = {
    {"filters", "the filters"},
    {"kernels", "the named kernels, with their taps"},
    {"borders", "what may lie beyond the frame's edges"},
    {"formats", "the pixel formats that are filtered as they are"},
};

std::string dashed(const Option& option) { return "--" + std::string(option.name); }

const Option* find_option(std::string_view name) {
  for (const Option& option : kOptions) {
    if (option.name == name) return &option;
  }
  return nullptr;
}

po::options_description boost_description() {
  po::options_description description;
  for (const Option& option : kOptions) {
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
  for (const Option& option : kOptions) names.push_back(option.name);
  std::string_view nearest = nearest_name(word, names);
  if (nearest.empty() && word.size() > 1) {
    const auto longer = [word](std::string_view name) { return name.starts_with(word); };
    const auto found = std::ranges::find_if(names, longer);
    if (found != names.end()) nearest = *found;
  }
  if (nearest.empty()) return "try 'convolve --help'";
  return "did you mean '--" + std::string(nearest) + "'?";
}

// `-frames 10` would be read as `-f rames`; say what is wrong before it misleads.
void refuse_single_dash(std::span<const std::string> arguments) {
  for (const std::string& argument : arguments) {
    if (argument == "--") return;
    if (argument.size() < 3 || argument[0] != '-' || argument[1] == '-') continue;
    const std::string name = argument.substr(1, argument.find('=') - 1);
    if (find_option(name) != nullptr) {
      refuse(argument, "long options begin with two dashes", "did you mean '--" + name + "'?");
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
    refuse(written, "no such option", option_hint(written));
  } catch (const po::invalid_command_line_syntax& error) {
    const Option* option = find_option(error.tokens().substr(
        std::min(error.tokens().find_first_not_of('-'), error.tokens().size())));
    const std::string name = option != nullptr ? dashed(*option) : error.get_option_name();
    if (error.kind() == po::invalid_syntax::extra_parameter) refuse(name, "takes no value");
    refuse(name, "a value is missing",
           option != nullptr ? "write " + name + " " + std::string(option->value) : "");
  } catch (const po::error& error) {
    refuse("arguments", error.what(), "try 'convolve --help'");
  }
}

void check_topic(const Options& options) {
  std::vector<std::string_view> names;
  for (const ListTopic& topic : kListTopics) names.push_back(topic.name);
  if (std::ranges::find(names, options.topic) != names.end()) return;
  const std::string_view nearest = nearest_name(options.topic, names);
  refuse("--list", "'" + options.topic + "' is none of filters, kernels, borders, formats",
         nearest.empty() ? "" : "did you mean '" + std::string(nearest) + "'?");
}

void check_help_filter(const Options& options) {
  if (find_filter(options.topic) != nullptr) return;
  std::vector<std::string_view> names;
  for (const FilterInfo* info : all_filters()) names.push_back(info->name);
  const std::string_view nearest = nearest_name(options.topic, names);
  refuse("--help-filter", "'" + options.topic + "' is no filter",
         nearest.empty() ? "try 'convolve --list filters'"
                         : "did you mean '" + std::string(nearest) + "'?");
}

// Names that a later release gives a meaning must not be taken for files now.
void check_input_name(const std::string& input) {
  const bool live = input == "webcam" || input.starts_with("/dev/video") ||
                    input.starts_with("test:") || input.find("://") != std::string::npos;
  if (live) {
    throw MediaError(MediaError::Kind::input,
                     input +
                         ": not an input; give a media file, an image, a numbered sequence "
                         "(img%04d.png) or '-' for Y4M");
  }
}

void check_output_name(const std::string& output) {
  if (output.find("://") == std::string::npos) return;
  throw MediaError(MediaError::Kind::output,
                   output +
                       ": not an output; give a file, a numbered sequence (img%04d.png) or "
                       "'-' for Y4M");
}

void check_together(Options& options, const std::vector<std::string>& inputs) {
  TranscodeOptions& job = options.job;
  if (inputs.empty()) {
    refuse("INPUT", "is missing", "usage: convolve INPUT -o OUTPUT [-f CHAIN] [options]");
  }
  if (inputs.size() > 1) {
    refuse("'" + inputs[1] + "'", "there is an INPUT already, '" + inputs[0] + "'",
           "put -o before the output and quotes around the chain");
  }
  job.input = inputs.front();
  if (job.input.empty()) refuse("INPUT", "is empty");
  if (options.quiet && options.verbose) refuse("--verbose", "cannot go with --quiet");
  if (job.crf && job.bitrate) refuse("--bitrate", "cannot go with --crf; give one");
  if (job.lossless && job.crf) refuse("--lossless", "cannot go with --crf");
  if (job.lossless && job.bitrate) refuse("--lossless", "cannot go with --bitrate");
  if (job.start && job.end && *job.end <= *job.start) {
    refuse("--end", "does not come after --start");
  }
  if (job.end && *job.end <= 0) refuse("--end", "leaves nothing");
  if (job.output.empty()) {
    if (options.action != Action::print_gst) {
      refuse("OUTPUT", "is missing", "say where to write: -o OUTPUT, or -o - for Y4M to a pipe");
    }
    job.output = "null:";
  }
  check_input_name(job.input);
  check_output_name(job.output);
}

}  // namespace

std::span<const Option> option_table() noexcept { return kOptions; }

std::span<const ListTopic> list_topics() noexcept { return kListTopics; }

std::string_view group_title(OptionGroup group) noexcept {
  constexpr std::array<std::string_view, 5> kTitles = {
      "What to do", "Encoding", "Part of the input", "Running", "Information"};
  return kTitles[static_cast<std::size_t>(group)];
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
  std::set<std::string> seen;
  for (const po::option& word : words) {
    const std::string value = word.value.empty() ? std::string() : word.value.front();
    if (word.string_key.empty()) {
      inputs.push_back(value);
      continue;
    }
    const Option& option = *find_option(word.string_key);
    if (!seen.insert(word.string_key).second && !option.value.empty()) {
      refuse(dashed(option), "is given twice");
    }
    option.apply(options, value);
  }
  if (options.action == Action::list) check_topic(options);
  if (options.action == Action::help_filter) check_help_filter(options);
  if (options.action == Action::run || options.action == Action::print_gst) {
    check_together(options, inputs);
  }
  return options;
}

}  // namespace convolve::cli
