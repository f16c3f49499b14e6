// SPDX-License-Identifier: MIT
/// \file
/// The program in a directory of its own.
#pragma once

#include <algorithm>
#include <set>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "program.h"

namespace convolve::test {

using Words = std::vector<std::string>;

inline std::string program() {
  const char* const path = std::getenv("CONVOLVE_PROGRAM");
  return path != nullptr ? path : "convolve";
}

inline constexpr int kWidth = 64;
inline constexpr int kHeight = 48;
inline constexpr std::size_t kFrameBytes = kWidth * kHeight * 3 / 2;

inline std::size_t lines(const std::string& text) {
  return static_cast<std::size_t>(std::ranges::count(text, '\n'));
}

/// The program beside a small clip, `clip.y4m`.
class Cli : public testing::Test {
 protected:
  Cli() { write_file(dir_.file("clip.y4m"), y4m(kWidth, kHeight, 10)); }

  [[nodiscard]] Command command(const Words& arguments) const {
    Words words{program()};
    words.insert(words.end(), arguments.begin(), arguments.end());
    return {.words = words, .directory = dir_.path()};
  }
  [[nodiscard]] Result convolve(const Words& arguments) const { return run(command(arguments)); }

  /// Runs what has to fail, and checks the form of the failure.
  void expect_error(const Words& arguments, int code, const std::string& part) const {
    const std::set<std::string> before = dir_.names();
    const Result result = convolve(arguments);
    EXPECT_EQ(result.code, code) << result.err;
    EXPECT_EQ(result.out, "");
    EXPECT_TRUE(result.err.starts_with("convolve: ")) << result.err;
    EXPECT_NE(result.err.find(part), std::string::npos) << result.err;
    const std::size_t count = lines(result.err);
    EXPECT_TRUE(count == 1 || count == 2) << result.err;
    EXPECT_TRUE(result.err.ends_with('\n'));
    EXPECT_EQ(dir_.names(), before) << "a file was left";
  }

  /// Frames that decoding a file gives: the summary begins with their number.
  [[nodiscard]] std::size_t frames_of(const std::string& file) const {
    const Result result = convolve({file, "-o", "null:", "--progress", "none"});
    EXPECT_EQ(result.code, 0) << result.err;
    const std::size_t end = result.err.find(" frame");
    const std::size_t line = result.err.rfind('\n', end);
    return std::strtoul(result.err.c_str() + (line == std::string::npos ? 0 : line + 1), nullptr, 10);
  }

  TempDir dir_;
};

}  // namespace convolve::test
