// SPDX-License-Identifier: MIT
#include "core/messages.h"

#include <algorithm>
#include <cstddef>

#include <convolve/params.h>

namespace convolve {

namespace {

// How many bytes of `text` are one printable character of UTF-8; 0: none.
std::size_t printable_size(std::string_view text) {
  const auto byte = [text](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned first = byte(0);
  if (first < 0x80) return first >= 0x20 && first != 0x7F ? 1 : 0;
  const std::size_t size = first >= 0xF0 && first < 0xF5    ? 4
                           : first >= 0xE0 && first < 0xF0  ? 3
                           : first >= 0xC2 && first <= 0xDF ? 2
                                                            : 0;
  if (size == 0 || size > text.size()) return 0;
  for (std::size_t i = 1; i < size; ++i) {
    if ((byte(i) & 0xC0U) != 0x80) return 0;
  }
  // Control codes, forms that are too long, halves of pairs, and what lies beyond the last code.
  const unsigned second = byte(1);
  const bool bad = (first == 0xC2 && second < 0xA0) || (first == 0xE0 && second < 0xA0) ||
                   (first == 0xED && second >= 0xA0) || (first == 0xF0 && second < 0x90) ||
                   (first == 0xF4 && second >= 0x90);
  return bad ? 0 : size;
}

}  // namespace

std::string quoted(std::string_view text) {
  constexpr int kMostCharacters = 40;
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string quote = "'";
  for (int count = 0; !text.empty(); ++count) {
    if (count == kMostCharacters) return quote + "…'";
    const std::size_t size = printable_size(text);
    if (size == 0) {
      const auto code = static_cast<unsigned char>(text.front());
      quote += {'\\', 'x', kDigits[code >> 4U], kDigits[code & 0xFU]};
    } else {
      quote += text.substr(0, size);
    }
    text.remove_prefix(std::max<std::size_t>(1, size));
  }
  return quote + "'";
}

std::string did_you_mean(std::string_view word, std::span<const std::string_view> candidates) {
  const std::string_view nearest = nearest_name(word, candidates);
  return nearest.empty() ? std::string() : "; did you mean " + quoted(nearest) + "?";
}

}  // namespace convolve
