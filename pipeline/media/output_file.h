// SPDX-License-Identifier: MIT
// A file that appears under its name only when it is whole.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "av.h"
#include "mux_output.h"

namespace convolve::media {

/// Where a file is to be written: the path with links resolved.
class Target {
 public:
  /// Checks that the name may be taken: the directory exists and can be written to, nothing is
  /// there without `overwrite`, and it is not `source`, also through links. "-" is standard output.
  /// \throws MediaError of kind output
  Target(const std::string& name, bool overwrite, const std::string& source = {});

  [[nodiscard]] const std::string& name() const noexcept { return name_; }
  [[nodiscard]] const std::string& path() const noexcept { return path_; }
  [[nodiscard]] bool overwrite() const noexcept { return overwrite_; }
  /// A pipe or a device: written to directly.
  [[nodiscard]] bool direct() const noexcept { return direct_; }
  [[nodiscard]] bool standard_output() const noexcept { return standard_output_; }
  /// Permissions of the file that is replaced.
  [[nodiscard]] std::optional<unsigned> mode() const noexcept { return mode_; }

 private:
  void check_existing(const std::string& source);
  void check_directory() const;

  std::string name_;
  std::string path_;
  std::optional<unsigned> mode_;
  bool overwrite_ = false;
  bool direct_ = false;
  bool standard_output_ = false;
};

/// Written under a temporary name in the target's directory; `commit` gives it its own.
class OutputFile : public MuxOutput {
 public:
  /// Creates the temporary file. \throws MediaError of kind output
  explicit OutputFile(Target target);
  ~OutputFile() override;
  OutputFile(const OutputFile&) = delete;
  OutputFile& operator=(const OutputFile&) = delete;

  /// Gives the file its name while it is still written; it is no longer removed then.
  /// \throws MediaError of kind output
  void publish() override;
  void attach(AVFormatContext& context) override;
  /// Appends. \throws MediaError of kind output
  void write(const std::uint8_t* data, std::size_t size);
  /// Makes what was written durable and gives it its name. \throws MediaError of kind output
  /// \param durable  false leaves the flushing to the caller, who writes many
  void commit(bool durable = true);
  void finish() override { commit(); }
  void discard() noexcept;

  /// The other end of the pipe is closed.
  [[nodiscard]] bool reader_gone() const noexcept override;
  /// What the first failed write said: an errno, or 0.
  [[nodiscard]] int write_error() const noexcept { return error_; }
  /// \throws MediaError of kind output where a write failed, but not for a closed pipe
  void check() const override;
  [[nodiscard]] const Target& target() const noexcept { return target_; }

 private:
  [[noreturn]] void fail_with(int error) const;
  void rename_into_place();
  bool write_all(const std::uint8_t* data, std::size_t size) noexcept;
  static int on_write(void* self, std::uint8_t* data, int size);
  static std::int64_t on_seek(void* self, std::int64_t offset, int whence);

  Target target_;
  std::string temporary_;
  AVIOContext* io_ = nullptr;
  int file_ = -1;
  int error_ = 0;
};

/// Removes a file, whether or not it is there.
void remove_file(const std::string& path) noexcept;

}  // namespace convolve::media
