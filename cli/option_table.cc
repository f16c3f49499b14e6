// SPDX-License-Identifier: MIT
#include <array>

#include "completion.h"
#include "frame_plot.h"
#include "lists.h"
#include "options.h"

namespace convolve::cli {

namespace {

using Names = std::vector<std::string_view>;
using Text = const std::string&;
using enum OptionGroup;

std::string read_word(std::string_view option, Text text) {
  if (text.empty()) refuse_usage(option, "is empty");
  return text;
}

// The names of a table's rows.
template <typename Table>
Names names_of(const Table& table) {
  Names names;
  for (const auto& row : table) names.push_back(row.name);
  return names;
}

Names list_names() { return names_of(list_topics()); }
Names shell_names() { return names_of(shells()); }
Names plot_names() { return names_of(plot_kinds()); }

Names filter_names() {
  Names names;
  for (const FilterInfo* info : all_filters()) names.push_back(info->name);
  return names;
}

constexpr std::array<std::string_view, 3> kProgressNames = {"auto", "json", "none"};

ProgressKind progress_kind(Text name) {
  for (std::size_t i = 0; i < kProgressNames.size(); ++i) {
    if (kProgressNames[i] == name) return static_cast<ProgressKind>(i);
  }
  return ProgressKind::automatic;
}

// For single calls: not for the configuration file.
constexpr Option once(Option option) {
  option.once = true;
  return option;
}

constexpr Option kOptions[] = {
    once(
        {"output", 'o', "OUTPUT", main,
         "File to write; its extension picks container and codec: mp4, mov, mkv, webm, avi, ts, "
         "y4m, gif, png, jpg, tiff, or a sequence img%04d.png. '-' writes Y4M to standard output, "
         "a URI (rtmp, srt, udp, rtsp) sends a stream, 'v4l2:/dev/videoN' is a virtual camera, "
         "'null:' writes nothing",
         [](Options& o, Text v) { o.job.output = read_word("--output", v); }, Completion::file}),
    {"filter", 'f', "CHAIN", main,
     "Filters in order, each NAME or NAME=KEY=VALUE:KEY=VALUE, with commas between. '...' or [...] "
     "protects a value that holds a comma, a colon or =. @FILE is a file with such a chain",
     [](Options& o, Text v) { o.job.chain = parse_chain(v); }, Completion::chain},
    {"preset", 0, "NAME", main, "The chain of that name (--list presets), before that of --filter",
     [](Options& o, Text v) { o.preset = read_word("--preset", v); }, Completion::preset},
    once({"save-preset", 0, "NAME", main, "Save the chain by that name",
          [](Options& o, Text v) { o.save_preset = read_word("--save-preset", v); },
          Completion::preset}),
    {"overwrite", 'y', "", main, "Replace OUTPUT where it exists",
     [](Options& o, Text) { o.job.overwrite = true; }},
    {"preview", 0, "", main,
     "Show the frames in a window where keys change the filters, also beside OUTPUT; without an "
     "OUTPUT a terminal with a display does so by itself",
     [](Options& o, Text) { o.preview = true; }},
    {"no-audio", 0, "", main, "Leave the audio out; it is copied unchanged otherwise",
     [](Options& o, Text) { o.job.audio = false; }},

    {"codec", 0, "NAME", encoding, "Video encoder, as libav names it: libx264, libx265, ffv1, ...",
     [](Options& o, Text v) { o.job.codec = read_word("--codec", v); }},
    {"crf", 0, "N", encoding, "Constant quality; lower is better, and each codec has its own scale",
     [](Options& o, Text v) { o.job.crf = parse_decimal("--crf", v, 0, 255); }},
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
     [](Options& o, Text v) { o.job.frames = parse_whole("--frames", v, 1, 1'000'000'000'000); }},

    {"threads", 0, "N", running, "Threads for decoder, filters and encoder; 0 is one per core",
     [](Options& o, Text v) {
       o.job.threads = static_cast<unsigned>(parse_whole("--threads", v, 0, 1024));
     }},
    {"progress", 0, "HOW", running,
     "How progress is told: auto is a bar on a terminal and a line every 5 s elsewhere, json is an "
     "object a line on standard error",
     [](Options& o, Text v) { o.progress = progress_kind(v); }, Completion::nothing,
     [] { return Names(kProgressNames.begin(), kProgressNames.end()); }},
    once({"no-config", 0, "", running,
          "Do without the configuration file, ~/.config/convolve/config",
          [](Options& o, Text) { o.no_config = true; }}),
    {"quiet", 'q', "", running, "Say nothing but errors", [](Options& o, Text) { o.quiet = true; }},
    {"verbose", 'v', "", running, "Say what is done before it is done",
     [](Options& o, Text) { o.verbose = true; }},
    {"stats", 0, "", running,
     "Say at the end how old a live source's frames were when they left, and how many were dropped",
     [](Options& o, Text) { o.stats = true; }},

    {"compare", 0, "", looking, "Write the frames as they were on the left of what came of them",
     [](Options& o, Text) { o.job.compare = true; }},
    {"contact-sheet", 0, "PICTURE", looking,
     "Draw one frame of INPUT, the first or that at --start, under each filter of the chain by "
     "itself; without a chain, under every filter and kernel that has a name",
     [](Options& o, Text v) {
       o.action = Action::contact_sheet;
       o.topic = read_word("--contact-sheet", v);
     },
     Completion::file},
    {"plot", 0, "KIND", looking,
     "Draw a diagram of one frame of INPUT, the first or that at --start, to OUTPUT",
     [](Options& o, Text v) {
       o.action = Action::plot;
       o.topic = v;
     },
     Completion::nothing, plot_names},
    {"show-kernel", 0, "KERNEL", looking,
     "Print what a kernel (a name, rows of numbers or @FILE) is like: sum, rank, frequency "
     "response; with -o, draw it to a picture",
     [](Options& o, Text v) {
       o.action = Action::show_kernel;
       o.topic = read_word("--show-kernel", v);
     },
     Completion::kernel},

    {"size", 0, "WxH", looking,
     "Print what each filter of the chain makes of frames of that size: its size with the formula, "
     "taps, multiply-adds, memory and latency",
     [](Options& o, Text v) {
       o.action = Action::size;
       o.frame_size = parse_size("--size", v);
     }},

    {"print-gst", 0, "", information,
     "Print the gst-launch-1.0 line that does the same, and do nothing",
     [](Options& o, Text) { o.action = Action::print_gst; }},
    {"dry-run", 0, "", information, "Check everything, print what would be done, and write nothing",
     [](Options& o, Text) { o.action = Action::dry_run; }},
    {"probe", 0, "FILE", information, "Print what a file holds",
     [](Options& o, Text v) {
       o.action = Action::probe;
       o.topic = read_word("--probe", v);
     },
     Completion::file},
    {"list", 0, "TOPIC", information, "Print what there is",
     [](Options& o, Text v) {
       o.action = Action::list;
       o.topic = v;
     },
     Completion::nothing, list_names},
    {"json", 0, "", information,
     "With --list, --probe, --dry-run, --size and --show-kernel: print JSON",
     [](Options& o, Text) { o.json = true; }},
    {"help-filter", 0, "NAME", information, "Show a filter's parameters",
     [](Options& o, Text v) {
       o.action = Action::help_filter;
       o.topic = v;
     },
     Completion::nothing, filter_names},
    {"completion", 0, "SHELL", information, "Print the completion of options for a shell",
     [](Options& o, Text v) {
       o.action = Action::completion;
       o.topic = v;
     },
     Completion::nothing, shell_names},
    {"manual", 0, "", information, "Print the manual page, as man reads it",
     [](Options& o, Text) { o.action = Action::manual; }},
    {"help", 'h', "", information, "Show this help",
     [](Options& o, Text) { o.action = Action::help; }},
    {"version", 0, "", information, "Show the version",
     [](Options& o, Text) { o.action = Action::version; }},
};

}  // namespace

std::span<const Option> option_table() noexcept { return kOptions; }

const Option* find_option(std::string_view name) noexcept {
  for (const Option& option : kOptions) {
    if (option.name == name) return &option;
  }
  return nullptr;
}

std::string_view group_title(OptionGroup group) noexcept {
  constexpr std::array<std::string_view, 6> kTitles = {
      "What to do", "Encoding", "Part of the input", "Running", "Looking", "Information"};
  return kTitles[static_cast<std::size_t>(group)];
}

std::string option_help(const Option& option) {
  std::string text(option.help);
  if (option.choices == nullptr) return text;
  const char* between = ": ";
  for (const std::string_view choice : option.choices()) {
    text += between + std::string(choice);
    between = ", ";
  }
  return text;
}

}  // namespace convolve::cli
