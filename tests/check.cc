// SPDX-License-Identifier: MIT
#include "check.h"

#include <algorithm>
#include <cstdlib>
#include <iomanip>
#include <numeric>
#include <sstream>
#include <utility>

namespace convolve::test {

namespace {

// The sanitizers make tests ten times slower, and see bad memory in a third of the sizes as well.
#ifdef __SANITIZE_ADDRESS__
constexpr std::size_t kSizeStep = 3;
#else
constexpr std::size_t kSizeStep = 1;
#endif

}  // namespace

unsigned test_seed() {
  static const unsigned seed = [] {
    const char* given = std::getenv("CONVOLVE_TEST_SEED");
    return given == nullptr ? 20240229U : static_cast<unsigned>(std::strtoul(given, nullptr, 0));
  }();
  return seed;
}

std::unique_ptr<const Filter> filter_of(const std::string& name, const Values& values,
                                        int threads) {
  std::vector<std::pair<std::string_view, std::string_view>> pairs(values.begin(), values.end());
  const std::string count = std::to_string(threads);
  pairs.emplace_back("n-threads", count);
  return make_filter(name, pairs);
}

std::string describe(const std::string& filter, const Values& values) {
  std::string text = filter;
  for (const auto& [name, value] : values) text += " " + name + "='" + value + "'";
  return text;
}

std::string difference(const Picture& got, const Expected& expected) {
  std::ostringstream text;
  text << std::setprecision(12);
  const double top = expected.layout->max_code();
  for (std::size_t c = 0; c < got.component.size(); ++c) {
    const Grid& grid = got.component[c];
    const Bounds& bounds = expected.component[c];
    if (grid.width != bounds.low.width || grid.height != bounds.low.height) {
      text << "component " << c << " is " << bounds.low.width << "x" << bounds.low.height;
      return text.str();
    }
    for (int y = 0; y < grid.height; ++y) {
      for (int x = 0; x < grid.width; ++x) {
        double low = bounds.low.at(x, y);
        double high = bounds.high.at(x, y);
        if (!expected.layout->is_float()) {
          low = std::clamp(low, 0.0, top);
          high = std::clamp(high, 0.0, top);
        }
        const double value = grid.at(x, y);
        if (value >= low && value <= high) continue;
        text << "component " << c << " at " << x << "," << y << " is " << value << ", not in ["
             << low << ", " << high << "]";
        return text.str();
      }
    }
  }
  return {};
}

std::vector<Way> all_ways(const std::string& filter, const Values& values) {
  std::vector<Way> ways;
  const std::vector<std::string> targets = simd_targets();
  const auto add = [&](const std::string& target, int threads) {
    ways.push_back({target, threads, std::make_unique<Engine>(filter_of(filter, values, threads))});
  };
  for (const std::string& target : targets) {
    add(target, 1);
    if (target == targets.front()) add(target, 0);
    if (target == targets.front() || target == targets.back()) add(target, 3);
  }
  return ways;
}

std::vector<Way> every_way(const std::string& filter, const Values& values) {
  std::vector<Way> ways;
  for (const std::string& target : simd_targets()) {
    for (const int threads : {1, 2, 3, 7}) {
      ways.push_back(
          {target, threads, std::make_unique<Engine>(filter_of(filter, values, threads))});
    }
  }
  return ways;
}

std::optional<Picture> run_all_ways(std::vector<Way>& ways, const Picture& in,
                                    const Layout& out_layout, Size size, std::mt19937& random) {
  std::optional<Picture> first;
  std::vector<std::byte> first_bytes;
  std::string first_target;
  SimdLimit limit;
  for (Way& way : ways) {
    limit.move_to(way.target);
    const std::string name = way.target + ", " + std::to_string(way.threads) + " threads";
    TestFrame input(in, random_placement(random));
    TestFrame output(out_layout, size.width, size.height, random_placement(random));
    output.view().range = in.range;
    output.view().matrix = in.matrix;
    way.engine->process(input.view(), output.view());
    if (!input.is_untouched()) {
      ADD_FAILURE() << name << ": wrote to its input";
      return {};
    }
    if (const std::string where = output.overwritten(); !where.empty()) {
      ADD_FAILURE() << name << ": wrote outside the picture, " << where;
      return {};
    }
    if (!output.low_bits_are_zero()) {
      ADD_FAILURE() << name << ": bits below the code are not zero";
      return {};
    }
    std::vector<std::byte> bytes = output.bytes();
    // Float results may differ between instruction sets, not between thread counts.
    const bool comparable = !out_layout.is_float() || way.target == first_target;
    if (first && comparable && bytes != first_bytes) {
      ADD_FAILURE() << name << ": other bytes than " << first_target << " with 1 thread";
      return {};
    }
    if (!first) first = output.picture();
    if (first_target.empty() || !comparable) {
      first_bytes = std::move(bytes);
      first_target = way.target;
    }
  }
  return first;
}

Picture random_picture(const Layout& layout, int width, int height, std::mt19937& random) {
  Picture picture(layout, width, height);
  constexpr Content kContents[] = {Content::random, Content::extreme, Content::random,
                                   Content::ramp, Content::flat};
  fill(picture, kContents[random() % 5], random);
  picture.range = random() % 2 == 0 ? ColorRange::video : ColorRange::full;
  picture.matrix = random() % 2 == 0 ? kBt601 : kBt709;
  return picture;
}

namespace {

// One picture of one size. Returns false after a failure.
bool matches_once(const std::string& filter, const Values& values, std::vector<Way>& ways,
                  const Picture& in, bool to_gray, std::mt19937& random) {
  Expected expected = reference(filter, in, values);
  if (to_gray) expected = as_gray(std::move(expected));
  Size size;
  try {
    size = Engine::output_size(ways.front().engine->filter(), {in.width, in.height});
  } catch (const ParamError& error) {
    EXPECT_TRUE(expected.component.empty()) << "refused: " << error.what();
    return expected.component.empty();
  }
  EXPECT_EQ(size.width, expected.width);
  EXPECT_EQ(size.height, expected.height);
  if (size.width != expected.width || size.height != expected.height) return false;
  const std::optional<Picture> got = run_all_ways(ways, in, *expected.layout, size, random);
  if (!got) return false;
  const std::string wrong = difference(*got, expected);
  EXPECT_EQ(wrong, "");
  return wrong.empty();
}

}  // namespace

void expect_matches(const std::string& filter, const Values& values, const Sweep& sweep) {
  std::mt19937 random(test_seed());
  std::vector<int> widths(static_cast<std::size_t>(sweep.largest));
  std::iota(widths.begin(), widths.end(), 1);
  std::vector<int> heights = widths;
  for (const Layout& layout : all_layouts()) {
    const bool wanted =
        sweep.formats.empty() ||
        std::find(sweep.formats.begin(), sweep.formats.end(), layout.name) != sweep.formats.end();
    if (!wanted) continue;
    std::shuffle(widths.begin(), widths.end(), random);
    std::shuffle(heights.begin(), heights.end(), random);
    std::vector<Way> ways = all_ways(filter, values);
    for (std::size_t i = 0; i < widths.size(); i += kSizeStep) {
      std::ostringstream trace;
      trace << describe(filter, values) << ", " << layout.name << " " << widths[i] << "x"
            << heights[i] << ", seed " << test_seed();
      SCOPED_TRACE(trace.str());
      const Picture in = random_picture(layout, widths[i], heights[i], random);
      if (!matches_once(filter, values, ways, in, sweep.to_gray, random)) break;
    }
  }
}

void expect_matches_at(const std::string& filter, const Values& values, Size size,
                       const std::vector<std::string>& formats) {
  std::mt19937 random(test_seed());
  for (const std::string& format : formats) {
    SCOPED_TRACE(describe(filter, values) + ", " + format + " " + std::to_string(size.width) + "x" +
                 std::to_string(size.height) + ", seed " + std::to_string(test_seed()));
    std::vector<Way> ways = all_ways(filter, values);
    const Picture in = random_picture(layout_of(format), size.width, size.height, random);
    matches_once(filter, values, ways, in, false, random);
  }
}

}  // namespace convolve::test
