// SPDX-License-Identifier: MIT
// How near the results are to the exact ones: prints the largest and the mean error for each filter
// and depth, and holds them to SPEC §2.
#include <convolve/engine.h>
#include <gtest/gtest.h>

#include <cmath>
#include <cstdio>
#include <string>
#include <vector>

#include "check.h"

namespace convolve::test {
namespace {

struct Case {
  const char* title;
  const char* filter;
  Values values;
};

const std::vector<Case>& cases() {
  static const std::vector<Case> all{
      {"kernel, integers over 16", "kernel", {{"kernel", "1 2 1; 2 4 2; 1 2 1"}, {"scale", "1/16"}}},
      {"kernel, integers over 115",
       "kernel",
       {{"kernel", "2 4 5 4 2; 4 9 12 9 4; 5 12 15 12 5; 4 9 12 9 4; 2 4 5 4 2"},
        {"normalize", "true"}}},
      {"kernel, ninths", "kernel", {{"kernel", "1/9 1/9 1/9; 1/9 1/9 1/9; 1/9 1/9 1/9"}}},
      {"kernel, real 3×3",
       "kernel",
       {{"kernel", "0.071 0.123 0.077; 0.119 0.2137 0.1291; 0.081 0.113 0.0732"}}},
      {"kernel, real 5×4, both signs",
       "kernel",
       {{"kernel", "0.11 -0.03 0.2 0.07 -0.1; 0.05 0.13 -0.21 0.09 0.31; -0.02 0.17 0.23 -0.19 0.03;"
                   "0.04 0.01 -0.06 0.12 0.08"}}},
      {"gaussian, sigma 0.6", "gaussian", {{"sigma", "0.6"}}},
      {"gaussian, sigma 1.5", "gaussian", {{"sigma", "1.5"}}},
      {"gaussian, sigma 4", "gaussian", {{"sigma", "4"}}},
      {"gaussian, sigma 15", "gaussian", {{"sigma", "15"}}},
      {"gaussian, sigma 50", "gaussian", {{"sigma", "50"}}},
      {"upsample, bicubic", "upsample", {{"kernel", "bicubic"}}},
      {"upsample, lanczos3 by 3", "upsample", {{"kernel", "lanczos3"}, {"stride", "3"}}},
      {"pool, mean", "pool", {{"operator", "mean"}, {"size", "3"}}},
      {"sobel, magnitude", "sobel", {{"scale", "0.25"}}},
      {"sobel, x with offset", "sobel", {{"scale", "0.1"}, {"output", "x"}, {"response", "offset"}}},
  };
  return all;
}

struct Errors {
  double largest = 0;
  double mean = 0;  ///< signed
};

/// Errors against the exact value, of the samples that are not clamped.
Errors errors_of(const Picture& got, const Expected& expected) {
  Errors errors;
  std::size_t count = 0;
  const double top = expected.layout->max_code();
  for (std::size_t i = 0; i < got.component[0].value.size(); ++i) {
    const double exact =
        (expected.component[0].low.value[i] + expected.component[0].high.value[i]) / 2;
    if (exact < 1 || exact > top - 1) continue;
    const double error = got.component[0].value[i] - exact;
    errors.largest = std::max(errors.largest, std::abs(error));
    // A tie may go to either side, so it says nothing of a lean to one.
    if (std::abs(std::abs(exact - std::floor(exact)) - 0.5) < 1e-9) continue;
    errors.mean += error;
    ++count;
  }
  errors.mean /= static_cast<double>(std::max<std::size_t>(count, 1));
  return errors;
}

class Accuracy : public testing::TestWithParam<const char*> {};

TEST_P(Accuracy, IsWhatTheContractAsks) {
  const Layout& layout = layout_of(GetParam());
  std::mt19937 random(test_seed());
  Picture in(layout, 256, 192);
  fill(in, Content::random, random);
  // Smoothed a little and away from the ends, so that errors are of arithmetic, not of clamping.
  for (Grid& grid : in.component) {
    for (double& v : grid.value) v = std::floor(v * 0.6 + layout.max_code() * 0.2);
  }
  for (const Case& each : cases()) {
    SCOPED_TRACE(each.title);
    const Expected expected = reference(each.filter, in, each.values);
    Engine engine(filter_of(each.filter, each.values, 0));
    const TestFrame input(in, {});
    TestFrame output(layout, expected.width, expected.height, {});
    engine.process(input.view(), output.view());
    const Picture got = output.picture();
    const Errors errors = errors_of(got, expected);
    std::printf("%-32s %2d bit: largest error %.4f, mean %+.5f codes\n", each.title, layout.bits,
                errors.largest, errors.mean);
    EXPECT_EQ(difference(got, expected), "");
    EXPECT_LT(std::abs(errors.mean), 0.02);
  }
}

INSTANTIATE_TEST_SUITE_P(Depths, Accuracy, testing::Values("GRAY8", "GBR_10LE", "GRAY16_LE"),
                         [](const auto& each) { return std::string(each.param); });

}  // namespace
}  // namespace convolve::test
