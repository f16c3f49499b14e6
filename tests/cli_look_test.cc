// SPDX-License-Identifier: MIT
// Pictures and reports to look at: kernels, comparisons, sheets, diagrams. What is drawn is read
// back with the program itself.
#include <algorithm>
#include <array>
#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "cli_fixture.h"

namespace convolve::test {
namespace {

using Pixel = std::array<int, 3>;

// The pixels of a picture that is RGB.
struct Picture {
  int width = 0;
  int height = 0;
  std::string samples;  // of a Y4M with full chroma

  [[nodiscard]] Pixel at(int x, int y) const {
    Pixel pixel{};
    for (std::size_t plane = 0; plane < 3; ++plane) {
      const auto index = (plane * static_cast<std::size_t>(height) + static_cast<std::size_t>(y)) *
                             static_cast<std::size_t>(width) +
                         static_cast<std::size_t>(x);
      pixel[plane] = static_cast<unsigned char>(samples.at(index));
    }
    return pixel;
  }
  [[nodiscard]] std::size_t colors() const {
    std::set<Pixel> all;
    for (int y = 0; y < height; y += 2) {
      for (int x = 0; x < width; x += 2) all.insert(at(x, y));
    }
    return all.size();
  }
};

class CliLook : public Cli {
 protected:
  [[nodiscard]] Picture read(const std::string& file) const {
    const Result result = convolve({file, "-o", "-", "-q", "--pix-fmt", "yuv444p"});
    EXPECT_EQ(result.code, 0) << result.err;
    Picture picture;
    std::sscanf(result.out.c_str(), "YUV4MPEG2 W%d H%d", &picture.width, &picture.height);
    picture.samples = y4m_samples(result.out, static_cast<std::size_t>(picture.width) *
                                                  static_cast<std::size_t>(picture.height) * 3);
    return picture;
  }
};

TEST_F(CliLook, AKernelIsTold) {
  const Result result = convolve({"--show-kernel", "sharpen"});
  EXPECT_EQ(result.code, 0) << result.err;
  EXPECT_TRUE(result.out.starts_with("sharpen: 3×3\n       0 -1  0\n      -1  5 -1\n"))
      << result.out;
  for (const char* part :
       {"taps        9, 5 of them not zero\n", "sum         1, of magnitudes 9\n",
        "separable   no: rank 2\n", "  0.50    5.000   5.000     9.000  ###"}) {
    EXPECT_NE(result.out.find(part), std::string::npos) << part << result.out;
  }
  EXPECT_NE(convolve({"--show-kernel", "1 2 1; 2 4 2"}).out.find("separable   yes: rank 1"),
            std::string::npos);
  const std::string json = convolve({"--show-kernel", "box(3x3x2)", "--json"}).out;
  for (const char* part : {R"("depth": 2)", R"("separable": true)", R"("rank": 1)", R"("time")"}) {
    EXPECT_NE(json.find(part), std::string::npos) << part << json;
  }
  write_file(dir_.file("taps.txt"), "# mine\n1 2\n3 4\n");
  EXPECT_NE(convolve({"--show-kernel", "@taps.txt"}).out.find("sum         10"), std::string::npos);
  expect_error({"--show-kernel", "sharpn"}, 2, "did you mean 'sharpen'?");
  expect_error({"--show-kernel", "1 2; 3"}, 2,
               "convolve: --show-kernel: row 2 has 1 value, row 1 has 2\n");
}

TEST_F(CliLook, SizesAreWorkedOut) {
  const Result result =
      convolve({"--size", "1920x1080", "-f", "gaussian=sigma=1,kernel=box(3x5):stride=2,sobel"});
  EXPECT_EQ(result.code, 0) << result.err;
  for (const char* part :
       {"  width         ⌊(1920 − 1)/2⌋ + 1 = 960\n", "  height        ⌊(1080 − 1)/2⌋ + 1 = 540\n",
        // 4 sigma on both sides.
        "gaussian=sigma=1\n  size          1920×1080\n", "  taps          9×9\n",
        "  multiply-adds 18 a pixel of its output\n", "  taps          3×5\n",
        "  multiply-adds 8 a pixel of its output\n", "  taps          3×3\n",
        "output          960×540\n"}) {
    EXPECT_NE(result.out.find(part), std::string::npos) << part << result.out;
  }
  // 18 a pixel, and a quarter of 8 + 12.
  EXPECT_NE(result.out.find("in all          23 multiply-adds a pixel of the input"),
            std::string::npos)
      << result.out;
}

TEST_F(CliLook, SizesThatAreKnown) {
  const auto size = [this](const std::string& frame, const std::string& chain) {
    const std::string out = convolve({"--size", frame, "-f", chain}).out;
    const std::size_t at = out.find("\noutput          ");
    return at == std::string::npos ? out : out.substr(at + 17, out.find('\n', at + 1) - at - 17);
  };
  EXPECT_EQ(size("5x5", "kernel=box(3):padding=1:stride=2"), "3×3");
  EXPECT_EQ(size("28x28", "kernel=box(3):size-mode=valid"), "26×26");
  EXPECT_EQ(size("28x20", "kernel=box(3):size-mode=full"), "30×22");
  EXPECT_EQ(size("64x48", "kernel=box(3):dilation=2:size-mode=valid,sobel"), "60×44");
  EXPECT_EQ(size("64x48", "gst:videobalance=hue=0.1"), "64×48");
  EXPECT_EQ(size("2x2", "upsample=kernel=box(3):stride=2:padding=1"), "3×3");
  EXPECT_EQ(size("5x5", "pool"), "2×2");
  EXPECT_EQ(size("5x5", "pool=ceil-mode=true"), "3×3");
  const std::string deep = convolve({"--size", "64x48", "-f", "kernel3d=box(3x3x5),upsample"}).out;
  for (const char* part : {"  taps          3×3×5\n", "  latency       2 frames\n",
                           "  width         (64 − 1)·2 + 4 − 2 = 128\n"}) {
    EXPECT_NE(deep.find(part), std::string::npos) << part << deep;
  }
  // Lanczos: 6 input pixels wide, so 12 output pixels, of which every second meets in an output.
  const std::string large = convolve({"--size", "64x48", "-f", "upsample=kernel=lanczos3"}).out;
  for (const char* part : {"  taps          12×12\n", "  multiply-adds 36 a pixel"}) {
    EXPECT_NE(large.find(part), std::string::npos) << part << large;
  }
  expect_error({"--size", "2x2", "-f", "kernel=box(3):size-mode=valid"}, 2,
               "kernel: the frame of 2×2 is too small: the least is 3×3");
  expect_error({"--size", "20x8", "-f", "pool=size=9"}, 2,
               "pool: the frame of 20×8 is too small: the least is 9×9");
  expect_error({"--size", "320x240", "-f", "upsample=8,upsample=8,upsample=8"}, 2,
               "upsample: the output of 20480×15360 is too large for a frame");
  expect_error({"--size", "64", "-f", "sobel"}, 2, "--size: '64' is no size");
  expect_error({"--size", "64x0", "-f", "sobel"}, 2, "--size: 0 is outside");
  expect_error({"--size", "64x48"}, 2, "there is no chain");
  const auto work = [this](const std::string& chain) {
    const std::string out = convolve({"--size", "64x48", "-f", chain}).out;
    const std::size_t at = out.find("multiply-adds ");
    return at == std::string::npos ? out : out.substr(at + 14, out.find(' ', at + 14) - at - 14);
  };
  EXPECT_EQ(work("sobel"), "12") << "six taps each way";
  EXPECT_EQ(work("sobel=output=direction"), "12");
  EXPECT_EQ(work("sobel=norm=l1:operator=scharr"), "12");
  EXPECT_EQ(work("sobel=output=x"), "6");
  EXPECT_EQ(work("kernel=laplacian:response=absolute"), "5");
  EXPECT_EQ(work("kernel=sharpen:bias=0.2"), "5");
  EXPECT_EQ(work("kernel=box(7)"), "14");
  EXPECT_EQ(work("kernel='1 0 0 0 1;0 1 0 1 0;0 0 1 0 0;0 1 0 1 0;1 0 0 0 1'"), "9");
  EXPECT_EQ(work("kernel='2 1 1 1 1 2;1 1 1 1 1 1;1 1 1 1 1 1;1 1 1 1 1 1;2 1 1 1 1 2'"), "22")
      << "of rank 2, in 6 columns and 5 rows";
  EXPECT_EQ(work("kernel3d=box(5x5x5)"), "15");
  EXPECT_EQ(work("upsample=kernel=bicubic"), "16");
  const std::string json =
      convolve({"--size", "5x5", "-f", "kernel=box(3):stride=2", "--json"}).out;
  EXPECT_NE(json.find(R"("width_formula": "⌊(5 − 1)/2⌋ + 1")"), std::string::npos) << json;
}

TEST_F(CliLook, AKernelIsDrawn) {
  EXPECT_EQ(convolve({"--show-kernel", "sobel-x", "-o", "k.png"}).code, 0);
  const Picture picture = read("k.png");
  EXPECT_EQ(picture.width, 960);
  // Of the taps the left column is blue, the right one red, the middle one white: Cb and Cr tell.
  const Pixel left = picture.at(60, 300);
  const Pixel middle = picture.at(190, 250);
  const Pixel right = picture.at(420, 300);
  EXPECT_GT(left[1], 140);
  EXPECT_LT(left[2], 120);
  EXPECT_GT(middle[0], 230);
  EXPECT_GT(right[2], 140);
  // The response is 0 along the middle column, and largest on both sides of the middle row.
  const Pixel dark = picture.at(700, 300);
  const Pixel bright = picture.at(600, 300);
  EXPECT_LT(dark[0] + 80, bright[0]);
  EXPECT_EQ(convolve({"--show-kernel", "sobel-x", "-o", "k.png"}).code, 4);
  EXPECT_EQ(convolve({"--show-kernel", "sobel-x", "-y", "-o", "k.png"}).code, 0);
}

TEST_F(CliLook, CompareHasBothHalves) {
  const Result both = convolve({"clip.y4m", "-o", "-", "-q", "--compare", "-f", "sobel"});
  ASSERT_EQ(both.code, 0) << both.err;
  EXPECT_TRUE(both.out.starts_with("YUV4MPEG2 W128 H48 ")) << both.out.substr(0, 60);
  const std::string source = y4m_samples(convolve({"clip.y4m", "-o", "-", "-q"}).out, kFrameBytes);
  const std::string edges =
      y4m_samples(convolve({"clip.y4m", "-o", "-", "-q", "-f", "sobel"}).out, kFrameBytes);
  const std::string wide = y4m_samples(both.out, 2 * kFrameBytes);
  ASSERT_EQ(wide.size(), 2 * source.size());
  for (std::size_t frame = 0; frame < 10; ++frame) {
    for (std::size_t y = 0; y < kHeight; ++y) {
      const std::size_t row = frame * kFrameBytes + y * kWidth;
      const std::size_t wide_row = 2 * frame * kFrameBytes + 2 * y * kWidth;
      EXPECT_EQ(wide.substr(wide_row, kWidth), source.substr(row, kWidth)) << frame << " " << y;
      EXPECT_EQ(wide.substr(wide_row + kWidth, kWidth), edges.substr(row, kWidth));
    }
  }
}

TEST_F(CliLook, CompareTakesOtherSizes) {
  const Result both = convolve(
      {"clip.y4m", "-o", "-", "-q", "--compare", "-f", "kernel=box(2):stride=2", "--frames", "1"});
  ASSERT_EQ(both.code, 0) << both.err;
  EXPECT_TRUE(both.out.starts_with("YUV4MPEG2 W96 H48 ")) << both.out.substr(0, 60);
  // Below the smaller picture is black.
  const std::string samples = y4m_samples(both.out, 96 * 48 * 3 / 2);
  EXPECT_EQ(static_cast<unsigned char>(samples.at(47 * 96 + 95)), 16);
  EXPECT_EQ(static_cast<unsigned char>(samples.at(96 * 48 + 23 * 48 + 47)), 128);
}

TEST_F(CliLook, AContactSheetHasATileForEachFilter) {
  ASSERT_EQ(convolve({"clip.y4m", "--contact-sheet", "s.png", "-f",
                      "gaussian=9,kernel='0':border=wrap,kernel='0':bias=1"})
                .code,
            0);
  // Four tiles, two in a row; the last two are black and white.
  const Picture sheet = read("s.png");
  EXPECT_EQ(sheet.width, 16 + 2 * (96 + 16));
  const int row = 16 + 72 + 24 + 16;
  EXPECT_NE(sheet.at(40, 40), sheet.at(90, 60));
  EXPECT_LT(sheet.at(60, row + 30)[0], 30);
  EXPECT_GT(sheet.at(60 + 112, row + 30)[0], 225);
  EXPECT_GT(sheet.at(8, row + 30)[0], 225);
  ASSERT_EQ(convolve({"clip.y4m", "--contact-sheet", "all.png"}).code, 0);
  EXPECT_GT(read("all.png").height, 4 * 100);
  expect_error({"clip.y4m", "--contact-sheet", "s.png"}, 4, "s.png: exists");
  expect_error({"clip.y4m", "--contact-sheet", "t.png", "--start", "99"}, 3, "no frame");
}

TEST_F(CliLook, TheChosenFrameIsDrawn) {
  // Frames 0 and 5 differ; 5 is the one at 0.2 s.
  ASSERT_EQ(convolve({"clip.y4m", "--contact-sheet", "a.png", "-f", "gaussian=1"}).code, 0);
  ASSERT_EQ(
      convolve({"clip.y4m", "--contact-sheet", "b.png", "-f", "gaussian=1", "--start", "0.2"}).code,
      0);
  ASSERT_EQ(convolve({"clip.y4m", "-o", "five.y4m", "-q", "--start", "0.2", "--frames", "1"}).code,
            0);
  ASSERT_EQ(convolve({"five.y4m", "--contact-sheet", "c.png", "-f", "gaussian=1"}).code, 0);
  EXPECT_NE(read("a.png").samples, read("b.png").samples);
  EXPECT_EQ(read("b.png").samples, read("c.png").samples);
}

TEST_F(CliLook, PlotsAreDrawn) {
  for (const char* kind : {"histogram", "gradient"}) {
    const std::string file = std::string(kind) + ".png";
    const Result result = convolve({"clip.y4m", "--plot", kind, "-o", file});
    EXPECT_EQ(result.code, 0) << result.err;
    EXPECT_EQ(result.out, "");
    const Picture picture = read(file);
    EXPECT_EQ(picture.width, 960);
    EXPECT_GT(picture.colors(), 10U);
  }
  expect_error({"clip.y4m", "--plot", "histgram", "-o", "h.png"}, 2, "did you mean 'histogram'?");
  expect_error({"clip.y4m", "--plot", "histogram"}, 2, "OUTPUT: is missing");
}

TEST_F(CliLook, LiveInputsAreDrawnByTheirFirstFrame) {
  const std::string live = "test:smpte?width=64&height=48&fps=50";
  const Result sheet =
      convolve({live, "--contact-sheet", "s.png", "-f", "gaussian=9,kernel3d=box(1x1x5)"});
  ASSERT_EQ(sheet.code, 0) << sheet.err;
  EXPECT_GT(read("s.png").colors(), 20U);
  const Result plot = convolve({live, "--plot", "histogram", "-o", "h.png"});
  ASSERT_EQ(plot.code, 0) << plot.err;
  EXPECT_EQ(read("h.png").width, 960);
}

TEST_F(CliLook, AHistogramShowsWhereTheCodesAre) {
  // All pixels become one grey, half of 255 above the luma of black, which is 148 of 0 to 255: one
  // column alone.
  ASSERT_EQ(convolve({"clip.y4m", "--plot", "histogram", "-o", "h.png", "-f",
                      "kernel='0':bias=0.5:color-mode=greyscale"})
                .code,
            0);
  const Picture picture = read("h.png");
  const auto is_bar = [&picture](int x) {
    const Pixel pixel = picture.at(x, 520);
    return pixel[0] < 182;  // the lines of the axes are brighter
  };
  // The axis goes from 80 to 920 for codes 0 to 255.
  int bars = 0;
  int first = 0;
  for (int x = 90; x < 910; ++x) {
    if (!is_bar(x)) continue;
    if (bars++ == 0) first = x;
  }
  EXPECT_GT(bars, 1);
  EXPECT_LT(bars, 16);
  EXPECT_NEAR((first - 80) / 840.0 * 255, 148, 3);
}

}  // namespace
}  // namespace convolve::test
