// SPDX-License-Identifier: MIT
// Rank and frequency response of kernels, against what is known of them.
#include <cmath>
#include <numbers>
#include <random>
#include <vector>

#include <gtest/gtest.h>

#include <convolve/kernel.h>

namespace convolve {
namespace {

TEST(KernelFacts, RankIsTheLeastNumberOfOuterProducts) {
  EXPECT_EQ(describe(Kernel::parse("box(5x3)")).rank, 1);
  EXPECT_EQ(describe(Kernel::parse("gaussian(2.3)")).rank, 1);
  EXPECT_EQ(describe(Kernel::parse("sobel-x")).rank, 1);
  // The middle row is no multiple of the other two.
  EXPECT_EQ(describe(Kernel::parse("sharpen")).rank, 2);
  EXPECT_EQ(describe(Kernel::parse("1 0 0; 0 1 0; 0 0 1")).rank, 3);
  EXPECT_EQ(describe(Kernel::parse("0 0; 0 0")).rank, 0);
  EXPECT_TRUE(describe(Kernel::parse("gaussian(1)")).separable());
  EXPECT_FALSE(describe(Kernel::parse("sharpen")).separable());
  EXPECT_FALSE(describe(Kernel::parse("0 0")).separable());
}

TEST(KernelFacts, RandomTapsHaveTheRankTheyWereMadeWith) {
  std::mt19937 random(7);
  std::uniform_real_distribution<double> number(-1, 1);
  for (int rank = 1; rank <= 6; ++rank) {
    std::vector<double> taps(9 * 11);
    for (int i = 0; i < rank; ++i) {
      std::vector<double> row(11);
      for (double& value : row) value = number(random);
      for (std::size_t y = 0; y < 9; ++y) {
        const double factor = number(random);
        for (std::size_t x = 0; x < 11; ++x) taps[y * 11 + x] += factor * row[x];
      }
    }
    EXPECT_EQ(describe(Kernel(11, 9, 1, taps)).rank, rank);
  }
}

TEST(KernelFacts, RankInTime) {
  EXPECT_TRUE(describe(Kernel::parse("box(3x3x3)")).separable());
  EXPECT_TRUE(describe(Kernel::parse("gaussian(1,1)")).separable());
  EXPECT_TRUE(describe(Kernel::parse("motion")).separable());
  const KernelFacts facts = describe(Kernel::parse("1 0 | 0 1"));
  EXPECT_EQ(facts.rank, 1);
  EXPECT_EQ(facts.time_rank, 2);
  EXPECT_FALSE(facts.separable());
}

TEST(KernelFacts, SumsAndCounts) {
  const KernelFacts facts = describe(Kernel::parse("0 -1 0; -1 5 -1; 0 -1 0"));
  EXPECT_EQ(facts.sum, 1);
  EXPECT_EQ(facts.magnitude, 9);
  EXPECT_EQ(facts.used, 5);
}

TEST(FrequencyResponse, OfKernelsWithAFormula) {
  const double pi = std::numbers::pi;
  for (const double f : {0.0, 0.1, 0.25, 0.4, 0.5}) {
    // 1 + 2 cos, a third of it.
    EXPECT_NEAR(frequency_response(Kernel::parse("box(3)"), f, 0),
                std::abs(1 + 2 * std::cos(2 * pi * f)) / 3, 1e-12);
    // Right minus left of two pixels: 2 sin; rows weigh 1 2 1.
    EXPECT_NEAR(frequency_response(Kernel::parse("sobel-x"), f, 0), 8 * std::sin(2 * pi * f),
                1e-12);
    EXPECT_NEAR(frequency_response(Kernel::parse("sobel-x"), 0, f), 0, 1e-12);
    EXPECT_NEAR(frequency_response(Kernel::parse("laplacian"), f, f), 4 - 4 * std::cos(2 * pi * f),
                1e-12);
    EXPECT_NEAR(frequency_response(Kernel::parse("motion"), 0.3, 0.2, f), 2 * std::sin(pi * f),
                1e-12);
    EXPECT_NEAR(frequency_response(Kernel::parse("gaussian(2)"), f, 0),
                std::exp(-2 * std::pow(2 * pi * f, 2)), 1e-3);
  }
}

TEST(FrequencyResponse, TheGridHasTheSameNumbers) {
  const Kernel kernel = Kernel::parse("1 2 3; 4 5 6 | 7 8 9; 1 0 2");
  const std::vector<double> grid = frequency_response_grid(kernel, 5, 0.2);
  ASSERT_EQ(grid.size(), 25U);
  for (std::size_t y = 0; y < 5; ++y) {
    for (std::size_t x = 0; x < 5; ++x) {
      EXPECT_NEAR(grid[y * 5 + x],
                  frequency_response(kernel, static_cast<double>(x) / 4 - 0.5,
                                     static_cast<double>(y) / 4 - 0.5, 0.2),
                  1e-9);
    }
  }
}

}  // namespace
}  // namespace convolve
