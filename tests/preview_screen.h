// SPDX-License-Identifier: MIT
/// \file
/// A screen of its own, and a program whose window is on it: keys go in by xdotool, pictures come
/// out of the screen.
#pragma once

#include <algorithm>
#include <cmath>
#include <csignal>
#include <cstdlib>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "program.h"

namespace convolve::test {

using Words = std::vector<std::string>;

inline constexpr int kWidth = 480;
inline constexpr int kHeight = 360;
// Clear of what the overlay draws in corners and at the bottom, and of the mouse, which is kept at
// the top.
inline constexpr int kTop = 80;
inline constexpr int kBottom = 240;

inline std::string program() {
  const char* const path = std::getenv("CONVOLVE_PROGRAM");
  return path != nullptr ? path : "convolve";
}

/// The first plane of a Y4M's first frame.
struct Luma {
  int width = 0;
  int height = 0;
  std::string samples;
  [[nodiscard]] int at(int x, int y) const {
    return static_cast<unsigned char>(samples[static_cast<std::size_t>(y * width + x)]);
  }
};

inline Luma luma_of(const std::string& y4m) {
  Luma luma;
  if (std::sscanf(y4m.c_str(), "YUV4MPEG2 W%d H%d", &luma.width, &luma.height) != 2) return {};
  luma.samples = y4m_samples(y4m, static_cast<std::size_t>(luma.width * luma.height));
  return luma;
}

/// How different neighbours are, on average: sharp squares have much of it, blurred ones little.
inline double sharpness(const Luma& luma, int from, int to) {
  double sum = 0;
  for (int y = kTop; y < kBottom; ++y) {
    for (int x = from; x + 1 < to; ++x) sum += std::abs(luma.at(x + 1, y) - luma.at(x, y));
  }
  return sum / ((to - from) * (kBottom - kTop));
}

/// The largest difference of two pictures.
inline int difference(const Luma& one, const Luma& other) {
  int most = 0;
  for (int y = kTop; y < kBottom; ++y) {
    for (int x = 0; x < kWidth; ++x) most = std::max(most, std::abs(one.at(x, y) - other.at(x, y)));
  }
  return most;
}

/// Pixels between two rows that are lit, as text is.
inline int lit(const Luma& luma, int from, int to) {
  int count = 0;
  for (int y = from; y < to; ++y) {
    for (int x = 0; x < kWidth; ++x) count += luma.at(x, y) > 150 ? 1 : 0;
  }
  return count;
}

/// GStreamer's ximagesink throws away keys now and then: those that arrive between its look for
/// keys and its look for everything else. So each is pressed until its effect is seen, and no test
/// takes it for granted that a key came through; what came through has to act exactly.
class PreviewScreen : public testing::Test {
 protected:
  using Seen = std::function<bool(const Luma&)>;
  static constexpr int kPresses = 8;
  static constexpr int kLooks = 15;

  void SetUp() override;

  [[nodiscard]] Command on_screen(const Words& words) const {
    Words all{"env", display_};
    all.insert(all.end(), words.begin(), words.end());
    return {.words = all, .directory = dir_.path()};
  }
  void start(const Words& arguments) {
    Words words{program()};
    words.insert(words.end(), arguments.begin(), arguments.end());
    process_ = std::make_unique<Process>(on_screen(words));
    point_to(240);
  }
  void point_to(int x) const {
    ASSERT_EQ(run(on_screen({"xdotool", "mousemove", std::to_string(x), "20"})).code, 0);
  }
  void press(const Words& keys) const {
    Words words{"xdotool", "key", "--delay", "60"};
    words.insert(words.end(), keys.begin(), keys.end());
    ASSERT_EQ(run(on_screen(words)).code, 0);
  }

  /// What is on the screen.
  [[nodiscard]] Luma seen() const;
  /// Looks a number of times, until the picture is as it should be.
  [[nodiscard]] bool comes(const Seen& good, int looks) const;
  /// Looks until the picture is as it should be, for a while.
  void wait_until(const Seen& good, const char* what) const {
    if (!comes(good, 200)) ADD_FAILURE() << "never came: " << what << "; " << process_->err();
  }
  /// Does something to the window until the picture is as it should be.
  void act_until(const std::function<void()>& act, const Seen& good, const char* what) const;
  void press_until(const Words& keys, const Seen& good, const char* what) const {
    act_until([&] { press(keys); }, good, what);
  }
  void point_until(int x, const Seen& good, const char* what) const;
  /// Whether the picture is the same for as long as a moving one is not.
  [[nodiscard]] bool stands_still() const;
  /// Presses a key that pauses, until the picture stands still.
  void pause() const {
    press_until(
        {"space"}, [this](const Luma&) { return stands_still(); }, "standing still");
  }

  /// The chain as `p` prints it.
  [[nodiscard]] std::string chain() const;
  /// Presses a key until it has acted. \returns the chain, which the key changed
  std::string chain_after(const std::string& key) const;
  /// Ends the program by its key.
  void quit();
  /// What the source looks like on a screen, without any filter.
  [[nodiscard]] Luma unfiltered(const std::string& source);

  TempDir dir_;
  std::string display_;
  std::unique_ptr<Process> screen_;
  std::unique_ptr<Process> process_;
};

inline void PreviewScreen::SetUp() {
  for (const char* tool : {"Xvfb", "xdotool", "gst-inspect-1.0"}) {
    if (run({.words = {"sh", "-c", std::string("command -v ") + tool}}).code != 0) {
      GTEST_SKIP() << "skipped: no " << tool;
    }
  }
  if (run({.words = {"gst-inspect-1.0", "--exists", "ximagesink"}}).code != 0) {
    GTEST_SKIP() << "skipped: no ximagesink, of gstreamer1.0-x";
  }
  // Without auto-repeat: on a busy machine a key would be pressed twice.
  screen_ =
      std::make_unique<Process>(Command{.words = {"Xvfb", "-r", "-displayfd", "1", "-screen", "0",
                                                  "640x480x24", "-nolisten", "tcp", "-noreset"}});
  for (int i = 0; i < 300 && screen_->out().find('\n') == std::string::npos; ++i) usleep(50'000);
  const std::string number = screen_->out().substr(0, screen_->out().find('\n'));
  ASSERT_FALSE(number.empty()) << screen_->err();
  display_ = "DISPLAY=:" + number;
}

inline Luma PreviewScreen::seen() const {
  const Result shot = run(on_screen({program(), "screen", "-o", "-", "-q", "--frames", "1"}));
  EXPECT_EQ(shot.code, 0) << shot.err;
  return luma_of(shot.out);
}

inline bool PreviewScreen::comes(const Seen& good, int looks) const {
  for (int i = 0; i < looks; ++i) {
    const Luma luma = seen();
    if (luma.width > 0 && good(luma)) return true;
    usleep(100'000);
  }
  return false;
}

inline void PreviewScreen::act_until(const std::function<void()>& act, const Seen& good,
                                     const char* what) const {
  for (int i = 0; i < kPresses; ++i) {
    act();
    if (comes(good, kLooks)) return;
  }
  ADD_FAILURE() << "never came: " << what << "; " << process_->err();
}

inline void PreviewScreen::point_until(int x, const Seen& good, const char* what) const {
  act_until(
      [&] {
        point_to(x - 1);
        point_to(x);
      },
      good, what);
}

inline bool PreviewScreen::stands_still() const {
  const Luma first = seen();
  for (int i = 0; i < 4; ++i) {
    usleep(150'000);
    if (difference(first, seen()) > 0) return false;
  }
  return true;
}

inline std::string PreviewScreen::chain() const {
  const std::string before = process_->out();
  for (int i = 0; i < kPresses; ++i) {
    press({"p"});
    // A line that comes after the next press would be taken for an answer to that.
    for (int look = 0; look < 100; ++look) {
      const std::string now = process_->out();
      if (now.size() > before.size() && now.ends_with('\n')) {
        const std::size_t end = now.size() - 1;
        const std::size_t last = now.rfind('\n', end - 1);
        return now.substr(last == std::string::npos ? 0 : last + 1,
                          end - (last == std::string::npos ? 0 : last + 1));
      }
      usleep(100'000);
    }
  }
  ADD_FAILURE() << "never printed: the chain; " << process_->err();
  return {};
}

inline std::string PreviewScreen::chain_after(const std::string& key) const {
  const std::string before = chain();
  for (int i = 0; i < kPresses; ++i) {
    press({key});
    const std::string now = chain();
    if (now != before) return now;
  }
  ADD_FAILURE() << key << " does not change " << before << "; " << process_->err();
  return before;
}

inline void PreviewScreen::quit() {
  for (int i = 0; i < kPresses && !process_->ended(); ++i) {
    press({"q"});
    for (int look = 0; look < 30 && !process_->ended(); ++look) usleep(100'000);
  }
  ASSERT_TRUE(process_->ended()) << "q does not quit; " << process_->err();
  EXPECT_EQ(process_->wait(), 0) << process_->err();
}

inline Luma PreviewScreen::unfiltered(const std::string& source) {
  start({source, "--preview"});
  Luma luma;
  wait_until(
      [&](const Luma& now) {
        luma = now;
        return sharpness(now, 0, kWidth) > 5;
      },
      "the source");
  quit();
  return luma;
}

}  // namespace convolve::test
