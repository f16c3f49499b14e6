// SPDX-License-Identifier: MIT
#include "path.h"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <filesystem>
#include <system_error>

namespace convolve::media {

bool is_url(const std::string& name) {
  const auto colon = name.find("://");
  return colon != std::string::npos && colon > 1 &&
         std::all_of(name.begin(), name.begin() + static_cast<std::ptrdiff_t>(colon), [](char c) {
           return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '+' || c == '-' ||
                  c == '.';
         });
}

namespace {

char small_letter(char c) { return static_cast<char>(std::tolower(static_cast<unsigned char>(c))); }

}  // namespace

std::string plain_name(std::string name) {
  if (!is_url(name)) return name;
  const auto end = name.begin() + static_cast<std::ptrdiff_t>(name.find(':'));
  std::transform(name.begin(), end, name.begin(), small_letter);
  return name;
}

Address address_of(const std::string& url) {
  const std::size_t begin = url.find("://") + 3;
  std::string text = url.substr(begin, url.find_first_of("/?#", begin) - begin);
  text.erase(0, text.rfind('@') + 1);
  const std::size_t bracket = text.starts_with('[') ? text.find(']') : std::string::npos;
  const std::size_t colon = text.find(':', bracket == std::string::npos ? 0 : bracket);
  Address address;
  if (colon != std::string::npos) address.port = text.substr(colon + 1);
  address.host = bracket == std::string::npos ? text.substr(0, colon) : text.substr(1, bracket - 1);
  return address;
}

std::string extension_of(const std::string& name) {
  std::string text = std::filesystem::path(name).extension().string();
  std::transform(text.begin(), text.end(), text.begin(), small_letter);
  return text;
}

std::optional<struct stat> file_status(const std::string& path) {
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0) return std::nullopt;
  return status;
}

std::optional<SequencePattern> SequencePattern::parse(const std::string& name) {
  const auto slash = name.rfind('/');
  SequencePattern pattern;
  pattern.directory_ = slash == std::string::npos ? "" : name.substr(0, slash + 1);
  const std::string file = slash == std::string::npos ? name : name.substr(slash + 1);
  const auto percent = file.find('%');
  if (percent == std::string::npos) return std::nullopt;
  auto end = percent + 1;
  if (end < file.size() && file[end] == '0') ++end;
  int digits = 0;
  while (end < file.size() && std::isdigit(static_cast<unsigned char>(file[end])) != 0) {
    digits = std::min(99, digits * 10 + (file[end] - '0'));
    ++end;
  }
  if (end >= file.size() || file[end] != 'd' || digits > 18) return std::nullopt;
  pattern.prefix_ = file.substr(0, percent);
  pattern.suffix_ = file.substr(end + 1);
  pattern.digits_ = digits;
  if (pattern.suffix_.find('%') != std::string::npos) return std::nullopt;
  return pattern;
}

std::string SequencePattern::path(std::int64_t number) const {
  std::string digits = std::to_string(number);
  const auto wanted = static_cast<std::size_t>(digits_);
  if (digits.size() < wanted) digits.insert(0, wanted - digits.size(), '0');
  return directory_ + prefix_ + digits + suffix_;
}

std::optional<std::int64_t> SequencePattern::number_of(const std::string& file_name) const {
  if (file_name.size() <= prefix_.size() + suffix_.size() || !file_name.starts_with(prefix_) ||
      !file_name.ends_with(suffix_)) {
    return std::nullopt;
  }
  const char* first = file_name.data() + prefix_.size();
  const char* last = file_name.data() + file_name.size() - suffix_.size();
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(first, last, number);
  if (error != std::errc() || end != last || number < 0) return std::nullopt;
  if (path(number) != directory_ + file_name) return std::nullopt;
  return number;
}

std::vector<std::int64_t> SequencePattern::existing() const {
  std::vector<std::int64_t> numbers;
  std::error_code error;
  const std::filesystem::path folder = directory_.empty() ? "." : directory_;
  for (const auto& entry : std::filesystem::directory_iterator(folder, error)) {
    if (const auto number = number_of(entry.path().filename().string())) {
      numbers.push_back(*number);
    }
  }
  std::sort(numbers.begin(), numbers.end());
  return numbers;
}

}  // namespace convolve::media
