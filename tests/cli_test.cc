// SPDX-License-Identifier: MIT
// The program as a user meets it: exit codes, what it says and where, what files it leaves.
#include <memory>
#include <set>
#include <string>

#include <gtest/gtest.h>

#include "cli_fixture.h"

namespace convolve::test {
namespace {

TEST_F(Cli, WrongUsageIsCode2) {
  expect_error({}, 2, "INPUT: is missing");
  expect_error({"clip.y4m"}, 2, "OUTPUT: is missing");
  expect_error({"clip.y4m", "-o", "o.mkv", "--crff", "3"}, 2, "did you mean '--crf'?");
  expect_error({"clip.y4m", "-o", "o.mkv", "--crf", "x"}, 2, "--crf: 'x' is not a number");
  expect_error({"clip.y4m", "-o", "o.mkv", "-f", "gausian"}, 2, "did you mean 'gaussian'?");
  expect_error({"clip.y4m", "-o", "o.mkv", "-f", "gaussian=sgima=2"}, 2, "did you mean 'sigma'?");
  expect_error({"clip.y4m", "-o", "o.mkv", "-f", "gaussian=sigma=-2"}, 2, "outside 0 … 1000");
  expect_error({"clip.y4m", "-o", "o.mkv", "-f", "kernel='1 2 3; 4 5'"}, 2,
               "row 2 has 2 values, row 1 has 3");
  expect_error({"clip.y4m", "-o", "o.mkv", "-f", "kernel=kernel='1 2"}, 2, "never closed");
  expect_error({"clip.y4m", "-o", "o.mkv", "-f", "sobel=roi='1,2,3'"}, 2, "roi: '1,2,3'");
  expect_error({"clip.y4m", "-o", "o.mkv", "-f", "kernel=box(65x3):size-mode=valid"}, 2,
               "kernel: the frame of 64×48 is too small: the least is 65×3");
  expect_error({"clip.y4m", "-o", "o.mkv", "-f", "upsample=8,upsample=8,upsample=8"}, 2,
               "upsample: the output of 32768×24576 is too large for a frame");
  expect_error({"clip.y4m", "-o", "o.mkv", "--enc-preset", "quickly"}, 2, "quickly");
  expect_error({"clip.y4m", "-o", "o.mkv", "-f", "gst:nosuchelement"}, 2, "nosuchelement");
  expect_error({"clip.y4m", "-o", "o.mkv", "-f", "gst:videobalance=sat=1"}, 2, "sat");
  expect_error({"clip.y4m", "-o", "o.mkv", "-f", "gst:fakesink"}, 2, "convolve: gst:fakesink: does");
  expect_error({"clip.y4m", "-o", "o.mkv", "--codec", "h265x"}, 2, "h265x");
  expect_error({"clip.y4m", "-o", "o.mkv", "--pix-fmt", "yuv42p"}, 2, "yuv42p");
}

TEST_F(Cli, MistakesInInputAreCode3) {
  write_file(dir_.file("text.mp4"), "This is no video, whatever its name says.\n");
  write_file(dir_.file("empty.mp4"), "");
  write_file(dir_.file("sound.wav"), wav());
  expect_error({"missing.mp4", "-o", "o.mkv"}, 3, "missing.mp4: ");
  expect_error({".", "-o", "o.mkv"}, 3, "directory");
  expect_error({"text.mp4", "-o", "o.mkv"}, 3, "text.mp4: ");
  expect_error({"empty.mp4", "-o", "o.mkv"}, 3, "empty.mp4: ");
  expect_error({"sound.wav", "-o", "o.mkv"}, 3, "no video");
  expect_error({"none%04d.png", "-o", "o.mkv"}, 3, "none%04d.png: ");
  expect_error({"-", "-o", "o.mkv"}, 3, "standard input");
  write_file(dir_.file("huge.y4m"), "YUV4MPEG2 W1000000 H1000000 F25:1\nFRAME\n");
  expect_error({"huge.y4m", "-o", "o.mkv"}, 3, "huge.y4m: Picture size 1000000x1000000 is invalid");
}

TEST_F(Cli, ATruncatedMp4IsCode3) {
  ASSERT_EQ(convolve({"clip.y4m", "-o", "whole.mp4", "-q"}).code, 0);
  const std::string whole = read_file(dir_.file("whole.mp4"));
  const std::size_t index = whole.find("moov");
  ASSERT_NE(index, std::string::npos);
  write_file(dir_.file("cut.mp4"), whole.substr(0, index));
  expect_error({"cut.mp4", "-o", "o.mkv"}, 3, "cut.mp4: ");
}

TEST_F(Cli, WhatEndsWithinAFrameIsWarnedOf) {
  const std::string clip = y4m(kWidth, kHeight, 10);
  write_file(dir_.file("cut.y4m"), clip.substr(0, clip.size() - 1000));
  ASSERT_EQ(convolve({"clip.y4m", "-o", "whole.jpg", "--frames", "1", "-q"}).code, 0);
  const std::string jpeg = read_file(dir_.file("whole.jpg"));
  write_file(dir_.file("cut.jpg"), jpeg.substr(0, jpeg.size() * 2 / 3));
  ASSERT_EQ(convolve({"clip.y4m", "-o", "whole.ts", "-q"}).code, 0);
  const std::string packets = read_file(dir_.file("whole.ts"));
  write_file(dir_.file("cut.ts"), packets.substr(0, packets.size() - 100));
  write_file(dir_.file("late.ts"), std::string(100, 'x') + packets);
  write_file(dir_.file("late-cut.ts"), std::string(100, 'x') + packets.substr(0, packets.size() - 1));
  const auto said = [this](const std::string& input, const std::string& file) {
    Command command = this->command({input, "-o", "null:", "--progress", "none"});
    if (input == "-") command.input = dir_.file(file);
    const Result result = run(command);
    EXPECT_EQ(result.code, 0) << result.err;
    return result.err.substr(0, result.err.find('\n'));
  };
  const std::string cut = ": damaged or cut short: ";
  EXPECT_EQ(said("cut.y4m", ""), "convolve: warning: cut.y4m" + cut + "9 frames decoded");
  EXPECT_EQ(said("-", "cut.y4m"), "convolve: warning: standard input" + cut + "9 frames decoded");
  EXPECT_EQ(said("cut.jpg", ""), "convolve: warning: cut.jpg" + cut + "1 frame decoded");
  EXPECT_TRUE(said("cut.ts", "").starts_with("convolve: warning: cut.ts" + cut));
  EXPECT_TRUE(said("-", "cut.ts").starts_with("convolve: warning: standard input" + cut));
  EXPECT_TRUE(said("late-cut.ts", "").starts_with("convolve: warning: late-cut.ts" + cut));
  for (const char* whole : {"clip.y4m", "whole.jpg", "whole.ts", "late.ts"}) {
    EXPECT_EQ(said(whole, "").find("warning"), std::string::npos) << whole;
  }
  EXPECT_EQ(said("-", "clip.y4m").find("warning"), std::string::npos);
  EXPECT_EQ(said("-", "whole.ts").find("warning"), std::string::npos);
  // Its times begin later than 0, which does not make it longer.
  EXPECT_TRUE(said("whole.ts", "").starts_with("10 frames (0.4 s)")) << said("whole.ts", "");
}

// Their headers say how long they are; an AVI's and a Matroska file's last bytes are no frames.
TEST_F(Cli, WhatLacksItsLastBytesIsWarnedOf) {
  const auto said = [this](const std::string& input, const std::string& file) {
    Command command = this->command({input, "-o", "null:", "--progress", "none"});
    if (input == "-") command.input = dir_.file(file);
    const Result result = run(command);
    EXPECT_EQ(result.code, 0) << result.err;
    return result.err;
  };
  for (const std::string kind : {"mkv", "webm", "avi"}) {
    const std::string whole = "whole." + kind;
    const std::string cut = "cut." + kind;
    ASSERT_EQ(convolve({"clip.y4m", "-o", whole, "-q"}).code, 0);
    const std::string bytes = read_file(dir_.file(whole));
    for (const std::size_t missing : {std::size_t{1}, bytes.size() / 4}) {
      write_file(dir_.file(cut), bytes.substr(0, bytes.size() - missing));
      const std::string warning = ": damaged or cut short: ";
      EXPECT_NE(said(cut, "").find(cut + warning), std::string::npos) << kind << missing;
      EXPECT_NE(said("-", cut).find("input" + warning), std::string::npos) << kind << missing;
    }
    EXPECT_EQ(said(whole, "").find("warning"), std::string::npos) << kind;
    EXPECT_EQ(said("-", whole).find("warning"), std::string::npos) << kind;
  }
}

TEST_F(Cli, MistakesInOutputAreCode4) {
  write_file(dir_.file("there.mkv"), "precious");
  expect_error({"clip.y4m", "-o", "there.mkv"}, 4, "there.mkv: ");
  EXPECT_EQ(read_file(dir_.file("there.mkv")), "precious");
  expect_error({"clip.y4m", "-o", "clip.y4m"}, 4, "clip.y4m");
  expect_error({"clip.y4m", "-y", "-o", "clip.y4m"}, 4, "clip.y4m");
  expect_error({"clip.y4m", "-o", "nowhere/o.mkv"}, 4, "nowhere");
  expect_error({"clip.y4m", "-o", "/proc/o.mkv"}, 4, "/proc/o.mkv: ");
  expect_error({"clip.y4m", "-o", "o.xyz"}, 4, "o.xyz: ");
  expect_error({"clip.y4m", "-o", "o"}, 4, "o: ");
  expect_error({"clip.y4m", "-o", "o.webm", "--codec", "libx264"}, 4, "webm");
  expect_error({"clip.y4m", "-o", "."}, 4, ".: ");
  expect_error({"clip.y4m", "-o", "ftp://host/o"}, 4, "streams cannot be sent by 'ftp'");
}

TEST_F(Cli, InputIsOutputIsRefusedThroughLinksToo) {
  std::filesystem::create_symlink(dir_.file("clip.y4m"), dir_.file("soft.y4m"));
  std::filesystem::create_hard_link(dir_.file("clip.y4m"), dir_.file("hard.y4m"));
  const std::string before = read_file(dir_.file("clip.y4m"));
  expect_error({"clip.y4m", "-y", "-o", "soft.y4m"}, 4, "soft.y4m");
  expect_error({"clip.y4m", "-y", "-o", "hard.y4m"}, 4, "hard.y4m");
  EXPECT_EQ(read_file(dir_.file("clip.y4m")), before);
}

TEST_F(Cli, OverwriteReplacesWhereAsked) {
  write_file(dir_.file("o.mkv"), "old");
  const Result result = convolve({"clip.y4m", "-y", "-o", "o.mkv", "-f", "sobel"});
  EXPECT_EQ(result.code, 0) << result.err;
  EXPECT_EQ(frames_of("o.mkv"), 10U);
  EXPECT_EQ(dir_.names(), (std::set<std::string>{"clip.y4m", "o.mkv"}));
}

TEST_F(Cli, WarnsOfWhatIsSeldomMeant) {
  const Result result = convolve({"clip.y4m", "-o", "o.y4m", "-f", "upsample=kernel=box(3)"});
  EXPECT_EQ(result.code, 0) << result.err;
  EXPECT_NE(result.err.find("convolve: warning: upsample: kernel: its size, 3×3, is no multiple"),
            std::string::npos)
      << result.err;
  EXPECT_TRUE(read_file(dir_.file("o.y4m")).starts_with("YUV4MPEG2 W128 H96 "));
}

TEST_F(Cli, AFailureUnderOverwriteLeavesTheOldFile) {
  write_file(dir_.file("o.mkv"), "old");
  expect_error({"missing.mp4", "-y", "-o", "o.mkv"}, 3, "missing.mp4");
  expect_error({"clip.y4m", "-y", "-o", "o.mkv", "-f", "sobl"}, 2, "sobel");
  EXPECT_EQ(read_file(dir_.file("o.mkv")), "old");
}

TEST_F(Cli, ADiskThatFillsUpIsCode4) {
  write_file(dir_.file("long.y4m"), y4m(kWidth, kHeight, 200));
  const std::set<std::string> before = dir_.names();
  // A limit on the size of files stands for the disk: writes fail half-way in the same manner.
  const Result limited = run(
      {.words = {"bash", "-c", "ulimit -f 64; exec \"$0\" long.y4m -o o.y4m -f sobel", program()},
       .directory = dir_.path()});
  EXPECT_EQ(limited.code, 4) << limited.err;
  EXPECT_EQ(lines(limited.err), 1U) << limited.err;
  EXPECT_EQ(dir_.names(), before);

  Command full = command({"long.y4m", "-o", "-"});
  full.output = "/dev/full";
  const Result piped = run(full);
  EXPECT_EQ(piped.code, 4);
  EXPECT_EQ(lines(piped.err), 1U) << piped.err;
  EXPECT_TRUE(piped.err.starts_with("convolve: ")) << piped.err;
}

TEST_F(Cli, Y4mThroughPipesIsTheSameWithoutAFilter) {
  Command filter = command({"-", "-o", "-", "-q"});
  filter.input = dir_.file("clip.y4m");
  const Result result = run(filter);
  EXPECT_EQ(result.code, 0);
  EXPECT_EQ(result.err, "");
  EXPECT_TRUE(result.out.starts_with("YUV4MPEG2 W64 H48 F25:1 ")) << result.out.substr(0, 60);
  EXPECT_EQ(y4m_samples(result.out, kFrameBytes),
            y4m_samples(read_file(dir_.file("clip.y4m")), kFrameBytes));
}

TEST_F(Cli, Y4mThroughPipesIsFiltered) {
  Command filter = command({"-", "-o", "-", "-f", "sobel"});
  filter.input = dir_.file("clip.y4m");
  const Result result = run(filter);
  EXPECT_EQ(result.code, 0) << result.err;
  const std::string samples = y4m_samples(result.out, kFrameBytes);
  ASSERT_EQ(samples.size(), 10 * kFrameBytes);
  // A gradient's edges are even, and chroma is neutral.
  const auto at = [&samples](std::size_t i) { return static_cast<unsigned char>(samples[i]); };
  EXPECT_EQ(at(kWidth * kHeight), 128);
  EXPECT_EQ(at(kFrameBytes - 1), 128);
  EXPECT_GT(at(kWidth * 20 + 20), 16);
}

TEST_F(Cli, AReaderThatGoesAwayIsNoErrorMessage) {
  write_file(dir_.file("long.y4m"), y4m(kWidth, kHeight, 200));
  const Result result =
      run({.words = {"bash", "-c", "\"$0\" long.y4m -o - -q | head -c 100 >/dev/null", program()},
           .directory = dir_.path()});
  EXPECT_EQ(result.err, "");
}

TEST_F(Cli, DataGoesToStdoutAndTalkToStderr) {
  const Result help = convolve({"--help"});
  EXPECT_EQ(help.code, 0);
  EXPECT_EQ(help.err, "");
  EXPECT_NE(help.out.find("Usage: convolve INPUT -o OUTPUT"), std::string::npos);
  const Result version = convolve({"--version"});
  EXPECT_EQ(version.code, 0);
  EXPECT_TRUE(version.out.starts_with("convolve ")) << version.out;
  for (const char* topic : {"filters", "kernels", "borders", "formats"}) {
    const Result list = convolve({"--list", topic});
    EXPECT_EQ(list.code, 0);
    EXPECT_EQ(list.err, "");
    EXPECT_FALSE(list.out.empty());
  }
  EXPECT_NE(convolve({"--help-filter", "gaussian"}).out.find("sigma: number"), std::string::npos);
  const Result job = convolve({"clip.y4m", "-o", "o.mkv"});
  EXPECT_EQ(job.code, 0) << job.err;
  EXPECT_EQ(job.out, "");
  EXPECT_TRUE(job.err.starts_with("10 frames (0.4 s) in ")) << job.err;
  EXPECT_TRUE(job.err.ends_with(" fps: o.mkv\n")) << job.err;
  EXPECT_EQ(lines(job.err), 1U);
}

TEST_F(Cli, ProgressAsJson) {
  const Result result =
      convolve({"clip.y4m", "-o", "o.mkv", "-q", "--progress", "json", "-f", "sobel"});
  EXPECT_EQ(result.code, 0);
  EXPECT_EQ(result.out, "");
  std::size_t at = 0;
  std::string last;
  while (at < result.err.size()) {
    const std::size_t end = result.err.find('\n', at);
    ASSERT_NE(end, std::string::npos);
    last = result.err.substr(at, end - at);
    EXPECT_TRUE(last.starts_with("{\"event\":\"") && last.ends_with('}')) << last;
    at = end + 1;
  }
  EXPECT_TRUE(last.starts_with(R"({"event":"end","frames":10,"total_frames":10,"share":1.0,)"))
      << last;
}

TEST_F(Cli, ProbeTellsWhatAFileHolds) {
  const Result text = convolve({"--probe", "clip.y4m"});
  EXPECT_EQ(text.code, 0) << text.err;
  EXPECT_NE(text.out.find("video       rawvideo, 64×48, yuv420p, 25 fps, 10 frames\n"),
            std::string::npos)
      << text.out;
  const Result json = convolve({"--probe", "clip.y4m", "--json"});
  EXPECT_EQ(json.code, 0) << json.err;
  for (const char* part : {R"("container": "yuv4mpegpipe")", R"("width": 64)", R"("height": 48)",
                           R"("frame_rate": "25/1")", R"("frames": 10)", R"("type": "video")"}) {
    EXPECT_NE(json.out.find(part), std::string::npos) << part << json.out;
  }
  expect_error({"--probe", "none.mp4"}, 3, "none.mp4: No such file");
  write_file(dir_.file("sound.wav"), wav());
  expect_error({"--probe", "sound.wav", "--json"}, 3, "no video");
}

TEST_F(Cli, DryRunChecksAndWritesNothing) {
  const Words job = {"clip.y4m", "-o", "o.mkv", "-f", "kernel=box(3):stride=2,sobel", "--dry-run"};
  const Result text = convolve(job);
  EXPECT_EQ(text.code, 0) << text.err;
  EXPECT_EQ(text.err, "");
  EXPECT_NE(text.out.find("filters     kernel=kernel='box(3)':stride=2\n            sobel\n"),
            std::string::npos)
      << text.out;
  EXPECT_NE(text.out.find("output      o.mkv: mkv, libx264, 32×24\n"), std::string::npos)
      << text.out;
  Words json_job = job;
  json_job.emplace_back("--json");
  EXPECT_NE(convolve(json_job).out.find(R"("encoder": "libx264")"), std::string::npos);
  EXPECT_EQ(dir_.names(), (std::set<std::string>{"clip.y4m"}));
  expect_error({"clip.y4m", "-o", "o.xyz", "--dry-run"}, 4, "o.xyz");
  expect_error({"clip.y4m", "-o", "clip.y4m", "--dry-run"}, 4, "clip.y4m");
  expect_error({"clip.y4m", "-o", "o.mkv", "--dry-run", "--codec", "h265x"}, 2, "h265x");
}

TEST_F(Cli, QuietSaysNothing) {
  const Result result = convolve({"clip.y4m", "-o", "o.mkv", "-q", "-f", "gaussian=2"});
  EXPECT_EQ(result.code, 0);
  EXPECT_EQ(result.out + result.err, "");
}

TEST_F(Cli, PartOfTheInput) {
  ASSERT_EQ(convolve({"clip.y4m", "-o", "a.mkv", "-q", "--frames", "3"}).code, 0);
  EXPECT_EQ(frames_of("a.mkv"), 3U);
  ASSERT_EQ(convolve({"clip.y4m", "-o", "b.mkv", "-q", "--start", "0.08", "--end", "0:00.24"}).code,
            0);
  EXPECT_EQ(frames_of("b.mkv"), 4U);
}

TEST_F(Cli, PrintedGstLineRuns) {
#ifdef __SANITIZE_ADDRESS__
  GTEST_SKIP() << "skipped: gst-launch-1.0 cannot load a sanitized plugin";
#endif
  if (run({.words = {"sh", "-c", "command -v gst-launch-1.0"}}).code != 0) {
    GTEST_SKIP() << "skipped: no gst-launch-1.0";
  }
  const Result line = convolve({"clip.y4m", "-o", "it's.mkv", "--print-gst", "-f",
                                "kernel='0 -1 0; -1 5 -1; 0 -1 0',gaussian=sigma=1.5"});
  ASSERT_EQ(line.code, 0) << line.err;
  EXPECT_EQ(lines(line.out), 1U) << line.out;
  EXPECT_TRUE(line.out.starts_with("gst-launch-1.0 ")) << line.out;
  EXPECT_EQ(dir_.names(), (std::set<std::string>{"clip.y4m"}));
  const Result launched = run({.words = {"sh", "-c", line.out}, .directory = dir_.path()});
  if (launched.err.find("no element") != std::string::npos &&
      launched.err.find("\"conv") == std::string::npos) {
    GTEST_SKIP() << "skipped: " << launched.err;
  }
  EXPECT_EQ(launched.code, 0) << line.out << launched.err;
  EXPECT_EQ(frames_of("it's.mkv"), 10U);
}

// A job that reads from a pipe which this test keeps open, so that it can only end by a signal.
class Interrupted : public Cli {
 protected:
  void SetUp() override {
    ASSERT_EQ(pipe2(pipe_, O_CLOEXEC), 0);
    signal(SIGPIPE, SIG_IGN);
    Command job = command({"-", "-o", "o.mkv", "-f", "sobel"});
    job.input_fd = pipe_[0];
    process_ = std::make_unique<Process>(job);
    close(pipe_[0]);
    // More than a prober reads, and more than the pipe holds: when all is taken, the job runs.
    send(y4m_header(320, 240));
    for (int i = 0; i < 150; ++i) send(y4m_frame(320, 240, i));
    for (int i = 0; i < 3000 && dir_.names().size() < 2; ++i) usleep(10'000);
    ASSERT_EQ(dir_.names().size(), 2U) << process_->err();
  }
  void TearDown() override { close(pipe_[1]); }

  void send(const std::string& bytes) const {
    std::size_t done = 0;
    while (done < bytes.size()) {
      const ssize_t count = write(pipe_[1], bytes.data() + done, bytes.size() - done);
      ASSERT_GT(count, 0) << process_->err();
      done += static_cast<std::size_t>(count);
    }
  }

  int pipe_[2] = {-1, -1};
  std::unique_ptr<Process> process_;
};

TEST_F(Interrupted, FirstCtrlCFinishesTheFile) {
  process_->send(SIGINT);
  EXPECT_EQ(process_->wait(), 130) << process_->err();
  EXPECT_EQ(dir_.names(), (std::set<std::string>{"clip.y4m", "o.mkv"}));
  EXPECT_GT(frames_of("o.mkv"), 0U);
  EXPECT_NE(process_->err().find("stopped after "), std::string::npos) << process_->err();
}

TEST_F(Interrupted, TermIs143) {
  process_->send(SIGTERM);
  EXPECT_EQ(process_->wait(), 143) << process_->err();
  EXPECT_GT(frames_of("o.mkv"), 0U);
}

TEST_F(Interrupted, HangUpIs129) {
  process_->send(SIGHUP);
  EXPECT_EQ(process_->wait(), 129) << process_->err();
  EXPECT_GT(frames_of("o.mkv"), 0U);
}

TEST_F(Interrupted, ASecondSignalRemovesTheFile) {
  // Held, so that both signals are there before the first one is dealt with.
  process_->send(SIGSTOP);
  process_->send(SIGINT);
  process_->send(SIGTERM);
  process_->send(SIGCONT);
  const int code = process_->wait();
  EXPECT_TRUE(code == 130 || code == 143) << code << process_->err();
  EXPECT_EQ(dir_.names(), (std::set<std::string>{"clip.y4m"}));
}

}  // namespace
}  // namespace convolve::test
