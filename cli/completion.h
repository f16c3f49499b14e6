// SPDX-License-Identifier: MIT
/// \file
/// Completion of the command line by shells, made from the tables of options and filters.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace convolve::cli {

struct Shell {
  std::string_view name;
  std::string (*script)() = nullptr;
};

/// Every shell that there is completion for.
std::span<const Shell> shells() noexcept;

/// \param shell  the name of one of them
std::string completion_text(std::string_view shell);

}  // namespace convolve::cli
