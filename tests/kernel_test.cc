// SPDX-License-Identifier: MIT
// The filter `kernel`: SPEC §1, §2, §3 and §5.
#include <convolve/engine.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "check.h"
#include "numbers.h"

namespace convolve::test {
namespace {

/// A gray picture through the filter, in numbers.
Rows filtered(const Rows& rows, const Values& values, const char* format = "GRAY8") {
  return rows_through("kernel", rows, values, format);
}

// Worked by hand: an impulse shows the kernel turned round, since correlation lays tap (i, j) over
// the sample at (x + i − 1, y + j − 1).
TEST(KernelNumbers, CorrelationTurnsTheImpulse) {
  const Rows impulse{{0, 0, 0}, {0, 1, 0}, {0, 0, 0}};
  EXPECT_EQ(filtered(impulse, {{"kernel", "1 2 3; 4 5 6; 7 8 9"}}),
            (Rows{{9, 8, 7}, {6, 5, 4}, {3, 2, 1}}));
  EXPECT_EQ(filtered(impulse, {{"kernel", "1 2 3; 4 5 6; 7 8 9"}, {"operation", "convolution"}}),
            (Rows{{1, 2, 3}, {4, 5, 6}, {7, 8, 9}}));
}

// Two taps: the anchor is the second one, so "1 10" reads x − 1 and x. As a convolution the anchor
// moves to the first of the turned taps "10 1": x and x + 1, as scipy.ndimage.convolve does.
TEST(KernelNumbers, EvenKernelsHaveTheirAnchorRightOfTheMiddle) {
  EXPECT_EQ(filtered({{1, 2, 3, 4}}, {{"kernel", "1 10"}, {"border", "constant"}}),
            (Rows{{10, 21, 32, 43}}));
  EXPECT_EQ(filtered({{1, 2, 3, 4}},
                     {{"kernel", "1 10"}, {"border", "constant"}, {"operation", "convolution"}}),
            (Rows{{12, 23, 34, 40}}));
  EXPECT_EQ(filtered({{1}, {2}, {3}}, {{"kernel", "1; 10"}, {"border", "constant"}}),
            (Rows{{10}, {21}, {32}}));
}

// "1 0 0 0 0 0 0" reads three samples to the left: the extension itself becomes visible.
TEST(KernelNumbers, BordersExtendAsTheTableSays) {
  const Rows row{{1, 2, 3, 4, 5}};
  const auto left = [&](const char* border) {
    return filtered(row, {{"kernel", "1 0 0 0 0 0 0"}, {"border", border}})[0];
  };
  const auto right = [&](const char* border) {
    return filtered(row, {{"kernel", "0 0 0 0 0 0 1"}, {"border", border}})[0];
  };
  EXPECT_EQ(left("constant"), (std::vector<double>{0, 0, 0, 1, 2}));
  EXPECT_EQ(left("replicate"), (std::vector<double>{1, 1, 1, 1, 2}));
  EXPECT_EQ(left("reflect"), (std::vector<double>{3, 2, 1, 1, 2}));
  EXPECT_EQ(left("reflect-101"), (std::vector<double>{4, 3, 2, 1, 2}));
  EXPECT_EQ(left("wrap"), (std::vector<double>{3, 4, 5, 1, 2}));
  EXPECT_EQ(right("constant"), (std::vector<double>{4, 5, 0, 0, 0}));
  EXPECT_EQ(right("replicate"), (std::vector<double>{4, 5, 5, 5, 5}));
  EXPECT_EQ(right("reflect"), (std::vector<double>{4, 5, 5, 4, 3}));
  EXPECT_EQ(right("reflect-101"), (std::vector<double>{4, 5, 4, 3, 2}));
  EXPECT_EQ(right("wrap"), (std::vector<double>{4, 5, 1, 2, 3}));
}

// Two samples, seven taps: each mirror is met several times over.
TEST(KernelNumbers, BordersGoOnForEver) {
  const auto far_left = [](const char* border) {
    return filtered({{1, 2}}, {{"kernel", "1 0 0 0 0 0 0"}, {"border", border}})[0];
  };
  // … 1 2 2 1 1 2|, … 1 2 1 2 1 2|, … 2 1 2 1 2|
  EXPECT_EQ(far_left("reflect"), (std::vector<double>{2, 2}));      // at −3: 2, at −2: 2
  EXPECT_EQ(far_left("reflect-101"), (std::vector<double>{2, 1}));  // at −3: 2, at −2: 1
  EXPECT_EQ(far_left("wrap"), (std::vector<double>{2, 1}));
  EXPECT_EQ(far_left("replicate"), (std::vector<double>{1, 1}));
}

TEST(KernelNumbers, SizesFollowTheTable) {
  const Rows row{{1, 2, 3, 4, 5, 6, 7}};
  const auto out = [&](Values values) {
    values["kernel"] = "1 1 1";
    values["border"] = "constant";
    return filtered(row, values)[0];
  };
  EXPECT_EQ(out({}), (std::vector<double>{3, 6, 9, 12, 15, 18, 13}));
  EXPECT_EQ(out({{"stride", "2"}}), (std::vector<double>{3, 9, 15, 13}));
  EXPECT_EQ(out({{"padding", "0"}}), (std::vector<double>{6, 9, 12, 15, 18}));
}

TEST(KernelNumbers, SizeModesShiftTheWindow) {
  // One row of three "1 10 100" over 1 2 3 4: valid starts at the first sample, full two before it.
  // The column axis has one tap, so it is the same in every mode.
  const Rows row{{1, 2, 3, 4}};
  const auto out = [&](Values values) {
    values["kernel"] = "1 10 100";
    values["border"] = "constant";
    return filtered(row, values, "GRAY16_LE")[0];
  };
  EXPECT_EQ(out({{"size-mode", "same"}}), (std::vector<double>{210, 321, 432, 43}));
  EXPECT_EQ(out({{"size-mode", "valid"}}), (std::vector<double>{321, 432}));
  EXPECT_EQ(out({{"size-mode", "full"}}), (std::vector<double>{100, 210, 321, 432, 43, 4}));
  EXPECT_EQ(out({{"padding", "0"}, {"size-mode", "full"}}), (std::vector<double>{321, 432}));
  EXPECT_EQ(out({{"size-mode", "full"}, {"stride", "3"}}), (std::vector<double>{100, 432}));
  EXPECT_EQ(out({{"dilation", "2"}}), (std::vector<double>{310, 420, 31, 42}));
}

// As torch.nn.functional.conv2d: 4 + 2·2 − 3 + 1 = 6 outputs of each axis, also of the height.
TEST(KernelNumbers, PaddingIsOnEverySide) {
  const Rows out = filtered({{1}}, {{"kernel", "1"}, {"padding", "1"}, {"border", "constant"}});
  EXPECT_EQ(out, (Rows{{0, 0, 0}, {0, 1, 0}, {0, 0, 0}}));
}

TEST(KernelNumbers, ResponsesFollowTheTable) {
  // sobel-like "−1 0 1" over 10 20 50 20 10 (replicate): 10 40 0 −40 −10.
  const Rows row{{10, 20, 50, 20, 10}};
  const auto out = [&](Values values) {
    values["kernel"] = "-1 0 1";
    return filtered(row, values)[0];
  };
  EXPECT_EQ(out({}), (std::vector<double>{10, 40, 0, 0, 0}));
  EXPECT_EQ(out({{"response", "absolute"}}), (std::vector<double>{10, 40, 0, 40, 10}));
  EXPECT_EQ(out({{"response", "offset"}}), (std::vector<double>{138, 168, 128, 88, 118}));
  // From [−40, 40] to [0, 255]: 10 → 50/80·255 = 159.375, 0 → 127.5, −10 → 95.625.
  const std::vector<double> stretched = out({{"response", "rescale"}});
  EXPECT_EQ(stretched[0], 159);
  EXPECT_EQ(stretched[1], 255);
  EXPECT_TRUE(stretched[2] == 127 || stretched[2] == 128);
  EXPECT_EQ(stretched[3], 0);
  EXPECT_EQ(stretched[4], 96);
  // bias 0.2 is 51 codes; scale 0.5 halves.
  EXPECT_EQ(out({{"bias", "0.2"}, {"scale", "0.5"}}), (std::vector<double>{56, 71, 51, 31, 46}));
  EXPECT_EQ(out({{"scale", "-1"}}), (std::vector<double>{0, 0, 0, 40, 10}));
}

TEST(KernelNumbers, AFlatFieldRescalesToBlack) {
  EXPECT_EQ(filtered({{77, 77}, {77, 77}}, {{"kernel", "box(3)"}, {"response", "rescale"}}),
            (Rows{{0, 0}, {0, 0}}));
}

TEST(KernelNumbers, NormalizeDividesByTheSum) {
  EXPECT_EQ(filtered({{10, 20, 60}}, {{"kernel", "1 1 1"}, {"normalize", "true"}}),
            (Rows{{13, 30, 47}}));  // 40/3, 90/3, 140/3
}

TEST(KernelErrors, AreClear) {
  const auto reason = [](const Values& values) -> std::string {
    try {
      filtered({{1, 2}, {3, 4}}, values);
    } catch (const std::exception& error) {
      return error.what();
    }
    return "accepted";
  };
  EXPECT_NE(reason({{"kernel", "-1 0 1"}, {"normalize", "true"}}).find("normalize"),
            std::string::npos);
  EXPECT_NE(reason({{"kernel", "1 1 1"}, {"size-mode", "valid"}}).find("too small"),
            std::string::npos);
  EXPECT_NE(reason({{"kernel", "1 1; 1 1 1"}}).find("kernel: row 2"), std::string::npos);
  EXPECT_NE(reason({{"kernel", "1 | 1"}}).find("kernel: "), std::string::npos);
  EXPECT_NE(reason({{"kernel", "1"}, {"roi", "0,0,1,1"}, {"stride", "2"}}).find("roi"),
            std::string::npos);
}

// ---------------------------------------------------------------------------------------------
// Against the reference.

const char* const kSharpen = "0 -1 0; -1 5 -1; 0 -1 0";
const char* const kOdd = "0.3 -0.7 0.11; 0.29 1.13 -0.2; 0.06 -0.41 0.5";
const char* const kBorders[] = {"constant", "replicate", "reflect", "reflect-101", "wrap"};
const char* const kModes[] = {"per-channel", "greyscale", "luma", "raw"};

TEST(Kernel, IdentityOnEveryFormat) { expect_matches("kernel", {{"kernel", "1"}}); }

TEST(Kernel, IntegersOnEveryFormatWithEveryBorder) {
  for (const char* border : kBorders) {
    expect_matches("kernel", {{"kernel", kSharpen}, {"border", border}});
  }
}

TEST(Kernel, RealTapsOnEveryFormatInEveryColorMode) {
  for (const char* mode : kModes) {
    expect_matches("kernel", {{"kernel", kOdd}, {"color-mode", mode}});
  }
}

TEST(Kernel, IntegersInEveryColorMode) {
  for (const char* mode : kModes) {
    expect_matches("kernel", {{"kernel", "-2 -1 0; -1 1 1; 0 1 2"}, {"color-mode", mode}});
  }
}

TEST(Kernel, ColoredConstantBorder) {
  for (const char* mode : kModes) {
    expect_matches("kernel", {{"kernel", "1 2 1; 2 4 2; 1 2 1"},
                              {"normalize", "true"},
                              {"border", "constant"},
                              {"border-color", "0x80d04127"},
                              {"color-mode", mode}});
  }
}

TEST(Kernel, EveryResponseInEveryColorMode) {
  for (const char* response : {"absolute", "offset", "rescale"}) {
    for (const char* mode : kModes) {
      expect_matches("kernel",
                     {{"kernel", "-1 0 1; -2 0 2; -1 0 1"},
                      {"response", response},
                      {"color-mode", mode},
                      {"bias", "0.0625"}},
                     {.formats = {"GRAY8", "RGB", "BGRA", "I420", "NV12", "YUY2", "GBR_10LE",
                                  "P010_10LE", "Y444_16LE", "RGB_F32"}});
    }
  }
}

TEST(Kernel, ScaleAndBias) {
  expect_matches("kernel", {{"kernel", "1 2 3; 4 5 6; 7 8 9"}, {"scale", "1/45"}, {"bias", "0.1"}},
                 {.formats = {"GRAY8", "RGB", "I420", "GRAY16_LE", "GRAY_F32"}});
  expect_matches("kernel", {{"kernel", kSharpen}, {"scale", "-0.5"}, {"bias", "1"}},
                 {.formats = {"GRAY8", "RGBA", "UYVY", "I422_10LE", "GBR_F32"}});
}

// Shapes: rows, columns, even sizes, more than the frame, separable and not, sparse.
TEST(Kernel, EveryShape) {
  const Sweep few{.formats = {"GRAY8", "BGRx", "I420", "GRAY16_LE", "GRAY_F32"}};
  for (const char* taps :
       {"1 2", "1; -3", "1 2; 3 4", "0.1 0.2 0.3 0.4", "1 -1 2 -2 3 -3 4", "1;2;3;4;5",
        "1 4 6 4 1; 4 16 24 16 4; 6 24 36 24 6; 4 16 24 16 4; 1 4 6 4 1",
        "1 0 0 0 0; 0 0 0 0 0; 0 0 0 0 0; 0 0 0 0 0; 0 0 0 0 -1", "0", "0 0 0; 0 0 0; 0 0 0",
        "-300 1023; 7 -1023", "1/16 2/16 1/16; 2/16 4/16 2/16; 1/16 2/16 1/16",
        "0.5 0.25; 0.125 0.0625; 0.03125 0.015625",
        "1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25 26 27 28 29 30 31"}) {
    expect_matches("kernel", {{"kernel", taps}}, few);
    expect_matches("kernel", {{"kernel", taps}, {"operation", "convolution"}, {"border", "wrap"}},
                   few);
  }
}

/// Random taps, in text.
std::string random_taps(int width, int height, bool integers, std::mt19937& random) {
  std::string text;
  for (int y = 0; y < height; ++y) {
    if (y > 0) text += ";";
    for (int x = 0; x < width; ++x) {
      const int tap = static_cast<int>(random() % 2047) - 1023;
      text += " " + (integers ? std::to_string(tap) : std::to_string(tap / 1000.0 / width));
    }
  }
  return text;
}

TEST(Kernel, LargeKernelsWithEveryBorder) {
  std::mt19937 random(test_seed());
  int turn = 0;
  for (const auto& [width, height] : {std::pair{11, 11}, {31, 3}, {2, 17}, {25, 25}, {64, 9}}) {
    for (const bool integers : {false, true}) {
      expect_matches("kernel",
                     {{"kernel", random_taps(width, height, integers, random)},
                      {"scale", integers ? "1/1000" : "1"},
                      {"border", kBorders[turn++ % 5]}},
                     {.formats = {"GRAY8", "RGB", "Y42B", "GRAY16_LE", "GRAY_F32"}, .largest = 24});
    }
  }
}

TEST(Kernel, StrideDilationPaddingAndSizeModes) {
  const Sweep few{.formats = {"GRAY8", "RGB", "AYUV", "GBRA", "I420", "NV21", "Y42B", "UYVY",
                              "P010_10LE", "GRAY_F32"},
                  .largest = 24};
  int turn = 0;
  for (const char* taps : {"1 2 3; 4 5 6; 7 8 9", "1 2 3 4; 5 6 7 8", "0.5 0.5"}) {
    for (const Values& shape : std::vector<Values>{{{"stride", "2"}},
                                                   {{"stride", "3"}, {"size-mode", "valid"}},
                                                   {{"size-mode", "valid"}},
                                                   {{"size-mode", "full"}},
                                                   {{"size-mode", "full"}, {"stride", "2"}},
                                                   {{"dilation", "2"}},
                                                   {{"dilation", "3"}, {"size-mode", "full"}},
                                                   {{"dilation", "2"}, {"size-mode", "valid"}},
                                                   {{"padding", "0"}},
                                                   {{"padding", "1"}, {"stride", "2"}},
                                                   {{"padding", "5"}, {"dilation", "2"}}}) {
      Values values = shape;
      values["kernel"] = taps;
      values["scale"] = "1/45";
      values["border"] = kBorders[turn % 5];
      values["color-mode"] = kModes[turn % 4];
      values["operation"] = turn % 3 == 0 ? "convolution" : "correlation";
      ++turn;
      expect_matches("kernel", values, few);
    }
  }
}

TEST(Kernel, RegionOfInterest) {
  for (const char* mode : kModes) {
    for (const char* roi : {"0,0,1,1", "1,1,5,3", "3,2,4,6"}) {
      const Values values{{"kernel", "1 2 3; 4 -5 6; 7 8 9"},
                          {"scale", "0.04"},
                          {"roi", roi},
                          {"color-mode", mode},
                          {"border", "reflect"}};
      for (const Size size : {Size{8, 8}, Size{17, 9}, Size{33, 12}}) {
        expect_matches_at("kernel", values, size,
                          {"GRAY8", "RGB", "ARGB", "I420", "NV12", "YUY2", "UYVY", "Y42B",
                           "GBR_10LE", "P010_10LE", "RGB_F32"});
      }
    }
  }
}

// What is far too bright stays white, also where it is beyond what halves hold.
TEST(Kernel, ResultsFarAboveWhiteAreWhite) {
  const Rows white(3, std::vector<double>(200, 255));
  for (const std::string& target : simd_targets()) {
    limit_simd_target(target);
    for (const char* scale : {"0.75", "0.88", "0.6", "1", "0.5"}) {
      for (const char* response : {"clamp", "offset"}) {
        EXPECT_EQ(filtered(white, {{"kernel", "170 1"}, {"scale", scale}, {"response", response}}),
                  white)
            << target << " " << scale << " " << response;
        EXPECT_EQ(filtered(white, {{"kernel", "31 30 30; 30 28 30; 30 30 31"},
                                   {"scale", scale},
                                   {"response", response}}),
                  white)
            << target << " " << scale << " " << response;
      }
    }
  }
  limit_simd_target("");
}

TEST(Kernel, GreyscaleIntoGray) {
  expect_matches("kernel", {{"kernel", kSharpen}, {"color-mode", "greyscale"}},
                 {.formats = {"RGB", "BGRA", "xRGB", "GBR", "GBRA", "I420", "NV12", "YUY2", "AYUV",
                              "Y444_16LE", "RGB_F32", "GBR_F32"},
                  .to_gray = true});
}

// Frames that several threads share, of widths on both sides of every vector's length.
TEST(Kernel, LargerFrames) {
  for (const Size size : {Size{129, 65}, Size{320, 200}, Size{1023, 33}, Size{7, 700}}) {
    expect_matches_at("kernel", {{"kernel", kSharpen}}, size, {"GRAY8", "RGB", "I420", "BGRA"});
    expect_matches_at("kernel", {{"kernel", kOdd}, {"border", "wrap"}}, size,
                      {"GRAY8", "NV12", "GRAY16_LE", "GRAY_F32"});
    expect_matches_at("kernel", {{"kernel", kSharpen}, {"color-mode", "luma"}}, size,
                      {"RGBx", "YUY2", "P010_10LE"});
    expect_matches_at("kernel", {{"kernel", kOdd}, {"response", "rescale"}}, size,
                      {"GRAY8", "RGB", "Y42B"});
  }
}

}  // namespace
}  // namespace convolve::test
