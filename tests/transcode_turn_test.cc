// SPDX-License-Identifier: MIT
// Pictures of phones: where the container cannot say how to turn them, they are turned.
#include <gtest/gtest.h>

#include <cmath>

#include "transcode_jobs.h"

namespace {

using convolve::TranscodeOptions;

constexpr std::size_t kStoredWidth = 64;
constexpr std::size_t kStoredHeight = 48;

// The luma sample that players show at x, y of a picture that is turned with the clock.
char shown(const std::string& stored, int rotation, std::size_t x, std::size_t y) {
  const std::size_t right = kStoredWidth - 1;
  const std::size_t bottom = kStoredHeight - 1;
  const auto at = [&](std::size_t column, std::size_t row) {
    return stored[row * kStoredWidth + column];
  };
  return rotation == 90    ? at(y, bottom - x)
         : rotation == 270 ? at(right - y, x)
                           : at(right - x, bottom - y);
}

std::string input(const Folder& folder, int rotation) {
  Clip clip{.path = folder / "in.mp4"};
  clip.frames = 3;
  clip.rotation = rotation;
  clip.sar_num = 4;
  clip.sar_den = 3;
  make_clip(clip);
  return clip.path;
}

TEST(TranscodeTurn, PicturesAreUprightInContainersThatCannotSayIt) {
  for (const int rotation : {90, 180, 270}) {
    const bool sideways = rotation != 180;
    for (const char* name : {"out.mkv", "out.y4m"}) {
      const Folder folder;
      const std::string path = input(folder, rotation);
      TranscodeOptions options = job(path, folder / name);
      options.lossless = true;
      transcode(options);
      const FileFacts before = look_into(path);
      const FileFacts after = look_into(options.output);
      const StreamFacts& video = *after.first("video");
      ASSERT_EQ(video.width, sideways ? 48 : 64) << rotation << name;
      ASSERT_EQ(video.height, sideways ? 64 : 48);
      const bool codec_tells = name == std::string("out.mkv");
      if (codec_tells) {
        EXPECT_EQ(video.sar_num, sideways ? 3 : 4);
      }
      EXPECT_EQ(video.rotation, 0);
      ASSERT_EQ(after.frames.size(), before.frames.size());
      const auto width = static_cast<std::size_t>(video.width);
      for (std::size_t i = 0; i < width * static_cast<std::size_t>(video.height); ++i) {
        ASSERT_EQ(after.frames[1][i], shown(before.frames[1], rotation, i % width, i / width))
            << rotation << " " << name << " " << i;
      }
    }
  }
}

TEST(TranscodeTurn, ThePlanTellsTheSizeThatIsWritten) {
  const Folder folder;
  const std::string path = input(folder, 90);
  const auto plan = [&](const char* name) {
    const std::string output = name == std::string("null:") ? name : folder / name;
    const convolve::TranscodePlan made = convolve::Transcoder(job(path, output)).plan();
    return std::to_string(made.width) + "x" + std::to_string(made.height);
  };
  EXPECT_EQ(plan("out.webm"), "48x64");
  EXPECT_EQ(plan("out.mp4"), "64x48");
  EXPECT_EQ(plan("null:"), "64x48");
}

// Turned by a quarter, pairs of columns would become pairs of rows.
TEST(TranscodeTurn, HalvedChromaBecomesWhole) {
  const Folder folder;
  Clip clip{.path = folder / "in.mov"};
  clip.pixel_format = "yuv422p10le";
  clip.codec = "prores_ks";
  clip.frames = 2;
  clip.rotation = 90;
  make_clip(clip);
  transcode(exact_job(clip.path, folder / "out.mkv"));
  const StreamFacts video = *look_into(folder / "out.mkv").first("video");
  EXPECT_EQ(video.pixel_format, "yuv444p10le");
  EXPECT_EQ(video.width, 48);
}

TEST(TranscodeTurn, OtherAnglesAreRefusedWithAWayOut) {
  const Folder folder;
  const std::string path = input(folder, 30);
  try {
    transcode(job(path, folder / "out.mkv"));
    ADD_FAILURE() << "was written";
  } catch (const convolve::MediaError& error) {
    EXPECT_EQ(error.kind(), convolve::MediaError::Kind::output);
    EXPECT_NE(std::string(error.what()).find("mkv cannot say"), std::string::npos) << error.what();
    EXPECT_NE(std::string(error.what()).find("write to mp4"), std::string::npos) << error.what();
  }
}

}  // namespace
