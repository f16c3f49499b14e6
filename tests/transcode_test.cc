// SPDX-License-Identifier: MIT
// Whole file jobs, as somebody who opens the result sees them.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <cmath>
#include <cstdlib>
#include <thread>

#include <convolve/engine.h>

#include "transcode_jobs.h"

namespace {

using convolve::MediaError;
using convolve::TranscodeOptions;
using convolve::Transcoder;

void expect_same_packets(const FileFacts& input, const FileFacts& output, const std::string& type) {
  const auto before = input.all(type);
  const auto after = output.all(type);
  ASSERT_EQ(after.size(), before.size()) << type;
  for (std::size_t i = 0; i < before.size(); ++i) {
    EXPECT_EQ(after[i]->codec, before[i]->codec);
    EXPECT_EQ(after[i]->language, before[i]->language);
    EXPECT_EQ(after[i]->disposition, before[i]->disposition);
    EXPECT_TRUE(after[i]->packets == before[i]->packets) << type << " " << i;
    ASSERT_EQ(after[i]->packet_times.size(), before[i]->packet_times.size());
    for (std::size_t p = 0; p < before[i]->packet_times.size(); ++p) {
      EXPECT_NEAR(after[i]->packet_times[p], before[i]->packet_times[p], 1e-6) << type << " " << p;
    }
  }
}

TEST(Transcode, Mp4KeepsTimesSoundShapeAndTags) {
  const Folder folder;
  Clip clip{.path = folder / "in.mp4"};
  clip.frames = 60;
  clip.b_frames = 2;
  clip.audio = {"aac"};
  clip.sar_num = 4;
  clip.sar_den = 3;
  clip.bt709 = true;
  clip.metadata = {{"title", "A title"}, {"com.example.own", "kept"}};
  make_clip(clip);
  const auto done = transcode(job(clip.path, folder / "out.mp4"));
  EXPECT_EQ(done.frames, 60);
  EXPECT_EQ(done.total_frames, 60);
  const FileFacts before = look_into(clip.path);
  const FileFacts after = look_into(folder / "out.mp4");
  expect_same_times(before, after);
  expect_same_packets(before, after, "audio");
  const StreamFacts& video = *after.first("video");
  EXPECT_EQ(video.codec, "h264");
  EXPECT_EQ(video.pixel_format, "yuv420p");
  EXPECT_EQ(video.width, 64);
  EXPECT_EQ(video.height, 48);
  EXPECT_EQ(video.sar_num, 4);
  EXPECT_EQ(video.sar_den, 3);
  EXPECT_EQ(video.range, before.first("video")->range);
  EXPECT_EQ(video.matrix, before.first("video")->matrix);
  EXPECT_EQ(video.primaries, before.first("video")->primaries);
  EXPECT_EQ(video.transfer, before.first("video")->transfer);
  EXPECT_DOUBLE_EQ(video.frame_rate, 25);
  EXPECT_EQ(after.metadata.at("title"), "A title");
  EXPECT_EQ(folder.names(), (std::vector<std::string>{"in.mp4", "out.mp4"}));
}

TEST(Transcode, MatroskaKeepsEveryStreamChaptersAndAttachment) {
  const Folder folder;
  Clip clip{.path = folder / "in.mkv"};
  clip.audio = {"aac", "ac3"};
  clip.subtitles = clip.chapters = clip.attachment = true;
  clip.metadata = {{"title", "A title"}, {"artist", "Somebody"}};
  make_clip(clip);
  transcode(job(clip.path, folder / "out.mkv"));
  const FileFacts before = look_into(clip.path);
  const FileFacts after = look_into(folder / "out.mkv");
  expect_same_times(before, after);
  expect_same_packets(before, after, "audio");
  expect_same_packets(before, after, "subtitle");
  EXPECT_EQ(after.chapters, before.chapters);
  EXPECT_EQ(after.chapters.size(), 2U);
  ASSERT_NE(after.first("attachment"), nullptr);
  EXPECT_EQ(after.first("attachment")->extradata, std::string(500, 'F'));
  EXPECT_EQ(after.first("attachment")->metadata, before.first("attachment")->metadata);
  EXPECT_EQ(after.metadata.at("title"), "A title");
  EXPECT_EQ(after.metadata.at("ARTIST"), "Somebody");
}

TEST(Transcode, VariableFrameRateKeepsEveryTimestamp) {
  const Folder folder;
  for (const char* extension : {"mp4", "mkv", "mov"}) {
    Clip clip{.path = folder / ("in." + std::string(extension))};
    clip.time_base_den = extension == std::string("mkv") ? 1000 : 90000;
    const int unit = clip.time_base_den / 100;
    clip.pts = {0, 4 * unit, 5 * unit, 19 * unit, 20 * unit, 50 * unit, 51 * unit, 52 * unit, 90 * unit};
    clip.b_frames = 2;
    make_clip(clip);
    transcode(job(clip.path, folder / ("out." + std::string(extension))));
    expect_same_times(look_into(clip.path), look_into(folder / ("out." + std::string(extension))));
  }
}

// A filter over time holds frames back, and gives them when the input ends.
TEST(Transcode, FilteredOverTimeNoFrameIsLost) {
  const Folder folder;
  for (const int frames : {1, 4, 60}) {
    for (const char* kernel : {"box(1x1x9)", "box(1x1x64)"}) {
      Clip clip{.path = folder / "in.mkv"};
      clip.frames = frames;
      clip.b_frames = 2;
      clip.audio = {"aac"};
      make_clip(clip);
      TranscodeOptions options = exact_job(clip.path, folder / "out.mkv");
      options.overwrite = true;
      options.chain = {{"kernel3d", {{"kernel", kernel}}},
                       {"kernel3d", {{"kernel", "1|2|3|4"}, {"alignment", "causal"}}}};
      EXPECT_EQ(transcode(options).frames, frames);
      const FileFacts before = look_into(clip.path);
      const FileFacts after = look_into(folder / "out.mkv");
      expect_same_times(before, after);
      expect_same_packets(before, after, "audio");
    }
  }
  Clip clip{.path = folder / "variable.mp4"};
  clip.time_base_den = 90000;
  clip.pts = {0, 3600, 4500, 17100, 18000, 45000, 45900, 46800, 81000};
  make_clip(clip);
  TranscodeOptions options = job(clip.path, folder / "out.mp4");
  options.chain = {{"kernel3d", {{"kernel", "box(1x1x5)"}}}};
  transcode(options);
  expect_same_times(look_into(clip.path), look_into(folder / "out.mp4"));
}

TEST(Transcode, LateStartIsKept) {
  const Folder folder;
  Clip clip{.path = folder / "in.mp4"};
  for (int i = 0; i < 20; ++i) clip.pts.push_back(6400 + 512 * i);
  make_clip(clip);
  transcode(job(clip.path, folder / "out.mp4"));
  const FileFacts after = look_into(folder / "out.mp4");
  EXPECT_NEAR(after.times.front(), 0.5, 1e-7);
  expect_same_times(look_into(clip.path), after);
}

TEST(Transcode, RotationIsCarriedAndNotApplied) {
  const Folder folder;
  Clip clip{.path = folder / "in.mp4"};
  clip.rotation = 90;
  make_clip(clip);
  transcode(job(clip.path, folder / "out.mp4"));
  const FileFacts after = look_into(folder / "out.mp4");
  EXPECT_NEAR(std::abs(after.first("video")->rotation), 90, 1e-3);
  EXPECT_NEAR(after.first("video")->rotation, look_into(clip.path).first("video")->rotation, 1e-3);
  EXPECT_EQ(after.first("video")->width, 64);
}

TEST(Transcode, OddSizeIsKept) {
  const Folder folder;
  Clip clip{.path = folder / "in.mkv", .codec = "ffv1", .width = 427, .height = 241};
  clip.frames = 5;
  make_clip(clip);
  transcode(job(clip.path, folder / "out.mp4"));
  const FileFacts after = look_into(folder / "out.mp4");
  EXPECT_EQ(after.first("video")->width, 427);
  EXPECT_EQ(after.first("video")->height, 241);
  transcode(exact_job(clip.path, folder / "exact.mkv"));
  EXPECT_TRUE(look_into(folder / "exact.mkv").frames == look_into(clip.path).frames);
}

// The way through libav and GStreamer adds nothing to what the core computes.
TEST(Transcode, FiltersAsTheCoreDoes) {
  const Folder folder;
  Clip clip{.path = folder / "in.mkv", .codec = "ffv1", .width = 51, .height = 37};
  clip.frames = 4;
  make_clip(clip);
  TranscodeOptions options = exact_job(clip.path, folder / "out.mkv");
  options.chain = convolve::parse_chain("gaussian=sigma=2:border=reflect,kernel=kernel=sharpen");
  transcode(options);
  const FileFacts after = look_into(folder / "out.mkv");
  convolve::MediaReader reader(clip.path);
  convolve::Engine blur(convolve::make_filter(options.chain[0]));
  convolve::Engine sharpen(convolve::make_filter(options.chain[1]));
  for (std::size_t number = 0; number < 4; ++number) {
    const convolve::VideoFrame frame = reader.read();
    ASSERT_TRUE(frame);
    convolve::VideoFrame blurred(frame.format(), frame.width(), frame.height());
    convolve::VideoFrame result(frame.format(), frame.width(), frame.height());
    blur.process(frame.view(), blurred.writable_view());
    sharpen.process(blurred.view(), result.writable_view());
    std::string expected;
    for (int plane = 0; plane < 3; ++plane) {
      const auto rows = result.view().plane[static_cast<std::size_t>(plane)];
      const int bytes = convolve::plane_row_bytes(frame.format(), plane, frame.width());
      for (int y = 0; y < convolve::plane_rows(frame.format(), plane, frame.height()); ++y) {
        expected.append(reinterpret_cast<const char*>(rows.data + y * rows.stride),
                        static_cast<std::size_t>(bytes));
      }
    }
    EXPECT_TRUE(after.frames[number] == expected) << "frame " << number;
  }
}

TEST(Transcode, StockElementsMayStandInTheChain) {
  const Folder folder;
  Clip clip{.path = folder / "in.mkv", .codec = "ffv1"};
  clip.frames = 5;
  make_clip(clip);
  TranscodeOptions options = exact_job(clip.path, folder / "out.mkv");
  options.chain = {{"gst:videoflip", {{"method", "rotate-180"}}},
                   {"gst:videoflip", {{"method", "rotate-180"}}}};
  transcode(options);
  EXPECT_TRUE(look_into(folder / "out.mkv").frames == look_into(clip.path).frames);
}

TEST(Transcode, CutIsExactToTheFrameAndSoundGoesWithIt) {
  const Folder folder;
  Clip clip{.path = folder / "in.mp4"};
  clip.frames = 100;
  clip.b_frames = 2;
  clip.audio = {"aac"};
  make_clip(clip);
  const FileFacts before = look_into(clip.path);
  TranscodeOptions options = exact_job(clip.path, folder / "cut.mkv");
  options.start = 1.0;
  options.end = 2.2;
  transcode(options);
  const FileFacts cut = look_into(folder / "cut.mkv");
  ASSERT_EQ(cut.frames.size(), 30U);
  for (std::size_t i = 0; i < cut.frames.size(); ++i) {
    EXPECT_TRUE(cut.frames[i] == before.frames[i + 25]) << i;
    EXPECT_NEAR(cut.times[i], before.times[i + 25] - 1.0, 6e-4);
  }
  const StreamFacts& sound = *cut.first("audio");
  EXPECT_GE(sound.packet_times.front(), 0);
  EXPECT_LT(sound.packet_times.front(), 0.025);
  EXPECT_LT(sound.packet_times.back(), 1.2);
  EXPECT_GT(sound.packet_times.back(), 1.15);

  options = exact_job(clip.path, folder / "frames.mkv");
  options.frames = 7;
  EXPECT_EQ(transcode(options).frames, 7);
  const FileFacts few = look_into(folder / "frames.mkv");
  EXPECT_EQ(few.frames.size(), 7U);
  EXPECT_LT(few.first("audio")->packet_times.back(), 0.28);
}

TEST(Transcode, NoAudioLeavesItOut) {
  const Folder folder;
  Clip clip{.path = folder / "in.mp4"};
  clip.audio = {"aac"};
  make_clip(clip);
  TranscodeOptions options = job(clip.path, folder / "out.mp4");
  options.audio = false;
  transcode(options);
  EXPECT_EQ(look_into(folder / "out.mp4").streams.size(), 1U);
}

// Puts files in the place of standard input and output for a while.
class Redirect {
 public:
  Redirect(const std::string& input, const std::string& output)
      : old_input_(::dup(STDIN_FILENO)), old_output_(::dup(STDOUT_FILENO)) {
    replace(STDIN_FILENO, ::open(input.c_str(), O_RDONLY));
    replace(STDOUT_FILENO, ::open(output.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0644));
  }
  ~Redirect() {
    replace(STDIN_FILENO, old_input_);
    replace(STDOUT_FILENO, old_output_);
  }

 private:
  static void replace(int place, int file) {
    ::dup2(file, place);
    ::close(file);
  }
  int old_input_;
  int old_output_;
};

TEST(Transcode, Y4mThroughStandardInputAndOutput) {
  const Folder folder;
  Clip clip{.path = folder / "in.y4m", .codec = "wrapped_avframe"};
  clip.time_base_den = 25;
  clip.frames = 8;
  make_clip(clip);
  {
    const Redirect redirect(clip.path, folder / "out.y4m");
    transcode(job("-", "-"));
  }
  const FileFacts after = look_into(folder / "out.y4m");
  EXPECT_EQ(after.frames.size(), 8U);
  EXPECT_TRUE(after.frames == look_into(clip.path).frames);
}

TEST(Transcode, StopLeavesAFileThatPlays) {
  const Folder folder;
  Clip clip{.path = folder / "in.mp4"};
  clip.frames = 2000;
  clip.audio = {"aac"};
  make_clip(clip);
  Transcoder transcoder(job(clip.path, folder / "out.mp4"));
  const auto done = transcoder.run([&](const convolve::TranscodeProgress& progress) {
    if (progress.frames > 0) transcoder.stop();
  });
  const FileFacts after = look_into(folder / "out.mp4");
  EXPECT_EQ(static_cast<std::int64_t>(after.frames.size()), done.frames);
  EXPECT_GT(done.frames, 0);
  EXPECT_EQ(folder.names(), (std::vector<std::string>{"in.mp4", "out.mp4"}));
}

TEST(Transcode, AbortLeavesNothing) {
  const Folder folder;
  Clip clip{.path = folder / "in.mp4"};
  clip.frames = 50;
  make_clip(clip);
  for (const char* output : {"out.mp4", "p%d.png"}) {
    Transcoder transcoder(job(clip.path, folder / output));
    std::thread other([&] { transcoder.abort(); });
    EXPECT_THROW(transcoder.run(), MediaError);
    other.join();
    EXPECT_EQ(folder.names(), (std::vector<std::string>{"in.mp4"}));
  }
}

TEST(Transcode, AnErrorInTheCallbackLeavesNothing) {
  const Folder folder;
  Clip clip{.path = folder / "in.mp4"};
  clip.frames = 2000;
  make_clip(clip);
  Transcoder transcoder(job(clip.path, folder / "out.mp4"));
  EXPECT_THROW(transcoder.run([](const convolve::TranscodeProgress& progress) {
                 if (progress.total_frames) throw std::runtime_error("enough");
               }),
               std::runtime_error);
  EXPECT_EQ(folder.names(), (std::vector<std::string>{"in.mp4"}));
}

TEST(Transcode, TheSampleClip) {
  const char* clips = std::getenv("CONVOLVE_CLIPS");
  const std::string clip = std::string(clips != nullptr ? clips : CONVOLVE_SOURCE_ROOT "/../shared/clips") +
                           "/bbb-480p.mp4";
  if (!std::filesystem::exists(clip)) GTEST_SKIP() << "skipped: no clip";
  const Folder folder;
  TranscodeOptions options = job(clip, folder / "out.mp4");
  options.chain = convolve::parse_chain("sobel");
  options.encoder_preset = "ultrafast";
  EXPECT_EQ(transcode(options).frames, 720);
  const FileFacts before = look_into(clip);
  const FileFacts after = look_into(folder / "out.mp4");
  expect_same_times(before, after);
  expect_same_packets(before, after, "audio");
  EXPECT_EQ(after.first("video")->width, 854);
  EXPECT_EQ(after.first("video")->sar_num, 1);
  // A grey picture, not a green one.
  const std::string& frame = after.frames[360];
  for (std::size_t i = 854U * 480U; i < frame.size(); ++i) {
    ASSERT_NEAR(static_cast<unsigned char>(frame[i]), 128, 2);
  }
}

TEST(Transcode, TheLaunchLineRuns) {
#ifdef __SANITIZE_ADDRESS__
  GTEST_SKIP() << "skipped: gst-launch-1.0 cannot load a sanitized plugin";
#endif
  if (std::system("gst-launch-1.0 --version >/dev/null 2>&1") != 0) {
    GTEST_SKIP() << "skipped: no gst-launch-1.0";
  }
  const Folder folder;
  Clip clip{.path = folder / "a clip.mp4"};
  clip.audio = {"aac"};
  make_clip(clip);
  TranscodeOptions options = job(clip.path, folder / "an output.mp4");
  options.chain =
      convolve::parse_chain("kernel=kernel='0 -1 0; -1 5 -1; 0 -1 0':border-color=#ff102030,sobel");
  const std::string line = Transcoder(options).gst_launch_line();
  ASSERT_EQ(std::system(("timeout 60 " + line + " >/dev/null 2>&1").c_str()), 0) << line;
  const FileFacts after = look_into(options.output);
  EXPECT_EQ(after.frames.size(), 25U) << line;
  ASSERT_NE(after.first("audio"), nullptr) << line;
  EXPECT_GT(after.first("audio")->packets.size(), 40U);
}

}  // namespace
