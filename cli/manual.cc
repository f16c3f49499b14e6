// SPDX-License-Identifier: MIT
#include "manual.h"

#include <convolve/filter.h>

#include "help.h"
#include "keys.h"
#include "lists.h"
#include "options.h"

namespace convolve::cli {

namespace {

// Text for roff: a dash that can be searched for and copied, and no line that is a request.
std::string roff(std::string_view text) {
  std::string escaped;
  bool line_begins = true;
  for (const char c : text) {
    if (line_begins && (c == '.' || c == '\'')) escaped += "\\&";
    line_begins = c == '\n';
    switch (c) {
      case '-':
        escaped += "\\-";
        break;
      case '\\':
        escaped += "\\e";
        break;
      case '\'':
        escaped += "\\(aq";
        break;
      default:
        escaped += c;
    }
  }
  return escaped;
}

std::string bold(std::string_view text) { return "\\fB" + roff(text) + "\\fR"; }
std::string italic(std::string_view text) { return "\\fI" + roff(text) + "\\fR"; }

std::string section(std::string_view title) { return ".SH " + std::string(title) + "\n"; }
std::string paragraph(std::string_view text) { return ".PP\n" + roff(text) + "\n"; }
std::string entry(const std::string& heading, std::string_view text) {
  return ".TP\n" + heading + "\n" + roff(text) + "\n";
}
std::string subsection(std::string_view title) { return ".SS " + roff(title) + "\n"; }

std::string option_entry(const Option& option) {
  std::string heading;
  if (option.letter != 0) heading = bold(std::string("-") + option.letter) + ", ";
  heading += bold("--" + std::string(option.name));
  if (!option.value.empty()) heading += " " + italic(option.value);
  return entry(heading, option_help(option));
}

std::string options_section() {
  std::string text = section("OPTIONS");
  const Option* previous = nullptr;
  for (const Option& option : option_table()) {
    if (previous == nullptr || previous->group != option.group) {
      text += subsection(group_title(option.group));
    }
    previous = &option;
    text += option_entry(option);
  }
  return text;
}

std::string param_entry(const FilterInfo& info, const Param& param) {
  const std::string standard = param_text(param, default_value(info, param));
  std::string text = std::string(param.help) + ": " + type_text(param);
  const char* between = ": ";
  for (const Choice& choice : param.choices) {
    text += between + std::string(choice.name) + " (" + std::string(choice.help) + ")";
    between = ", ";
  }
  text += ". Default: " + (standard.empty() ? "empty" : standard) + ".";
  return entry(bold(param.name), text);
}

std::string filters_section() {
  std::string text = section("FILTERS");
  for (const FilterInfo* info : all_filters()) {
    text += subsection(info->name) + paragraph(info->description);
    for (const Param& param : info->params) {
      if (!is_common(param)) text += param_entry(*info, param);
    }
  }
  text += subsection("Parameters of every filter");
  for (const Param& param : all_filters().front()->params) {
    if (is_common(param)) text += param_entry(*all_filters().front(), param);
  }
  return text;
}

std::string chains_section() {
  return section("CHAINS") +
         ".PP\n.nf\nCHAIN := FILTER {\",\" FILTER}\n"
         "FILTER := name [ \"=\" key \"=\" value { \":\" key \"=\" value } ]\n.fi\n" +
         paragraph(
             "'...' or [...] protects a value that holds a comma, a colon or =. A first value that "
             "stands alone is for the filter's first parameter: gaussian=2.5 is "
             "gaussian=sigma=2.5. gst:ELEMENT is any other video filter of GStreamer, with its own "
             "properties, as in gst:videobalance=saturation=0.5.") +
         paragraph(
             "Every filter also takes enable=START-END, in seconds: frames outside of that time "
             "pass as they are. START- and -END leave one end open.") +
         paragraph(
             "@FILE in place of a chain is a file with one: a line break is as good as a comma, "
             "and "
             "lines that begin with # are comments.") +
         paragraph(
             "A kernel is rows of numbers ('0 -1 0; -1 5 -1; 0 -1 0', fractions as 1/9 too), the "
             "name of a kernel, or @FILE, a file with rows of numbers in which # begins a "
             "comment.");
}

std::string keys_section() {
  std::string text = section("KEYS OF THE PREVIEW");
  for (const Key& key : key_table()) text += entry(bold(key.shown), key.help);
  return text;
}

std::string end_sections() {
  std::string text = section("EXIT STATUS");
  for (const ExitCode& code : exit_codes()) text += entry(bold(code.code), code.meaning);
  text += paragraph(
      "An error is one line on standard error, 'convolve: WHAT: WHY', with at most a hint below "
      "it. Standard output carries data only.");
  text += section("FILES");
  text += entry(italic("$XDG_CONFIG_HOME/convolve/config"),
                "Options for every call, lines of the form 'name = value' with the long names of "
                "the options, and true or false for switches; # begins a comment. What is said on "
                "the command line counts more. ~/.config stands for $XDG_CONFIG_HOME where that is "
                "not set.");
  text += entry(italic("$XDG_CONFIG_HOME/convolve/presets/"),
                "Chains that were saved by --save-preset, one a file.");
  text += section("ENVIRONMENT");
  text += entry(bold("NO_COLOR"), "Where it is set, nothing is coloured.");
  text += section("EXAMPLES") + ".nf\n";
  for (const std::string_view example : examples()) text += roff(example) + "\n";
  text += ".fi\n" + section("SEE ALSO");
  return text + ".BR ffmpeg (1),\n.BR gst\\-launch\\-1.0 (1),\n.BR gst\\-inspect\\-1.0 (1)\n";
}

}  // namespace

std::string manual_text() {
  return ".TH CONVOLVE 1 \"\" \"convolve " CONVOLVE_VERSION "\" \"User commands\"\n" +
         section("NAME") + "convolve \\- convolution filters for video and images\n" +
         section("SYNOPSIS") + ".B convolve\n" + italic("INPUT") + " " + bold("-o") + " " +
         italic("OUTPUT") + " [" + bold("-f") + " " + italic("CHAIN") + "] [" + italic("options") +
         "]\n" + section("DESCRIPTION") +
         paragraph(
             "Blurs, sharpens, finds edges, or lays any kernel over video and images. INPUT is a "
             "media file, an image, a numbered sequence (img%04d.png), - for Y4M on standard "
             "input, or live: webcam, /dev/videoN, v4l2:PATH?width=…&height=…&fps=…, screen, the "
             "URI "
             "of a stream, or a test picture such as test:ball. Sound, subtitles, chapters and "
             "metadata are kept.") +
         options_section() + chains_section() + filters_section() + keys_section() + end_sections();
}

}  // namespace convolve::cli
