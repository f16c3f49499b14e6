// SPDX-License-Identifier: MIT
// The filter `pool`, SPEC §5: PyTorch's MaxPool2d and AvgPool2d(count_include_pad=False).
#include <convolve/engine.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "check.h"
#include "numbers.h"

namespace convolve::test {
namespace {

const Rows kFive{{1, 2, 3, 4, 5},
                 {6, 7, 8, 9, 10},
                 {11, 12, 13, 14, 15},
                 {16, 17, 18, 19, 20},
                 {21, 22, 23, 24, 25}};

Rows pooled(const Values& values) { return rows_through("pool", kFive, values); }

// ⌊(5 − 2)/2⌋ + 1 = 2: the last row and column are left over.
TEST(PoolNumbers, FiveByFiveBecomesTwoByTwo) {
  EXPECT_EQ(pooled({}), (Rows{{7, 9}, {17, 19}}));
  EXPECT_EQ(pooled({{"operator", "min"}}), (Rows{{1, 3}, {11, 13}}));
  // (1 + 2 + 6 + 7)/4 = 4, (3 + 4 + 8 + 9)/4 = 6
  EXPECT_EQ(pooled({{"operator", "mean"}}), (Rows{{4, 6}, {14, 16}}));
}

// ⌈(5 − 2)/2⌉ + 1 = 3: the last windows hold two samples, the corner one.
TEST(PoolNumbers, CeilModeKeepsWhatIsLeftOver) {
  EXPECT_EQ(pooled({{"ceil-mode", "true"}}), (Rows{{7, 9, 10}, {17, 19, 20}, {22, 24, 25}}));
  // (5 + 10)/2 = 7.5 and (21 + 22)/2 = 21.5 are rounded up.
  EXPECT_EQ(pooled({{"ceil-mode", "true"}, {"operator", "mean"}}),
            (Rows{{4, 6, 8}, {14, 16, 18}, {22, 24, 25}}));
}

// Windows from −1, 1 and 3 on: {0 1} {1 2 3} {3 4}. Means are of what lies inside alone:
// (2 + 3 + 4 + 7 + 8 + 9)/6 = 5.5.
TEST(PoolNumbers, PaddingIsNotCounted) {
  const Values shape{{"size", "3"}, {"stride", "2"}, {"padding", "1"}};
  EXPECT_EQ(pooled(shape), (Rows{{7, 9, 10}, {17, 19, 20}, {22, 24, 25}}));
  Values mean = shape;
  mean["operator"] = "mean";
  EXPECT_EQ(pooled(mean), (Rows{{4, 6, 7}, {12, 13, 15}, {19, 21, 22}}));
}

// The same size: a dilation, and an erosion.
TEST(PoolNumbers, StrideOneIsMorphology) {
  const Rows dot{{9, 9, 9, 9}, {9, 1, 9, 9}, {9, 9, 20, 9}};
  Values shape{{"size", "3"}, {"stride", "1"}, {"padding", "1"}};
  EXPECT_EQ(rows_through("pool", dot, shape),
            (Rows{{9, 9, 9, 9}, {9, 20, 20, 20}, {9, 20, 20, 20}}));
  shape["operator"] = "min";
  EXPECT_EQ(rows_through("pool", dot, shape), (Rows{{1, 1, 1, 9}, {1, 1, 1, 9}, {1, 1, 1, 9}}));
}

// floor((n + 2p − size)/stride) + 1, or ceil where the last window begins before n + p.
TEST(PoolNumbers, SizesAreThoseOfPyTorch) {
  EXPECT_EQ(size_through("pool", 28, {}), 14);
  EXPECT_EQ(size_through("pool", 29, {}), 14);
  EXPECT_EQ(size_through("pool", 29, {{"ceil-mode", "true"}}), 15);
  EXPECT_EQ(size_through("pool", 7, {{"size", "3"}, {"stride", "2"}}), 3);
  EXPECT_EQ(size_through("pool", 7, {{"size", "3"}, {"stride", "2"}, {"padding", "1"}}), 4);
  EXPECT_EQ(size_through("pool", 4, {{"size", "5"}, {"stride", "2"}, {"ceil-mode", "true"}}), 1);
  // ⌈(5 + 2 − 2)/3⌉ + 1 = 3, but the third window would begin at 6 − 1 = 5, beyond the frame.
  EXPECT_EQ(size_through("pool", 5,
                         {{"size", "2"}, {"stride", "3"}, {"padding", "1"}, {"ceil-mode", "true"}}),
            2);
  EXPECT_THROW(size_through("pool", 4, {{"size", "5"}}), ParamError);
  EXPECT_EQ(size_through("pool", 1 << 30, {{"size", "1"}, {"stride", "1"}}), 1 << 30);
}

TEST(PoolNumbers, PaddingIsAtMostHalfOfTheSize) {
  EXPECT_NO_THROW(filter_of("pool", {{"size", "4"}, {"padding", "2"}}, 1));
  EXPECT_NO_THROW(filter_of("pool", {{"size", "3"}, {"padding", "1"}}, 1));
  try {
    filter_of("pool", {{"size", "3"}, {"padding", "2"}}, 1);
    FAIL() << "was accepted";
  } catch (const ParamError& error) {
    EXPECT_STREQ(error.what(), "padding: 2 is more than half of the size, 3");
  }
}

// Means of 16 bits hold where sums leave 32 bits: 300·300 samples of 65535 and of 65534 by turns.
TEST(PoolNumbers, LargeSumsAreExact) {
  Rows rows(300, std::vector<double>(300, 65535.0));
  EXPECT_EQ(rows_through("pool", rows, {{"size", "300"}, {"operator", "mean"}}, "GRAY16_LE"),
            (Rows{{65535}}));
  for (std::vector<double>& row : rows) {
    for (std::size_t x = 0; x < row.size(); x += 3) row[x] = 65534;
  }
  // 65535 − 1/3
  EXPECT_EQ(rows_through("pool", rows, {{"size", "300"}, {"operator", "mean"}}, "GRAY16_LE"),
            (Rows{{65535}}));
  for (std::vector<double>& row : rows) {
    for (std::size_t x = 1; x < row.size(); x += 3) row[x] = 65534;
  }
  EXPECT_EQ(rows_through("pool", rows, {{"size", "300"}, {"operator", "mean"}}, "GRAY16_LE"),
            (Rows{{65534}}));
}

TEST(Pool, EveryFormatAndOperator) {
  int turn = 0;
  constexpr const char* kModes[] = {"per-channel", "greyscale", "luma", "raw"};
  for (const char* kind : {"max", "mean", "min"}) {
    for (const char* mode : kModes) {
      expect_matches("pool",
                     {{"operator", kind},
                      {"color-mode", mode},
                      {"ceil-mode", ++turn % 2 == 0 ? "true" : "false"}},
                     {.largest = 20});
    }
  }
}

TEST(Pool, EveryShape) {
  const Sweep few{.formats = {"GRAY8", "RGB", "RGBA", "I420", "NV12", "YUY2", "Y42B", "AYUV",
                              "GRAY16_LE", "P010_10LE", "GRAY_F32", "RGB_F32"},
                  .largest = 24};
  for (const Values& shape : std::vector<Values>{
           {{"size", "1"}, {"stride", "2"}},
           {{"size", "3"}, {"stride", "1"}, {"padding", "1"}},
           {{"size", "3"}, {"stride", "2"}, {"padding", "1"}},
           {{"size", "2"}, {"stride", "3"}, {"padding", "1"}, {"ceil-mode", "true"}},
           {{"size", "4"}, {"stride", "1"}},
           {{"size", "5"}, {"stride", "2"}, {"padding", "2"}, {"ceil-mode", "true"}},
           {{"size", "6"}, {"stride", "5"}, {"padding", "3"}},
           {{"size", "7"}, {"stride", "7"}, {"ceil-mode", "true"}},
           {{"size", "8"}, {"padding", "4"}},
           {{"size", "13"}, {"stride", "3"}, {"padding", "6"}}}) {
    for (const char* kind : {"max", "mean", "min"}) {
      Values values = shape;
      values["operator"] = kind;
      expect_matches("pool", values, few);
    }
  }
}

TEST(Pool, LargerFrames) {
  for (const Size size : {Size{129, 65}, Size{320, 200}, Size{1023, 33}, Size{7, 700}}) {
    expect_matches_at("pool", {}, size, {"GRAY8", "RGB", "I420", "BGRA"});
    expect_matches_at("pool", {{"operator", "mean"}, {"size", "4"}}, size,
                      {"GRAY8", "NV12", "GRAY16_LE", "GRAY_F32"});
    expect_matches_at("pool", {{"operator", "mean"}, {"size", "3"}, {"stride", "1"}}, size,
                      {"GRAY8", "RGB", "I420_10LE"});
  }
}

// The border's mode does not matter: windows end at the edges.
TEST(Pool, RegionOfInterestWhereTheSizeStays) {
  expect_matches_at("pool", {{"size", "3"}, {"stride", "1"}, {"padding", "1"}, {"roi", "3,2,4,6"}},
                    {17, 12}, {"GRAY8", "RGB", "I420", "YUY2"});
  EXPECT_THROW(Engine::check_roi(*filter_of("pool", {{"roi", "3,2,4,6"}}, 1)), ParamError);
}

}  // namespace
}  // namespace convolve::test
