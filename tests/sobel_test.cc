// SPDX-License-Identifier: MIT
// The filter `sobel` and its kin, SPEC §5.
#include <convolve/engine.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "check.h"

namespace convolve::test {
namespace {

Picture edges(const Picture& in, const Values& values) {
  Engine engine(filter_of("sobel", values, 1));
  TestFrame input(in, {});
  TestFrame output(*in.layout, in.width, in.height, {});
  output.view().range = in.range;
  engine.process(input.view(), output.view());
  return output.picture();
}

/// 5×5, with one 10 in the middle.
Picture dot() {
  Picture in(layout_of("GRAY8"), 5, 5);
  in.component[0].at(2, 2) = 10;
  return in;
}

std::vector<double> middle(const Values& values) {
  const Grid out = edges(dot(), values).component[0];
  std::vector<double> samples;
  for (int y = 1; y <= 3; ++y) {
    for (int x = 1; x <= 3; ++x) samples.push_back(out.at(x, y));
  }
  return samples;
}

// A dot of 10. Left of it, right minus left is 2·10; at its upper left corner gx = gy = 10, and
// √(10² + 10²) = 14.14; the dot itself has no gradient.
TEST(SobelNumbers, Magnitudes) {
  EXPECT_EQ(middle({}), (std::vector<double>{14, 20, 14, 20, 0, 20, 14, 20, 14}));
  EXPECT_EQ(middle({{"norm", "l1"}}), (std::vector<double>{20, 20, 20, 20, 0, 20, 20, 20, 20}));
  EXPECT_EQ(middle({{"norm", "max"}}), (std::vector<double>{10, 20, 10, 20, 0, 20, 10, 20, 10}));
  // Scharr: 10·10 beside the dot, √(30² + 30²) = 42.43 at the corner.
  EXPECT_EQ(middle({{"operator", "scharr"}}),
            (std::vector<double>{42, 100, 42, 100, 0, 100, 42, 100, 42}));
  EXPECT_EQ(middle({{"operator", "prewitt"}}),
            (std::vector<double>{14, 10, 14, 10, 0, 10, 14, 10, 14}));
  // Roberts looks at the 2×2 block that ends at the pixel: diagonals, 10 on each of its 4 pixels.
  EXPECT_EQ(middle({{"operator", "roberts"}}),
            (std::vector<double>{0, 0, 0, 0, 10, 10, 0, 10, 10}));
  EXPECT_EQ(middle({{"scale", "0.5"}}), (std::vector<double>{7, 10, 7, 10, 0, 10, 7, 10, 7}));
}

// 0.06·255 = 15.3 lies between the corners' 14.14 and the sides' 20.
TEST(SobelNumbers, Threshold) {
  EXPECT_EQ(middle({{"threshold", "0.06"}}), (std::vector<double>{0, 20, 0, 20, 0, 20, 0, 20, 0}));
}

// x is right minus left, y is below minus above.
TEST(SobelNumbers, Signs) {
  const Values clamp{{"response", "clamp"}};
  Values x = clamp;
  x["output"] = "x";
  Values y = clamp;
  y["output"] = "y";
  EXPECT_EQ(middle(x), (std::vector<double>{10, 0, 0, 20, 0, 0, 10, 0, 0}));
  EXPECT_EQ(middle(y), (std::vector<double>{10, 20, 10, 0, 0, 0, 0, 0, 0}));
  EXPECT_EQ(middle({{"output", "x"}}), (std::vector<double>{10, 0, 10, 20, 0, 20, 10, 0, 10}));
  EXPECT_EQ(middle({{"output", "x"}, {"response", "offset"}}),
            (std::vector<double>{138, 128, 118, 148, 128, 108, 138, 128, 118}));
}

// A full turn is 255: right is 0, below is 63.75, left 127.5, above 191.25.
TEST(SobelNumbers, Directions) {
  const std::vector<double> out = middle({{"output", "direction"}});
  EXPECT_EQ(out[3], 0);                        // left of the dot, it brightens to the right
  EXPECT_EQ(out[1], 64);                       // above it, downwards
  EXPECT_TRUE(out[5] == 127 || out[5] == 128);  // right of it, to the left
  EXPECT_EQ(out[7], 191);                      // below it, upwards
  EXPECT_EQ(out[0], 32);                       // 45°: 31.875
  EXPECT_EQ(out[8], 159);                      // 225°: 159.375
  EXPECT_EQ(out[4], 0);                        // no gradient at all
}

// A grey YUV edge picture: black luma where nothing is, and no colour.
TEST(SobelNumbers, YuvIsGreyOnBlack) {
  Picture in(layout_of("I420"), 8, 8);
  in.range = ColorRange::video;
  for (double& v : in.component[0].value) v = 100;
  for (double& v : in.component[1].value) v = 30;
  for (double& v : in.component[2].value) v = 220;
  in.component[0].at(4, 4) = 110;
  const Picture out = edges(in, {});
  EXPECT_EQ(out.component[0].at(0, 0), 16);
  EXPECT_EQ(out.component[0].at(3, 4), 36);
  for (const double v : out.component[1].value) EXPECT_EQ(v, 128);
  for (const double v : out.component[2].value) EXPECT_EQ(v, 128);
}

TEST(SobelNumbers, RgbDefaultsToGreyscale) {
  Picture in(layout_of("RGB"), 5, 5);
  in.component[1].at(2, 2) = 100;  // a green dot: Y' = 58.7, 117.4 beside it
  const Picture out = edges(in, {});
  for (const Grid& grid : out.component) EXPECT_EQ(grid.at(1, 2), 117);
}

// ---------------------------------------------------------------------------------------------
// Against the reference.

const char* const kOperators[] = {"sobel", "scharr", "prewitt", "roberts"};

TEST(Sobel, DefaultOnEveryFormatWithEveryBorder) {
  for (const char* border : {"constant", "replicate", "reflect", "reflect-101", "wrap"}) {
    expect_matches("sobel", {{"border", border}});
  }
}

TEST(Sobel, EveryOperatorOutputAndNorm) {
  const Sweep some{.formats = {"GRAY8", "RGB", "I420", "P010_10LE", "GRAY16_LE", "GRAY_F32"}};
  for (const char* name : kOperators) {
    for (const char* norm : {"l2", "l1", "max"}) {
      expect_matches("sobel", {{"operator", name}, {"norm", norm}}, some);
    }
    for (const char* output : {"x", "y", "direction"}) {
      expect_matches("sobel", {{"operator", name}, {"output", output}}, some);
    }
  }
}

TEST(Sobel, EveryColorMode) {
  for (const char* mode : {"per-channel", "greyscale", "luma", "raw"}) {
    for (const char* output : {"magnitude", "x", "direction"}) {
      expect_matches("sobel", {{"color-mode", mode}, {"output", output}},
                     {.formats = {"GRAY8", "RGB", "ARGB", "GBR_10LE", "I420", "NV12", "YUY2",
                                  "Y444_16LE", "P010_10LE", "RGB_F32"}});
    }
  }
}

TEST(Sobel, EveryResponse) {
  for (const char* response : {"clamp", "offset", "rescale"}) {
    for (const char* mode : {"per-channel", "greyscale", "luma", "raw"}) {
      expect_matches(
          "sobel",
          {{"output", "y"}, {"response", response}, {"color-mode", mode}, {"scale", "0.25"}},
          {.formats = {"GRAY8", "RGBA", "I420", "NV21", "I422_10LE", "GBR_F32"}});
    }
  }
}

TEST(Sobel, ScaleAndThreshold) {
  const Sweep some{.formats = {"GRAY8", "BGR", "NV12", "GRAY16_LE", "Y444_10LE", "GRAY_F32"}};
  for (const char* norm : {"l2", "l1", "max"}) {
    expect_matches("sobel", {{"scale", "0.3"}, {"threshold", "0.35"}, {"norm", norm}}, some);
    expect_matches("sobel", {{"scale", "2"}, {"threshold", "0.5"}, {"norm", norm}}, some);
  }
  expect_matches("sobel", {{"threshold", "1"}}, some);
  expect_matches("sobel", {{"scale", "0"}}, some);
}

TEST(Sobel, RegionOfInterest) {
  expect_matches_at("sobel", {{"roi", "3,2,9,5"}}, {21, 11},
                    {"GRAY8", "RGB", "BGRA", "I420", "NV12", "YUY2", "P010_10LE"});
}

TEST(Sobel, GreyscaleIntoGray) {
  expect_matches("sobel", {},
                 {.formats = {"RGB", "BGRx", "GBRA", "I420", "NV12", "UYVY", "Y444_16LE",
                              "RGB_F32"},
                  .to_gray = true});
}

TEST(Sobel, LargerFrames) {
  for (const Size size : {Size{129, 65}, Size{640, 90}, Size{5, 700}}) {
    expect_matches_at("sobel", {}, size, {"GRAY8", "RGB", "I420", "BGRA", "GRAY16_LE"});
    expect_matches_at("sobel", {{"operator", "scharr"}, {"norm", "l1"}}, size,
                      {"GRAY8", "NV12", "GBR_10LE", "GRAY_F32"});
  }
}

// Whatever the colour, nothing changes in a flat picture.
TEST(Sobel, FlatFieldsAreBlack) {
  std::mt19937 random(test_seed());
  for (const Layout& layout : all_layouts()) {
    if (layout.is_float()) continue;
    Picture in(layout, 23, 18);
    fill(in, Content::flat, random);
    const Picture out = edges(in, {});
    const double black = layout.family == ColorFamily::yuv ? black_level(in) : 0.0;
    for (const double v : out.component[0].value) ASSERT_EQ(v, black) << layout.name;
  }
}

}  // namespace
}  // namespace convolve::test
