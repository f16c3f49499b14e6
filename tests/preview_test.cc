// SPDX-License-Identifier: MIT
// The preview window as a user meets it: what each key does to the picture.
#include <cstdio>

#include "preview_screen.h"

namespace convolve::test {
namespace {

class Preview : public PreviewScreen {};

// Squares of eight pixels, red and green, standing still.
const std::string kSquares = "test:checkers-8?width=480&height=360&fps=20";

// Every frame is another one, everywhere.
const std::string kSnow = "test:snow?width=480&height=360&fps=20";

bool sharp(const Luma& luma) { return sharpness(luma, 0, kWidth) > 5; }

TEST_F(Preview, KeysChangeWhatIsSeen) {
  const Luma source = unfiltered(kSquares);
  const double most = sharpness(source, 0, kWidth);
  start({kSquares, "-f", "gaussian=sigma=1", "--preview"});
  double before = 0;
  wait_until(
      [&](const Luma& now) {
        before = sharpness(now, 0, kWidth);
        return before > 1 && before < most * 0.9;
      },
      "blurred squares");

  EXPECT_EQ(chain_after("Up"), "gaussian=sigma=1.5");
  EXPECT_EQ(chain_after("Up"), "gaussian=sigma=2");
  EXPECT_EQ(chain_after("Up"), "gaussian=sigma=2.5");
  wait_until([&](const Luma& now) { return sharpness(now, 0, kWidth) < before * 0.6; },
             "more blur by Up");
  press_until(
      {"b"}, [&](const Luma& now) { return difference(now, source) <= 2; },
      "the source itself by b");
  press_until(
      {"b"}, [&](const Luma& now) { return sharpness(now, 0, kWidth) < before * 0.6; },
      "the blur again by b");
  press_until(
      {"s"},
      [&](const Luma& now) {
        return std::abs(sharpness(now, 20, 220) - sharpness(source, 20, 220)) < 1 &&
               sharpness(now, 260, 460) < before * 0.6;
      },
      "the source on the left, blur on the right by s");
  point_until(
      400, [&](const Luma& now) { return sharpness(now, 260, 380) > most * 0.9; },
      "the split where the mouse is");
  press_until(
      {"s"}, [&](const Luma& now) { return sharpness(now, 20, 220) < before * 0.6; },
      "blur on the left again by s");
  EXPECT_EQ(chain_after("Down"), "gaussian=sigma=2");
  EXPECT_EQ(chain_after("Down"), "gaussian=sigma=1.5");
  EXPECT_EQ(chain_after("Down"), "gaussian=sigma=1");
  wait_until(
      [&](const Luma& now) { return std::abs(sharpness(now, 0, kWidth) - before) < before * 0.1; },
      "less blur by Down");
  quit();
}

TEST_F(Preview, KeysChooseFilterAndParameter) {
  const Luma source = unfiltered(kSquares);
  start({kSquares, "-f", "gaussian=sigma=0.1,kernel=identity", "--preview"});
  wait_until(sharp, "the squares");
  EXPECT_EQ(chain_after("Up"), "gaussian=sigma=0.2,kernel=kernel=identity");
  // Taps of so small a Gaussian are nothing beside its middle: what is seen now is the kernel's.
  press_until(
      {"Tab", "Up"}, [&](const Luma& now) { return difference(now, source) > 20; },
      "another kernel by Tab and Up");
  quit();

  start({kSquares, "-f", "gaussian=sigma=4", "--preview"});
  wait_until([&](const Luma& now) { return difference(now, source) > 20; }, "blurred squares");
  EXPECT_EQ(chain_after("Up"), "gaussian=sigma=4.5");
  // What Up moves after a key is what the key chose: one of sigma and sigma-y.
  const auto chooses = [this](const std::string& key, bool first) {
    const auto parts = [](const std::string& text) {
      const std::size_t colon = text.find(':');
      return std::pair(text.substr(0, colon), colon == std::string::npos ? "" : text.substr(colon));
    };
    for (int i = 0; i < kPresses; ++i) {
      const auto before = parts(chain());
      press({key});
      const auto now = parts(chain_after("Up"));
      EXPECT_NE(now.first == before.first, now.second == before.second);
      if ((now.first != before.first) == first) return true;
    }
    return false;
  };
  EXPECT_TRUE(chooses("bracketright", false)) << "] does not choose sigma-y";
  EXPECT_TRUE(chooses("bracketleft", true)) << "[ does not go back to sigma";
  quit();
}

TEST_F(Preview, APausedFrameIsFilteredAgain) {
  start({kSnow, "-f", "kernel=identity", "--preview"});
  wait_until(sharp, "the snow");
  pause();
  const Luma still = seen();
  EXPECT_EQ(chain_after("n"), "kernel=kernel='box(3)'");
  wait_until([&](const Luma& now) { return difference(now, still) > 10; },
             "another kernel while paused");
  EXPECT_TRUE(stands_still()) << "paused no longer";
  quit();
}

TEST_F(Preview, TheOverlayFadesAndHelpShowsTheKeys) {
  start({"test:black?width=480&height=360&fps=20", "-f", "sobel", "--preview"});
  const auto line = [](const Luma& now) { return lit(now, 300, kHeight) > 100; };
  const auto empty = [](const Luma& now) { return lit(now, kTop, kHeight) == 0; };
  wait_until(line, "the current value");
  wait_until(empty, "an empty picture");
  press_until(
      {"h"}, [](const Luma& now) { return lit(now, kTop, 320) > 1000; }, "the panel of keys");
  press_until({"h"}, empty, "an empty picture again");
  for (const char* key : {"bracketright", "bracketleft", "Tab"}) {
    press_until({key}, line, key);
    wait_until(empty, "an empty picture again");
  }
  quit();
}

// The clip's frames say which they are: the left half's shade is the second, the right half's the
// frame in it.
constexpr int kRate = 25;
constexpr int kSeconds = 20;

std::string numbered_clip() {
  std::string clip = y4m_header(kWidth, kHeight);
  for (int i = 0; i < kSeconds * kRate; ++i) {
    const std::string left(kWidth / 2, static_cast<char>(30 + i / kRate * 8));
    const std::string right(kWidth / 2, static_cast<char>(30 + i % kRate * 8));
    clip += "FRAME\n";
    for (int y = 0; y < kHeight; ++y) clip += left + right;
    clip += std::string(kWidth * kHeight / 2, static_cast<char>(128));
  }
  return clip;
}

int frame_number(const Luma& luma) {
  const auto part = [&luma](int x) {
    return static_cast<int>(std::lround((luma.at(x, 160) - 30) / 8.0));
  };
  return part(120) * kRate + part(360);
}

class PreviewOfFile : public PreviewScreen {
 protected:
  void SetUp() override {
    PreviewScreen::SetUp();
    if (IsSkipped()) return;
    write_file(dir_.file("clip.y4m"), numbered_clip());
    ASSERT_EQ(
        run({.words = {program(), "clip.y4m", "-o", "clip.mkv", "-q"}, .directory = dir_.path()})
            .code,
        0);
    start({"clip.mkv", "-f", "gaussian=0", "--preview"});
    wait_until([](const Luma& now) { return lit(now, kTop, kBottom) > 0; }, "the clip");
  }
  [[nodiscard]] int number() const { return frame_number(seen()); }
};

TEST_F(PreviewOfFile, PausesAndStepsByOneFrame) {
  pause();
  for (int i = 0; i < 3; ++i) {
    const int before = number();
    int presses = 0;
    act_until(
        [&] {
          press({"period"});
          ++presses;
        },
        [&](const Luma& now) { return frame_number(now) != before; }, "the next frame");
    EXPECT_GE(number(), before + 1);
    EXPECT_LE(number(), before + presses);
  }
  EXPECT_TRUE(stands_still()) << "a step pauses";
  const int before = number();
  press_until(
      {"space"}, [&](const Luma& now) { return frame_number(now) > before + 2; }, "going on");
  quit();
}

TEST_F(PreviewOfFile, SeeksAndStaysAtItsEnd) {
  pause();
  const auto at_second = [](int second) {
    return [second](const Luma& now) { return std::abs(frame_number(now) - second * kRate) <= 1; };
  };
  // A lost key leaves the clip elsewhere, so each try begins where the clip does.
  const auto go = [&](const Words& keys) {
    for (int i = 0; i < kPresses && number() > 1; ++i)
      press_until({"Left", "Left", "Left", "Left"}, at_second(0), "the clip's begin");
    press(keys);
  };
  act_until([&] { go({"Right"}); }, at_second(5), "five seconds later");
  press_until({"Left"}, at_second(0), "back again");
  // Keys in quick succession add up.
  act_until([&] { go({"Right", "Right"}); }, at_second(10), "ten seconds later");
  press_until(
      {"space"}, [&](const Luma& now) { return frame_number(now) > 10 * kRate + 2; }, "going on");
  // The last frame stays.
  const auto at_end = [](const Luma& now) { return frame_number(now) == kSeconds * kRate - 1; };
  wait_until(at_end, "the end");
  sleep(1);
  EXPECT_TRUE(at_end(seen()));
  quit();
}

TEST_F(Preview, PicturesAreSavedAndRecordingGoesOnBeside) {
  start({kSquares, "-f", "sobel", "--preview", "-o", "watched.mkv"});
  wait_until(sharp, "edges");
  press_until(
      {"w"}, [this](const Luma&) { return dir_.names().count("convolve-001.png") > 0; },
      "a picture");
  quit();
  for (const std::string& name : dir_.names()) {
    EXPECT_TRUE(name == "watched.mkv" || name.starts_with("convolve-00")) << name;
  }
  const Result recorded =
      run({.words = {program(), "watched.mkv", "-o", "-", "-q"}, .directory = dir_.path()});
  EXPECT_EQ(luma_of(recorded.out).width, kWidth);
  const Result saved =
      run({.words = {program(), "convolve-001.png", "-o", "-", "-q"}, .directory = dir_.path()});
  const Luma picture = luma_of(saved.out);
  ASSERT_EQ(picture.width, kWidth);
  EXPECT_TRUE(sharp(picture));
}

TEST_F(Preview, CtrlCEndsAPausedPreview) {
  start({kSnow, "-f", "sobel", "--preview", "-o", "a.mkv"});
  wait_until(sharp, "edges");
  pause();
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
