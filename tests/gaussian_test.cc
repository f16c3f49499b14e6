// SPDX-License-Identifier: MIT
// The filter `gaussian`, SPEC §5.
#include <convolve/engine.h>
#include <convolve/kernel.h>
#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>
#include <numeric>
#include <string>
#include <vector>

#include "check.h"

namespace convolve::test {
namespace {

Picture blurred(const Picture& in, const Values& values) {
  Engine engine(filter_of("gaussian", values, 1));
  TestFrame input(in, {});
  TestFrame output(*in.layout, in.width, in.height, {});
  output.view().range = in.range;
  engine.process(input.view(), output.view());
  return output.picture();
}

// σ = 0.5: taps 1, e^−2 = 0.13534, e^−8 = 0.00034; their sum over −2 … 2 is 1.27134, so the row is
// 0.00026 0.10645 0.78657 0.10645 0.00026. An impulse of 255 becomes 255·0.78657² = 157.76 in the
// middle, 255·0.78657·0.10645 = 21.35 beside it, 255·0.10645² = 2.89 at the corner and
// 255·0.78657·0.00026 = 0.05 two away.
TEST(GaussianNumbers, ImpulseOfHalfAPixel) {
  Picture in(layout_of("GRAY8"), 7, 7);
  in.component[0].at(3, 3) = 255;
  const Grid out = blurred(in, {{"sigma", "0.5"}}).component[0];
  EXPECT_EQ(out.at(3, 3), 158);
  EXPECT_EQ(out.at(2, 3), 21);
  EXPECT_EQ(out.at(3, 4), 21);
  EXPECT_EQ(out.at(2, 2), 3);
  EXPECT_EQ(out.at(4, 2), 3);
  EXPECT_EQ(out.at(1, 3), 0);
}

// σ = 1: taps 1, 0.60653, 0.13534, 0.01111, 0.00034, sum 2.50663; a row blurred along x alone.
// 255/2.50663 = 101.73, ·0.60653 = 61.70, ·0.13534 = 13.77, ·0.01111 = 1.13.
TEST(GaussianNumbers, OneAxisAlone) {
  Picture in(layout_of("GRAY8"), 9, 3);
  in.component[0].at(4, 1) = 255;
  const Grid across = blurred(in, {{"sigma", "1"}, {"sigma-y", "0"}}).component[0];
  EXPECT_EQ(across.at(4, 1), 102);
  EXPECT_EQ(across.at(3, 1), 62);
  EXPECT_EQ(across.at(6, 1), 14);
  EXPECT_EQ(across.at(1, 1), 1);
  EXPECT_EQ(across.at(4, 0), 0);
  const Grid down = blurred(in, {{"sigma", "0"}, {"sigma-y", "1"}}).component[0];
  EXPECT_EQ(down.at(3, 1), 0);
  // Replicated: the middle row alone is lit, its neighbours hold what 1 away gets.
  EXPECT_EQ(down.at(4, 1), 102);
  EXPECT_EQ(down.at(4, 0), 62);
}

TEST(GaussianNumbers, TapsAreSampledCutAndNormalised) {
  for (const double sigma : {0.1, 0.5, 1.0, 1.5, 3.7, 20.0}) {
    const std::vector<double> taps = gaussian_taps(sigma);
    const Taps expected = gaussian_row(sigma);
    ASSERT_EQ(taps.size(), expected.value.size()) << sigma;
    for (std::size_t i = 0; i < taps.size(); ++i) {
      EXPECT_NEAR(taps[i], expected.value[i], 1e-13) << sigma << " " << i;
    }
  }
}

TEST(Gaussian, ZeroIsTheIdentity) {
  EXPECT_TRUE(make_filter("gaussian", {{"sigma", "0"}})->is_identity());
  EXPECT_TRUE(make_filter("gaussian", {{"sigma", "0"}, {"sigma-y", "0"}})->is_identity());
  EXPECT_FALSE(make_filter("gaussian", {{"sigma", "0"}, {"sigma-y", "1"}})->is_identity());
  EXPECT_FALSE(make_filter("gaussian", {{"sigma", "1"}, {"sigma-y", "0"}})->is_identity());
  EXPECT_FALSE(make_filter("gaussian")->is_identity());
  expect_matches("gaussian", {{"sigma", "0"}});
}

TEST(Gaussian, DefaultOnEveryFormatWithEveryBorder) {
  for (const char* border : {"constant", "replicate", "reflect", "reflect-101", "wrap"}) {
    expect_matches("gaussian", {{"border", border}, {"border-color", "0xff40c080"}});
  }
}

TEST(Gaussian, EveryColorMode) {
  for (const char* mode : {"greyscale", "luma", "raw"}) {
    expect_matches("gaussian", {{"sigma", "1"}, {"color-mode", mode}});
  }
}

TEST(Gaussian, SmallToLargeSigmas) {
  for (const char* sigma : {"0.05", "0.2", "0.5", "0.8", "2", "2.7", "3", "4.5", "6.1", "7.9"}) {
    expect_matches(
        "gaussian", {{"sigma", sigma}, {"border", "reflect"}},
        {.formats = {"GRAY8", "RGB", "I420", "YUY2", "GRAY16_LE", "I420_10LE", "GRAY_F32"}});
  }
}

TEST(Gaussian, SigmasFarBeyondTheFrame) {
  for (const char* border : {"replicate", "wrap", "constant"}) {
    for (const char* sigma : {"10", "31.5"}) {
      expect_matches("gaussian", {{"sigma", sigma}, {"border", border}},
                     {.formats = {"GRAY8", "NV12", "GRAY16_LE", "GRAY_F32"}, .largest = 12});
    }
    for (const char* sigma : {"50", "200", "1000"}) {
      expect_matches_at("gaussian", {{"sigma", sigma}, {"border", border}}, {13, 6},
                        {"GRAY8", "NV12", "GRAY16_LE", "GRAY_F32"});
    }
  }
}

TEST(Gaussian, TwoSigmas) {
  for (const auto& [x, y] :
       {std::pair{"0", "2"}, {"2", "0"}, {"0.7", "5"}, {"5", "1"}, {"9", "0.4"}, {"13", "0"}}) {
    expect_matches("gaussian", {{"sigma", x}, {"sigma-y", y}},
                   {.formats = {"GRAY8", "BGRx", "I420", "Y42B", "P010_10LE", "RGB_F32"}});
  }
}

TEST(Gaussian, RegionOfInterest) {
  for (const char* mode : {"per-channel", "greyscale", "luma"}) {
    expect_matches_at("gaussian", {{"sigma", "2"}, {"roi", "3,1,9,5"}, {"color-mode", mode}},
                      {21, 11}, {"GRAY8", "RGB", "ARGB", "I420", "NV21", "UYVY", "P010_10LE"});
  }
}

// Rows are summed by where they lie in the picture, not by where a region or a thread's part
// begins.
TEST(Gaussian, RegionHoldsWhatTheWholeFrameHolds) {
  std::mt19937 random(test_seed());
  const Layout& layout = layout_of("GRAY8");
  const Picture in = random_picture(layout, 331, 147, random);
  for (const char* sigma : {"2.8", "3", "3.6", "5.7", "7.9"}) {
    const Grid whole = blurred(in, {{"sigma", sigma}}).component[0];
    for (const int top : {1, 2, 3, 5, 40}) {
      const Grid part =
          blurred(in, {{"sigma", sigma}, {"roi", "7," + std::to_string(top) + ",300,90"}})
              .component[0];
      for (int y = 0; y < in.height; ++y) {
        for (int x = 0; x < in.width; ++x) {
          const bool inside = x >= 7 && x < 307 && y >= top && y < top + 90;
          ASSERT_EQ(part.at(x, y), inside ? whole.at(x, y) : in.component[0].at(x, y))
              << "sigma " << sigma << ", region from row " << top << ", at " << x << ", " << y;
        }
      }
    }
  }
}

TEST(Gaussian, LargerFrames) {
  for (const Size size : {Size{200, 120}, Size{1031, 17}, Size{9, 600}}) {
    expect_matches_at("gaussian", {{"sigma", "1.5"}}, size, {"GRAY8", "RGB", "I420", "AYUV"});
    expect_matches_at("gaussian", {{"sigma", "3"}, {"border", "wrap"}}, size,
                      {"GRAY8", "NV12", "GRAY16_LE", "RGB_F32"});
  }
  for (const char* sigma : {"10", "25", "60"}) {
    expect_matches_at("gaussian", {{"sigma", sigma}}, {300, 180}, {"GRAY8", "GRAY16_LE"});
  }
}

// Weights of thousands of lines are so small that what they are rounded by could add up.
TEST(Gaussian, EdgesOfLargeFramesUnderLargeSigmas) {
  constexpr int kRows = 7680;
  constexpr double kAllowed = 0.6;  // SPEC §5 allows 1
  const Taps taps = gaussian_row(1000);
  for (const char* border : {"replicate", "reflect"}) {
    for (const int edge : {1500, 3840, 6900}) {
      Picture in(layout_of("GRAY8"), 1, kRows);
      for (int y = 0; y < edge; ++y) in.component[0].at(0, y) = 255;
      const Grid out =
          blurred(in, {{"sigma", "0"}, {"sigma-y", "1000"}, {"border", border}}).component[0];
      std::vector<double> column;
      for (int y = 0; y < kRows + taps.width; ++y) {
        column.push_back(extended(in.component[0], 0, y - taps.width / 2, border, 0));
      }
      for (int y = 0; y < kRows; y += 7) {
        const double exact =
            std::inner_product(taps.value.begin(), taps.value.end(), column.begin() + y, 0.0);
        ASSERT_NEAR(out.at(0, y), exact, kAllowed) << border << ", edge " << edge << ", row " << y;
      }
    }
  }
}

// Every blur sums to 1, so a flat picture stays just as it is.
TEST(Gaussian, FlatFieldsStayFlat) {
  std::mt19937 random(test_seed());
  for (const Layout& layout : all_layouts()) {
    if (layout.is_float()) continue;
    for (const char* sigma : {"0.3", "1.5", "4", "13", "100", "1000"}) {
      Picture in(layout, 33, 18);
      fill(in, Content::flat, random);
      const Picture out = blurred(in, {{"sigma", sigma}});
      for (std::size_t c = 0; c < in.component.size(); ++c) {
        ASSERT_EQ(out.component[c].value, in.component[c].value)
            << layout.name << " sigma " << sigma << " component " << c;
      }
    }
  }
}

TEST(Gaussian, FlatFieldsOfEveryCodeStayFlat) {
  constexpr int kRows = 8;
  const Image in(1, kRows, SampleType::u16);
  const Image out(1, kRows, SampleType::u16);
  for (const int bits : {10, 12}) {
    PixelFormat format = *find_format("GRAY16_LE");
    format.bits = static_cast<std::uint8_t>(bits);
    ConstFrameView from = as_frame(in.view());
    FrameView to = as_frame(out.view());
    from.format = to.format = &format;
    for (const char* sigma : {"0.7", "1.5", "2.6", "3", "4.4", "5.6", "6.9", "7.5", "20"}) {
      Engine engine(filter_of("gaussian", {{"sigma", sigma}}, 1));
      for (int code = 0; code <= static_cast<int>(format.max_code()); ++code) {
        for (int y = 0; y < kRows; ++y)
          *in.row<std::uint16_t>(y) = static_cast<std::uint16_t>(code);
        engine.process(from, to);
        for (int y = 0; y < kRows; ++y) {
          ASSERT_EQ(*out.row<std::uint16_t>(y), code) << bits << " bits, sigma " << sigma;
        }
      }
    }
  }
}

}  // namespace
}  // namespace convolve::test
