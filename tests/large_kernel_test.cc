// SPDX-License-Identifier: MIT
// Kernels of 9×9 taps and more, of low and of full rank, which are factored or transformed: every
// format, border and geometry, frames smaller than the kernel among them.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>
#include <sstream>
#include <string>
#include <vector>

#include "check.h"

namespace convolve::test {
namespace {

const std::vector<std::string> kDepths{"GRAY8", "GBR_10LE", "GRAY16_LE", "GRAY_F32"};

/// `rank` products of a random column and a random row, of whole numbers; rank 0 is a full one.
std::string random_kernel(int width, int height, int rank, bool whole, std::mt19937& random) {
  std::uniform_int_distribution<int> tap(-3, 4);
  std::uniform_real_distribution<double> real(-0.3, 0.5);
  const auto draw = [&] { return whole ? tap(random) : real(random); };
  std::vector<double> taps(static_cast<std::size_t>(width * height));
  if (rank == 0) {
    for (double& each : taps) each = draw();
  }
  for (int term = 0; term < rank; ++term) {
    std::vector<double> row(static_cast<std::size_t>(width));
    for (double& each : row) each = draw();
    for (int y = 0; y < height; ++y) {
      const double factor = draw();
      for (int x = 0; x < width; ++x) {
        taps[static_cast<std::size_t>(y * width + x)] += factor * row[static_cast<std::size_t>(x)];
      }
    }
  }
  std::ostringstream text;
  text.precision(17);
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x) text << taps[static_cast<std::size_t>(y * width + x)] << ' ';
    text << ';';
  }
  return text.str();
}

TEST(LargeKernel, OfEveryRankAndDepth) {
  std::mt19937 random(test_seed());
  for (const int side : {9, 12, 15, 21, 33, 63}) {
    for (const int rank : {0, 1, 2, 3}) {
      for (const bool whole : {true, false}) {
        expect_matches_at("kernel",
                          {{"kernel", random_kernel(side, side - rank % 2, rank, whole, random)},
                           {"scale", "1/64"}},
                          {131, 70}, kDepths);
      }
    }
  }
}

TEST(LargeKernel, OnFramesSmallerThanTheKernel) {
  std::mt19937 random(test_seed());
  for (const char* border : {"constant", "replicate", "reflect", "reflect-101", "wrap"}) {
    for (const Size size : {Size{1, 1}, Size{5, 30}, Size{40, 3}}) {
      expect_matches_at("kernel",
                        {{"kernel", random_kernel(41, 37, 0, true, random)},
                         {"scale", "1/256"},
                         {"border", border},
                         {"border-color", "0xff8040c0"}},
                        size, {"GRAY8", "RGB", "I420", "GRAY_F32"});
    }
  }
}

TEST(LargeKernel, OfEveryFormat) {
  std::mt19937 random(test_seed());
  // The first is transformed, the second a sum of two products.
  for (const std::string& kernel :
       {random_kernel(35, 35, 0, false, random), random_kernel(17, 15, 2, false, random)}) {
    Sweep sweep;
    sweep.largest = 4;
    expect_matches("kernel", {{"kernel", kernel}, {"scale", "1/16"}}, sweep);
    for (const char* mode : {"greyscale", "luma"}) {
      expect_matches_at("kernel", {{"kernel", kernel}, {"scale", "1/16"}, {"color-mode", mode}},
                        {90, 50}, {"RGB", "RGBA", "I420", "NV12"});
    }
    expect_matches_at("kernel", {{"kernel", kernel}, {"scale", "1/16"}}, {205, 33},
                      {"RGB", "RGBA", "NV12", "P010_10LE"});
  }
}

// Ones within shapes made of boxes: a sum of a few products of whole numbers, rounded exactly.
TEST(LargeKernel, OfBoxes) {
  for (const int side : {13, 24, 31}) {
    std::string ring;
    std::string cross;
    for (int y = 0; y < side; ++y) {
      for (int x = 0; x < side; ++x) {
        const int edge = std::min({x, y, side - 1 - x, side - 1 - y});
        ring += edge < 3 ? "1 " : edge < 6 ? "0 " : "3 ";
        cross += std::abs(2 * x - side) < 5 || std::abs(2 * y - side) < 5 ? "2 " : "-1 ";
      }
      ring += ";";
      cross += ";";
    }
    for (const std::string& kernel : {ring, cross}) {
      expect_matches_at("kernel", {{"kernel", kernel}, {"scale", "1/1000"}}, {140, 61},
                        {"GRAY8", "RGB", "GBR_10LE"});
      expect_matches_at("kernel", {{"kernel", kernel}, {"normalize", "true"}, {"bias", "0.1"}},
                        {140, 61}, {"GRAY8", "NV12"});
    }
  }
}

TEST(LargeKernel, OnAnyNumberOfThreads) {
  std::mt19937 random(test_seed());
  const Picture in = random_picture(layout_of("RGB"), 150, 97, random);
  const TestFrame input(in, {});
  for (const int rank : {0, 2}) {
    const Values values{{"kernel", random_kernel(45, 43, rank, true, random)}, {"scale", "1/99"}};
    std::vector<std::byte> first;
    for (const int threads : {1, 2, 3, 7}) {
      TestFrame output(layout_of("RGB"), in.width, in.height, {});
      Engine(filter_of("kernel", values, threads)).process(input.view(), output.view());
      if (first.empty()) first = output.bytes();
      EXPECT_EQ(output.bytes() == first, true) << threads << " threads";
    }
  }
}

TEST(LargeKernel, WithEveryGeometry) {
  std::mt19937 random(test_seed());
  const std::string kernel = random_kernel(31, 40, 0, true, random);
  const std::vector<std::string> formats{"GRAY8", "RGB", "I420", "GRAY16_LE"};
  for (const Values& values : std::vector<Values>{{{"stride", "2"}},
                                                  {{"stride", "3"}, {"padding", "7"}},
                                                  {{"size-mode", "full"}},
                                                  {{"size-mode", "valid"}},
                                                  {{"operation", "convolution"}},
                                                  {{"dilation", "2"}, {"border", "wrap"}},
                                                  {{"roi", "40,20,30,41"}}}) {
    Values all = values;
    all["kernel"] = kernel;
    all["scale"] = "1/128";
    expect_matches_at("kernel", all, {170, 111}, formats);
  }
}

TEST(LargeKernel, WithEveryResponse) {
  std::mt19937 random(test_seed());
  const std::string kernel = random_kernel(37, 37, 0, true, random);
  for (const char* response : {"clamp", "absolute", "offset", "rescale"}) {
    for (const char* scale : {"1/256", "1/321", "-0.003"}) {
      expect_matches_at(
          "kernel", {{"kernel", kernel}, {"scale", scale}, {"response", response}, {"bias", "0.1"}},
          {150, 80}, {"GRAY8", "RGB", "I420", "GRAY_F32"});
    }
  }
}

TEST(LargeKernel, Of255By255) {
  std::mt19937 random(test_seed());
  expect_matches_at("kernel",
                    {{"kernel", random_kernel(255, 255, 0, true, random)}, {"scale", "1/4096"}},
                    {60, 41}, {"GRAY8", "GRAY16_LE"});
}

// Sums beyond 32 bits, and real taps too many for whole-number weights.
TEST(LargeKernel, OfLargeSums) {
  std::mt19937 random(test_seed());
  std::uniform_int_distribution<int> tap(400, 1023);
  std::ostringstream whole;
  for (int y = 0; y < 150; ++y) {
    for (int x = 0; x < 150; ++x) whole << tap(random) << ' ';
    whole << ';';
  }
  expect_matches_at("kernel", {{"kernel", whole.str()}, {"normalize", "true"}}, {30, 21},
                    {"GRAY8", "GBR_10LE", "GRAY16_LE"});
  std::uniform_real_distribution<double> real(0, 1);
  std::ostringstream many;
  for (int y = 0; y < 700; ++y) {
    for (int x = 0; x < 700; ++x) many << real(random) << ' ';
    many << ';';
  }
  expect_matches_at("kernel", {{"kernel", many.str()}, {"normalize", "true"}}, {6, 5},
                    {"GRAY8", "GRAY16_LE", "GRAY_F32"});
}

}  // namespace
}  // namespace convolve::test
