// SPDX-License-Identifier: MIT
#include <fcntl.h>
#include <unistd.h>

#include <filesystem>
#include <span>

#include "jpeg_segments.h"
#include "sink.h"

namespace convolve::media {

namespace {

[[noreturn]] void fail_output(const std::string& what, const std::string& why,
                              const std::string& hint = {}) {
  fail(MediaError::Kind::output, what, why, hint);
}

// A directory as the filesystem knows it, for comparisons.
std::optional<std::pair<dev_t, ino_t>> identity(const std::string& directory) {
  const auto status = file_status(directory.empty() ? "." : directory);
  if (!status) return std::nullopt;
  return std::pair{status->st_dev, status->st_ino};
}

}  // namespace

PictureSink::PictureSink(const std::string& output, bool numbered, bool overwrite,
                         const std::string& input)
    : output_(output), overwrite_(overwrite), input_(input) {
  if (!numbered) {
    (void)Target(output, overwrite, input);  // refuses early
    return;
  }
  pattern_ = SequencePattern::parse(output);
  const auto numbers = pattern_->existing();
  if (!numbers.empty() && !overwrite) {
    fail_output(pattern_->path(numbers.front()), "exists already", "-y overwrites it");
  }
  (void)Target(pattern_->path(1), true, input);
  const auto source = SequencePattern::parse(input);
  if (!source || file_status(input) || identity(source->directory()) != identity(pattern_->directory())) {
    return;
  }
  for (const std::int64_t number : numbers) {
    const auto name = std::filesystem::path(pattern_->path(number)).filename().string();
    if (source->number_of(name)) {
      fail_output(pattern_->path(number), "is of the input", "write to another name");
    }
  }
}

void PictureSink::start(const Encoder& /*encoder*/, const AVFrame& /*first*/) {}

void PictureSink::write_copied(PacketPtr /*packet*/) {}

void PictureSink::write_picture(OutputFile& file, const AVPacket& packet) {
  const std::span bytes(packet.data, static_cast<std::size_t>(packet.size));
  const std::size_t place = segments_.empty() ? 0 : segments_place(bytes);
  file.write(bytes.data(), place);
  if (place > 0) {
    file.write(reinterpret_cast<const std::uint8_t*>(segments_.data()), segments_.size());
  }
  file.write(bytes.data() + place, bytes.size() - place);
}

void PictureSink::write_video(PacketPtr packet) {
  ++count_;
  if (!pattern_) {
    if (count_ > 1) {
      fail_output(output_, "one picture file cannot hold several frames",
                  "name a sequence such as img%04d.png, or take one frame with --frames 1");
    }
    single_ = std::make_unique<OutputFile>(Target(output_, overwrite_, input_));
    write_picture(*single_, *packet);
    return;
  }
  const std::string path = pattern_->path(count_);
  OutputFile file(Target(path, overwrite_, input_));
  write_picture(file, *packet);
  file.commit(false);
  written_.push_back(path);
}

void PictureSink::finish() {
  if (single_) single_->commit();
  single_.reset();
  if (!pattern_) return;
  // One flush of the filesystem costs less than one for each picture.
  const std::string directory = pattern_->directory().empty() ? "." : pattern_->directory();
  const int folder = ::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (folder >= 0) {
    ::syncfs(folder);
    ::close(folder);
  }
  written_.clear();
}

void PictureSink::discard() noexcept {
  single_.reset();
  for (const std::string& path : written_) remove_file(path);
  written_.clear();
}

}  // namespace convolve::media
