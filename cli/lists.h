// SPDX-License-Identifier: MIT
/// \file
/// What `--list` prints, for people and for programs.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include <convolve/filter.h>

namespace convolve::cli {

/// A topic of `--list`.
struct ListTopic {
  std::string_view name;
  std::string_view help;
  std::string (*text)() = nullptr;
  std::string (*json)() = nullptr;  ///< an array of objects
};

/// Every topic, in the order of the help.
std::span<const ListTopic> list_topics() noexcept;

/// \param topic  the name of a topic
std::string list_text(std::string_view topic, bool json = false);

// The topics' tables as JSON.
std::string filters_json();
std::string kernels_json();
std::string borders_json();
std::string formats_json();
std::string devices_json();

/// The parameter `border`, as all filters have it.
const Param& border_param();
/// "YUV 4:2:0"
std::string layout_text(const PixelFormat& format);
/// How a border mode extends `abcdefgh`. \param index  of the choice
std::string_view border_picture(std::size_t index) noexcept;

}  // namespace convolve::cli
