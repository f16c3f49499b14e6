// SPDX-License-Identifier: MIT
#include "output_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <random>
#include <system_error>
#include <utility>

#include "path.h"

namespace convolve::media {

namespace {

namespace fs = std::filesystem;

constexpr int kBuffer = 1 << 18;
constexpr std::size_t kLongestStem = 180;  // leaves room for a prefix within NAME_MAX

[[noreturn]] void fail_output(const std::string& what, const std::string& why,
                              const std::string& hint = {}) {
  fail(MediaError::Kind::output, what, why, hint);
}

std::string directory_of(const std::string& path) {
  const std::string parent = fs::path(path).parent_path().string();
  return parent.empty() ? "." : parent;
}

std::string temporary_name(const std::string& path) {
  std::random_device random;
  char number[16];
  std::snprintf(number, sizeof number, "%08x", static_cast<unsigned>(random()));
  const fs::path file(path);
  std::string stem = file.stem().string();
  if (stem.size() > kLongestStem) stem.resize(kLongestStem);
  return (file.parent_path() / ("." + stem + "." + number + ".part" + file.extension().string()))
      .string();
}

}  // namespace

void remove_file(const std::string& path) noexcept { ::unlink(path.c_str()); }

Target::Target(const std::string& name, bool overwrite, const std::string& source)
    : name_(name), path_(name), overwrite_(overwrite) {
  if (name == "-") {
    name_ = "standard output";
    direct_ = standard_output_ = true;
    return;
  }
  // A link is written through: its target is replaced, not the link.
  std::error_code error;
  if (fs::is_symlink(name, error)) {
    const fs::path resolved = fs::weakly_canonical(name, error);
    if (error) fail_output(name, error.message());
    path_ = resolved.string();
  }
  check_existing(source);
  if (!direct_) check_directory();
}

void Target::check_existing(const std::string& source) {
  const auto status = file_status(path_);
  if (!status) {
    if (errno != ENOENT) fail_output(name_, std::strerror(errno));
    return;
  }
  if (S_ISDIR(status->st_mode)) fail_output(name_, "is a directory");
  const auto input = source.empty() ? std::nullopt : file_status(source);
  if (input && input->st_dev == status->st_dev && input->st_ino == status->st_ino) {
    fail_output(name_, "is the input", "write to another name");
  }
  if (!S_ISREG(status->st_mode)) {
    direct_ = true;
    return;
  }
  if (!overwrite_) fail_output(name_, "exists already", "-y overwrites it");
  mode_ = status->st_mode & 07777U;
}

void Target::check_directory() const {
  const std::string directory = directory_of(path_);
  const auto status = file_status(directory);
  if (!status) fail_output(name_, "directory " + directory + ": " + std::strerror(errno));
  if (!S_ISDIR(status->st_mode)) fail_output(name_, directory + " is not a directory");
  if (::access(directory.c_str(), W_OK | X_OK) != 0) {
    fail_output(name_, "directory " + directory + ": " + std::strerror(errno));
  }
}

OutputFile::OutputFile(Target target) : target_(std::move(target)) {
  if (target_.standard_output()) {
    file_ = ::dup(STDOUT_FILENO);
  } else if (target_.direct()) {
    file_ = ::open(target_.path().c_str(), O_WRONLY | O_CLOEXEC);
  } else {
    for (int tries = 0; tries < 100 && file_ < 0; ++tries) {
      temporary_ = temporary_name(target_.path());
      file_ = ::open(temporary_.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
      if (file_ < 0 && errno != EEXIST) break;
    }
    if (file_ < 0) temporary_.clear();
  }
  if (file_ < 0) fail_with(errno);
  if (target_.mode()) ::fchmod(file_, *target_.mode());
}

OutputFile::~OutputFile() { discard(); }

void OutputFile::fail_with(int error) const { fail_output(target_.name(), std::strerror(error)); }

void OutputFile::attach(AVFormatContext& context) {
  auto* buffer = static_cast<unsigned char*>(av_malloc(kBuffer));
  io_ = avio_alloc_context(buffer, kBuffer, 1, this, nullptr, on_write, on_seek);
  if (io_ == nullptr) {
    av_free(buffer);
    throw std::bad_alloc();
  }
  if (::lseek(file_, 0, SEEK_CUR) < 0) io_->seekable = 0;
  context.pb = io_;
  context.flags |= AVFMT_FLAG_CUSTOM_IO;
}

bool OutputFile::write_all(const std::uint8_t* data, std::size_t size) noexcept {
  while (size > 0) {
    const ssize_t written = ::write(file_, data, size);
    if (written < 0) {
      if (errno == EINTR) continue;
      if (error_ == 0) error_ = errno;
      return false;
    }
    data += written;
    size -= static_cast<std::size_t>(written);
  }
  return true;
}

int OutputFile::on_write(void* self, std::uint8_t* data, int size) {
  auto& file = *static_cast<OutputFile*>(self);
  if (!file.write_all(data, static_cast<std::size_t>(size))) return AVERROR(file.error_);
  return size;
}

std::int64_t OutputFile::on_seek(void* self, std::int64_t offset, int whence) {
  const auto& file = *static_cast<OutputFile*>(self);
  if (whence == AVSEEK_SIZE) {
    struct stat status {};
    return ::fstat(file.file_, &status) == 0 ? status.st_size : AVERROR(errno);
  }
  const off_t place = ::lseek(file.file_, offset, whence & ~AVSEEK_FORCE);
  return place < 0 ? AVERROR(errno) : place;
}

void OutputFile::write(const std::uint8_t* data, std::size_t size) {
  if (!write_all(data, size)) check();
}

bool OutputFile::reader_gone() const noexcept { return error_ == EPIPE; }

void OutputFile::check() const {
  if (error_ != 0 && !reader_gone()) fail_with(error_);
}

void OutputFile::publish() {
  if (target_.direct()) return;
  if (io_ != nullptr) avio_flush(io_);
  check();
  rename_into_place();
  temporary_.clear();
}

void OutputFile::commit(bool durable) {
  if (io_ != nullptr) avio_flush(io_);
  check();
  if (!target_.direct()) {
    // Some filesystems cannot flush and say so; that is no reason to lose the file.
    if (durable && ::fsync(file_) != 0 && errno != EINVAL && errno != ENOSYS) fail_with(errno);
  }
  if (::close(std::exchange(file_, -1)) != 0 && errno != EINTR) fail_with(errno);
  if (target_.direct()) return;
  if (!temporary_.empty()) rename_into_place();
  temporary_.clear();
  if (!durable) return;
  const int directory = ::open(directory_of(target_.path()).c_str(), O_RDONLY | O_DIRECTORY);
  if (directory >= 0) {
    ::fsync(directory);
    ::close(directory);
  }
}

void OutputFile::rename_into_place() {
  const char* from = temporary_.c_str();
  const char* to = target_.path().c_str();
  if (target_.overwrite()) {
    if (::rename(from, to) != 0) fail_with(errno);
    return;
  }
  if (::renameat2(AT_FDCWD, from, AT_FDCWD, to, RENAME_NOREPLACE) == 0) return;
  if (errno == EINVAL || errno == ENOSYS) {
    // The filesystem lacks that call. A hard link refuses an existing name as well.
    if (::link(from, to) == 0) {
      remove_file(temporary_);
      return;
    }
    if ((errno == EPERM || errno == ENOTSUP) && !file_status(target_.path())) {
      if (::rename(from, to) == 0) return;
    }
  }
  if (errno == EEXIST) fail_output(target_.name(), "exists already", "-y overwrites it");
  fail_with(errno);
}

void OutputFile::discard() noexcept {
  if (io_ != nullptr) av_freep(&io_->buffer);
  avio_context_free(&io_);
  if (file_ >= 0) ::close(std::exchange(file_, -1));
  if (!temporary_.empty()) remove_file(std::exchange(temporary_, {}));
}

}  // namespace convolve::media
