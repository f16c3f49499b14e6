// SPDX-License-Identifier: MIT
// Live sources as a user meets them: what is recorded, what signals leave, what is refused.
#include <cstdlib>
#include <optional>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "program.h"

namespace convolve::test {
namespace {

using Words = std::vector<std::string>;

class Live : public testing::Test {
 protected:
  [[nodiscard]] Command command(const Words& arguments) const {
    const char* const path = std::getenv("CONVOLVE_PROGRAM");
    Words words{path != nullptr ? path : "convolve"};
    words.insert(words.end(), arguments.begin(), arguments.end());
    return {.words = words, .directory = dir_.path()};
  }
  [[nodiscard]] Result convolve(const Words& arguments) const { return run(command(arguments)); }

  // The Y4M that decoding a file gives.
  [[nodiscard]] std::string decoded(const std::string& file) const {
    const Result result = convolve({file, "-o", "-", "-q"});
    EXPECT_EQ(result.code, 0) << result.err;
    return result.out;
  }
  // What decoding a file gives: the summary begins with their number.
  [[nodiscard]] long frames_of(const std::string& file) const;

  TempDir dir_;
};

// The number before " frames" in what the program said, or 0.
long said_frames(const std::string& text) {
  const std::size_t word = text.find(" frame");
  if (word == std::string::npos) return 0;
  const std::size_t before = text.find_last_of(" \n", word - 1);
  return std::atol(text.c_str() + (before == std::string::npos ? 0 : before + 1));
}

long Live::frames_of(const std::string& file) const {
  const Result result = convolve({file, "-o", "null:", "--progress", "none"});
  EXPECT_EQ(result.code, 0) << result.err;
  return said_frames(result.err);
}

// Asks a program how far it is, from when it records until it has come to `least` frames.
long wait_for_frames(const TempDir& directory, Process& process, long least) {
  for (int tries = 0; tries < 600; ++tries) {
    usleep(100'000);
    if (directory.names().empty()) continue;
    process.send(SIGUSR1);
    usleep(100'000);
    const std::string said = process.err();
    const std::size_t line = said.rfind("convolve: ");
    if (line == std::string::npos) continue;
    const long frames = std::atol(said.c_str() + line + 10);
    if (frames >= least) return frames;
  }
  ADD_FAILURE() << "it does not come to " << least << " frames: " << process.err();
  return 0;
}

TEST_F(Live, ATestPatternHasTheSizeRateAndFramesAskedFor) {
  const Result result =
      convolve({"test:white?width=320&height=180&fps=50&frames=7", "-o", "-", "-q"});
  ASSERT_EQ(result.code, 0) << result.err;
  EXPECT_TRUE(result.out.starts_with("YUV4MPEG2 W320 H180 F50:1 ")) << result.out.substr(0, 50);
  const std::string samples = y4m_samples(result.out, 320 * 180 * 3 / 2);
  ASSERT_EQ(samples.size(), 7U * 320 * 180 * 3 / 2);
  EXPECT_EQ(static_cast<unsigned char>(samples[1000]), 235);
}

TEST_F(Live, FramesAreFiltered) {
  const auto picture = [this](const std::string& chain) {
    const Result result =
        convolve({"test:smpte?width=64&height=48&frames=1", "-o", "-", "-q", "-f", chain});
    EXPECT_EQ(result.code, 0) << result.err;
    return y4m_samples(result.out, 64 * 48 * 3 / 2);
  };
  const std::string bars = picture("gaussian=0");
  const std::string edges = picture("sobel");
  ASSERT_EQ(edges.size(), bars.size());
  // Between two bars there is an edge, within one there is none, and edges have no colour.
  EXPECT_EQ(static_cast<unsigned char>(edges[64 * 10 + 4]), 16);
  EXPECT_NE(bars, edges);
  EXPECT_EQ(static_cast<unsigned char>(edges[64 * 48 + 20]), 128);
}

TEST_F(Live, LimitsOfTheCommandLineHoldToo) {
  ASSERT_EQ(convolve({"test:ball", "-o", "a.mkv", "-q", "--frames", "4"}).code, 0);
  EXPECT_EQ(frames_of("a.mkv"), 4);
  ASSERT_EQ(convolve({"test:ball?fps=10", "-o", "b.mkv", "-q", "--end", "0.5"}).code, 0);
  EXPECT_EQ(frames_of("b.mkv"), 5);
}

// A source that is faster than anybody needs is in the midst of its next frame when the job ends.
TEST_F(Live, TheSourceMayBeBusyWhenTheJobEnds) {
  for (int i = 0; i < 25; ++i) {
    const Result result =
        convolve({"test:black?width=16&height=16&fps=1000", "-o", "null:", "-q", "--frames", "1"});
    ASSERT_EQ(result.code, 0) << result.err;
  }
}

TEST_F(Live, StatsTellTheAgeOfFrames) {
  const Result result = convolve({"test:ball?frames=9", "-o", "null:", "-q", "--stats"});
  EXPECT_EQ(result.code, 0);
  EXPECT_TRUE(result.err.starts_with("latency p50 ")) << result.err;
  EXPECT_NE(result.err.find(" of 9 frames dropped"), std::string::npos) << result.err;
}

// Two seconds of frames may wait; the element that is slow takes longer than that.
TEST_F(Live, FramesThatNobodyHadTimeForAreCounted) {
  const Words slow{"test:ball?fps=50&width=64&height=48&frames=16",
                   "-o",
                   "a.mkv",
                   "-f",
                   "gst:identity=sleep-time=400000",
                   "--progress",
                   "none"};
  const Result result = convolve(slow);
  EXPECT_EQ(result.code, 0);
  EXPECT_EQ(frames_of("a.mkv"), 16);
  const std::string warning = "convolve: warning: " + slow[0] + ": ";
  ASSERT_TRUE(result.err.starts_with(warning)) << result.err;
  const long dropped = std::atol(result.err.c_str() + warning.size());
  EXPECT_GT(dropped, 0);
  EXPECT_NE(result.err.find(std::to_string(dropped) + " of " + std::to_string(dropped + 16) +
                            " frames dropped: filters or encoder are slower than the source\n"),
            std::string::npos)
      << result.err;
  EXPECT_NE(result.err.find(", " + std::to_string(dropped) + " dropped: a.mkv\n"),
            std::string::npos)
      << result.err;
  // A window, or nobody, wants the newest alone.
  Words watched = slow;
  watched[2] = "null:";
  EXPECT_EQ(convolve(watched).err.find("warning"), std::string::npos);
}

TEST_F(Live, MistakesInNamesAreExplained) {
  const auto expect = [this](const std::string& input, int code, const std::string& text) {
    const Result result = convolve({input, "-o", "o.mkv"});
    EXPECT_EQ(result.code, code) << input << result.err;
    EXPECT_NE(result.err.find(text), std::string::npos) << input << ": " << result.err;
    EXPECT_TRUE(result.err.starts_with("convolve: " + input + ": ")) << result.err;
    EXPECT_TRUE(dir_.names().empty()) << input;
  };
  expect("test:bal", 3, "did you mean 'test:ball'?");
  expect("test:ball?widht=4&height=4", 2, "did you mean 'width'?");
  expect("test:ball?width=40", 2, "width and height go together");
  expect("test:ball?width=0&height=4", 2, "width: '0' is no whole number");
  expect("test:ball?fps=fast", 2, "fps: 'fast' is no rate");
  expect("test:ball?format=I4200", 2, "format: 'I4200' is no pixel format");
  expect("/dev/video99", 3, "No such file");
  expect("v4l2:/dev/null", 3, "/dev/null");
  expect("rtsp://127.0.0.1:9/nothing", 3, "Connection refused");
  const Result start = convolve({"test:ball", "-o", "o.mkv", "--start", "3"});
  EXPECT_EQ(start.code, 2);
}

// Fragments stand by themselves: what a crash or a copy left of them is read, and its end told of.
TEST_F(Live, WhatIsLeftOfARecordingIsRead) {
  ASSERT_EQ(convolve({"test:ball?fps=50&frames=150", "-o", "whole.mp4", "-q"}).code, 0);
  const std::string whole = read_file(dir_.file("whole.mp4"));
  const std::size_t last = whole.rfind("moof");
  ASSERT_NE(last, whole.find("moof"));
  ASSERT_NE(last, std::string::npos);
  write_file(dir_.file("cut.mp4"), whole.substr(0, last + (whole.size() - last) / 2));
  const Result read = convolve({"cut.mp4", "-o", "again.mp4", "--progress", "none"});
  EXPECT_EQ(read.code, 0);
  EXPECT_TRUE(read.err.starts_with("convolve: warning: cut.mp4: damaged or cut short: "))
      << read.err;
  const long frames = frames_of("again.mp4");
  EXPECT_GT(frames, 50);
  EXPECT_LT(frames, 150);
  const Result good = convolve({"whole.mp4", "-o", "null:", "--progress", "none"});
  EXPECT_TRUE(good.err.starts_with("150 frames (3.0 s)")) << good.err;
}

// libav gives an AVI that goes to a pipe no size, and frames without number.
TEST_F(Live, AnAviThatWentToAPipeIsWhole) {
  ASSERT_EQ(convolve({"test:ball?frames=25", "-o", "known.avi", "-q"}).code, 0);
  std::string bytes = read_file(dir_.file("known.avi"));
  const std::size_t frames = bytes.find("strh") + 40;
  ASSERT_EQ(bytes[frames], 25);
  bytes.replace(frames, 4, std::string("\0\0\0@", 4)).replace(4, 4, 4, '\xff');
  write_file(dir_.file("piped.avi"), bytes);
  const Result read = convolve({"piped.avi", "-o", "null:", "--progress", "none"});
  EXPECT_EQ(read.code, 0);
  EXPECT_EQ(read.err.find("warning"), std::string::npos) << read.err;
  EXPECT_EQ(frames_of("piped.avi"), 25);
}

TEST_F(Live, CtrlCGivesAFileWithTheFramesReported) {
  for (const char* file : {"a.mkv", "a.mp4"}) {
    Process process(command({"test:ball?fps=20", "-o", file, "-f", "sobel"}));
    wait_for_frames(dir_, process, 10);
    process.send(SIGINT);
    EXPECT_EQ(process.wait(), 130) << process.err();
    const std::string said = process.err();
    const std::size_t summary = said.find("stopped after ");
    ASSERT_NE(summary, std::string::npos) << said;
    const long frames = said_frames(said.substr(summary));
    EXPECT_GE(frames, 10);
    EXPECT_EQ(frames_of(file), frames);
    std::filesystem::remove(dir_.file(file));
  }
}

// What was there two seconds before the end must play, so frames are counted, then waited for.
TEST_F(Live, AKilledRecordingPlaysUpToTwoSecondsBefore) {
  for (const char* file : {"a.mkv", "a.mp4", "a.webm"}) {
    Process process(command({"test:ball?fps=20&width=160&height=120", "-o", file}));
    const long frames = wait_for_frames(dir_, process, 20);
    sleep(2);
    process.send(SIGKILL);
    EXPECT_EQ(process.wait(), 1000 + SIGKILL);
    EXPECT_GE(frames_of(file), frames) << file;
    std::filesystem::remove(dir_.file(file));
  }
}

TEST_F(Live, ASecondSignalLeavesWhatWasRecorded) {
  Process process(command({"test:ball?fps=20", "-o", "a.mkv"}));
  wait_for_frames(dir_, process, 20);
  process.send(SIGSTOP);
  process.send(SIGINT);
  process.send(SIGTERM);
  process.send(SIGCONT);
  const int code = process.wait();
  EXPECT_TRUE(code == 130 || code == 143) << code << process.err();
  EXPECT_GT(frames_of("a.mkv"), 0);
}

TEST_F(Live, AnExistingFileIsKeptUnlessToldOtherwise) {
  write_file(dir_.file("a.mkv"), "precious");
  EXPECT_EQ(convolve({"test:ball?frames=2", "-o", "a.mkv"}).code, 4);
  EXPECT_EQ(read_file(dir_.file("a.mkv")), "precious");
  EXPECT_EQ(convolve({"test:ball?frames=2", "-o", "a.mkv", "-y", "-q"}).code, 0);
  EXPECT_EQ(frames_of("a.mkv"), 2);
  EXPECT_EQ(dir_.names().size(), 1U);
}

TEST_F(Live, ClosedStandardInputAndAReaderThatLeavesDoNoHarm) {
  const std::string program = command({}).words[0];
  const Result closed =
      run({.words = {"sh", "-c", "\"$0\" 'test:ball?frames=3' -o a.mkv -q <&-", program},
           .directory = dir_.path()});
  EXPECT_EQ(closed.code, 0) << closed.err;
  EXPECT_EQ(frames_of("a.mkv"), 3);
  const Result head =
      run({.words = {"sh", "-c", "\"$0\" test:ball -o - -q | head -c 100000 | wc -c", program},
           .directory = dir_.path()});
  EXPECT_EQ(std::atol(head.out.c_str()), 100000);
  EXPECT_EQ(head.err, "");
}

TEST_F(Live, ThePrintedLineIsTheSource) {
  const Result line =
      convolve({"test:ball?frames=5&fps=24", "--print-gst", "-f", "sobel", "-o", "a.mkv"});
  EXPECT_EQ(line.code, 0) << line.err;
  EXPECT_NE(line.out.find("videotestsrc is-live=true pattern=ball ! "), std::string::npos);
  EXPECT_NE(line.out.find("framerate=24/1 ! convsobel ! "), std::string::npos) << line.out;
  EXPECT_TRUE(dir_.names().empty());
}

TEST_F(Live, DevicesAreListed) {
  const Result list = convolve({"--list", "devices"});
  EXPECT_EQ(list.code, 0) << list.err;
  EXPECT_FALSE(list.out.empty());
}

}  // namespace
}  // namespace convolve::test
