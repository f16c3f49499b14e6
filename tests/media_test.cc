// SPDX-License-Identifier: MIT
// Reader, writer and graph, used one by one as a program of one's own would.
#include <convolve/graph.h>
#include <convolve/media.h>

#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <filesystem>
#include <thread>

#include <convolve/engine.h>

#include "clip_maker.h"

namespace {

using convolve::Graph;
using convolve::MediaReader;
using convolve::MediaWriter;
using convolve::VideoFrame;

Clip small_clip(const std::string& path) {
  Clip clip{.path = path, .codec = "ffv1"};
  clip.frames = 6;
  return clip;
}

TEST(Media, ReaderTellsWhatItReads) {
  const Folder folder;
  Clip clip = small_clip(folder / "in.mkv");
  clip.pixel_format = "yuv422p10le";
  make_clip(clip);
  MediaReader reader(clip.path);
  EXPECT_EQ(reader.info().width, 64);
  EXPECT_EQ(reader.info().height, 48);
  EXPECT_EQ(reader.info().codec, "ffv1");
  EXPECT_EQ(reader.info().pixel_format, "yuv422p10le");
  EXPECT_DOUBLE_EQ(reader.info().frame_rate.value(), 25);
  EXPECT_FALSE(reader.info().still);
  int frames = 0;
  while (const VideoFrame frame = reader.read()) {
    EXPECT_EQ(frame.format().name, "I422_10LE");
    EXPECT_NEAR(frame.seconds(), frames * 0.04, 1e-9);
    EXPECT_EQ(frame.view().width, 64);
    ++frames;
  }
  EXPECT_EQ(frames, 6);
  EXPECT_FALSE(reader.read());
}

TEST(Media, EverythingThatAFileSaysIsTold) {
  const Folder folder;
  Clip clip{.path = folder / "in.mkv", .audio = {"flac", "flac"}};
  clip.subtitles = true;
  clip.chapters = true;
  clip.bt709 = true;
  clip.sar_num = 4;
  clip.sar_den = 3;
  make_clip(clip);
  const MediaReader reader(clip.path);
  const convolve::MediaInfo media = reader.media();
  EXPECT_EQ(media.name, clip.path);
  EXPECT_EQ(media.container, "matroska,webm");
  EXPECT_NEAR(media.duration, 1, 0.1);
  EXPECT_EQ(media.bytes, static_cast<std::int64_t>(std::filesystem::file_size(clip.path)));
  EXPECT_EQ(media.video.codec, "h264");
  EXPECT_EQ(media.bits, 8);
  EXPECT_DOUBLE_EQ(media.pixel_aspect.value(), 4.0 / 3);
  EXPECT_EQ(media.color_range, "tv");
  EXPECT_EQ(media.color_matrix, "bt709");
  EXPECT_EQ(media.color_primaries, "bt709");
  EXPECT_EQ(media.color_transfer, "bt709");
  EXPECT_GT(media.chapters, 0);
  ASSERT_EQ(media.streams.size(), 4U);
  EXPECT_TRUE(media.streams[0].filtered);
  EXPECT_EQ(media.streams[0].width, 64);
  EXPECT_EQ(media.streams[1].type, "audio");
  EXPECT_EQ(media.streams[1].codec, "flac");
  EXPECT_GT(media.streams[1].channels, 0);
  EXPECT_GT(media.streams[1].sample_rate, 0);
  EXPECT_FALSE(media.streams[1].filtered);
  EXPECT_EQ(media.streams[3].type, "subtitle");
}

TEST(Media, ATurnedPictureIsTold) {
  const Folder folder;
  Clip clip{.path = folder / "in.mp4"};
  clip.rotation = 90;
  make_clip(clip);
  const double expected = look_into(clip.path).first("video")->rotation;
  const double told = MediaReader(clip.path).media().rotation;
  EXPECT_NE(told, 0);
  // Players turn against what libav calls the rotation.
  EXPECT_NEAR(std::remainder(told + expected, 360), 0, 1e-6);
}

struct Nearest {
  const char* decoded;
  const char* filtered;
};
class NearestFormat : public testing::TestWithParam<Nearest> {};

// Neither depth nor chroma may be lost on the way to a filter.
TEST_P(NearestFormat, IsChosen) {
  const Folder folder;
  Clip clip{.path = folder / "in.nut", .muxer = "nut", .codec = "rawvideo"};
  clip.pixel_format = GetParam().decoded;
  clip.frames = 1;
  make_clip(clip);
  MediaReader reader(clip.path);
  const VideoFrame frame = reader.read();
  ASSERT_TRUE(frame);
  EXPECT_EQ(frame.format().name, GetParam().filtered);
}

INSTANTIATE_TEST_SUITE_P(
    Unlisted, NearestFormat,
    testing::Values(Nearest{"yuva420p", "AYUV"}, Nearest{"yuv420p12le", "Y444_16LE"},
                    Nearest{"yuv410p", "I420"}, Nearest{"yuv411p", "Y42B"},
                    Nearest{"yuv440p", "Y444"}, Nearest{"gray10le", "GRAY16_LE"},
                    Nearest{"gray16be", "GRAY16_LE"}, Nearest{"ya8", "RGBA"},
                    Nearest{"rgb565le", "RGB"}, Nearest{"rgb48le", "Y444_16LE"},
                    Nearest{"gbrp12le", "Y444_16LE"}, Nearest{"yuv420p10be", "I420_10LE"},
                    Nearest{"yuv422p12le", "Y444_16LE"}),
    [](const auto& test) { return std::string(test.param.decoded); });

TEST(Media, FullRangeIsSeen) {
  const Folder folder;
  Clip clip{.path = folder / "in.jpg", .muxer = "image2", .codec = "mjpeg"};
  clip.pixel_format = "yuvj420p";
  clip.frames = 1;
  make_clip(clip);
  MediaReader reader(clip.path);
  EXPECT_TRUE(reader.info().still);
  const VideoFrame frame = reader.read();
  EXPECT_EQ(frame.format().name, "I420");
  EXPECT_EQ(frame.view().range, convolve::ColorRange::full);
}

TEST(Media, AProgramOfOnesOwnFiltersAFile) {
  const Folder folder;
  const Clip clip = small_clip(folder / "in.mkv");
  make_clip(clip);
  MediaReader reader(clip.path);
  convolve::WriteOptions options;
  options.codec = "ffv1";
  MediaWriter writer(folder / "out.mkv", options, &reader);
  convolve::Engine engine(convolve::make_filter("gaussian", {{"sigma", "0"}}));
  while (const VideoFrame frame = reader.read()) {
    VideoFrame result(frame.format(), frame.width(), frame.height());
    engine.process(frame.view(), result.writable_view());
    result.copy_properties(frame);
    writer.write(result);
  }
  EXPECT_FALSE(std::filesystem::exists(folder / "out.mkv"));
  writer.finish();
  const FileFacts after = look_into(folder / "out.mkv");
  EXPECT_TRUE(after.frames == look_into(clip.path).frames);
  EXPECT_EQ(after.times.size(), 6U);
}

TEST(Media, WithoutFinishNothingIsLeft) {
  const Folder folder;
  make_clip(small_clip(folder / "in.mkv"));
  {
    MediaReader reader(folder / "in.mkv");
    MediaWriter writer(folder / "out.mp4", {}, &reader);
    writer.write(reader.read());
  }
  EXPECT_EQ(folder.names(), (std::vector<std::string>{"in.mkv"}));
}

TEST(Media, InterruptEndsReading) {
  const Folder folder;
  make_clip(small_clip(folder / "in.mkv"));
  MediaReader reader(folder / "in.mkv");
  EXPECT_TRUE(reader.read());
  reader.interrupt();
  while (reader.read()) {
  }
  SUCCEED();
}

TEST(Graph, GivesFramesBackInOrderWithTheirProperties) {
  const Folder folder;
  Clip clip = small_clip(folder / "in.mkv");
  clip.frames = 40;
  make_clip(clip);
  MediaReader reader(clip.path);
  Graph graph(convolve::parse_chain("gaussian=sigma=1"), 1, reader.info().frame_rate);
  std::thread pushing([&] {
    while (VideoFrame frame = reader.read()) {
      if (!graph.push(std::move(frame))) break;
    }
    graph.end();
  });
  int frames = 0;
  while (const VideoFrame frame = graph.pull()) {
    EXPECT_NEAR(frame.seconds(), frames * 0.04, 1e-9);
    EXPECT_EQ(frame.format().name, "I420");
    ++frames;
  }
  pushing.join();
  EXPECT_EQ(frames, 40);
  EXPECT_TRUE(graph.at_end());
}

TEST(Graph, ShutdownReleasesBothEnds) {
  const Folder folder;
  Clip clip = small_clip(folder / "in.mkv");
  clip.frames = 60;
  make_clip(clip);
  MediaReader reader(clip.path);
  Graph graph({});
  // Nobody pulls: the pusher has to wait, until the graph is shut down.
  std::thread pushing([&] {
    while (VideoFrame frame = reader.read()) {
      if (!graph.push(std::move(frame))) break;
    }
  });
  EXPECT_TRUE(graph.pull());
  graph.shutdown();
  pushing.join();
  EXPECT_FALSE(graph.pull());
}

TEST(Graph, FramesOutliveIt) {
  const Folder folder;
  make_clip(small_clip(folder / "in.mkv"));
  VideoFrame kept;
  {
    MediaReader reader(folder / "in.mkv");
    Graph graph(convolve::parse_chain("kernel=kernel=sharpen"));
    VideoFrame frame = reader.read();
    ASSERT_TRUE(graph.push(std::move(frame)));
    graph.end();
    kept = graph.pull();
  }
  ASSERT_TRUE(kept);
  const auto view = kept.view();
  unsigned sum = 0;
  for (int y = 0; y < view.height; ++y) {
    sum += static_cast<unsigned>(view.plane[0].data[y * view.plane[0].stride]);
  }
  EXPECT_GT(sum, 0U);
}

TEST(Graph, AChangeOfSizeGoesThrough) {
  const auto& format = *convolve::find_format("GRAY8");
  Graph graph(convolve::parse_chain("gaussian=sigma=1"));
  std::thread pushing([&] {
    for (int i = 0; i < 6; ++i) {
      VideoFrame frame(format, i < 3 ? 32 : 40, 24);
      if (!graph.push(std::move(frame))) break;
    }
    graph.end();
  });
  int wide = 0;
  int frames = 0;
  while (const VideoFrame frame = graph.pull()) {
    ++frames;
    wide += frame.width() == 40 ? 1 : 0;
  }
  pushing.join();
  EXPECT_EQ(frames, 6);
  EXPECT_EQ(wide, 3);
}

TEST(Graph, PassesEveryFormatWithoutTouchingASample) {
  for (const convolve::PixelFormat& format : convolve::all_formats()) {
    if (format.type == convolve::SampleType::f32) continue;
    Graph graph(convolve::parse_chain("gaussian=sigma=0"));
    VideoFrame frame(format, 33, 21);
    const auto view = frame.writable_view();
    for (int plane = 0; plane < format.planes; ++plane) {
      const auto& rows = view.plane[static_cast<std::size_t>(plane)];
      const int bytes = convolve::plane_row_bytes(format, plane, 33);
      for (int y = 0; y < convolve::plane_rows(format, plane, 21); ++y) {
        for (int x = 0; x < bytes; ++x) {
          rows.data[y * rows.stride + x] = static_cast<std::byte>(3 * x + 7 * y + 50 * plane);
        }
      }
    }
    ASSERT_TRUE(graph.push(frame.share()));
    graph.end();
    const VideoFrame result = graph.pull();
    ASSERT_TRUE(result) << format.name;
    // YV12 comes back under the name of the same planes in the other order.
    EXPECT_EQ(result.format().name, format.name == "YV12" ? "I420" : format.name);
    for (int plane = 0; plane < format.planes; ++plane) {
      const auto before = frame.view().plane[static_cast<std::size_t>(plane)];
      const bool swapped = format.name == "YV12" && plane > 0;
      const auto after =
          result.view().plane[static_cast<std::size_t>(swapped ? 3 - plane : plane)];
      const int bytes = convolve::plane_row_bytes(format, plane, 33);
      for (int y = 0; y < convolve::plane_rows(format, plane, 21); ++y) {
        EXPECT_EQ(std::memcmp(before.data + y * before.stride, after.data + y * after.stride,
                              static_cast<std::size_t>(bytes)),
                  0)
            << format.name << " plane " << plane << " row " << y;
      }
    }
  }
}

TEST(Graph, WordsForAShell) {
  EXPECT_EQ(convolve::shell_word("plain-1.2"), "plain-1.2");
  EXPECT_EQ(convolve::shell_word("two words"), "'two words'");
  EXPECT_EQ(convolve::shell_word("it's"), "'it'\\''s'");
  EXPECT_EQ(convolve::gst_chain_text(convolve::parse_chain("gaussian=sigma=2.5:border=reflect,sobel")),
            "convgaussian sigma=2.5 border=reflect ! convsobel");
}

}  // namespace
