// SPDX-License-Identifier: MIT
// The kernel filter on frames wide enough for every way through the engine: whole blocks, rests of
// blocks, strides that make them, and the exact rounding of whole-number taps.
#include <gtest/gtest.h>

#include <random>
#include <string>
#include <vector>

#include "check.h"

namespace convolve::test {
namespace {

std::string random_rows(int width, int height, std::mt19937& random) {
  std::uniform_int_distribution<int> tap(-9, 9);
  std::string text;
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x) text += std::to_string(tap(random)) + " ";
    text += ";";
  }
  return text;
}

TEST(KernelWide, StridesWithEveryWidthOfKernel) {
  std::mt19937 random(test_seed());
  std::uniform_int_distribution<int> wide(64, 300);
  for (int stride = 1; stride <= 8; ++stride) {
    for (int width = 1; width <= 9; width += 2) {
      const int side = width - (stride % 2);
      if (side < 1) continue;
      expect_matches_at("kernel",
                        {{"kernel", random_rows(side, 1 + side / 3, random)},
                         {"scale", "1/16"},
                         {"stride", std::to_string(stride)}},
                        {wide(random), 9}, {"GRAY8", "GRAY16_LE", "RGB", "I420"});
    }
  }
}

TEST(KernelWide, NegativeFactorsKeepTheirMagnitude) {
  for (const char* scale : {"-0.3", "-1", "-1/9"}) {
    expect_matches_at("kernel",
                      {{"kernel", "1 2 1"}, {"scale", scale}, {"response", "absolute"}}, {150, 7},
                      {"GRAY8", "RGB", "I420", "GRAY16_LE", "GRAY_F32"});
  }
  expect_matches_at("kernel",
                    {{"kernel", "0 -4/9"}, {"normalize", "true"}, {"response", "absolute"}},
                    {150, 7}, {"GRAY8"});
  expect_matches_at("sobel", {{"output", "x"}, {"scale", "-1.06"}}, {150, 7}, {"GRAY8", "RGB"});
}

// 20·20 = 400 is the largest whole number, over 4096: each pixel is the nearest code.
TEST(KernelWide, ABinomialKernelIsRoundedToNearest) {
  const int row[7] = {1, 6, 15, 20, 15, 6, 1};
  std::string text;
  for (const int y : row) {
    for (const int x : row) text += std::to_string(x * y) + "/4096 ";
    text += ";";
  }
  expect_matches_at("kernel", {{"kernel", text}}, {300, 120}, {"GRAY8", "RGB"});
}

TEST(KernelWide, AnyBiasIsRoundedToNearest) {
  for (const char* bias : {"0.003", "0.25", "-0.1", "0.396"}) {
    expect_matches_at("kernel", {{"kernel", "0 -1 0; -1 5 -1; 0 -1 0"}, {"bias", bias}}, {150, 20},
                      {"GRAY8", "GRAY16_LE", "I420"});
    expect_matches_at("kernel",
                      {{"kernel", "1 2 3"}, {"scale", "1/6"}, {"bias", bias},
                       {"color-mode", "greyscale"}},
                      {150, 20}, {"RGB"});
  }
}

// What it reaches beyond an edge stands for columns that no tap but those of nothing sees.
TEST(KernelWide, ColumnsOfNothingWidenTheWindow) {
  for (const int zeros : {20, 58, 197, 500}) {
    std::string nothing;
    for (int i = 0; i < zeros; ++i) nothing += " 0";
    const std::string kernel = "3 1 2" + nothing + ";-1 5 1" + nothing + ";2 0 4" + nothing;
    for (const char* operation : {"correlation", "convolution"}) {
      for (const int width : {16, 27, 64, 100, 131}) {
        expect_matches_at("kernel",
                          {{"kernel", kernel},
                           {"scale", "1/17"},
                           {"operation", operation},
                           {"border", "reflect"}},
                          {width, 20}, {"GRAY8", "RGBA", "GRAY16_LE"});
      }
    }
  }
}

// Rows are filtered where they lie, up to the last one behind which something may be read.
TEST(KernelWide, ReadsNothingBeyondAFrame) {
  const std::vector<std::string> formats = {"GRAY8", "RGBA", "NV21", "GRAY16_LE"};
  for (const int width : {56, 62, 64, 69, 75, 77, 84, 90, 95, 131}) {
    for (const char* kernel :
         {"1 4 6 4 1;4 16 24 16 4;6 24 36 24 6;4 16 24 16 4;1 4 6 4 1", "30;35",
          "0 0 2 0 0;0 0 2 0 0;2 2 -1 2 2;0 0 2 0 0;0 0 2 0 0"}) {
      expect_matches_at("kernel", {{"kernel", kernel}, {"normalize", "true"}}, {width, 20}, formats);
      expect_matches_at("kernel",
                        {{"kernel", kernel}, {"padding", "5"}, {"border", "constant"}},
                        {width, 12}, formats);
      expect_matches_at("kernel", {{"kernel", kernel}, {"padding", "6"}, {"border", "wrap"}},
                        {width, 12}, formats);
    }
    for (const char* sigma : {"0.5", "1", "5", "5.9"}) {
      expect_matches_at("gaussian", {{"sigma", sigma}}, {width, 60}, formats);
    }
  }
}

}  // namespace
}  // namespace convolve::test
