// SPDX-License-Identifier: MIT
// How a command line is read, and what progress looks like.
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <set>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include <convolve/format.h>
#include <convolve/kernel.h>

#include "help.h"
#include "lists.h"
#include "options.h"
#include "program.h"
#include "progress.h"

namespace convolve::cli {
namespace {

using Words = std::vector<std::string>;

Options read(const Words& words) { return parse_options(words); }

std::string error_of(const Words& words) {
  try {
    parse_options(words);
  } catch (const std::exception& error) {
    return error.what();
  }
  return "no error";
}

TEST(Options, EveryOptionReachesTheJob) {
  const Options options = read(
      {"in.mp4",  "-o",      "out.mkv",    "-f",           "sobel",    "-y",        "--no-audio",
       "--codec", "libx265", "--crf=20.5", "--enc-preset", "fast",     "--pix-fmt", "yuv420p10le",
       "--start", "1:02.5",  "--end",      "1:00:00",      "--frames", "100",       "--threads",
       "3",       "-q"});
  const TranscodeOptions& job = options.job;
  EXPECT_EQ(options.action, Action::run);
  EXPECT_EQ(job.input, "in.mp4");
  EXPECT_EQ(job.output, "out.mkv");
  EXPECT_EQ(job.chain, (std::vector<FilterSpec>{{"sobel", {}}}));
  EXPECT_TRUE(job.overwrite);
  EXPECT_FALSE(job.audio);
  EXPECT_EQ(job.codec, "libx265");
  EXPECT_EQ(job.crf, 20.5);
  EXPECT_EQ(job.encoder_preset, "fast");
  EXPECT_EQ(job.pixel_format, "yuv420p10le");
  EXPECT_EQ(job.start, 62.5);
  EXPECT_EQ(job.end, 3600);
  EXPECT_EQ(job.frames, 100);
  EXPECT_EQ(job.threads, 3U);
  EXPECT_TRUE(options.quiet);
  EXPECT_EQ(read({"a", "-ob", "--bitrate", "1.5M"}).job.bitrate, 1'500'000);
  EXPECT_TRUE(read({"a", "-o", "b", "--lossless"}).job.lossless);
  EXPECT_TRUE(read({"a", "-o", "b", "-v"}).verbose);
}

TEST(Options, DashIsAFileNameAndTwoDashesEndOptions) {
  const Options piped = read({"-", "-o", "-"});
  EXPECT_EQ(piped.job.input, "-");
  EXPECT_EQ(piped.job.output, "-");
  EXPECT_EQ(read({"-o", "b", "--", "-odd-name.mp4"}).job.input, "-odd-name.mp4");
}

TEST(Options, HelpWinsOverMistakes) {
  EXPECT_EQ(read({"--crf", "x", "--help"}).action, Action::help);
  EXPECT_EQ(read({"-h"}).action, Action::help);
}

TEST(Options, PrintGstNeedsNoOutput) {
  const Options options = read({"in.mp4", "--print-gst"});
  EXPECT_EQ(options.action, Action::print_gst);
  EXPECT_EQ(options.job.output, "null:");
}

TEST(Options, WordsThatNothingIsDoneWithAreRefused) {
  for (const std::vector<std::string>& line :
       {std::vector<std::string>{"--probe", "a.mp4", "b.mp4"},
        {"--list", "filters", "b.mp4"},
        {"--show-kernel", "sharpen", "b.mp4"},
        {"--version", "b.mp4"}}) {
    EXPECT_EQ(error_of(line), "'b.mp4': is one word too many") << line.front();
  }
  EXPECT_EQ(error_of({"--size", "1920x", "-f", "sobel"}),
            "--size: '1920x' is no size; write WIDTHxHEIGHT, as in 1920x1080");
}

TEST(Options, MistakesAreNamedWithTheNearestName) {
  EXPECT_EQ(error_of({"a", "--outptu", "b"}), "--outptu: no such option\ndid you mean '--output'?");
  EXPECT_EQ(error_of({"a", "-o", "b", "--over"}),
            "--over: no such option\ndid you mean '--overwrite'?");
  EXPECT_EQ(error_of({"a", "-codex", "b"}), "-codex: no such option\ndid you mean '--codec'?");
  EXPECT_EQ(error_of({"a", "-frames", "5"}),
            "-frames: long options begin with two dashes\ndid you mean '--frames'?");
  EXPECT_EQ(error_of({"--zebra"}), "--zebra: no such option\ntry 'convolve --help'");
  const std::string kernel = error_of({"--list", "kernel"});
  EXPECT_TRUE(kernel.starts_with("--list: 'kernel' is none of filters, kernels, ")) << kernel;
  EXPECT_TRUE(kernel.ends_with("\ndid you mean 'kernels'?")) << kernel;
  const std::string sobol = error_of({"--help-filter", "sobol"});
  EXPECT_TRUE(sobol.starts_with("--help-filter: 'sobol' is none of kernel, ")) << sobol;
  EXPECT_TRUE(sobol.ends_with("\ndid you mean 'sobel'?")) << sobol;
  EXPECT_EQ(error_of({"a", "-o", "b", "--json"}),
            "--json: goes with --list, --probe, --dry-run, --size and --show-kernel\n--progress "
            "json tells progress as JSON");
}

TEST(Options, ValuesThatAreWrongAreRefused) {
  const Words rest = {"a", "-o", "b"};
  const auto with = [&rest](const std::string& option, const std::string& value) {
    Words words = rest;
    words.insert(words.end(), {option, value});
    return error_of(words);
  };
  EXPECT_EQ(with("--crf", "best"), "--crf: 'best' is not a number");
  EXPECT_EQ(with("--crf", "-1"), "--crf: -1 is outside 0 … 255");
  EXPECT_EQ(with("--frames", "0"), "--frames: 0 is outside 1 … 1000000000000");
  EXPECT_EQ(with("--frames", "ten"), "--frames: 'ten' is not a whole number");
  EXPECT_EQ(with("--threads", "5000"), "--threads: 5000 is outside 0 … 1024");
  EXPECT_EQ(with("--bitrate", "fast"),
            "--bitrate: 'fast' is no bit rate; write bits a second, as in 800k or 2.5M");
  EXPECT_EQ(with("--end", "0"), "--end: leaves nothing");
  EXPECT_EQ(with("-o", "c"), "--output: is given twice");
  EXPECT_EQ(error_of({"a", "-o", "b", "--quiet=1"}), "--quiet: takes no value");
  EXPECT_EQ(error_of({"a", "-o", "b", "--crf"}), "--crf: a value is missing\nwrite --crf N");
  EXPECT_EQ(error_of({"a", "-o", "b", "--start", "5", "--end", "5"}),
            "--end: does not come after --start");
  EXPECT_EQ(error_of({"a", "-o", "b", "--crf", "5", "--bitrate", "1M"}),
            "--bitrate: cannot go with --crf");
  EXPECT_EQ(error_of({"a", "-o", "b", "-q", "-v"}), "--verbose: cannot go with --quiet");
}

TEST(Options, ALineBreakInANameDoesNotBreakTheLine) {
  EXPECT_EQ(error_of({"a\nb", "c", "-o", "d"}),
            "'c': there is an INPUT already, 'a b'\n"
            "put -o before the output and quotes around the chain");
}

TEST(Options, TimesInSecondsOrClockForm) {
  EXPECT_EQ(parse_time("--start", "0"), 0);
  EXPECT_EQ(parse_time("--start", "12.25"), 12.25);
  EXPECT_EQ(parse_time("--start", "90"), 90);
  EXPECT_EQ(parse_time("--start", "02:03.5"), 123.5);
  EXPECT_EQ(parse_time("--start", "1:02:03.5"), 3723.5);
  for (const char* bad :
       {"", "-1", "1:60", "1:2:3:4", "1.5:00", "1:", ":5", "5s", "nan", "1e3", " 5", "+5"}) {
    EXPECT_THROW(parse_time("--start", bad), UsageError) << bad;
  }
}

TEST(Options, BitRatesWithUnits) {
  EXPECT_EQ(parse_bitrate("--bitrate", "500000"), 500'000);
  EXPECT_EQ(parse_bitrate("--bitrate", "800k"), 800'000);
  EXPECT_EQ(parse_bitrate("--bitrate", "2.5M"), 2'500'000);
  EXPECT_EQ(parse_bitrate("--bitrate", "1G"), 1'000'000'000);
  for (const char* bad : {"", "k", "0", "-1M", "1MB", "1 M", "9999G"}) {
    EXPECT_THROW(parse_bitrate("--bitrate", bad), UsageError) << bad;
  }
}

TEST(Options, LiveInputsAreTakenButHaveNoBeginning) {
  for (const char* live : {"webcam", "/dev/video0", "v4l2:/dev/video1?fps=30", "test:smpte",
                           "screen", "rtsp://host/stream"}) {
    EXPECT_EQ(read({live, "-o", "a.mp4"}).job.input, live);
    EXPECT_EQ(error_of({live, "-o", "a.mp4", "--start", "1"}),
              "--start: a live input has no other beginning\nleave it out");
  }
}

TEST(Options, TheTableIsWhole) {
  std::set<std::string_view> names;
  std::set<char> letters;
  for (const Option& option : option_table()) {
    EXPECT_TRUE(names.insert(option.name).second) << option.name;
    EXPECT_TRUE(option.letter == 0 || letters.insert(option.letter).second) << option.name;
    EXPECT_FALSE(option.help.empty()) << option.name;
    EXPECT_NE(option.apply, nullptr) << option.name;
    EXPECT_NE(help_text().find("--" + std::string(option.name)), std::string::npos);
  }
}

TEST(Help, NoLineIsWiderThanATerminal) {
  std::string text = help_text();
  for (const FilterInfo* info : all_filters()) text += filter_help_text(*info);
  for (const ListTopic& topic : list_topics()) text += list_text(topic.name);
  std::size_t start = 0;
  while (start < text.size()) {
    const std::size_t end = text.find('\n', start);
    std::size_t width = 0;
    for (std::size_t i = start; i < end; ++i) width += (text[i] & 0xC0) != 0x80 ? 1 : 0;
    EXPECT_LE(width, 80U) << text.substr(start, end - start);
    start = end + 1;
  }
}

TEST(Help, AFiltersHelpHasEveryParameterWithDefaultRangeAndChoices) {
  for (const FilterInfo* info : all_filters()) {
    const std::string text = filter_help_text(*info);
    for (const Param& param : info->params) {
      EXPECT_NE(text.find("  " + std::string(param.name) + ": "), std::string::npos) << param.name;
      for (const Choice& choice : param.choices) {
        EXPECT_NE(text.find("        " + std::string(choice.name)), std::string::npos);
      }
    }
  }
  EXPECT_NE(filter_help_text(*find_filter("gaussian")).find("sigma: number, 0 … 1000, default 1.5"),
            std::string::npos);
}

TEST(Help, ListsNameEverything) {
  const std::string kernels = list_text("kernels");
  for (const NamedKernel& named : named_kernels()) {
    EXPECT_NE(kernels.find(std::string(named.name) + std::string(named.arguments)),
              std::string::npos);
  }
  EXPECT_NE(kernels.find("       0 -1  0\n      -1  5 -1\n       0 -1  0\n"), std::string::npos);
  EXPECT_NE(kernels.find("      1 1 1\n      1 1 1   / 9\n      1 1 1\n"), std::string::npos);
  const std::string formats = list_text("formats");
  for (const PixelFormat& format : all_formats()) {
    const bool shown = formats.find(std::string(format.name) + " ") != std::string::npos;
    EXPECT_EQ(shown, format.type != SampleType::f32) << format.name;
  }
  EXPECT_NE(list_text("borders").find("reflect-101   dcb|abcdefgh|gfe"), std::string::npos);
  EXPECT_NE(list_text("filters").find("convsobel"), std::string::npos);
}

// The rows of a filter's table in the README.
std::string readme_rows(const FilterInfo& info, bool common) {
  std::string rows = "| property | values | default | meaning |\n|---|---|---|---|\n";
  for (const Param& param : info.params) {
    const bool everywhere = std::ranges::all_of(all_filters(), [&param](const FilterInfo* other) {
      return find_param(*other, param.name) != nullptr;
    });
    if (everywhere != common) continue;
    std::string values;
    for (const Choice& choice : param.choices) {
      values += (values.empty() ? "`" : ", `") + std::string(choice.name) + "`";
    }
    if (values.empty()) values = type_text(param);
    const std::string standard = param_text(param, default_value(info, param));
    rows += "| `" + std::string(param.name) + "` | " + values + " | " +
            (standard.empty() ? "empty" : "`" + standard + "`") + " | " + std::string(param.help) +
            " |\n";
  }
  return rows;
}

TEST(Readme, TablesAgreeWithTheSource) {
  const char* const root = std::getenv("CONVOLVE_SOURCE_ROOT");
  if (root == nullptr) GTEST_SKIP() << "skipped: no source";
  const std::string readme = test::read_file(std::filesystem::path(root) / "README.md");
  const auto has = [&readme](const std::string& table) {
    return readme.find(table) != std::string::npos;
  };
  for (const FilterInfo* info : all_filters()) {
    const std::string table = readme_rows(*info, false);
    EXPECT_TRUE(has(table)) << "README.md lacks for " << info->name << ":\n" << table;
  }
  const std::string table = readme_rows(*all_filters().front(), true);
  EXPECT_TRUE(has(table)) << "README.md lacks:\n" << table;
}

TEST(Progress, ALineWithKnownTotal) {
  EXPECT_EQ(progress_text({812, 2400, 27.07, 13.31}), "812/2400 33.8% 61 fps x2.0 ETA 0:26");
  EXPECT_EQ(progress_text({0, 100, 0, 0}), "0/100 0.0% 0 fps x0.0 ETA -:--");
  EXPECT_EQ(progress_text({3, 10000, 0.12, 2}), "3/10000 0.0% 1.5 fps x0.1 ETA 1:51:05");
}

TEST(Progress, ATotalThatWasGuessedTooSmallStaysAtTheEnd) {
  EXPECT_EQ(progress_text({120, 100, 4, 2}), "120/100 100.0% 60 fps x2.0 ETA 0:00");
}

TEST(Progress, ALineWithoutTotal) {
  EXPECT_EQ(progress_text({812, {}, 27.07, 13.31}), "812 61 fps x2.0 0:13");
}

TEST(Progress, TheSummaryNamesTheFile) {
  EXPECT_EQ(summary_text({720, 720, 30.0, 12.34}, "out.mp4"),
            "720 frames (30.0 s) in 12.3 s, 58 fps: out.mp4");
  EXPECT_EQ(summary_text({1, 1, 0, 0.04}, "a.png"), "1 frame (0.0 s) in 0.0 s, 25 fps: a.png");
  EXPECT_EQ(summary_text({30, {}, 2.0, 2.0, {}, 90}, "a.mkv"),
            "30 frames (2.0 s) in 2.0 s, 15 fps, 90 dropped: a.mkv");
}

// What the printer writes when it is shown these times.
std::string printed(const ProgressStyle& style, const std::vector<double>& times) {
  std::FILE* const file = std::tmpfile();
  {
    ProgressPrinter printer(file, style);
    for (const double seconds : times) {
      printer.show({static_cast<std::int64_t>(seconds * 10), 400, seconds, seconds});
    }
  }
  std::string text(static_cast<std::size_t>(std::ftell(file)), '\0');
  std::rewind(file);
  EXPECT_EQ(std::fread(text.data(), 1, text.size(), file), text.size());
  std::fclose(file);
  return text;
}

TEST(Progress, WithoutATerminalALineEveryFiveSeconds) {
  EXPECT_EQ(printed({.bar = false}, {1, 4.9, 5, 5.5, 9.9, 12, 14, 15.1}),
            "50/400 12.5% 10 fps x1.0 ETA 0:35\n"
            "120/400 30.0% 10 fps x1.0 ETA 0:28\n"
            "151/400 37.8% 10 fps x1.0 ETA 0:25\n");
}

TEST(Progress, OnATerminalABarThatIsRedrawnAndRemoved) {
  EXPECT_EQ(printed({.bar = true, .color = false, .columns = 80}, {20}),
            "\r[############------------] 200/400 50.0% 10 fps x1.0 ETA 0:20\033[K\r\033[K");
  EXPECT_EQ(printed({.bar = true, .color = true, .columns = 80}, {20}),
            "\r[\033[32m############\033[0m------------] 200/400 50.0% 10 fps x1.0 ETA 0:20"
            "\033[K\r\033[K");
}

TEST(Progress, ANarrowTerminalGetsTheTextAlone) {
  EXPECT_EQ(printed({.bar = true, .color = true, .columns = 40}, {20}),
            "\r200/400 50.0% 10 fps x1.0 ETA 0:20\033[K\r\033[K");
  EXPECT_EQ(printed({.bar = true, .color = true, .columns = 10}, {20}),
            "\r200/400 5\033[K\r\033[K");
}

TEST(Progress, NoBarForFiles) {
  std::FILE* const file = std::tmpfile();
  EXPECT_FALSE(ProgressStyle::of(file).bar);
  EXPECT_FALSE(ProgressStyle::of(file).color);
  std::fclose(file);
}

}  // namespace
}  // namespace convolve::cli
