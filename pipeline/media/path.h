// SPDX-License-Identifier: MIT
// What a name on the command line stands for.
#pragma once

#include <sys/stat.h>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace convolve::media {

/// `scheme://…`, which libav reads itself.
bool is_url(const std::string& name);

/// A URL with its scheme in small letters, as libav and GStreamer want it; other names as they are.
std::string plain_name(std::string name);

/// Where a URL leads, without its brackets around an IPv6 address; empty: it does not say.
struct Address {
  std::string host;
  std::string port;
};
Address address_of(const std::string& url);

/// `.mp4` in small letters, or empty.
std::string extension_of(const std::string& name);

/// What stat says; empty where there is nothing.
std::optional<struct stat> file_status(const std::string& path);

/// A numbered sequence `dir/img%04d.png`: exactly one `%d` or `%0Nd` in the file's own name.
class SequencePattern {
 public:
  /// Empty where `name` is no pattern.
  static std::optional<SequencePattern> parse(const std::string& name);

  [[nodiscard]] std::string path(std::int64_t number) const;
  [[nodiscard]] const std::string& directory() const noexcept { return directory_; }
  /// The number in `file_name`, where this pattern would have made that name.
  [[nodiscard]] std::optional<std::int64_t> number_of(const std::string& file_name) const;
  /// Numbers of the files that there are, sorted.
  [[nodiscard]] std::vector<std::int64_t> existing() const;

 private:
  std::string directory_;  // as written, with its slash; "" for the working directory
  std::string prefix_;
  std::string suffix_;
  int digits_ = 0;
};

}  // namespace convolve::media
