// SPDX-License-Identifier: MIT
/// \file
/// Running programs the way a shell does, and small files for them to work on.
#pragma once

#include <cerrno>
#include <csignal>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

namespace convolve::test {

/// A directory that goes away with its owner.
class TempDir {
 public:
  TempDir() {
    std::string name = (std::filesystem::temp_directory_path() / "convolve-test-XXXXXX").string();
    if (mkdtemp(name.data()) == nullptr) throw std::runtime_error("no temporary directory");
    path_ = name;
  }
  ~TempDir() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  TempDir(const TempDir&) = delete;
  TempDir& operator=(const TempDir&) = delete;

  [[nodiscard]] const std::filesystem::path& path() const noexcept { return path_; }
  [[nodiscard]] std::string file(std::string_view name) const { return (path_ / name).string(); }
  /// Names of everything in it.
  [[nodiscard]] std::set<std::string> names() const {
    std::set<std::string> all;
    for (const auto& entry : std::filesystem::directory_iterator(path_)) {
      all.insert(entry.path().filename().string());
    }
    return all;
  }

 private:
  std::filesystem::path path_;
};

inline std::string read_file(const std::filesystem::path& path) {
  std::ifstream stream(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>()};
}

inline void write_file(const std::filesystem::path& path, std::string_view bytes) {
  std::ofstream stream(path, std::ios::binary);
  stream.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
}

/// How a program is started. Arguments need no quotes.
struct Command {
  std::vector<std::string> words;
  std::filesystem::path directory{};  ///< to run in; empty: here
  std::string input = "/dev/null";    ///< file for standard input
  std::string output{};               ///< file for standard output; empty: captured
  int input_fd = -1;                  ///< instead of `input`
};

/// A program that runs. Its destructor kills what still does.
class Process {
 public:
  explicit Process(const Command& command);
  ~Process() {
    if (id_ <= 0) return;
    kill(id_, SIGKILL);
    waitpid(id_, nullptr, 0);
  }
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;

  void send(int signal) const { kill(id_, signal); }
  /// Waits for the end. \returns the exit code, or 1000 + the signal that killed it
  int wait() {
    while (!look(0)) {
    }
    return WIFEXITED(status_) ? WEXITSTATUS(status_) : 1000 + WTERMSIG(status_);
  }
  /// Whether it has ended by now.
  bool ended() { return look(WNOHANG); }
  [[nodiscard]] std::string out() const { return read_file(streams_.file("out")); }
  [[nodiscard]] std::string err() const { return read_file(streams_.file("err")); }

 private:
  // Whether it has ended, which is found out once.
  bool look(int options) {
    if (id_ > 0 && waitpid(id_, &status_, options) == id_) id_ = -1;
    return id_ <= 0;
  }

  TempDir streams_;
  pid_t id_ = -1;
  int status_ = 0;
};

inline Process::Process(const Command& command) {
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  if (command.input_fd >= 0) {
    posix_spawn_file_actions_adddup2(&actions, command.input_fd, STDIN_FILENO);
  } else {
    posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, command.input.c_str(), O_RDONLY, 0);
  }
  const std::string out = command.output.empty() ? streams_.file("out") : command.output;
  const std::string err = streams_.file("err");
  constexpr int kNew = O_WRONLY | O_CREAT | O_TRUNC;
  posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, out.c_str(), kNew, 0644);
  posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, err.c_str(), kNew, 0644);
  if (!command.directory.empty()) {
    posix_spawn_file_actions_addchdir_np(&actions, command.directory.c_str());
  }
  // Whatever ran this test may ignore signals that the program should hear.
  posix_spawnattr_t attributes;
  posix_spawnattr_init(&attributes);
  sigset_t signals;
  sigemptyset(&signals);
  posix_spawnattr_setsigmask(&attributes, &signals);
  for (const int signal : {SIGINT, SIGTERM, SIGHUP, SIGPIPE}) sigaddset(&signals, signal);
  posix_spawnattr_setsigdefault(&attributes, &signals);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK);
  std::vector<char*> words;
  for (const std::string& word : command.words) words.push_back(const_cast<char*>(word.c_str()));
  words.push_back(nullptr);
  const int error = posix_spawnp(&id_, words[0], &actions, &attributes, words.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  posix_spawnattr_destroy(&attributes);
  if (error != 0) {
    id_ = -1;
    throw std::runtime_error("cannot run " + command.words[0]);
  }
}

struct Result {
  int code = 0;
  std::string out;
  std::string err;
};

inline Result run(const Command& command) {
  Process process(command);
  const int code = process.wait();
  return {code, process.out(), process.err()};
}

/// Y4M of moving gradients, 4:2:0 in 8 bit, 25 frames a second.
inline std::string y4m_header(int width, int height) {
  return "YUV4MPEG2 W" + std::to_string(width) + " H" + std::to_string(height) +
         " F25:1 Ip A1:1 C420mpeg2\n";
}

inline std::string y4m_frame(int width, int height, int number) {
  std::string frame = "FRAME\n";
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x) {
      frame +=
          static_cast<char>(static_cast<unsigned char>(16 + (x * 3 + y * 2 + number * 5) % 200));
    }
  }
  const int chroma = (width + 1) / 2 * ((height + 1) / 2);
  for (int i = 0; i < 2 * chroma; ++i) {
    frame += static_cast<char>(static_cast<unsigned char>(100 + (i + number) % 56));
  }
  return frame;
}

inline std::string y4m(int width, int height, int frames) {
  std::string bytes = y4m_header(width, height);
  for (int i = 0; i < frames; ++i) bytes += y4m_frame(width, height, i);
  return bytes;
}

/// The samples of a Y4M alone, without its header lines.
inline std::string y4m_samples(const std::string& bytes, std::size_t frame_bytes) {
  std::string samples;
  std::size_t at = bytes.find('\n');
  while (at != std::string::npos && at + 1 < bytes.size()) {
    at = bytes.find('\n', at + 1);
    if (at == std::string::npos) break;
    samples += bytes.substr(at + 1, frame_bytes);
    at += frame_bytes;
  }
  return samples;
}

/// A tenth of a second of silence as a WAV file: media without any video.
inline std::string wav() {
  const auto number = [](std::uint32_t value, int bytes) {
    std::string text;
    for (int i = 0; i < bytes; ++i) text += static_cast<char>(value >> (8 * i) & 0xFFU);
    return text;
  };
  const std::uint32_t size = 1600;
  return "RIFF" + number(36 + size, 4) + "WAVEfmt " + number(16, 4) + number(1, 2) + number(1, 2) +
         number(8000, 4) + number(16000, 4) + number(2, 2) + number(16, 2) + "data" +
         number(size, 4) + std::string(size, '\0');
}

}  // namespace convolve::test
