// SPDX-License-Identifier: MIT
#include "text.h"

#include <algorithm>
#include <charconv>

namespace convolve::cli {

std::size_t text_width(std::string_view text) noexcept {
  return static_cast<std::size_t>(std::ranges::count_if(
      text, [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }));
}

std::string padded(std::string_view text, std::size_t width) {
  const std::size_t have = text_width(text);
  return std::string(text) + std::string(width > have ? width - have : 0, ' ');
}

std::string wrapped(std::string_view text, std::size_t indent, std::size_t columns) {
  std::string lines;
  std::string line(indent, ' ');
  bool empty = true;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(' '), text.size());
    const std::string_view word = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (word.empty()) continue;
    if (!empty && text_width(line) + 1 + text_width(word) > columns) {
      lines += line + "\n";
      line.assign(indent, ' ');
      empty = true;
    }
    if (!empty) line += ' ';
    line += word;
    empty = false;
  }
  return empty ? lines : lines + line + "\n";
}

std::string hanging(std::string_view heading, std::string_view text, std::size_t indent,
                    std::size_t columns) {
  std::string body = wrapped(text, indent, columns);
  if (body.empty()) return std::string(heading) + "\n";
  if (text_width(heading) + 2 > indent) return std::string(heading) + "\n" + body;
  return padded(heading, indent) + body.substr(indent);
}

std::string number_text(double number) {
  char text[400];
  const auto [end, error] =
      std::to_chars(text, text + sizeof text, number, std::chars_format::fixed);
  return error == std::errc{} ? std::string(text, end) : std::string("?");
}

}  // namespace convolve::cli
