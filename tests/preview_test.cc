// SPDX-License-Identifier: MIT
// The preview window as a user meets it: keys go in by xdotool, pictures come out of the screen.
#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "program.h"

namespace convolve::test {
namespace {

using Words = std::vector<std::string>;

constexpr int kWidth = 480;
constexpr int kHeight = 360;
// Clear of what the overlay draws in corners and at the bottom, and of the mouse, which is kept at
// the top.
constexpr int kTop = 80;
constexpr int kBottom = 240;

// Squares of eight pixels, red and green, standing still.
const std::string kSquares = "test:checkers-8?width=480&height=360&fps=20";

std::string program() {
  const char* const path = std::getenv("CONVOLVE_PROGRAM");
  return path != nullptr ? path : "convolve";
}

// The first plane of a Y4M's first frame.
struct Luma {
  int width = 0;
  int height = 0;
  std::string samples;
  [[nodiscard]] int at(int x, int y) const {
    return static_cast<unsigned char>(samples[static_cast<std::size_t>(y * width + x)]);
  }
};

Luma luma_of(const std::string& y4m) {
  Luma luma;
  if (std::sscanf(y4m.c_str(), "YUV4MPEG2 W%d H%d", &luma.width, &luma.height) != 2) return {};
  luma.samples = y4m_samples(y4m, static_cast<std::size_t>(luma.width * luma.height));
  return luma;
}

// How different neighbours are, on average: sharp squares have much of it, blurred ones little.
double sharpness(const Luma& luma, int from, int to) {
  double sum = 0;
  for (int y = kTop; y < kBottom; ++y) {
    for (int x = from; x + 1 < to; ++x) sum += std::abs(luma.at(x + 1, y) - luma.at(x, y));
  }
  return sum / ((to - from) * (kBottom - kTop));
}

// The largest difference of two pictures.
int difference(const Luma& one, const Luma& other) {
  int most = 0;
  for (int y = kTop; y < kBottom; ++y) {
    for (int x = 0; x < kWidth; ++x) most = std::max(most, std::abs(one.at(x, y) - other.at(x, y)));
  }
  return most;
}

// A screen of its own, and a program that shows something on it.
class Preview : public testing::Test {
 protected:
  void SetUp() override {
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

  // What is on the screen.
  [[nodiscard]] Luma seen() const {
    const Result shot = run(on_screen({program(), "screen", "-o", "-", "-q", "--frames", "1"}));
    EXPECT_EQ(shot.code, 0) << shot.err;
    return luma_of(shot.out);
  }
  // Looks until the picture is as it should be, for a while.
  Luma wait_until(const std::function<bool(const Luma&)>& good, const char* what) const {
    Luma luma;
    for (int tries = 0; tries < 200; ++tries) {
      luma = seen();
      if (luma.width > 0 && good(luma)) return luma;
      usleep(100'000);
    }
    ADD_FAILURE() << "the picture never came: " << what << "; " << process_->err();
    return luma;
  }
  // What the source looks like on a screen, without any filter.
  [[nodiscard]] Luma unfiltered() {
    start({kSquares, "--preview"});
    const Luma luma =
        wait_until([](const Luma& now) { return sharpness(now, 0, kWidth) > 5; }, "the squares");
    press({"q"});
    EXPECT_EQ(process_->wait(), 0) << process_->err();
    return luma;
  }

  TempDir dir_;
  std::string display_;
  std::unique_ptr<Process> screen_;
  std::unique_ptr<Process> process_;
};

TEST_F(Preview, KeysChangeWhatIsSeen) {
  const Luma source = unfiltered();
  const double sharp = sharpness(source, 0, kWidth);
  start({kSquares, "-f", "gaussian=sigma=1", "--preview"});
  const Luma soft = wait_until(
      [&](const Luma& now) {
        const double here = sharpness(now, 0, kWidth);
        return here > 1 && here < sharp * 0.9;
      },
      "blurred squares");
  const double before = sharpness(soft, 0, kWidth);

  press({"Up", "Up", "Up", "Up"});
  wait_until([&](const Luma& now) { return sharpness(now, 0, kWidth) < before * 0.6; },
             "more blur by Up");

  press({"b"});
  wait_until([&](const Luma& now) { return difference(now, source) <= 2; },
             "the source itself by b");
  press({"b"});

  press({"s"});
  wait_until(
      [&](const Luma& now) {
        return std::abs(sharpness(now, 20, 220) - sharpness(source, 20, 220)) < 1 &&
               sharpness(now, 260, 460) < before * 0.6;
      },
      "the source on the left, blur on the right by s");
  point_to(400);
  wait_until([&](const Luma& now) { return sharpness(now, 260, 380) > sharp * 0.9; },
             "the split where the mouse is");
  press({"s", "p", "q"});
  EXPECT_EQ(process_->wait(), 0) << process_->err();
  EXPECT_EQ(process_->out(), "gaussian=sigma=3\n");
}

TEST_F(Preview, APausedFrameIsFilteredAgain) {
  start({kSquares, "-f", "kernel=identity", "--preview"});
  const Luma sharp =
      wait_until([](const Luma& now) { return sharpness(now, 0, kWidth) > 5; }, "the squares");
  press({"space", "n"});
  wait_until([&](const Luma& now) { return difference(now, sharp) > 10; },
             "another kernel while paused");
  press({"p", "q"});
  EXPECT_EQ(process_->wait(), 0) << process_->err();
  EXPECT_EQ(process_->out(), "kernel=kernel='box(3)'\n");
}

TEST_F(Preview, TheOverlayFadesAndHelpShowsTheKeys) {
  const auto lit = [](const Luma& luma, int from, int to) {
    int count = 0;
    for (int y = from; y < to; ++y) {
      for (int x = 0; x < kWidth; ++x) count += luma.at(x, y) > 150 ? 1 : 0;
    }
    return count;
  };
  start({"test:black?width=480&height=360&fps=20", "-f", "sobel", "--preview"});
  wait_until([&](const Luma& now) { return lit(now, 300, kHeight) > 100; }, "the current value");
  wait_until([&](const Luma& now) { return lit(now, kTop, kHeight) == 0; }, "an empty picture");
  press({"h"});
  wait_until([&](const Luma& now) { return lit(now, kTop, 320) > 1000; }, "the panel of keys");
  press({"h"});
  wait_until([&](const Luma& now) { return lit(now, kTop, kHeight) == 0; },
             "an empty picture again");
  press({"bracketright"});
  wait_until([&](const Luma& now) { return lit(now, 300, kHeight) > 100; }, "the next parameter");
  press({"q"});
  EXPECT_EQ(process_->wait(), 0) << process_->err();
}

TEST_F(Preview, FilesPauseStepSeekAndStayAtTheirEnd) {
  // Each second is lighter than the one before.
  std::string clip = y4m_header(kWidth, kHeight);
  for (int i = 0; i < 300; ++i) {
    clip += "FRAME\n" + std::string(kWidth * kHeight, static_cast<char>(20 + i / 25 * 15)) +
            std::string(kWidth * kHeight / 2, static_cast<char>(128));
  }
  write_file(dir_.file("clip.y4m"), clip);
  ASSERT_EQ(
      run({.words = {program(), "clip.y4m", "-o", "clip.mkv", "-q"}, .directory = dir_.path()})
          .code,
      0);
  const auto shade = [](const Luma& luma) { return luma.at(240, 160); };
  start({"clip.mkv", "-f", "gaussian=0", "--preview"});
  wait_until([&](const Luma& now) { return shade(now) > 10; }, "the clip");
  press({"space"});
  const int first = shade(seen());
  const int still = shade(seen());
  EXPECT_EQ(first, still);
  press({"Right"});
  const Luma later =
      wait_until([&](const Luma& now) { return shade(now) > first + 60; }, "five seconds later");
  press({"Left"});
  wait_until([&](const Luma& now) { return shade(now) < shade(later) - 60; }, "back again");
  // Keys in quick succession add up.
  press({"Right", "Right"});
  wait_until([&](const Luma& now) { return shade(now) > first + 120; }, "ten seconds later");
  press({"space"});
  // The last second's shade stays.
  wait_until([&](const Luma& now) { return shade(now) > 175; }, "the end");
  sleep(1);
  EXPECT_GT(shade(seen()), 175);
  press({"q"});
  EXPECT_EQ(process_->wait(), 0) << process_->err();
}

TEST_F(Preview, PicturesAreSavedAndRecordingGoesOnBeside) {
  start({kSquares, "-f", "sobel", "--preview", "-o", "watched.mkv"});
  wait_until([](const Luma& now) { return sharpness(now, 0, kWidth) > 5; }, "edges");
  press({"w"});
  for (int i = 0; i < 100 && dir_.names().count("convolve-001.png") == 0; ++i) usleep(100'000);
  press({"q"});
  EXPECT_EQ(process_->wait(), 0) << process_->err();
  EXPECT_EQ(dir_.names(), (std::set<std::string>{"convolve-001.png", "watched.mkv"}));
  const Result recorded =
      run({.words = {program(), "watched.mkv", "-o", "-", "-q"}, .directory = dir_.path()});
  EXPECT_EQ(luma_of(recorded.out).width, kWidth);
  const Result saved =
      run({.words = {program(), "convolve-001.png", "-o", "-", "-q"}, .directory = dir_.path()});
  const Luma picture = luma_of(saved.out);
  ASSERT_EQ(picture.width, kWidth);
  EXPECT_GT(sharpness(picture, 0, kWidth), 5);
}

TEST_F(Preview, CtrlCEndsAPausedPreview) {
  start({kSquares, "-f", "sobel", "--preview", "-o", "a.mkv"});
  wait_until([](const Luma& now) { return sharpness(now, 0, kWidth) > 5; }, "edges");
  press({"space"});
  process_->send(SIGINT);
  EXPECT_EQ(process_->wait(), 130) << process_->err();
  EXPECT_NE(process_->err().find("stopped after "), std::string::npos) << process_->err();
}

TEST(PreviewWithoutDisplay, SaysWhatIsMissingAndWhatToUseInstead) {
  for (const char* display : {"DISPLAY=", "DISPLAY=:999"}) {
    const Result result = run({.words = {"env", "-u", "WAYLAND_DISPLAY", display, program(),
                                         "test:ball", "-f", "sobel", "--preview"}});
    EXPECT_EQ(result.code, 4) << result.err;
    EXPECT_TRUE(result.err.starts_with("convolve: preview: ")) << result.err;
    EXPECT_NE(result.err.find("isplay"), std::string::npos) << result.err;
    EXPECT_NE(result.err.find("-o out.mkv"), std::string::npos) << result.err;
    EXPECT_EQ(std::ranges::count(result.err, '\n'), 2) << result.err;
  }
}

}  // namespace
}  // namespace convolve::test
