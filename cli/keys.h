// SPDX-License-Identifier: MIT
/// \file
/// The keys of the preview window: one table describes each to the window, its help overlay, the
/// help and the manual page.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace convolve::cli {

enum class KeyAction : std::uint8_t {
  pause,
  step,
  seek_back,
  seek_forward,
  next_filter,
  increase,
  decrease,
  previous_parameter,
  next_parameter,
  bypass,
  split,
  next_kernel,
  save_picture,
  print_chain,
  help,
  quit
};

struct Key {
  KeyAction action;
  std::string_view name;   ///< of the key, as X and GstNavigation call it: "bracketleft"
  std::string_view shown;  ///< to people: "["
  std::string_view help;
};

/// Every key, in the order of the help.
std::span<const Key> key_table() noexcept;

/// \param name  as GstNavigation gives it
/// \returns the key, or nullptr where it does nothing.
const Key* find_key(std::string_view name) noexcept;

}  // namespace convolve::cli
