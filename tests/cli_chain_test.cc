// SPDX-License-Identifier: MIT
// Chains from files, presets and the configuration, and filters that act a part of the time.
#include <cstdlib>
#include <filesystem>
#include <set>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "cli_fixture.h"

namespace convolve::test {
namespace {

namespace fs = std::filesystem;

// With a configuration of its own.
class CliChain : public Cli {
 protected:
  CliChain() {
    fs::create_directory(dir_.file("etc"));
    setenv("XDG_CONFIG_HOME", dir_.file("etc").c_str(), 1);
  }
  void write_config(const std::string& text) const {
    fs::create_directories(dir_.path() / "etc" / "convolve");
    write_file(dir_.path() / "etc" / "convolve" / "config", text);
  }
  // The samples of every frame that a chain gives.
  [[nodiscard]] std::string samples(const Words& options) const {
    Words words{"clip.y4m", "-o", "-", "-q"};
    words.insert(words.end(), options.begin(), options.end());
    const Result result = convolve(words);
    EXPECT_EQ(result.code, 0) << result.err;
    return y4m_samples(result.out, kFrameBytes);
  }
  // Numbers of the frames that differ.
  static std::set<std::size_t> differing(const std::string& one, const std::string& other) {
    EXPECT_EQ(one.size(), other.size());
    EXPECT_EQ(one.size(), 10 * kFrameBytes);
    std::set<std::size_t> frames;
    for (std::size_t at = 0; at + kFrameBytes <= std::min(one.size(), other.size());
         at += kFrameBytes) {
      if (one.compare(at, kFrameBytes, other, at, kFrameBytes) != 0)
        frames.insert(at / kFrameBytes);
    }
    return frames;
  }
};

using Frames = std::set<std::size_t>;

TEST_F(CliChain, EnableFiltersAPartOfTheTime) {
  const std::string source = samples({});
  const std::string all = samples({"-f", "gaussian=sigma=4"});
  EXPECT_EQ(differing(source, all).size(), 10U);
  // 25 frames a second: 0.12 is frame 3.
  const std::string part = samples({"-f", "gaussian=sigma=4:enable=0.12-0.24"});
  EXPECT_EQ(differing(source, part), (Frames{3, 4, 5}));
  EXPECT_EQ(differing(all, part), (Frames{0, 1, 2, 6, 7, 8, 9}));
  EXPECT_EQ(differing(source, samples({"-f", "gaussian=sigma=4:enable=0.32-"})), (Frames{8, 9}));
  EXPECT_EQ(differing(source, samples({"-f", "gaussian=sigma=4:enable=-0.08,sobel=enable=0.36-"})),
            (Frames{0, 1, 9}));
}

TEST_F(CliChain, EnableIsForFiltersOverTime) {
  const std::string source = samples({});
  const std::string all = samples({"-f", "kernel3d=box(1x1x5)"});
  const std::string part = samples({"-f", "kernel3d=box(1x1x5):enable=0.12-0.24"});
  EXPECT_EQ(differing(source, part), (Frames{3, 4, 5}));
  // Frames inside have their neighbours outside.
  EXPECT_EQ(differing(all, part), (Frames{0, 1, 2, 6, 7, 8, 9}));
}

TEST_F(CliChain, EnableIsForOtherElementsToo) {
  const std::string source = samples({});
  const std::string part =
      samples({"-f", "gst:videobalance=brightness=0.5:enable=0.12-0.24,sobel=enable=9-"});
  EXPECT_EQ(differing(source, part), (Frames{3, 4, 5}));
  const std::string all = samples({"-f", "gst:videobalance=brightness=0.5"});
  EXPECT_EQ(differing(all, part), (Frames{0, 1, 2, 6, 7, 8, 9}));
  expect_error({"clip.y4m", "-o", "o.mkv", "-f", "gst:videocrop=left=8:enable=0.1-0.2"}, 1,
               "enable: cannot go with an element that changes size or format");
}

TEST_F(CliChain, AFileHoldsAChain) {
  write_file(dir_.file("look.txt"), "# blur, then edges\ngaussian=sigma=2\nsobel\n");
  EXPECT_EQ(samples({"-f", "@look.txt"}), samples({"-f", "gaussian=sigma=2,sobel"}));
  write_file(dir_.file("look.txt"), "gaussian=sigma=2\nsobl\n");
  expect_error({"clip.y4m", "-o", "o.mkv", "-f", "@look.txt"}, 2,
               "@look.txt, line 2, column 1: 'sobl' is no filter; did you mean 'sobel'?");
  expect_error({"clip.y4m", "-o", "o.mkv", "-f", "@none.txt"}, 2,
               "@none.txt: No such file or directory");
}

TEST_F(CliChain, OtherElementsAreNamedWithTheNearest) {
  expect_error({"clip.y4m", "-o", "o.mkv", "-f", "gst:videobalanse"}, 2,
               "did you mean 'videobalance'?");
  expect_error({"clip.y4m", "-o", "o.mkv", "-f", "gst:videobalance=saturaton=0"}, 2,
               "did you mean 'saturation'?");
}

TEST_F(CliChain, PipesFeedOtherPrograms) {
  if (run({.words = {"sh", "-c", "command -v x264"}}).code != 0) GTEST_SKIP() << "skipped: no x264";
  const Result piped = run({.words = {"bash", "-c",
                                      "set -o pipefail; \"$0\" clip.y4m -q -o - -f sobel | "
                                      "x264 --quiet --demuxer y4m -o out.mkv -",
                                      program()},
                            .directory = dir_.path()});
  EXPECT_EQ(piped.code, 0) << piped.err;
  EXPECT_EQ(frames_of("out.mkv"), 10U);
}

TEST_F(CliChain, PresetsAreSavedAndUsed) {
  const std::string chain = "gaussian=sigma=2:border-color=#102030,kernel=kernel='0 1 0; 1 2 1'";
  const Result saved = convolve({"--save-preset", "mine", "-f", chain});
  EXPECT_EQ(saved.code, 0) << saved.err;
  EXPECT_EQ(saved.out, "");
  EXPECT_EQ(saved.err, "saved: " + dir_.file("etc") + "/convolve/presets/mine\n");
  EXPECT_EQ(samples({"--preset", "mine"}), samples({"-f", chain}));
  EXPECT_EQ(samples({"--preset", "mine", "-f", "sobel"}), samples({"-f", chain + ",sobel"}));
  const Result list = convolve({"--list", "presets"});
  EXPECT_NE(list.out.find("\nmine          " + chain.substr(0, 20)), std::string::npos) << list.out;
  expect_error({"--save-preset", "mine", "-f", "sobel"}, 4, "mine: exists already");
  EXPECT_EQ(convolve({"--save-preset", "mine", "-y", "-f", "sobel"}).code, 0);
  EXPECT_EQ(samples({"--preset", "mine"}), samples({"-f", "sobel"}));
  expect_error({"clip.y4m", "-o", "o.mkv", "--preset", "mime"}, 2, "did you mean 'mine'?");
  expect_error({"--save-preset", "../up", "-f", "sobel"}, 2, "'../up' is no name");
  expect_error({"--save-preset", "none"}, 2, "there is no chain to save");
  EXPECT_EQ(fs::exists(dir_.file("etc/convolve/presets/none")), false);
}

TEST_F(CliChain, OwnPresetsWork) {
  const std::string list = convolve({"--list", "presets"}).out;
  for (std::size_t at = 0; at < list.size(); at = list.find('\n', at) + 1) {
    if (list[at] == ' ') continue;
    const std::string name = list.substr(at, list.find(' ', at) - at);
    EXPECT_EQ(differing(samples({}), samples({"--preset", name})).size(), 10U) << name;
  }
}

TEST_F(CliChain, TheConfigurationHoldsForEveryCall) {
  write_config("# mine\nfilter = sobel  # edges\nquiet = true\noverwrite = false\n");
  EXPECT_EQ(convolve({"clip.y4m", "-o", "o.mkv"}).err, "");
  EXPECT_EQ(convolve({"clip.y4m", "-o", "o.mkv"}).code, 4);
  EXPECT_EQ(samples({}), samples({"--no-config", "-f", "sobel"}));
  // What is said on the line counts more.
  EXPECT_EQ(samples({"-f", "gaussian=3"}), samples({"--no-config", "-f", "gaussian=3"}));
  EXPECT_EQ(samples({"--preset", "soft"}), samples({"--no-config", "--preset", "soft"}));
  EXPECT_NE(convolve({"clip.y4m", "-o", "o.mkv", "-y", "-v"}).err, "");
}

TEST_F(CliChain, ColoursOfTheConfigurationKeepTheirSign) {
  const std::string chain = "kernel=box(9):border=constant:border-color=#ff0000";
  write_config("filter = " + chain + " # red # all around\nquiet = true #now\n");
  EXPECT_EQ(samples({}), samples({"--no-config", "-f", chain}));
  EXPECT_NE(samples({}), samples({"--no-config", "-f", "kernel=box(9):border=constant"}));
}

TEST_F(CliChain, MistakesInTheConfigurationAreNamed) {
  const std::string file = dir_.file("etc/convolve/config");
  const auto expect = [&](const std::string& text, const std::string& part) {
    write_config(text);
    expect_error({"clip.y4m", "-o", "o.mkv"}, 2, file + ": " + part);
  };
  expect("crff = 3\n", "there is no option 'crff'\ndid you mean 'crf'?");
  expect("crf = x\n", "--crf: 'x' is not a number");
  expect("output = o.mkv\n", "'output' is for the command line alone");
  expect("overwrite = yes\n", "overwrite: 'yes' is neither true nor false");
  expect("quiet\n", "'quiet' is no line of it");
  expect("crf = 3\nbitrate = 1M\n", "--bitrate: cannot go with --crf");
  expect("filter = sobl\n", "chain, column 1: 'sobl' is no filter");
  expect("crf = 3\ncrf = 4\n", "crf is given twice");
  // Who asks for help gets it.
  EXPECT_EQ(convolve({"--help"}).code, 0);
  EXPECT_EQ(convolve({"clip.y4m", "-o", "o.mkv", "--no-config"}).code, 0);
}

// Elements have names with numbers, which no user has written.
TEST_F(CliChain, WhatAFilterRefusesWhileRunningBeginsWithItsWord) {
  std::string fields = y4m(kWidth, kHeight, 10);
  fields.insert(fields.find('\n'), " It");
  write_file(dir_.file("fields.y4m"), fields);
  expect_error({"fields.y4m", "-o", "o.mkv", "-f", "sobel,upsample"}, 1,
               "convolve: upsample: the size of interlaced video cannot be changed");
}

// What libav says of these goes over several lines, and names the way out below.
TEST_F(Cli, EncodersThatTakeFewShapesSayWhatIsWrong) {
  expect_error({"clip.y4m", "-o", "o.dv"}, 4,
               "convolve: dvvideo: Found no DV profile for 64x48 yuv420p video\n");
  // It takes full range alone, by a name of libav's own, and whole rates.
  EXPECT_EQ(convolve({"clip.y4m", "-o", "o.roq", "-q"}).code, 0);
  const Result decoded = convolve({"o.roq", "-o", "null:"});
  EXPECT_NE(decoded.err.find("10 frames (0.4 s)"), std::string::npos) << decoded.err;
}

}  // namespace
}  // namespace convolve::test
