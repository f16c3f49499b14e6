// SPDX-License-Identifier: MIT
#include "help.h"

#include <algorithm>
#include <vector>

#include <convolve/params.h>

#include "keys.h"
#include "options.h"
#include "text.h"

namespace convolve::cli {

namespace {

constexpr int kColumns = 80;

constexpr ExitCode kExitCodes[] = {
    {"0", "Done"},
    {"1", "Failed while running"},
    {"2", "Wrong usage: option, filter, parameter, kernel or range"},
    {"3", "Input: missing, or nothing that can be read as video"},
    {"4", "Output: exists, cannot be written, or does not take that codec"},
    {"130, 143, 129",
     "Stopped by Ctrl-C, by TERM or by HUP: the first one finishes the file, a "
     "second one removes it"},
};

constexpr std::string_view kExamples[] = {
    "convolve in.mp4 -o out.mp4 -f sobel",
    "convolve in.mp4 -o out.mp4 -f \"gaussian=sigma=2.5:border=reflect,sobel\"",
    "convolve in.mp4 -o out.mp4 -f \"kernel=kernel='0 -1 0; -1 5 -1; 0 -1 0'\"",
    "convolve in.mp4 -o - -f gaussian=2.5 | mpv -",
};

std::string option_heading(const Option& option) {
  std::string text = option.letter != 0 ? std::string("  -") + option.letter + ", " : "      ";
  text += "--" + std::string(option.name);
  if (!option.value.empty()) text += " " + std::string(option.value);
  return text;
}

std::string param_help(const FilterInfo& info, const Param& param) {
  const std::string value = param_text(param, default_value(info, param));
  std::string text = "  " + std::string(param.name) + ": " + type_text(param) + ", default " +
                     (value.empty() ? "empty" : value) + "\n";
  text += wrapped(param.help, 6, kColumns);
  std::size_t widest = 0;
  for (const Choice& choice : param.choices) widest = std::max(widest, choice.name.size());
  for (const Choice& choice : param.choices) {
    text += "        " + padded(choice.name, widest) + "  " + std::string(choice.help) + "\n";
  }
  return text;
}

std::string example_value(const FilterInfo& info) {
  const Param& param = info.params.front();
  const std::string value = param_text(param, default_value(info, param));
  return std::string(info.name) + "=" + std::string(param.name) + "=" + value;
}

}  // namespace

std::span<const ExitCode> exit_codes() noexcept { return kExitCodes; }

std::span<const std::string_view> examples() noexcept { return kExamples; }

// What every filter has is told apart from what is one's own.
bool is_common(const Param& param) {
  return std::ranges::all_of(all_filters(), [&param](const FilterInfo* info) {
    return find_param(*info, param.name) != nullptr;
  });
}

std::string type_text(const Param& param) {
  const auto range = [&param] {
    return number_text(param.minimum) + " … " + number_text(param.maximum);
  };
  switch (param.type) {
    case ParamType::boolean:
      return "true or false";
    case ParamType::integer:
    case ParamType::unsigned_integer:
      return "whole number, " + range();
    case ParamType::real:
      return "number, " + range();
    case ParamType::color:
      return "colour, 0xAARRGGBB or #RRGGBB";
    case ParamType::text:
      return "text";
    case ParamType::choice:
      return "one of these";
  }
  return {};
}

std::string help_text() {
  std::string text =
      "convolve " CONVOLVE_VERSION
      " - convolution filters for video and images\n\n"
      "Usage: convolve INPUT -o OUTPUT [-f CHAIN] [options]\n\n"
      "INPUT is a media file, an image, a numbered sequence (img%04d.png), '-' for Y4M\n"
      "on standard input, or live: webcam, /dev/videoN, screen, a stream's URI, or a\n"
      "test picture such as test:ball. Sound, subtitles, chapters and metadata are\n"
      "kept.\n\n";
  for (const std::string_view example : examples()) text += "  " + std::string(example) + "\n";
  const Option* previous = nullptr;
  for (const Option& option : option_table()) {
    if (previous == nullptr || previous->group != option.group) {
      text += "\n" + std::string(group_title(option.group)) + ":\n";
    }
    previous = &option;
    text += hanging(option_heading(option), option_help(option), 26, kColumns);
  }
  text += "\nFilters (--help-filter NAME tells more):\n";
  for (const FilterInfo* info : all_filters()) {
    text += hanging("  " + std::string(info->name), info->title, 26, kColumns);
  }
  text += hanging("  gst:ELEMENT", "Any other GStreamer video filter, as gst:videobalance", 26,
                  kColumns);
  text += "\nKeys of the preview:\n";
  for (const Key& key : key_table()) {
    text += hanging("  " + std::string(key.shown), key.help, 26, kColumns);
  }
  text += "\nExit codes:\n";
  for (const auto& [code, meaning] : kExitCodes) {
    text += hanging("  " + std::string(code), meaning, 26, kColumns);
  }
  return text;
}

std::string version_text() { return "convolve " CONVOLVE_VERSION "\n"; }

std::string filter_help_text(const FilterInfo& info) {
  const std::string name(info.name);
  std::string text = name + " - " + std::string(info.title) + " (GStreamer element conv" + name +
                     ")\n\n" + wrapped(info.description, 0, kColumns);
  text += "\nParameters:\n";
  for (const Param& param : info.params) {
    if (!is_common(param)) text += param_help(info, param);
  }
  text += "\nParameters that every filter has:\n";
  for (const Param& param : info.params) {
    if (is_common(param)) text += param_help(info, param);
  }
  text += "\nExample:\n  convolve in.mp4 -o out.mp4 -f \"" + example_value(info) + "\"\n";
  return text;
}

}  // namespace convolve::cli
