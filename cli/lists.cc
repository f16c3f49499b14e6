// SPDX-License-Identifier: MIT
#include "lists.h"

#include <algorithm>
#include <array>

#include <convolve/format.h>
#include <convolve/kernel.h>
#include <convolve/live.h>

#include "kernel_report.h"
#include "presets.h"
#include "text.h"

namespace convolve::cli {

namespace {

constexpr int kColumns = 80;

std::string filter_list() {
  std::string text;
  for (const FilterInfo* info : all_filters()) {
    text += padded(info->name, 12) + padded("conv" + std::string(info->name), 16) +
            std::string(info->title) + "\n";
  }
  return text;
}

std::string kernel_list() {
  std::string text;
  for (const NamedKernel& named : named_kernels()) {
    if (!text.empty()) text += "\n";
    text += std::string(named.name) + std::string(named.arguments);
    if (named.example != named.name) text += ", here " + std::string(named.example);
    text += "\n" + wrapped(named.help, 2, kColumns) + taps_text(Kernel::parse(named.example));
  }
  return text;
}

std::string border_list() {
  const Param& border = border_param();
  const std::string standard = param_text(border, default_value(*all_filters().front(), border));
  std::string text;
  for (std::size_t i = 0; i < border.choices.size(); ++i) {
    const Choice& choice = border.choices[i];
    text += padded(choice.name, 14) + std::string(border_picture(i)) + "   " +
            std::string(choice.help) + (choice.name == standard ? " (default)" : "") + "\n";
  }
  return text;
}

std::string format_list() {
  std::string text;
  for (const PixelFormat& format : all_formats()) {
    // Floating point frames exist in memory only; no file or pipeline brings them.
    if (format.type == SampleType::f32) continue;
    std::string line = padded(format.name, 14) + padded(layout_text(format), 12) +
                       padded(std::to_string(format.bits) + " bit", 9) +
                       std::to_string(format.planes) + (format.planes == 1 ? " plane" : " planes");
    if (format.alpha) line += ", alpha";
    text += line + "\n";
  }
  return text;
}

std::string device_list() {
  std::string text;
  for (const Device& device : list_devices()) {
    text += padded(device.input, 16) + device.name + "\n";
    for (const CameraMode& mode : device.modes) {
      text += "    " + padded(mode.format, 8) + padded(mode.size, 24) + mode.rates + " fps\n";
    }
  }
  return text.empty() ? "no camera and no screen is there\n" : text;
}

constexpr ListTopic kTopics[] = {
    {"filters", "the filters", filter_list, filters_json},
    {"kernels", "the named kernels, with their taps", kernel_list, kernels_json},
    {"borders", "what may lie beyond the frame's edges", border_list, borders_json},
    {"formats", "the pixel formats that are filtered as they are", format_list, formats_json},
    {"presets", "the chains that have a name", presets_text, presets_json},
    {"devices", "the cameras that are there, with their formats", device_list, devices_json},
};

}  // namespace

std::span<const ListTopic> list_topics() noexcept { return kTopics; }

std::string list_text(std::string_view topic, bool json) {
  for (const ListTopic& row : kTopics) {
    if (row.name == topic) return json ? row.json() : row.text();
  }
  return {};
}

const Param& border_param() { return *find_param(*all_filters().front(), "border"); }

std::string_view border_picture(std::size_t index) noexcept {
  // In the order of the enumeration Border.
  constexpr std::array<std::string_view, 5> kPictures = {"vvv|abcdefgh|vvv", "aaa|abcdefgh|hhh",
                                                         "cba|abcdefgh|hgf", "dcb|abcdefgh|gfe",
                                                         "fgh|abcdefgh|abc"};
  return index < kPictures.size() ? kPictures[index] : std::string_view();
}

std::string layout_text(const PixelFormat& format) {
  if (format.family == ColorFamily::gray) return "grey";
  if (format.family == ColorFamily::rgb) return "RGB";
  const Component& chroma = format.component[1];
  if (chroma.shift_x == 0) return "YUV 4:4:4";
  return chroma.shift_y == 0 ? "YUV 4:2:2" : "YUV 4:2:0";
}

}  // namespace convolve::cli
