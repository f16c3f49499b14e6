// SPDX-License-Identifier: MIT
// Kernels as text, SPEC §4.
#include <convolve/filter.h>
#include <convolve/kernel.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmath>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

namespace convolve {
namespace {

std::vector<double> taps_of(const Kernel& kernel) {
  return {kernel.taps().begin(), kernel.taps().end()};
}

void expect_kernel(std::string_view text, int width, int height, int depth,
                   const std::vector<double>& taps) {
  SCOPED_TRACE(std::string(text));
  const Kernel kernel = Kernel::parse(text);
  EXPECT_EQ(kernel.width(), width);
  EXPECT_EQ(kernel.height(), height);
  EXPECT_EQ(kernel.depth(), depth);
  ASSERT_EQ(kernel.taps().size(), taps.size());
  for (std::size_t i = 0; i < taps.size(); ++i) EXPECT_DOUBLE_EQ(kernel.taps()[i], taps[i]) << i;
}

/// Expects that `text` is refused, with every one of `words` in the reason.
void expect_refused(std::string_view text, const std::vector<std::string>& words) {
  SCOPED_TRACE(std::string(text.substr(0, 60)));
  try {
    Kernel::parse(text);
    ADD_FAILURE() << "was accepted";
  } catch (const KernelError& error) {
    const std::string reason = error.what();
    for (const std::string& word : words) {
      EXPECT_NE(reason.find(word), std::string::npos) << reason << " lacks " << word;
    }
    EXPECT_EQ(reason.find('\n'), std::string::npos) << reason;
  }
}

TEST(KernelText, ReadsRows) {
  expect_kernel("0 -1 0; -1 5 -1; 0 -1 0", 3, 3, 1, {0, -1, 0, -1, 5, -1, 0, -1, 0});
  expect_kernel("1", 1, 1, 1, {1});
  expect_kernel("1 2 3", 3, 1, 1, {1, 2, 3});
  expect_kernel("1;2;3", 1, 3, 1, {1, 2, 3});
}

TEST(KernelText, SeparatesByCommasSpacesTabsAndNewlines) {
  const std::vector<double> taps{1, 2, 3, 4};
  expect_kernel("1,2;3,4", 2, 2, 1, taps);
  expect_kernel("1, 2;\t3 ,4", 2, 2, 1, taps);
  expect_kernel("1 2\n3 4", 2, 2, 1, taps);
  expect_kernel("1 2\r\n3 4\r\n", 2, 2, 1, taps);
  expect_kernel("  1 2 ;  3 4 ; ", 2, 2, 1, taps);
  expect_kernel("1 2;\n3 4;\n", 2, 2, 1, taps);
}

TEST(KernelText, ReadsEveryFormOfNumber) {
  expect_kernel("1.5 -2.25 +3 .5 -.5 4.", 6, 1, 1, {1.5, -2.25, 3, 0.5, -0.5, 4});
  expect_kernel("1e3 1E-3 -2.5e+1", 3, 1, 1, {1000, 0.001, -25});
  expect_kernel("1/9 -1/4 3/2 0/5", 4, 1, 1, {1.0 / 9, -0.25, 1.5, 0});
}

TEST(KernelText, ReadsSlicesInTime) {
  expect_kernel("1 2; 3 4 | 5 6; 7 8", 2, 2, 2, {1, 2, 3, 4, 5, 6, 7, 8});
  expect_kernel("-1|0|1", 1, 1, 3, {-1, 0, 1});
}

TEST(KernelText, TapsAreReachedByPlace) {
  const Kernel kernel = Kernel::parse("1 2 3; 4 5 6 | 7 8 9; 10 11 12");
  EXPECT_EQ(kernel.tap(0, 0), 1);
  EXPECT_EQ(kernel.tap(2, 0), 3);
  EXPECT_EQ(kernel.tap(0, 1), 4);
  EXPECT_EQ(kernel.tap(1, 1, 1), 11);
}

TEST(KernelText, RefusesWhatIsNotAKernel) {
  expect_refused("", {});
  expect_refused("   ", {});
  expect_refused(";", {});
  expect_refused("1 2 3; 4 5", {"row 2 has 2 values", "row 1 has 3"});
  expect_refused("1 2; 3 4; 5 6 7", {"row 3 has 3 values", "row 1 has 2"});
  expect_refused("1 2 x 4", {"row 1", "3", "x"});
  expect_refused("1 2; 3 4..5", {"row 2", "2", "4..5"});
  expect_refused("1 2 0x10", {"0x10"});
  expect_refused("1 nan 3", {"nan"});
  expect_refused("1 inf", {"inf"});
  expect_refused("1 1e999", {"1e999"});
  expect_refused("1/0", {"1/0"});
  expect_refused("1/", {"1/"});
  expect_refused("1/2/3", {"1/2/3"});
  expect_refused("1 2 3 4 5z", {"5z"});
  expect_refused("1 2 | 3 4; 5 6", {"slice 2", "slice 1"});
  expect_refused("1 | ", {"slice 2"});
  expect_refused("| 1", {"slice 1"});
  expect_refused("1,,2", {"row 1", "value 2", "empty"});
  expect_refused(",1", {"row 1", "value 1", "empty"});
  expect_refused("1 2;;3 4", {"row 2", "empty"});
  expect_refused("1e31", {"1e30"});
}

TEST(KernelText, LimitsTheSize) {
  std::string row;
  for (int i = 0; i < 1023; ++i) row += "1 ";
  EXPECT_EQ(Kernel::parse(row).width(), 1023);
  expect_refused(row + "1", {"1023"});
  std::string column;
  for (int i = 0; i < 1023; ++i) column += i == 0 ? "1" : ";1";
  EXPECT_EQ(Kernel::parse(column).height(), 1023);
  expect_refused(column + ";1", {"1023"});
  std::string slices = "1";
  for (int i = 1; i < 64; ++i) slices += "|1";
  EXPECT_EQ(Kernel::parse(slices).depth(), 64);
  expect_refused(slices + "|1", {"64"});
}

// The taps that each name stands for.
TEST(KernelNames, StandForTheirTaps) {
  expect_kernel("identity", 1, 1, 1, {1});
  expect_kernel("sharpen", 3, 3, 1, {0, -1, 0, -1, 5, -1, 0, -1, 0});
  expect_kernel("laplacian", 3, 3, 1, {0, 1, 0, 1, -4, 1, 0, 1, 0});
  expect_kernel("laplacian-8", 3, 3, 1, {1, 1, 1, 1, -8, 1, 1, 1, 1});
  expect_kernel("outline", 3, 3, 1, {-1, -1, -1, -1, 8, -1, -1, -1, -1});
  expect_kernel("emboss", 3, 3, 1, {-2, -1, 0, -1, 1, 1, 0, 1, 2});
  expect_kernel("sobel-x", 3, 3, 1, {-1, 0, 1, -2, 0, 2, -1, 0, 1});
  expect_kernel("sobel-y", 3, 3, 1, {-1, -2, -1, 0, 0, 0, 1, 2, 1});
  expect_kernel("left-sobel", 3, 3, 1, {1, 0, -1, 2, 0, -2, 1, 0, -1});
  expect_kernel("right-sobel", 3, 3, 1, {-1, 0, 1, -2, 0, 2, -1, 0, 1});
  expect_kernel("top-sobel", 3, 3, 1, {1, 2, 1, 0, 0, 0, -1, -2, -1});
  expect_kernel("bottom-sobel", 3, 3, 1, {-1, -2, -1, 0, 0, 0, 1, 2, 1});
  expect_kernel("prewitt-x", 3, 3, 1, {-1, 0, 1, -1, 0, 1, -1, 0, 1});
  expect_kernel("prewitt-y", 3, 3, 1, {-1, -1, -1, 0, 0, 0, 1, 1, 1});
  expect_kernel("scharr-x", 3, 3, 1, {-3, 0, 3, -10, 0, 10, -3, 0, 3});
  expect_kernel("scharr-y", 3, 3, 1, {-3, -10, -3, 0, 0, 0, 3, 10, 3});
}

TEST(KernelNames, UnsharpAddsWhatTheBinomialBlurTakes) {
  // 2·identity − (1 4 6 4 1)ᵀ(1 4 6 4 1)/256
  constexpr double kBinomial[] = {1, 4, 6, 4, 1};
  const Kernel kernel = Kernel::parse("unsharp");
  ASSERT_EQ(kernel.width(), 5);
  ASSERT_EQ(kernel.height(), 5);
  for (int y = 0; y < 5; ++y) {
    for (int x = 0; x < 5; ++x) {
      const double blur = kBinomial[x] * kBinomial[y] / 256;
      EXPECT_DOUBLE_EQ(kernel.tap(x, y), (x == 2 && y == 2 ? 2.0 : 0.0) - blur);
    }
  }
}

TEST(KernelNames, MotionIsNewestMinusOldest) {
  const Kernel kernel = Kernel::parse("motion");
  ASSERT_GE(kernel.depth(), 2);
  EXPECT_EQ(kernel.sum(), 0);
  double oldest = 0;
  double newest = 0;
  for (int y = 0; y < kernel.height(); ++y) {
    for (int x = 0; x < kernel.width(); ++x) {
      oldest += kernel.tap(x, y, 0);
      newest += kernel.tap(x, y, kernel.depth() - 1);
    }
  }
  EXPECT_EQ(newest, 1);
  EXPECT_EQ(oldest, -1);
}

TEST(KernelNames, BoxTakesItsSides) {
  expect_kernel("box(3)", 3, 3, 1, std::vector<double>(9, 1.0 / 9));
  expect_kernel("box(5x2)", 5, 2, 1, std::vector<double>(10, 0.1));
  expect_kernel("box(2x3x4)", 2, 3, 4, std::vector<double>(24, 1.0 / 24));
  expect_kernel(" box( 1 x 2 ) ", 1, 2, 1, {0.5, 0.5});
}

TEST(KernelNames, GaussianTakesSigma) {
  // σ = 0.5: e^(−i²/2σ²) = 1, 0.1353, 0.000335; cut at 4σ = 2.
  const double one = std::exp(-2.0);
  const double two = std::exp(-8.0);
  const double sum = 1 + 2 * one + 2 * two;
  const Kernel kernel = Kernel::parse("gaussian(0.5)");
  ASSERT_EQ(kernel.width(), 5);
  ASSERT_EQ(kernel.height(), 5);
  EXPECT_NEAR(kernel.tap(2, 2), 1 / sum / sum, 1e-12);
  EXPECT_NEAR(kernel.tap(2, 2), 0.61869, 1e-5);
  EXPECT_NEAR(kernel.tap(1, 2), one / sum / sum, 1e-12);
  EXPECT_NEAR(kernel.tap(0, 4), two * two / sum / sum, 1e-12);
  EXPECT_NEAR(kernel.sum(), 1, 1e-12);
  EXPECT_EQ(Kernel::parse("gaussian(1)").width(), 9);
  EXPECT_EQ(Kernel::parse("gaussian(1,0.5)").depth(), 5);
  EXPECT_NEAR(Kernel::parse("gaussian(1,0.5)").sum(), 1, 1e-12);
}

TEST(KernelNames, WrongArgumentsAreRefused) {
  expect_refused("box", {"box"});
  expect_refused("box()", {"box"});
  expect_refused("box(0)", {"0"});
  expect_refused("box(-3)", {"-3"});
  expect_refused("box(2.5)", {"2.5"});
  expect_refused("box(3x)", {"box"});
  expect_refused("box(3x3x3x3)", {"box"});
  expect_refused("box(1024)", {"1023"});
  expect_refused("box(1x1x65)", {"64"});
  expect_refused("box(3", {")"});
  expect_refused("gaussian", {"gaussian"});
  expect_refused("gaussian()", {"gaussian"});
  expect_refused("gaussian(0)", {"0"});
  expect_refused("gaussian(-1)", {"-1"});
  expect_refused("gaussian(x)", {"x"});
  expect_refused("gaussian(1,2,3)", {"gaussian"});
  expect_refused("gaussian(1e9)", {"1023"});
  expect_refused("sharpen(3)", {"sharpen"});
  expect_refused("sharpn", {"sharpn", "sharpen"});
  expect_refused("nothing-like-that", {"nothing-like-that"});
}

TEST(KernelNames, EachOfTheListIsReadable) {
  for (const char* name :
       {"identity",    "box",       "gaussian",     "sharpen",   "unsharp",   "laplacian",
        "laplacian-8", "outline",   "emboss",       "sobel-x",   "sobel-y",   "left-sobel",
        "right-sobel", "top-sobel", "bottom-sobel", "prewitt-x", "prewitt-y", "scharr-x",
        "scharr-y",    "ripple",    "motion"}) {
    SCOPED_TRACE(name);
    bool listed = false;
    for (const NamedKernel& kernel : named_kernels()) {
      if (kernel.name != name) continue;
      listed = true;
      EXPECT_NO_THROW(Kernel::parse(kernel.example));
      EXPECT_FALSE(kernel.help.empty());
    }
    EXPECT_TRUE(listed);
  }
  EXPECT_EQ(named_kernels().size(), 21U);
}

/// A file that is gone when the test is.
class TextFile {
 public:
  explicit TextFile(const std::string& text)
      : path_(std::filesystem::temp_directory_path() /
              ("convolve-kernel-" + std::to_string(counter_++) + "-" +
               std::to_string(reinterpret_cast<std::uintptr_t>(this)) + ".txt")) {
    std::ofstream(path_) << text;
  }
  ~TextFile() { std::filesystem::remove(path_); }
  TextFile(const TextFile&) = delete;
  TextFile& operator=(const TextFile&) = delete;
  [[nodiscard]] std::string text() const { return "@" + path_.string(); }

 private:
  static inline int counter_ = 0;
  std::filesystem::path path_;
};

TEST(KernelFile, IsReadWithoutItsComments) {
  const TextFile file("# a sharpening kernel\n0 -1 0  # above\n-1 5 -1\n\n0 -1 0\n# end");
  expect_kernel(file.text(), 3, 3, 1, {0, -1, 0, -1, 5, -1, 0, -1, 0});
}

TEST(KernelFile, MayHaveSlicesAndSemicolons) {
  const TextFile file("1 2; 3 4\n|\n5 6; 7 8\n");
  expect_kernel(file.text(), 2, 2, 2, {1, 2, 3, 4, 5, 6, 7, 8});
}

TEST(KernelFile, SaysWhatIsWrong) {
  const TextFile uneven("1 2 3\n4 5\n");
  expect_refused(uneven.text(), {uneven.text().substr(1), "row 2 has 2 values, row 1 has 3"});
  const TextFile empty("# nothing here\n");
  expect_refused(empty.text(), {empty.text().substr(1)});
  expect_refused("@/no/such/file", {"/no/such/file", "No such file"});
  expect_refused("@/", {"/"});
  expect_refused("@", {});
}

TEST(KernelFile, MayBeginWithAByteOrderMark) {
  const TextFile file(
      "\xEF\xBB\xBF"
      "1 2\n3 4\n");
  expect_kernel(file.text(), 2, 2, 1, {1, 2, 3, 4});
}

std::string refusal_of(const std::string& text) {
  try {
    Kernel::parse(text);
  } catch (const KernelError& error) {
    return error.what();
  }
  return "";
}

// A file may hold anything, of any length.
TEST(KernelFile, IsQuotedShortAndReadable) {
  const TextFile large(std::string(3 << 20, '1'));
  const std::string ones(40, '1');
  expect_refused(large.text(), {"row 1, value 1: '" + ones + "…' is not a finite number"});
  EXPECT_LT(refusal_of(large.text()).size(), large.text().size() + 100);
  const TextFile bytes("1 \x01\x7F\xFF\xC3\xA9\xC0\x80z");
  expect_refused(bytes.text(), {"value 2: '\\x01\\x7f\\xffé\\xc0\\x80z' is not"});
  EXPECT_LT(refusal_of(std::string(100'000, 'n')).size(), 200U);
}

TEST(KernelFile, IsARegularFile) {
  // A pipe would wait for its writer for ever.
  const std::string fifo = ::testing::TempDir() + "kernel_fifo_" + std::to_string(::getpid());
  ASSERT_EQ(::mkfifo(fifo.c_str(), 0600), 0);
  expect_refused("@" + fifo, {fifo, "not a file"});
  ::unlink(fifo.c_str());
  expect_refused("@" + ::testing::TempDir(), {"not a file"});
}

TEST(KernelText, IsReadBackFromItsOwnText) {
  for (const NamedKernel& named : named_kernels()) {
    SCOPED_TRACE(std::string(named.name));
    const Kernel kernel = Kernel::parse(named.example);
    const Kernel again = Kernel::parse(kernel.text());
    EXPECT_EQ(again.width(), kernel.width());
    EXPECT_EQ(again.height(), kernel.height());
    EXPECT_EQ(again.depth(), kernel.depth());
    EXPECT_EQ(taps_of(again), taps_of(kernel));
  }
}

TEST(Kernel, KnowsItself) {
  EXPECT_TRUE(Kernel().is_identity());
  EXPECT_TRUE(Kernel::parse("0 0 0; 0 1 0; 0 0 0").is_identity());
  EXPECT_TRUE(Kernel::parse("0 1").is_identity()) << "the anchor of two taps is the second";
  EXPECT_FALSE(Kernel::parse("1 0").is_identity());
  EXPECT_FALSE(Kernel::parse("2").is_identity());
  EXPECT_EQ(Kernel::parse("1 2 3; 4 5 6").sum(), 21);
  EXPECT_EQ(taps_of(Kernel::parse("1 2; 3 4").rotated()), (std::vector<double>{4, 3, 2, 1}));
  EXPECT_THROW(Kernel(0, 1, 1, {}), KernelError);
  EXPECT_THROW(Kernel(2, 1, 1, {1}), KernelError);
  EXPECT_THROW(Kernel(1, 1, 1, {NAN}), KernelError);
}

// The filter's message begins with the parameter, as SPEC §4 shows.
TEST(KernelText, ErrorsNameTheParameter) {
  try {
    make_filter("kernel", {{"kernel", "1 2 3; 4 5"}});
    FAIL() << "was accepted";
  } catch (const std::exception& error) {
    EXPECT_STREQ(error.what(), "kernel: row 2 has 2 values, row 1 has 3");
  }
}

}  // namespace
}  // namespace convolve
