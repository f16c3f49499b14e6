// SPDX-License-Identifier: MIT
// SPEC §2: integer formats give the same bytes on every instruction set and with any number of
// threads, wherever the frame lies in memory; float formats with any number of threads.
#include <convolve/engine.h>
#include <convolve/kernel.h>
#include <gtest/gtest.h>

#include <sstream>
#include <string>
#include <vector>

#include "check.h"
#include "sample_values.h"

namespace convolve::test {
namespace {

class Identity : public testing::TestWithParam<const FilterInfo*> {};

int draw(int low, int high, std::mt19937& random) {
  return std::uniform_int_distribution<int>(low, high)(random);
}

// Sizes below and above a vector, a block and a band of rows.
Size draw_size(std::mt19937& random) {
  switch (random() % 4) {
    case 0:
      return {draw(1, 40, random), draw(1, 40, random)};
    case 1:
      return {draw(60, 330, random), draw(1, 40, random)};
    case 2:
      return {draw(1, 70, random), draw(60, 200, random)};
    default:
      return {draw(200, 420, random), draw(30, 130, random)};
  }
}

// Any taps: whole ones, fractions and real ones, small and large, full, sparse and of rank 1.
std::string draw_kernel(std::mt19937& random) {
  const int most = random() % 8 == 0 ? 33 : 9;
  const int width = draw(1, most, random);
  const int height = draw(1, most, random);
  const auto kind = random() % 5;
  const int range = random() % 3 == 0 ? 1023 : 9;
  std::vector<int> row(static_cast<std::size_t>(width));
  for (int& tap : row) tap = draw(-4, 9, random);
  std::ostringstream text;
  for (int y = 0; y < height; ++y) {
    const int factor = draw(-3, 5, random);
    if (y > 0) text << ';';
    for (int x = 0; x < width; ++x) {
      text << ' ';
      if (kind == 0) text << draw(-range, range, random);
      if (kind == 1) text << draw(-9, 40, random) << "/115";
      if (kind == 2) text << draw(-1000, 3000, random) * 1e-4;
      if (kind == 3) text << row[static_cast<std::size_t>(x)] * factor;
      if (kind == 4) text << (random() % 6 == 0 ? draw(-range, range, random) : 0);
    }
  }
  return text.str();
}

Values draw_values(const FilterInfo& info, std::mt19937& random) {
  Values values = sample_values(info, random);
  for (const Param& param : info.params) {
    if (param.name == "kernel") values["kernel"] = draw_kernel(random);
    // Slices in time must be of one size: the same one again.
    if (param.name == "time-border") values["kernel"] += '|' + values["kernel"];
  }
  return values;
}

TEST_P(Identity, SameBytesEveryWay) {
  std::mt19937 random(test_seed());
  const std::string name(GetParam()->name);
  int compared = 0;
  for (int turn = 0; turn < 4; ++turn) {
    for (const Layout& layout : all_layouts()) {
      const Values values = draw_values(*GetParam(), random);
      const Size size = draw_size(random);
      SCOPED_TRACE(describe(name, values) + ", " + layout.name + " " + std::to_string(size.width) +
                   "x" + std::to_string(size.height) + ", seed " + std::to_string(test_seed()));
      try {
        std::vector<Way> ways = every_way(name, values);
        const Size out = Engine::output_size(ways.front().engine->filter(), size);
        if (out.width > 2000 || out.height > 2000) continue;
        const Picture in = random_picture(layout, size.width, size.height, random);
        run_all_ways(ways, in, *in.layout, out, random);
        ++compared;
      } catch (const std::invalid_argument&) {
        // Values that do not go together are refused: the contract test looks at that.
      }
      if (HasFailure()) return;
    }
  }
  EXPECT_GT(compared, 40);
}

INSTANTIATE_TEST_SUITE_P(EveryFilter, Identity,
                         testing::ValuesIn(all_filters().begin(), all_filters().end()),
                         [](const auto& each) {
                           std::string test(each.param->name);
                           std::replace(test.begin(), test.end(), '-', '_');
                           return test;
                         });

}  // namespace
}  // namespace convolve::test
