// SPDX-License-Identifier: MIT
#include "core/text_file.h"

#include <cerrno>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <string_view>
#include <system_error>

namespace convolve {

std::string read_text_file(const std::string& path) {
  constexpr std::uintmax_t kMostBytes = 1 << 26;
  std::error_code error;
  const auto status = std::filesystem::status(path, error);
  if (error) throw std::runtime_error(error.message());
  // A pipe could block whoever sets a property, and has no size.
  if (!std::filesystem::is_regular_file(status)) {
    throw std::runtime_error("it is not a file with text in it");
  }
  const std::uintmax_t bytes = std::filesystem::file_size(path, error);
  if (error) throw std::runtime_error(error.message());
  if (bytes > kMostBytes) throw std::runtime_error("the file is too large");
  errno = 0;
  std::ifstream file(path, std::ios::binary);
  if (!file) throw std::runtime_error(errno != 0 ? std::strerror(errno) : "cannot be read");
  std::string text{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  // Editors of Windows begin text with this mark of its encoding.
  constexpr std::string_view kMark = "\xEF\xBB\xBF";
  if (text.starts_with(kMark)) text.erase(0, kMark.size());
  return text;
}

}  // namespace convolve
