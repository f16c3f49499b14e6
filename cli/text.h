// SPDX-License-Identifier: MIT
/// \file
/// Laying out text in columns. Widths are counted in characters, not bytes.
#pragma once

#include <string>
#include <string_view>

namespace convolve::cli {

/// Characters of UTF-8 text.
std::size_t text_width(std::string_view text) noexcept;

/// `text` with spaces behind it up to `width`.
std::string padded(std::string_view text, std::size_t width);

/// Words of `text` in lines of at most `columns`, each indented, each ended.
std::string wrapped(std::string_view text, std::size_t indent, std::size_t columns);

/// `heading`, then `text` wrapped from column `indent` on; below the heading where that is long.
std::string hanging(std::string_view heading, std::string_view text, std::size_t indent,
                    std::size_t columns);

/// The shortest text of a number, the same in every locale.
std::string number_text(double number);

}  // namespace convolve::cli
