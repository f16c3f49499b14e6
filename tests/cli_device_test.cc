// SPDX-License-Identifier: MIT
// Virtual cameras: which frames they get, in which form, and what is said of those that take none.
#include <cstdlib>
#include <string>

#include "cli_fixture.h"

namespace convolve::test {
namespace {

// A plain file that answers as a virtual camera does; see fake_video_device.cc.
class CliDevice : public Cli {
 protected:
  void SetUp() override {
    if (std::getenv("CONVOLVE_FAKE_VIDEO") == nullptr) GTEST_SKIP() << "skipped: no fake device";
    write_file(dir_.file("camera"), "");
  }
  [[nodiscard]] Result show(const std::string& kind, const Words& arguments) const {
    const Command plain = command(arguments);
    Words words{"env", std::string("LD_PRELOAD=") + std::getenv("CONVOLVE_FAKE_VIDEO"),
                "ASAN_OPTIONS=verify_asan_link_order=0", "FAKE_VIDEO=" + kind,
                "FAKE_VIDEO_LOG=" + dir_.file("log")};
    words.insert(words.end(), plain.words.begin(), plain.words.end());
    return run({.words = words, .directory = dir_.path()});
  }
  [[nodiscard]] std::string log() const { return read_file(dir_.file("log")); }
  [[nodiscard]] std::string shown() const { return read_file(dir_.file("camera")); }
};

TEST_F(CliDevice, FramesGoToAVirtualCamera) {
  const Result result = show("output", {"clip.y4m", "-o", "v4l2:camera", "-q", "-f", "gaussian=0"});
  EXPECT_EQ(result.code, 0) << result.err;
  EXPECT_EQ(log(), "64x48 YU12\n25/1\n");
  EXPECT_EQ(shown(), y4m_samples(y4m(kWidth, kHeight, 10), kFrameBytes));
}

TEST_F(CliDevice, FormatsAreThoseThatCamerasHave) {
  const Words source{"test:white?width=32&height=16&frames=2&format=BGRx", "-o", "v4l2:camera",
                     "-q"};
  EXPECT_EQ(show("output", source).code, 0);
  EXPECT_EQ(log(), "32x16 RGB3\n30/1\n");
  EXPECT_EQ(shown(), std::string(2 * 32 * 16 * 3, '\xFF'));
  Words chosen = source;
  chosen.insert(chosen.end(), {"--pix-fmt", "yuyv422"});
  EXPECT_EQ(show("output", chosen).code, 0);
  EXPECT_NE(log().find("32x16 YUYV"), std::string::npos) << log();
  chosen.back() = "yuv444p";
  const Result refused = show("output", chosen);
  EXPECT_EQ(refused.code, 2);
  EXPECT_NE(refused.err.find("yuv420p"), std::string::npos) << refused.err;
}

TEST_F(CliDevice, DevicesThatDoNotTakeThePictureAreNamed) {
  const Words words{"clip.y4m", "-o", "v4l2:camera", "-q"};
  const Result camera = show("camera", words);
  EXPECT_EQ(camera.code, 4);
  EXPECT_NE(camera.err.find("v4l2:camera: is a camera"), std::string::npos) << camera.err;
  const Result fixed = show("1280x720", words);
  EXPECT_EQ(fixed.code, 4);
  EXPECT_NE(fixed.err.find("stays at 1280x720 YU12, the picture is 64x48 YU12"), std::string::npos)
      << fixed.err;
  EXPECT_EQ(shown(), "");
}

TEST_F(CliDevice, FramesAreWrittenWholeOrNotAtAll) {
  const Words words{"clip.y4m", "-o", "v4l2:camera", "-q", "-f", "gaussian=0"};
  const Result busy = show("busy", words);
  EXPECT_EQ(busy.code, 0) << busy.err;
  EXPECT_EQ(shown(), y4m_samples(y4m(kWidth, kHeight, 10), kFrameBytes));
  const Result small = show("small", words);
  EXPECT_EQ(small.code, 4);
  EXPECT_EQ(small.err, "convolve: v4l2:camera: took 2304 of a frame's 4608 bytes\n");
  const Result wide = show("wide", words);
  EXPECT_EQ(wide.code, 4);
  EXPECT_NE(wide.err.find("wants rows of 96 bytes, the picture's have 64"), std::string::npos)
      << wide.err;
}

}  // namespace
}  // namespace convolve::test
