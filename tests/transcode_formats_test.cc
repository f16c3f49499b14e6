// SPDX-License-Identifier: MIT
// What pixel formats, depths and kinds of picture become of each other in whole file jobs.
#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <optional>

#include <gtest/gtest.h>

#include "transcode_jobs.h"

namespace {

using convolve::MediaError;
using convolve::TranscodeOptions;

TEST(TranscodeFormats, TenBitHevcStaysTenBit) {
  if (!has_encoder("libx265")) GTEST_SKIP() << "skipped: no HEVC encoder";
  const Folder folder;
  Clip clip{.path = folder / "in.mp4"};
  clip.codec = "libx265";
  clip.pixel_format = "yuv420p10le";
  make_clip(clip);
  transcode(job(clip.path, folder / "out.mp4"));
  const FileFacts after = look_into(folder / "out.mp4");
  EXPECT_EQ(after.first("video")->pixel_format, "yuv420p10le");
  expect_same_times(look_into(clip.path), after);
  transcode(exact_job(clip.path, folder / "exact.mkv"));
  EXPECT_TRUE(look_into(folder / "exact.mkv").frames == look_into(clip.path).frames);
}

// Many players know HEVC in these files by that tag alone.
TEST(TranscodeFormats, HevcInMp4AndMovIsTaggedForAllPlayers) {
  if (!has_encoder("libx265")) GTEST_SKIP() << "skipped: no HEVC encoder";
  const Folder folder;
  make_clip({.path = folder / "in.mkv"});
  for (const char* name : {"out.mp4", "out.mov"}) {
    TranscodeOptions options = job(folder / "in.mkv", folder / name);
    options.codec = "hevc";
    transcode(options);
    const std::string file = read_text(folder / name);
    EXPECT_NE(file.find("hvc1"), std::string::npos) << name;
    EXPECT_EQ(file.find("hev1"), std::string::npos) << name;
    EXPECT_EQ(look_into(folder / name).frames.size(), 25U);
  }
}

// Matroska does not say how long packets last, and has what Windows records by its number there.
TEST(TranscodeFormats, SoundGoesIntoOtherContainersUnchanged) {
  struct Way {
    const char* codec;
    const char* from;
    const char* to;
  };
  for (const Way& way :
       {Way{"flac", "in.mkv", "out.mp4"}, Way{"alac", "in.mkv", "out.mp4"},
        Way{"wmav2", "in.wmv", "wma.mkv"}, Way{"adpcm_yamaha", "in.avi", "yamaha.mkv"}}) {
    SCOPED_TRACE(way.codec);
    const Folder folder;
    Clip clip{.path = folder / way.from};
    clip.audio = {way.codec};
    make_clip(clip);
    transcode(job(clip.path, folder / way.to));
    const StreamFacts before = *look_into(clip.path).first("audio");
    const StreamFacts after = *look_into(folder / way.to).first("audio");
    EXPECT_EQ(after.codec, way.codec);
    EXPECT_GT(before.packets.size(), 2U);
    EXPECT_TRUE(after.packets == before.packets) << after.packets.size();
  }
}

TEST(TranscodeFormats, AlphaThatCannotBeKeptIsWarnedOf) {
  const Folder folder;
  Clip clip{.path = folder / "in.webm", .codec = "libvpx-vp9", .pixel_format = "yuva420p"};
  make_clip(clip);
  ASSERT_EQ(look_into(clip.path).first("video")->metadata.count("alpha_mode"), 1U);
  const auto warnings = [&](const std::string& output, const std::string& codec) {
    TranscodeOptions options = job(clip.path, folder / output);
    options.codec = codec;
    std::string said;
    options.on_note = [&](convolve::NoteLevel level, const std::string& text) {
      if (level == convolve::NoteLevel::warning) said += text + "\n";
    };
    transcode(options);
    return said;
  };
  EXPECT_EQ(warnings("kept.webm", ""), "");
  EXPECT_EQ(warnings("kept.mkv", "ffv1"), "");
  const std::string said = warnings("lost.mkv", "");
  EXPECT_TRUE(said.starts_with("libx264: has no place for the picture's alpha")) << said;
  EXPECT_EQ(std::count(said.begin(), said.end(), '\n'), 1) << said;
  EXPECT_EQ(look_into(folder / "kept.webm").first("video")->metadata.count("alpha_mode"), 1U);
  EXPECT_EQ(look_into(folder / "lost.mkv").first("video")->metadata.count("alpha_mode"), 0U);
}

// Encoders of one kind share bits out by the tick of a clock that they take for that of frames.
TEST(TranscodeFormats, EncodersGetEachFrameAndTheBitsThatAreAskedFor) {
  const Folder folder;
  Clip clip{.path = folder / "in.mp4", .width = 320, .height = 240};
  clip.frames = 50;
  make_clip(clip);
  for (const char* codec : {"mpeg4", "libtheora"}) {
    if (!has_encoder(codec)) continue;
    TranscodeOptions options = job(clip.path, folder / (std::string(codec) + ".mkv"));
    options.codec = codec;
    options.bitrate = 800'000;
    transcode(options);
    EXPECT_EQ(look_into(options.output).frames.size(), 50U) << codec;
    const auto bytes = static_cast<double>(std::filesystem::file_size(options.output));
    EXPECT_GT(bytes * 8 / 2, 500'000) << codec;
    EXPECT_LT(bytes * 8 / 2, 1'600'000) << codec;
  }
}

TEST(TranscodeFormats, OlderContainersKeepEveryFrameInGoodQuality) {
  const Folder folder;
  Clip clip{.path = folder / "in.mp4", .width = 320, .height = 240};
  make_clip(clip);
  const FileFacts before = look_into(clip.path);
  for (const char* name : {"out.ogv", "out.wmv", "out.flv", "out.3gp", "out.mxf"}) {
    transcode(job(clip.path, folder / name));
    const FileFacts after = look_into(folder / name);
    ASSERT_EQ(after.frames.size(), before.frames.size()) << name;
    EXPECT_NEAR(after.times.back() - after.times.front(), 0.96, 2e-3) << name;
    double error = 0;
    for (std::size_t i = 0; i < 320 * 240; ++i) {
      error += std::abs(static_cast<unsigned char>(after.frames.back()[i]) -
                        static_cast<unsigned char>(before.frames.back()[i]));
    }
    EXPECT_LT(error / (320 * 240), 3) << name;
  }
}

class Formats : public testing::TestWithParam<const char*> {};

// Decoded, wrapped, passed through the graph, encoded: not one sample may change.
TEST_P(Formats, PassThroughUnchanged) {
  const Folder folder;
  Clip clip{.path = folder / "in.nut", .muxer = "nut", .codec = "rawvideo"};
  clip.pixel_format = GetParam();
  clip.width = 50;
  clip.height = 34;
  clip.frames = 3;
  make_clip(clip);
  TranscodeOptions options = job(clip.path, folder / "out.nut");
  options.codec = "rawvideo";
  transcode(options);
  const FileFacts before = look_into(clip.path);
  const FileFacts after = look_into(folder / "out.nut");
  EXPECT_EQ(after.first("video")->pixel_format, GetParam());
  EXPECT_TRUE(after.frames == before.frames);
}

INSTANTIATE_TEST_SUITE_P(Native, Formats,
                         testing::Values("gray", "gray16le", "rgb24", "bgr24", "rgb0", "0rgb",
                                         "bgr0", "0bgr", "rgba", "argb", "bgra", "abgr", "gbrp",
                                         "gbrp10le", "gbrap", "yuv420p", "yuv422p", "yuv444p",
                                         "nv12", "nv21", "yuyv422", "uyvy422", "yuv420p10le",
                                         "yuv422p10le", "yuv444p10le", "yuv444p16le"));
// By way of AYUV, which has all of it.
INSTANTIATE_TEST_SUITE_P(Converted, Formats, testing::Values("yuva444p"));

TEST(TranscodeFormats, DeepRgbLosesLessThanTwoCodes) {
  const Folder folder;
  Clip clip{.path = folder / "in.nut", .muxer = "nut", .codec = "rawvideo"};
  clip.pixel_format = "rgb48le";
  clip.frames = 1;
  make_clip(clip);
  TranscodeOptions options = job(clip.path, folder / "out.nut");
  options.codec = "rawvideo";
  transcode(options);
  const FileFacts before = look_into(clip.path);
  const FileFacts after = look_into(folder / "out.nut");
  ASSERT_EQ(after.first("video")->pixel_format, "rgb48le");
  const std::string& a = before.frames[0];
  const std::string& b = after.frames[0];
  for (std::size_t i = 0; i + 1 < a.size(); i += 2) {
    const auto code = [i](const std::string& bytes) {
      return static_cast<unsigned char>(bytes[i]) + 256 * static_cast<unsigned char>(bytes[i + 1]);
    };
    ASSERT_LE(std::abs(code(a) - code(b)), 1) << "sample " << i / 2;
  }
}

TEST(TranscodeFormats, LosslessChangesNoSample) {
  const Folder folder;
  for (const char* format : {"yuv420p", "yuv420p10le"}) {
    Clip clip{.path = folder / "in.mkv", .codec = "ffv1"};
    clip.pixel_format = format;
    clip.frames = 4;
    make_clip(clip);
    TranscodeOptions options = job(clip.path, folder / (std::string(format) + ".mkv"));
    options.lossless = true;
    transcode(options);
    EXPECT_TRUE(look_into(options.output).frames == look_into(clip.path).frames) << format;
  }
}

// x264 takes 4:2:0 of even sizes only: 49×35 becomes 50×36, the picture in its corner, and the
// column and row that it takes repeat the last ones.
TEST(TranscodeFormats, OddSizesArePaddedWhereTheyMustBe) {
  const Folder folder;
  Clip clip{.path = folder / "in.mkv", .codec = "ffv1"};
  clip.width = 49;
  clip.height = 35;
  clip.frames = 2;
  make_clip(clip);
  TranscodeOptions options = job(clip.path, folder / "out.mkv");
  options.codec = "libx264";
  options.pixel_format = "yuv420p";
  options.lossless = true;
  std::string notes;
  options.on_note = [&](convolve::NoteLevel, const std::string& note) { notes += note + "\n"; };
  transcode(options);
  EXPECT_NE(notes.find("the output is 50x36"), std::string::npos) << notes;
  const FileFacts before = look_into(clip.path);
  const FileFacts after = look_into(options.output);
  ASSERT_EQ(after.first("video")->width, 50);
  ASSERT_EQ(after.first("video")->height, 36);
  ASSERT_EQ(after.frames.size(), before.frames.size());
  for (std::size_t i = 0; i < before.frames.size(); ++i) {
    std::string luma;
    for (std::size_t y = 0; y < 36; ++y) {
      const std::string row = before.frames[i].substr(std::min<std::size_t>(y, 34) * 49, 49);
      luma += row + row.back();
    }
    EXPECT_TRUE(after.frames[i].substr(0, 50 * 36) == luma) << "frame " << i;
    EXPECT_TRUE(after.frames[i].substr(50 * 36) == before.frames[i].substr(49 * 35)) << "frame " << i;
  }
  // Where the encoder has a format for odd sizes, they stay.
  options.pixel_format.clear();
  options.output = folder / "same.mkv";
  transcode(options);
  EXPECT_EQ(look_into(options.output).first("video")->width, 49);
}

TEST(TranscodeFormats, StillPicturesComeBackAsThemselves) {
  const Folder folder;
  for (const char* name : {"png", "tiff", "bmp"}) {
    Clip clip{.path = folder / ("in." + std::string(name)), .muxer = "image2", .codec = name};
    clip.pixel_format = name == std::string("bmp") ? "bgr24" : "rgb24";
    clip.frames = 1;
    make_clip(clip);
    transcode(job(clip.path, folder / ("out." + std::string(name))));
    EXPECT_TRUE(look_into(folder / ("out." + std::string(name))).frames == look_into(clip.path).frames)
        << name;
  }
  transcode(job(folder / "in.png", folder / "out.jpg"));
  const FileFacts jpeg = look_into(folder / "out.jpg");
  EXPECT_EQ(jpeg.first("video")->codec, "mjpeg");
  EXPECT_EQ(jpeg.first("video")->width, 64);
  EXPECT_THROW(transcode(job(folder / "in.png", folder / "out.png")), MediaError);
}

TEST(TranscodeFormats, AJpegKeepsItsExif) {
  const Folder folder;
  Clip clip{.path = folder / "plain.jpg", .muxer = "image2", .codec = "mjpeg"};
  clip.pixel_format = "yuvj420p";
  clip.frames = 1;
  make_clip(clip);
  // Orientation 6: a quarter turn.
  const std::string exif("\xff\xe1\x00\x22" "Exif\0\0MM\0*\0\0\0\x08\0\x01"
                         "\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0", 36);
  const std::string plain = read_text(clip.path);
  write_text(folder / "in.jpg", plain.substr(0, 2) + exif + plain.substr(2));
  transcode(job(folder / "in.jpg", folder / "out.jpg"));
  EXPECT_NE(read_text(folder / "out.jpg").find(exif), std::string::npos);
  EXPECT_EQ(look_into(folder / "out.jpg").frames.size(), 1U);
}

TEST(TranscodeFormats, WhereASequenceHasAGapItEndsAndSaysSo) {
  const Folder folder;
  Clip clip{.path = folder / "in.mkv", .codec = "ffv1", .frames = 40};
  make_clip(clip);
  transcode(job(clip.path, folder / "p%d.png"));
  const auto read = [&](const char* missing, std::optional<std::int64_t> frames) {
    if (missing != nullptr) std::filesystem::remove(folder / missing);
    TranscodeOptions options = job(folder / "p%d.png", "null:");
    options.frames = frames;
    std::string said;
    options.on_note = [&](convolve::NoteLevel level, const std::string& text) {
      if (level == convolve::NoteLevel::warning) said += text + "\n";
    };
    return std::to_string(transcode(options).frames) + "\n" + said;
  };
  const std::string warning =
      (folder / "p%d.png") + ": " + (folder / "p5.png") +
      " is missing: the pictures after it are left out\n";
  EXPECT_EQ(read(nullptr, {}), "40\n");
  EXPECT_EQ(read("p5.png", {}), "4\n" + warning);
  EXPECT_EQ(read(nullptr, 3), "3\n");
  EXPECT_EQ(read("p6.png", {}), "4\n" + warning);
}

TEST(TranscodeFormats, PictureSequencesBothWays) {
  const Folder folder;
  Clip clip{.path = folder / "in.mkv", .codec = "ffv1"};
  clip.pixel_format = "bgr0";
  clip.frames = 12;
  make_clip(clip);
  transcode(job(clip.path, folder / "p%03d.png"));
  EXPECT_EQ(folder.names().size(), 13U);
  EXPECT_TRUE(std::filesystem::exists(folder / "p001.png"));
  transcode(exact_job(folder / "p%03d.png", folder / "back.mkv"));
  EXPECT_EQ(look_into(folder / "back.mkv").frames.size(), 12U);
  // What is there is not written over, and never the input.
  EXPECT_THROW(transcode(job(clip.path, folder / "p%03d.png")), MediaError);
  TranscodeOptions same = job(folder / "p%03d.png", folder / "p%03d.png");
  same.overwrite = true;
  EXPECT_THROW(transcode(same), MediaError);
}

TEST(TranscodeFormats, GifAndY4mAreWritten) {
  const Folder folder;
  Clip clip{.path = folder / "in.mkv", .codec = "ffv1"};
  clip.frames = 6;
  make_clip(clip);
  transcode(job(clip.path, folder / "out.gif"));
  EXPECT_EQ(look_into(folder / "out.gif").frames.size(), 6U);
  transcode(job(clip.path, folder / "out.y4m"));
  EXPECT_TRUE(look_into(folder / "out.y4m").frames == look_into(clip.path).frames);
}

// One frame of `format` in a picture file, and what becomes of it.
FileFacts picture_of(const Folder& folder, Clip clip, const std::string& output,
                     const std::string& chain, const std::string& asked = "") {
  clip.muxer = "image2";
  clip.frames = 1;
  make_clip(clip);
  TranscodeOptions options = job(clip.path, folder / output);
  if (!chain.empty()) options.chain = convolve::parse_chain(chain);
  options.pixel_format = asked;
  options.overwrite = true;
  transcode(options);
  return look_into(options.output);
}

TEST(TranscodeFormats, APaletteBecomesItsColors) {
  const Folder folder;
  for (const char* name : {"png", "tiff"}) {
    for (const bool see_through : {false, true}) {
      Clip clip{.path = folder / ("in." + std::string(name)), .codec = name};
      clip.pixel_format = "pal8";
      // No palette of TIFF has alpha.
      clip.see_through = see_through && name == std::string("png");
      const std::string output = "out." + std::string(name);
      const FileFacts after = picture_of(folder, clip, output, "");
      EXPECT_EQ(after.first("video")->pixel_format, clip.see_through ? "rgba" : "rgb24") << name;
      const std::string indices = look_into(clip.path).frames.at(0);
      const std::string& colors = after.frames.at(0);
      const std::size_t step = clip.see_through ? 4 : 3;
      for (std::size_t i = 0; i < 64U * 48U; ++i) {
        const auto index = static_cast<unsigned char>(indices[i]);
        const auto color = [&](std::size_t channel) {
          return static_cast<unsigned char>(colors.at(step * i + channel));
        };
        ASSERT_EQ(color(0), index) << name << " " << i;
        ASSERT_EQ(color(1), 255 - index) << name << " " << i;
        ASSERT_EQ(color(2), index ^ 0x55) << name << " " << i;
        const int alpha = clip.see_through ? color(3) : index;
        ASSERT_EQ(alpha, index) << i;
      }
      const FileFacts edges = picture_of(folder, clip, output, "sobel");
      EXPECT_EQ(edges.first("video")->pixel_format, clip.see_through ? "rgba" : "rgb24") << name;
    }
  }
}

TEST(TranscodeFormats, APaletteStaysOneInAGif) {
  const Folder folder;
  Clip clip{.path = folder / "in.png", .codec = "png"};
  clip.pixel_format = "pal8";
  EXPECT_EQ(picture_of(folder, clip, "out.gif", "sobel").frames.size(), 1U);
}

TEST(TranscodeFormats, SingleBitsAreWrittenAsGray) {
  const Folder folder;
  Clip clip{.path = folder / "in.png", .codec = "png"};
  clip.pixel_format = "monob";
  for (const char* output : {"out.png", "out.tiff"}) {
    const FileFacts plain = picture_of(folder, clip, output, "");
    EXPECT_EQ(plain.first("video")->pixel_format, "gray") << output;
    // Blurred, there is grey between black and white.
    const FileFacts blurred = picture_of(folder, clip, output, "gaussian=sigma=2");
    EXPECT_EQ(blurred.first("video")->pixel_format, "gray") << output;
    EXPECT_NE(blurred.frames.at(0).find_first_not_of(std::string("\0\xff", 2)),
              std::string::npos);
  }
  const FileFacts asked = picture_of(folder, clip, "out.png", "", "monob");
  EXPECT_EQ(asked.first("video")->pixel_format, "monob");
}

}  // namespace
