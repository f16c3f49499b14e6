// SPDX-License-Identifier: MIT
// Bad input, bad output, bad options: one clear line, the right kind, and nothing left behind.
#include <convolve/transcode.h>

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <functional>

#include "clip_maker.h"

namespace {

using convolve::MediaError;
using convolve::TranscodeOptions;
using Kind = convolve::MediaError::Kind;

class MediaErrors : public testing::Test {
 protected:
  MediaErrors() {
    Clip clip{.path = folder_ / "in.mp4"};
    clip.audio = {"aac"};
    make_clip(clip);
  }

  TranscodeOptions job(const std::string& input, const std::string& output,
                       bool audio = true) const {
    TranscodeOptions options;
    options.audio = audio;
    options.input = folder_ / input;
    options.output = folder_ / output;
    return options;
  }

  // What is warned of where `input` is read to its end.
  std::string warnings_of(const std::string& input, const std::string& output = "null:") const {
    TranscodeOptions options = job(input, output);
    if (output == "null:") options.output = output;
    options.overwrite = true;
    std::string said;
    options.on_note = [&](convolve::NoteLevel level, const std::string& text) {
      if (level == convolve::NoteLevel::warning) said += text + "\n";
    };
    convolve::Transcoder(options).run();
    return said;
  }

  // The error's text, checked to be a line with at most a hint, that names `what`.
  std::string expect_error(const TranscodeOptions& options, Kind kind, const std::string& what) {
    const auto before = folder_.names();
    std::string text;
    try {
      convolve::Transcoder(options).run();
      ADD_FAILURE() << "no error: " << options.input << " to " << options.output;
    } catch (const MediaError& error) {
      text = error.what();
      EXPECT_EQ(error.kind(), kind) << text;
      EXPECT_NE(text.find(what), std::string::npos) << text;
      EXPECT_NE(text.find(": "), std::string::npos) << text;
      EXPECT_LE(std::count(text.begin(), text.end(), '\n'), 1) << text;
    }
    EXPECT_EQ(folder_.names(), before) << text;
    return text;
  }

  Folder folder_;
};

TEST_F(MediaErrors, Inputs) {
  expect_error(job("missing.mp4", "out.mp4"), Kind::input, "missing.mp4");
  TranscodeOptions directory = job("", "out.mp4");
  expect_error(directory, Kind::input, "directory");
  write_text(folder_ / "text.mp4", "This is a text.\n");
  expect_error(job("text.mp4", "out.mp4"), Kind::input, "text.mp4");
  write_text(folder_ / "text.txt", "This is a text, too.\n");
  expect_error(job("text.txt", "out.mp4"), Kind::input, "text.txt");
  write_text(folder_ / "empty.mp4", "");
  expect_error(job("empty.mp4", "out.mp4"), Kind::input, "empty");
  const std::string whole = read_text(folder_ / "in.mp4");
  write_text(folder_ / "cut.mp4", whole.substr(0, whole.size() / 2));
  expect_error(job("cut.mp4", "out.mp4"), Kind::input, "cut.mp4");
  expect_error(job("none%04d.png", "out.mp4"), Kind::input, "none%04d.png");
  TranscodeOptions late = job("in.mp4", "out.mp4");
  late.start = 1000;
  expect_error(late, Kind::input, "range");
}

TEST_F(MediaErrors, AnMp4ThatLacksWhatItsIndexNamesIsRefused) {
  Clip clip{.path = folder_ / "front.mp4"};
  clip.movflags = "+faststart";
  make_clip(clip);
  const std::string whole = read_text(clip.path);
  ASSERT_LT(whole.find("moov"), whole.find("mdat"));
  write_text(folder_ / "cut.mp4", whole.substr(0, whole.size() - 500));
  expect_error(job("cut.mp4", "out.mp4"), Kind::input, "cut short");
  EXPECT_FALSE(std::filesystem::exists(folder_ / "out.mp4"));
  EXPECT_EQ(convolve::Transcoder(job("front.mp4", "out.mp4")).run().frames, 25);
}

TEST_F(MediaErrors, InputThatEndsEarlyGivesWhatThereIsAndAWarning) {
  Clip clip{.path = folder_ / "long.mkv"};
  clip.frames = 100;
  make_clip(clip);
  const std::string whole = read_text(clip.path);
  write_text(folder_ / "cut.mkv", whole.substr(0, whole.size() / 2));
  TranscodeOptions options = job("cut.mkv", "out.mkv");
  int warnings = 0;
  options.on_note = [&](convolve::NoteLevel level, const std::string& text) {
    if (level == convolve::NoteLevel::warning) ++warnings;
    EXPECT_EQ(text.find('\n'), std::string::npos);
  };
  const auto done = convolve::Transcoder(options).run();
  EXPECT_GT(done.frames, 30);
  EXPECT_LT(done.frames, 70);
  EXPECT_EQ(look_into(folder_ / "out.mkv").frames.size(), static_cast<std::size_t>(done.frames));
  EXPECT_GE(warnings, 1);
}

// What is not written is not copied either, but tells how long the file should be.
TEST_F(MediaErrors, InputThatEndsEarlyIsNoticedWithoutAnOutput) {
  Clip clip{.path = folder_ / "long.mkv"};
  clip.frames = 100;
  clip.audio = {"aac"};
  make_clip(clip);
  const std::string whole = read_text(clip.path);
  write_text(folder_ / "cut.mkv", whole.substr(0, whole.size() / 2));
  for (const char* name : {"long.mkv", "cut.mkv"}) {
    TranscodeOptions options = job(name, "");
    options.output = "null:";
    std::string warnings;
    options.on_note = [&](convolve::NoteLevel level, const std::string& text) {
      if (level == convolve::NoteLevel::warning) warnings += text;
    };
    convolve::Transcoder(options).run();
    const bool cut = warnings.find("cut.mkv: damaged or cut short: ") != std::string::npos;
    EXPECT_EQ(cut, name == std::string("cut.mkv")) << warnings;
  }
}

std::string with_gap_behind_each(const std::string& bytes, std::size_t packet, std::size_t gap) {
  std::string spaced;
  for (std::size_t at = 0; at < bytes.size(); at += packet) {
    spaced += bytes.substr(at, packet) + std::string(gap, '\0');
  }
  return spaced;
}

TEST_F(MediaErrors, TransportStreamsThatAreWholeAreNotCalledCut) {
  Clip clip{.path = folder_ / "part.ts", .b_frames = 2};
  clip.audio = {"aac"};
  make_clip(clip);
  const std::string part = read_text(clip.path);
  write_text(folder_ / "padded.ts", part + std::string(70'001, '\0'));
  EXPECT_EQ(warnings_of("padded.ts"), "");
  // With room for a checksum behind each packet.
  const std::string checked = with_gap_behind_each(part, 188, 16);
  write_text(folder_ / "checked.ts", checked);
  EXPECT_EQ(warnings_of("checked.ts"), "");
  for (const std::size_t missing : {1, 100, 187}) {
    write_text(folder_ / "cut.ts", part.substr(0, part.size() - missing));
    EXPECT_NE(warnings_of("cut.ts"), "") << missing;
    write_text(folder_ / "cut.ts", checked.substr(0, checked.size() - missing - 16));
    EXPECT_NE(warnings_of("cut.ts"), "") << missing;
  }
}

TEST_F(MediaErrors, AnMp4ThatLacksItsLastSoundIsWarnedOf) {
  for (const char* flags : {"+faststart", "+frag_keyframe+empty_moov+default_base_moof"}) {
    Clip clip{.path = folder_ / "whole.mp4", .movflags = flags};
    clip.audio = {"aac"};
    make_clip(clip);
    const std::string whole = read_text(clip.path);
    EXPECT_EQ(warnings_of("whole.mp4"), "");
    // Behind the last of the sound, there is at most an index of fragments.
    const std::size_t index = whole.rfind("mfra");
    const std::size_t end = index == std::string::npos ? whole.size() : index - 4;
    write_text(folder_ / "cut.mp4", whole.substr(0, end - 10));
    EXPECT_NE(warnings_of("cut.mp4").find("cut short: 25 frames"), std::string::npos) << flags;
  }
}

TEST_F(MediaErrors, OlderContainersThatAreCutAreWarnedOf) {
  for (const char* extension : {"mpg", "ogv", "wmv"}) {
    const std::string whole = std::string("whole.") + extension;
    const std::string cut = std::string("cut.") + extension;
    convolve::Transcoder(job("in.mp4", whole, false)).run();
    EXPECT_EQ(warnings_of(whole), "");
    const std::string bytes = read_text(folder_ / whole);
    for (const std::size_t missing : {1, 100, 700}) {
      write_text(folder_ / cut, bytes.substr(0, bytes.size() - missing));
      EXPECT_NE(warnings_of(cut).find("damaged or cut short"), std::string::npos)
          << cut << " " << missing;
    }
  }
}

TEST_F(MediaErrors, WindowsMediaThatWasBroadcastNamesNoEnd) {
  convolve::Transcoder(job("in.mp4", "in.wmv", false)).run();
  std::string bytes = read_text(folder_ / "in.wmv");
  const std::size_t properties = bytes.find("\xA1\xDC\xAB\x8C");
  for (const bool broadcast : {false, true}) {
    bytes.at(properties + 45) = 1;  // its end lies far beyond the file
    bytes.at(properties + 88) = broadcast ? 3 : 2;
    write_text(folder_ / "sized.wmv", bytes);
    EXPECT_EQ(warnings_of("sized.wmv").empty(), broadcast);
  }
}

// Files end to end: each part's times follow those of the part before.
TEST_F(MediaErrors, TransportStreamsThatWereJoinedGoOnInTime) {
  Clip clip{.path = folder_ / "part.ts", .b_frames = 2};
  clip.audio = {"aac"};
  make_clip(clip);
  const std::string part = read_text(clip.path);
  write_text(folder_ / "joined.ts", part + std::string(300, '\0') + part + part);
  EXPECT_EQ(warnings_of("joined.ts", "out.mkv"), "");
  const FileFacts joined = look_into(folder_ / "out.mkv");
  ASSERT_EQ(joined.times.size(), 75U);
  for (std::size_t i = 1; i < joined.times.size(); ++i) {
    EXPECT_NEAR(joined.times[i] - joined.times[i - 1], 0.04, 2e-3) << i;
  }
  const std::vector<double>& sound = joined.first("audio")->packet_times;
  ASSERT_GT(sound.size(), 100U);
  EXPECT_NEAR(sound.front(), joined.times.front(), 0.05);
  EXPECT_NEAR(sound.back(), joined.times.back(), 0.05);
}

TEST_F(MediaErrors, ATransportStreamThatLacksAPacketIsWarnedOf) {
  Clip clip{.path = folder_ / "whole.ts"};
  make_clip(clip);
  const std::string whole = read_text(clip.path);
  ASSERT_EQ(warnings_of("whole.ts"), "");
  const std::size_t lost = whole.size() / 188 / 2 * 188;
  write_text(folder_ / "lossy.ts", whole.substr(0, lost) + whole.substr(lost + 188));
  EXPECT_NE(warnings_of("lossy.ts").find("damaged"), std::string::npos);
}

TEST_F(MediaErrors, Targets) {
  expect_error(job("in.mp4", "out.xyz"), Kind::output, "xyz");
  expect_error(job("in.mp4", "out"), Kind::output, "extension");
  expect_error(job("in.mp4", "out.mp3"), Kind::output, "'.mp3' files hold sound alone");
  TranscodeOptions device = job("in.mp4", "out");
  device.output = "/dev/full";
  expect_error(device, Kind::output, "is a device");
  expect_error(job("in.mp4", "no/such/directory/out.mp4"), Kind::output, "directory");
  ::mkdir((folder_ / "d.mp4").c_str(), 0755);
  expect_error(job("in.mp4", "d.mp4"), Kind::output, "directory");
  if (::geteuid() != 0) {
    ::mkdir((folder_ / "locked").c_str(), 0555);
    expect_error(job("in.mp4", "locked/out.mp4"), Kind::output, "ermission");
  }
}

TEST_F(MediaErrors, AnExistingFileIsKeptWithoutOverwrite) {
  write_text(folder_ / "out.mp4", "precious");
  const std::string text = expect_error(job("in.mp4", "out.mp4"), Kind::output, "exists");
  EXPECT_NE(text.find("-y"), std::string::npos);
  EXPECT_EQ(read_text(folder_ / "out.mp4"), "precious");
  TranscodeOptions options = job("in.mp4", "out.mp4");
  options.overwrite = true;
  convolve::Transcoder(options).run();
  EXPECT_EQ(look_into(folder_ / "out.mp4").frames.size(), 25U);
}

TEST_F(MediaErrors, AFileThatAppearsMeanwhileIsKept) {
  convolve::Transcoder transcoder(job("in.mp4", "out.mp4"));
  write_text(folder_ / "out.mp4", "precious");
  EXPECT_THROW(transcoder.run(), MediaError);
  EXPECT_EQ(read_text(folder_ / "out.mp4"), "precious");
  EXPECT_EQ(folder_.names(), (std::vector<std::string>{"in.mp4", "out.mp4"}));
}

TEST_F(MediaErrors, TheInputIsNeverTheOutput) {
  const std::string before = read_text(folder_ / "in.mp4");
  ASSERT_EQ(::symlink((folder_ / "in.mp4").c_str(), (folder_ / "soft.mp4").c_str()), 0);
  ASSERT_EQ(::link((folder_ / "in.mp4").c_str(), (folder_ / "hard.mp4").c_str()), 0);
  for (const char* name : {"in.mp4", "soft.mp4", "hard.mp4", "./in.mp4"}) {
    TranscodeOptions options = job("in.mp4", name);
    options.overwrite = true;
    expect_error(options, Kind::output, "is the input");
  }
  EXPECT_EQ(read_text(folder_ / "in.mp4"), before);
}

TEST_F(MediaErrors, ALinkIsWrittenThrough) {
  write_text(folder_ / "target.mp4", "old");
  ASSERT_EQ(::symlink("target.mp4", (folder_ / "link.mp4").c_str()), 0);
  TranscodeOptions options = job("in.mp4", "link.mp4");
  options.overwrite = true;
  convolve::Transcoder(options).run();
  EXPECT_TRUE(std::filesystem::is_symlink(folder_ / "link.mp4"));
  EXPECT_EQ(look_into(folder_ / "target.mp4").frames.size(), 25U);
}

// What it says of an output is what its user wrote.
TEST_F(MediaErrors, ContainersAreCalledByTheirExtensions) {
  for (const char* name : {"out.y4m", "out.gif"}) {
    const std::string label = std::string(name).substr(4);
    EXPECT_EQ(warnings_of("in.mp4", name), (folder_ / name) + ": " + label +
                                               " holds pictures alone, other streams are left out\n");
  }
  TranscodeOptions vp8 = job("in.mp4", "out.m4v");
  vp8.codec = "libvpx";
  expect_error(vp8, Kind::output, "m4v cannot hold vp8 video");
}

TEST_F(MediaErrors, WhatTheContainerCannotHold) {
  const std::string sound = expect_error(job("in.mp4", "out.webm"), Kind::output, "aac");
  EXPECT_NE(sound.find("--no-audio"), std::string::npos) << sound;
  Clip clip{.path = folder_ / "rich.mkv"};
  clip.subtitles = true;
  make_clip(clip);
  const std::string text = expect_error(job("rich.mkv", "out.mp4"), Kind::output, "subrip");
  EXPECT_NE(text.find("out.mkv"), std::string::npos) << text;
  Clip fonts{.path = folder_ / "fonts.mkv"};
  fonts.attachment = true;
  // libav would leave out a GIF, and say nothing.
  for (const auto& [type, what] : {std::pair{"application/x-font", "cannot hold ttf attachment"},
                                   {"image/bmp", "cannot hold unknown attachment"},
                                   {"image/gif", "cannot hold gif cover pictures"}}) {
    fonts.attachment_type = type;
    make_clip(fonts);
    const std::string refused = expect_error(job("fonts.mkv", "out.mp4"), Kind::output, what);
    EXPECT_NE(refused.find("out.mkv"), std::string::npos) << refused;
  }
  convolve::Transcoder(job("in.mp4", "disc.dvd", false)).run();
  EXPECT_NE(warnings_of("disc.dvd", "disc.mkv").find("dvd_nav_packet"), std::string::npos);
}

// libav finds out only when it has begun, and says it in words for programmers.
TEST_F(MediaErrors, WhatQuickTimeCannotHold) {
  Clip clip{.path = folder_ / "flac.mkv"};
  clip.audio = {"flac"};
  make_clip(clip);
  const std::string sound = expect_error(job("flac.mkv", "out.mov"), Kind::output, "flac audio");
  EXPECT_NE(sound.find("out.mkv"), std::string::npos) << sound;
  TranscodeOptions vp9 = job("in.mp4", "out.mov");
  vp9.codec = "libvpx-vp9";
  expect_error(vp9, Kind::output, "mov cannot hold vp9 video");
}

TEST_F(MediaErrors, CodecsAndOptions) {
  const auto with = [&](const std::string& output,
                        const std::function<void(TranscodeOptions&)>& change) {
    TranscodeOptions options = job("in.mp4", output);
    options.audio = false;
    change(options);
    return options;
  };
  expect_error(with("o.webm", [](auto& o) { o.codec = "libx264"; }), Kind::output, "webm");
  expect_error(with("o.png", [](auto& o) { o.codec = "libx264"; }), Kind::output, "png");
  expect_error(with("o.y4m", [](auto& o) { o.codec = "libx264"; }), Kind::output, "h264");
  expect_error(with("o.mp4", [](auto& o) { o.codec = "nonsense"; }), Kind::usage, "nonsense");
  expect_error(with("o.mp4", [](auto& o) { o.codec = "aac"; }), Kind::usage, "aac");
  expect_error(with("o.mp4", [](auto& o) { o.crf = 99; }), Kind::usage, "crf");
  expect_error(with("o.mp4", [](auto& o) { o.bitrate = -5; }), Kind::usage, "bitrate");
  expect_error(with("o.mp4", [](auto& o) { o.encoder_preset = "warp"; }), Kind::usage, "warp");
  expect_error(with("o.mp4", [](auto& o) { o.pixel_format = "warp"; }), Kind::usage, "warp");
  expect_error(with("o.mp4", [](auto& o) { o.pixel_format = "rgb24"; }), Kind::usage, "rgb24");
  expect_error(with("o.png", [](auto& o) { o.crf = 3, o.frames = 1; }), Kind::usage, "crf");
  expect_error(with("o.png", [](auto& o) { (void)o; }), Kind::output, "several frames");
  expect_error(with("o.mp4", [](auto& o) { o.chain = {{"nonsense", {}}}; }), Kind::usage, "nonsense");
  expect_error(with("o.mp4", [](auto& o) { o.chain = {{"gst:nonsense", {}}}; }), Kind::usage,
               "nonsense");
  expect_error(with("o.mp4", [](auto& o) { o.chain = {{"gaussian", {{"sigma", "-3"}}}}; }),
               Kind::usage, "sigma");
  expect_error(with("o.mp4", [](auto& o) { o.chain = {{"gst:identity", {{"drop-x", "1"}}}}; }),
               Kind::usage, "drop-x");
}

TEST_F(MediaErrors, AnElementThatFailsIsOneLine) {
  TranscodeOptions options = job("in.mp4", "out.mp4");
  options.chain = {{"gst:identity", {{"error-after", "5"}}}};
  expect_error(options, Kind::running, "identity");
}

TEST_F(MediaErrors, AFullDiskLeavesNothing) {
  rlimit old{};
  ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &old), 0);
  const auto handler = std::signal(SIGXFSZ, SIG_IGN);
  rlimit tight = old;
  tight.rlim_cur = 3000;
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &tight), 0);
  expect_error(job("in.mp4", "out.mp4"), Kind::output, "out.mp4");
  expect_error(job("in.mp4", "p%d.png"), Kind::output, ".png");
  ::setrlimit(RLIMIT_FSIZE, &old);
  std::signal(SIGXFSZ, handler);
}

TEST_F(MediaErrors, SubtitlesAloneAreNoVideo) {
  write_text(folder_ / "words.srt", "1\n00:00:00,000 --> 00:00:01,000\nhello\n");
  expect_error(job("words.srt", "out.mp4"), Kind::input, "no video stream");
}

}  // namespace
