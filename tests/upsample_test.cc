// SPDX-License-Identifier: MIT
// The filter `upsample`, SPEC §5: transposed convolution as PyTorch's ConvTranspose2d.
#include <convolve/engine.h>
#include <convolve/kernel.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "check.h"
#include "numbers.h"

namespace convolve::test {
namespace {

constexpr const char* kModes[] = {"per-channel", "greyscale", "luma", "raw"};
constexpr const char* kBorders[] = {"constant", "replicate", "reflect", "reflect-101", "wrap"};
const Values kTransposed{{"normalize", "false"}, {"border", "constant"}};

Values with(Values values, const Values& more) {
  for (const auto& [name, value] : more) values[name] = value;
  return values;
}

// ConvTranspose2d of [[1 2] [3 4]], kernel 3, stride 2, padding 1: (2 − 1)·2 − 2 + 3 = 3. Input i
// adds tap k to output 2i + k − 1, so that output 0 sees tap 1 of input 0, output 1 tap 2 of input
// 0 and tap 0 of input 1, output 2 tap 1 of input 1:
//
//     1·5       1·6 + 2·4             2·5
//     1·8+3·2   1·9 + 2·7 + 3·3 + 4·1  2·8 + 4·2
//     3·5       3·6 + 4·4             4·5
TEST(UpsampleNumbers, TransposedConvolution) {
  const Values values = with(kTransposed, {{"kernel", "1 2 3; 4 5 6; 7 8 9"}, {"padding", "1"}});
  EXPECT_EQ(rows_through("upsample", {{1, 2}, {3, 4}}, values),
            (Rows{{5, 14, 10}, {14, 36, 24}, {15, 34, 20}}));
}

// Without padding an impulse shows the kernel as it is written; (1 − 1)·2 + 3 = 3.
TEST(UpsampleNumbers, AnImpulseShowsTheKernel) {
  const Values values = with(kTransposed, {{"kernel", "1 2 3; 4 5 6; 7 8 9"}, {"padding", "0"}});
  EXPECT_EQ(rows_through("upsample", {{1}}, values), (Rows{{1, 2, 3}, {4, 5, 6}, {7, 8, 9}}));
  EXPECT_EQ(rows_through("upsample", {{1, 10}}, with(values, {{"kernel", "1 2 3"}})),
            (Rows{{1, 2, 13, 20, 30}}));
  EXPECT_EQ(rows_through("upsample", {{1, 10}},
                         with(values, {{"kernel", "1 2 3"}, {"output-padding", "1"}})),
            (Rows{{1, 2, 13, 20, 30, 0}, {0, 0, 0, 0, 0, 0}}));
}

// The tie of taps to rows: a stride of 3 and one tap leaves two of three outputs dark.
TEST(UpsampleNumbers, FewerTapsThanTheStrideLeaveGaps) {
  EXPECT_EQ(rows_through("upsample", {{7, 8}},
                         with(kTransposed, {{"kernel", "1"}, {"stride", "3"}, {"padding", "0"}})),
            (Rows{{7, 0, 0, 8}}));
  EXPECT_THROW(filter_of("upsample", {{"kernel", "1"}, {"stride", "3"}}, 1), ParamError);
}

// Pixels' centres lie a quarter of an input pixel from the nearest: 3/4 and 1/4.
TEST(UpsampleNumbers, BilinearByTwo) {
  EXPECT_EQ(rows_through("upsample", {{0, 40}}, {}), (Rows{{0, 10, 30, 40}, {0, 10, 30, 40}}));
  EXPECT_EQ(rows_through("upsample", {{0, 40}}, {{"border", "wrap"}}),
            (Rows{{10, 10, 30, 30}, {10, 10, 30, 30}}));
}

// Of an odd stride, centres coincide: 1/3 2/3 1 2/3 1/3.
TEST(UpsampleNumbers, BilinearByThree) {
  EXPECT_EQ(rows_through("upsample", {{0, 30, 90}}, {{"stride", "3"}})[1],
            (std::vector<double>{0, 0, 10, 20, 30, 50, 70, 90, 90}));
}

// At distances of 1/4 and 3/4 the cubic's taps are −9 111 29 −3, over 128:
// (111·0 + 29·128)/128 = 29, (111·128 − 9·0)/128 = 111 + … of an edge from 0 to 128.
TEST(UpsampleNumbers, BicubicByTwo) {
  const Rows edge{{0, 0, 0, 128, 128, 128}};
  EXPECT_EQ(rows_through("upsample", edge, {{"kernel", "bicubic"}})[0],
            (std::vector<double>{0, 0, 0, 0, 0, 26, 102, 137, 131, 128, 128, 128}));
}

TEST(UpsampleNumbers, NearestRepeats) {
  EXPECT_EQ(rows_through("upsample", {{1, 200}, {30, 4}}, {{"kernel", "nearest"}, {"stride", "2"}}),
            (Rows{{1, 1, 200, 200}, {1, 1, 200, 200}, {30, 30, 4, 4}, {30, 30, 4, 4}}));
  EXPECT_EQ(rows_through("upsample", {{1, 200}}, {{"kernel", "nearest"}, {"stride", "3"}})[2],
            (std::vector<double>{1, 1, 1, 200, 200, 200}));
}

// (n − 1)·S − 2p + K + output-padding
TEST(UpsampleNumbers, SizesAreThoseOfPyTorch) {
  const Values three{{"kernel", "box(3)"}};
  EXPECT_EQ(size_through("upsample", 2, with(three, {{"padding", "1"}})), 3);
  EXPECT_EQ(size_through("upsample", 2, with(three, {{"padding", "0"}})), 5);
  EXPECT_EQ(size_through("upsample", 14, with(three, {{"padding", "1"}, {"output-padding", "1"}})),
            28);
  EXPECT_EQ(size_through("upsample", 5, with(three, {{"padding", "0"}, {"stride", "3"}})), 15);
  // By default S times as large, whatever the kernel.
  EXPECT_EQ(size_through("upsample", 7, three), 14);
  for (const char* kernel : {"nearest", "bilinear", "bicubic", "lanczos3"}) {
    for (int stride = 1; stride <= 8; ++stride) {
      const std::string text = std::to_string(stride);
      EXPECT_EQ(size_through("upsample", 5, {{"kernel", kernel}, {"stride", text}}), 5 * stride);
    }
  }
  EXPECT_THROW(size_through("upsample", 1 << 30, {}), ParamError) << "too large for any frame";
  EXPECT_THROW(size_through("upsample", 2, with(three, {{"padding", "4"}})), ParamError);
  EXPECT_THROW(filter_of("upsample", {{"output-padding", "2"}}, 1), ParamError);
}

// Convolution's known sizes, beside which the transposed ones stand.
TEST(UpsampleNumbers, SizesOfStridedKernels) {
  const Values three{{"kernel", "box(3)"}};
  EXPECT_EQ(size_through("kernel", 28, with(three, {{"size-mode", "valid"}})), 26);
  EXPECT_EQ(size_through("kernel", 5, with(three, {{"padding", "1"}, {"stride", "2"}})), 3);
}

TEST(UpsampleNumbers, WhatLiesBeyondIsTheBordersColour) {
  // Alpha has taps too, and a border: at corners 9/16 of 160, and 7/16 of 0 or of 0x80.
  Picture in(layout_of("RGBA"), 1, 1);
  for (std::size_t c = 0; c < 4; ++c) in.component[c].at(0, 0) = 160;
  Engine engine(filter_of("upsample",
                          {{"border", "constant"},
                           {"border-color", "0x80000000"},
                           {"kernel", "1 3 3 1; 3 9 9 3; 3 9 9 3; 1 3 3 1"}},
                          1));
  TestFrame input(in, {});
  TestFrame output(*in.layout, 2, 2, {});
  engine.process(input.view(), output.view());
  const Picture out = output.picture();
  EXPECT_EQ(out.component[0].at(0, 0), 90);
  EXPECT_EQ(out.component[3].at(0, 0), 146);
}

// Chroma at the centre of its pixels, luma and chroma the same ramp across the picture: scaled up,
// both are still one ramp. Chroma c lies at 2c + 1/2, so that its code there is 40 + 8·(2c + 1/2);
// by two, output c lies at c + 1/4 − 1/2 of the input's chroma.
TEST(UpsampleNumbers, ChromaStaysOverLuma) {
  Picture in(layout_of("I420"), 24, 4);
  for (int x = 0; x < 24; ++x) {
    for (int y = 0; y < 4; ++y) in.component[0].at(x, y) = 40 + 8 * x;
  }
  for (int x = 0; x < 12; ++x) {
    for (int y = 0; y < 2; ++y) in.component[1].at(x, y) = 40 + 8 * (2 * x + 0.5);
  }
  Engine engine(filter_of("upsample", {{"color-mode", "raw"}}, 1));
  TestFrame input(in, {});
  TestFrame output(*in.layout, 48, 8, {});
  engine.process(input.view(), output.view());
  const Picture out = output.picture();
  const auto ramp = [](double x) { return 40 + 8 * ((x + 0.5) / 2 - 0.5); };  // x of the output
  for (int x = 2; x < 46; ++x) EXPECT_EQ(out.component[0].at(x, 3), ramp(x));
  for (int x = 1; x < 23; ++x) EXPECT_EQ(out.component[1].at(x, 1), ramp(2 * x + 0.5));
}

// The same where chroma lies over the first of two pixels: 40 + 8·2c before, and after it 2c of the
// output, which is c − 1/4 of the input. Down the columns it lies in the middle as before.
TEST(UpsampleNumbers, ChromaStaysOverTheFirstPixel) {
  for (const char* kernel : {"bilinear", "bicubic", "lanczos3"}) {
    Picture in(layout_of("I420"), 24, 4);
    for (int x = 0; x < 12; ++x) {
      for (int y = 0; y < 2; ++y) in.component[1].at(x, y) = 40 + 8 * 2 * x;
    }
    Engine engine(filter_of("upsample", {{"color-mode", "raw"}, {"kernel", kernel}}, 1));
    TestFrame input(in, {});
    TestFrame output(*in.layout, 48, 8, {});
    ConstFrameView view = input.view();
    view.site.left = true;
    engine.process(view, output.view());
    const Picture out = output.picture();
    // Lanczos is no straight line between the points of one.
    const double slack = kernel == std::string("lanczos3") ? 2 : 0;
    for (int x = 8; x < 16; ++x) EXPECT_NEAR(out.component[1].at(x, 1), 38 + 8 * x, slack);
  }
}

TEST(UpsampleNumbers, UnequalNumbersOfTapsAreWarnedOf) {
  const auto warning = [](const Values& values) {
    return filter_of("upsample", values, 1)->warning();
  };
  EXPECT_NE(warning({{"kernel", "box(3)"}}).find("3×3, is no multiple of the stride, 2"),
            std::string::npos);
  EXPECT_EQ(warning({{"kernel", "box(4)"}}), "");
  EXPECT_EQ(warning({{"kernel", "box(3)"}, {"stride", "3"}}), "");
  EXPECT_NE(warning({{"kernel", "box(4x3)"}}), "");
  for (const char* kernel : {"nearest", "bilinear", "bicubic", "lanczos3"}) {
    EXPECT_EQ(warning({{"kernel", kernel}, {"stride", "3"}}), "") << "its phases are balanced";
  }
}

TEST(UpsampleNumbers, BadKernelsAreRefusedByName) {
  try {
    filter_of("upsample", {{"kernel", "bilinaer"}}, 1);
    FAIL() << "was accepted";
  } catch (const KernelError& error) {
    EXPECT_STREQ(error.what(), "kernel: 'bilinaer' is no kernel; did you mean 'bilinear'?");
  }
  EXPECT_THROW(filter_of("upsample", {{"kernel", "motion"}}, 1), KernelError);
  EXPECT_THROW(filter_of("upsample", {{"kernel", "laplacian"}}, 1), ParamError) << "sums of 0";
}

TEST(Upsample, InterpolatorsOnEveryFormat) {
  int turn = 0;
  for (const char* kernel : {"nearest", "bilinear", "bicubic", "lanczos3"}) {
    for (const char* stride : {"2", "3"}) {
      expect_matches("upsample",
                     {{"kernel", kernel},
                      {"stride", stride},
                      {"border", kBorders[turn % 5]},
                      {"color-mode", kModes[turn % 4]}},
                     {.largest = 14});
      ++turn;
    }
  }
}

TEST(Upsample, EveryStride) {
  int turn = 0;
  for (const char* kernel : {"nearest", "bilinear", "bicubic", "lanczos3"}) {
    for (const char* stride : {"1", "4", "5", "6", "7", "8"}) {
      expect_matches("upsample",
                     {{"kernel", kernel}, {"stride", stride}, {"border", kBorders[turn % 5]}},
                     {.formats = {"GRAY8", "RGB", "NV12", "GRAY16_LE"}, .largest = 9});
      ++turn;
    }
  }
}

TEST(Upsample, EveryColorModeAndBorder) {
  for (const char* mode : kModes) {
    for (const char* border : kBorders) {
      expect_matches("upsample",
                     {{"kernel", "bicubic"},
                      {"border", border},
                      {"border-color", "0x804080c0"},
                      {"color-mode", mode}},
                     {.formats = {"GRAY8", "RGB", "RGBx", "ARGB", "GBRA", "I420", "NV21", "YUY2",
                                  "AYUV", "GBR_10LE", "P010_10LE", "RGB_F32", "GRAY_F32"},
                      .largest = 10});
    }
  }
}

// Kernels of any shape: outer products and not, even and odd, larger than the frame, and paddings.
TEST(Upsample, OwnKernels) {
  const Sweep few{.formats = {"GRAY8", "RGB", "BGRA", "I420", "YUY2", "GRAY16_LE", "GRAY_F32"},
                  .largest = 12};
  int turn = 0;
  for (const char* kernel :
       {"1 2 3; 4 5 6; 7 8 9", "1 3 3 1; 3 9 9 3; 3 9 9 3; 1 3 3 1", "0.1 0.9 0.3; 0.7 0.2 0.4",
        "1 -2 3 4 5 -6 7; 3 1 4 1 5 9 2",
        "1 4 6 4 1; 4 16 24 16 4; 6 24 36 24 6; 4 16 24 16 4; 1 4 6 4 1", "9 8; 7 3"}) {
    for (const Values& shape :
         std::vector<Values>{{},
                             {{"padding", "0"}},
                             {{"padding", "1"}, {"output-padding", "1"}},
                             {{"padding", "2"}, {"stride", "1"}},
                             {{"padding", "-1"}, {"stride", "1"}},
                             {{"padding", "1"}, {"stride", "2"}, {"normalize", "false"}},
                             {{"padding", "0"}, {"stride", "3"}, {"normalize", "false"}},
                             {{"stride", "4"}, {"normalize", "false"}, {"output-padding", "3"}}}) {
      Values values = with(shape, {{"kernel", kernel}, {"border", kBorders[turn % 5]}});
      ++turn;
      try {
        filter_of("upsample", values, 1);
      } catch (const ParamError&) {
        continue;  // a phase that sums to 0 cannot be normalised
      }
      expect_matches("upsample", values, few);
    }
  }
}

TEST(Upsample, LargerFrames) {
  for (const Size size : {Size{129, 65}, Size{320, 40}, Size{1100, 9}, Size{7, 300}}) {
    expect_matches_at("upsample", {{"kernel", "bicubic"}}, size, {"GRAY8", "RGB", "I420", "BGRA"});
    expect_matches_at("upsample", {{"kernel", "lanczos3"}, {"stride", "3"}}, size,
                      {"GRAY8", "NV12"});
    expect_matches_at("upsample", {{"kernel", "1 2 3; 4 5 6; 7 8 9"}}, size,
                      {"GRAY8", "GRAY16_LE", "GRAY_F32"});
  }
}

TEST(Upsample, GreyscaleIntoGray) {
  expect_matches("upsample", {{"color-mode", "greyscale"}, {"kernel", "bicubic"}},
                 {.formats = {"RGB", "BGRA", "GBR", "I420", "YUY2", "RGB_F32"},
                  .largest = 12,
                  .to_gray = true});
}

}  // namespace
}  // namespace convolve::test
