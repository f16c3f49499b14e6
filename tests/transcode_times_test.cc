// SPDX-License-Identifier: MIT
// When frames and subtitles are seen, where the output or the cut has its own idea of time.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "transcode_jobs.h"

namespace {

using convolve::TranscodeOptions;

std::string warnings_of(TranscodeOptions options) {
  std::string said;
  options.on_note = [&](convolve::NoteLevel level, const std::string& text) {
    if (level == convolve::NoteLevel::warning) said += text + "\n";
  };
  transcode(options);
  return said;
}

// Frame i of the input is seen from pts[i] on, in hundredths of a second, the last one till .94.
const std::vector<std::int64_t> kUneven = {0, 4, 6, 18, 20, 50, 52, 54, 90};

Clip uneven_clip(const Folder& folder) {
  Clip clip{.path = folder / "in.mp4"};
  for (const std::int64_t hundredths : kUneven) clip.pts.push_back(hundredths * 128);
  make_clip(clip);
  return clip;
}

TEST(TranscodeTimes, OfUnevenFramesAreKeptInY4m) {
  const Folder folder;
  const Clip clip = uneven_clip(folder);
  const std::string said = warnings_of(job(clip.path, folder / "out.y4m"));
  EXPECT_NE(said.find("out.y4m: y4m has one rate of frames"), std::string::npos) << said;
  EXPECT_NE(said.find("and 0 left out"), std::string::npos) << said;
  const FileFacts before = look_into(clip.path);
  const FileFacts after = look_into(folder / "out.y4m");
  ASSERT_GT(after.frames.size(), kUneven.size());
  ASSERT_EQ(after.frames.size(), after.times.size());
  for (std::size_t i = 0; i < after.frames.size(); ++i) {
    const auto hundredths = std::llround(after.times[i] * 100);
    std::size_t seen = 0;
    while (seen + 1 < kUneven.size() && kUneven[seen + 1] <= hundredths) ++seen;
    ASSERT_TRUE(after.frames[i] == before.frames[seen]) << "at " << after.times[i];
  }
  EXPECT_NEAR(after.times.back(), .93, .05);
}

// AVI shows a frame until the next one comes.
TEST(TranscodeTimes, OfUnevenFramesAreKeptInAviWithoutRepeating) {
  const Folder folder;
  const Clip clip = uneven_clip(folder);
  EXPECT_EQ(warnings_of(exact_job(clip.path, folder / "out.avi")), "");
  const FileFacts before = look_into(clip.path);
  const FileFacts after = look_into(folder / "out.avi");
  expect_same_times(before, after);
  EXPECT_TRUE(after.frames == before.frames);
}

// A packet of Theora without a byte stands for the frame before it.
TEST(TranscodeTimes, OfUnevenFramesAreKeptInOggAndMxf) {
  const Folder folder;
  const Clip clip = uneven_clip(folder);
  for (const char* name : {"out.ogv", "out.mxf"}) {
    EXPECT_NE(warnings_of(job(clip.path, folder / name)), "") << name;
    const FileFacts after = look_into(folder / name);
    for (const std::int64_t hundredths : kUneven) {
      const double wanted = after.times.front() + static_cast<double>(hundredths) / 100;
      const bool found = std::ranges::any_of(
          after.times, [wanted](double time) { return std::abs(time - wanted) < 1e-3; });
      EXPECT_TRUE(found) << name << " " << hundredths;
    }
    EXPECT_NEAR(after.times.back() - after.times.front(), .92, .03) << name;
  }
}

// Many files have times of whole milliseconds, and cameras are late now and then.
TEST(TranscodeTimes, OfNearlyEvenFramesGiveOneFrameEach) {
  const Folder folder;
  Clip clip{.path = folder / "in.mp4"};
  clip.time_base_den = 16000;
  for (int i = 0; i < 60; ++i) clip.pts.push_back(16 * (i * 1001 / 30 + (i % 7 == 3 ? 9 : 0)));
  make_clip(clip);
  for (const char* name : {"out.y4m", "out.ogv"}) {
    EXPECT_EQ(warnings_of(job(clip.path, folder / name)), "") << name;
    EXPECT_EQ(look_into(folder / name).frames.size(), 60U) << name;
  }
}

// No rate that anybody shows has a place for each of them.
TEST(TranscodeTimes, OfFramesThatComeTogetherAreKeptByLeavingSomeOut) {
  const Folder folder;
  Clip clip{.path = folder / "in.mp4"};
  clip.time_base_den = 16000;
  for (int i = 0; i < 20; ++i) clip.pts.push_back(16 * i);
  for (int i = 0; i < 30; ++i) clip.pts.push_back(16 * (100 + 101 * i));
  make_clip(clip);
  const std::string said = warnings_of(job(clip.path, folder / "out.y4m"));
  EXPECT_NE(said.find("left out; mkv and mp4 keep them as they come"), std::string::npos) << said;
  EXPECT_EQ(said.find("and 0 left out"), std::string::npos) << said;
  EXPECT_NEAR(look_into(folder / "out.y4m").times.back(), 3.03, .25);
}

// SubRip's "hello" is seen from .1 to .4, "world" from .5 to .8.
TEST(TranscodeTimes, OfSubtitlesAreCutWithTheVideo) {
  const Folder folder;
  Clip clip{.path = folder / "in.mkv"};
  clip.subtitles = true;
  make_clip(clip);
  const auto cut = [&](double start, double end) {
    TranscodeOptions options = job(clip.path, folder / "out.mkv");
    options.start = start;
    options.end = end;
    options.overwrite = true;
    transcode(options);
    const FileFacts after = look_into(options.output);
    const StreamFacts& subtitles = *after.first("subtitle");
    std::string seen;
    for (std::size_t i = 0; i < subtitles.packets.size(); ++i) {
      seen += subtitles.packets[i] + " " +
              std::to_string(std::lround(subtitles.packet_times[i] * 100)) + " " +
              std::to_string(std::lround(subtitles.packet_durations[i] * 100)) + "\n";
    }
    return seen;
  };
  EXPECT_EQ(cut(.2, 1), "hello 0 20\nworld 30 30\n");
  EXPECT_EQ(cut(.2, .6), "hello 0 20\nworld 30 10\n");
  EXPECT_EQ(cut(.4, .52), "world 10 2\n");
}

// Their headers stand between the parts.
TEST(TranscodeTimes, OfOggFilesThatWereJoinedGoOn) {
  if (!has_encoder("libtheora") || !has_encoder("libvorbis")) GTEST_SKIP() << "no encoder of Ogg";
  const Folder folder;
  Clip clip{.path = folder / "in.ogv", .codec = "libtheora"};
  clip.audio = {"libvorbis"};
  clip.time_base_den = 25;
  make_clip(clip);
  const std::string part = read_text(clip.path);
  write_text(folder / "joined.ogv", part + part);
  EXPECT_EQ(warnings_of(exact_job(folder / "joined.ogv", folder / "out.mkv")), "");
  const FileFacts one = look_into(clip.path);
  const FileFacts both = look_into(folder / "out.mkv");
  const std::size_t frames = one.frames.size();
  ASSERT_EQ(frames, 25U);
  ASSERT_EQ(both.frames.size(), 2 * frames);
  for (std::size_t i = 0; i < 2 * frames; ++i) {
    ASSERT_TRUE(both.frames[i] == one.frames[i % frames]) << i;
    EXPECT_NEAR(both.times[i] - both.times[0], static_cast<double>(i) / 25, 2e-3);
  }
  // As many packets of sound, none of them a header.
  const std::size_t packets = one.first("audio")->packets.size();
  EXPECT_NEAR(static_cast<double>(both.first("audio")->packets.size()),
              2.0 * static_cast<double>(packets), 2);
  for (const std::string& packet : both.first("audio")->packets) EXPECT_EQ(packet[0] & 1, 0);
  write_text(folder / "cut.ogv", part + part.substr(0, part.size() - 100));
  EXPECT_NE(warnings_of(exact_job(folder / "cut.ogv", folder / "cut.mkv")), "");
}

}  // namespace
