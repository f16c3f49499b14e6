// SPDX-License-Identifier: MIT
#include "keys.h"

namespace convolve::cli {

namespace {

using enum KeyAction;

constexpr Key kKeys[] = {
    {pause, "space", "Space", "Pause and go on"},
    {step, "period", ".", "One frame further, then pause"},
    {seek_back, "Left", "←", "Back by 5 seconds (files)"},
    {seek_forward, "Right", "→", "On by 5 seconds (files)"},
    {next_filter, "Tab", "Tab", "Next filter of the chain"},
    {increase, "Up", "↑", "More of the parameter that is shown"},
    {decrease, "Down", "↓", "Less of it"},
    {previous_parameter, "bracketleft", "[", "Previous parameter of the filter"},
    {next_parameter, "bracketright", "]", "Next parameter of the filter"},
    {bypass, "b", "b", "Without the filters, and with them again"},
    {split, "s", "s", "Before and after, split where the mouse is"},
    {next_kernel, "n", "n", "Next named kernel"},
    {save_picture, "w", "w", "Write the frame to a PNG file"},
    {print_chain, "p", "p", "Print the chain, to be used with --filter"},
    {help, "h", "h", "Show the keys"},
    {quit, "q", "q", "Quit"},
};

}  // namespace

std::span<const Key> key_table() noexcept { return kKeys; }

const Key* find_key(std::string_view name) noexcept {
  for (const Key& key : kKeys) {
    if (key.name == name) return &key;
  }
  return nullptr;
}

}  // namespace convolve::cli
