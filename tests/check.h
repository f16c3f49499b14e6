// SPDX-License-Identifier: MIT
/// \file
/// `expect_matches`: one filter against the reference, over sizes, formats, memory layouts,
/// contents, thread counts and instruction sets.
#pragma once

#include <convolve/engine.h>
#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "frames.h"
#include "reference_filters.h"

namespace convolve::test {

/// Every random choice of a test comes from this; set CONVOLVE_TEST_SEED to draw others.
unsigned test_seed();

/// Limits the engines to one instruction set, for a while.
class SimdLimit {
 public:
  SimdLimit() = default;
  explicit SimdLimit(const std::string& name) { move_to(name); }
  ~SimdLimit() { move_to(""); }
  SimdLimit(const SimdLimit&) = delete;
  SimdLimit& operator=(const SimdLimit&) = delete;

  /// To choose asks the processor, which takes long in a virtual machine, so it is done on a
  /// change.
  void move_to(const std::string& name) {
    if (name != name_) limit_simd_target(name);
    name_ = name;
  }

 private:
  std::string name_;
};

std::unique_ptr<const Filter> filter_of(const std::string& name, const Values& values, int threads);

std::string describe(const std::string& filter, const Values& values);

/// Where an output leaves its bounds: a sentence, or empty.
std::string difference(const Picture& got, const Expected& expected);

/// One way of running a filter.
struct Way {
  std::string target;
  int threads = 1;
  std::unique_ptr<Engine> engine;
};

/// One thread on every instruction set, all cores and three threads on the best one, and three
/// threads on the last.
std::vector<Way> all_ways(const std::string& filter, const Values& values);

/// Every instruction set with 1, 2, 3 and 7 threads.
std::vector<Way> every_way(const std::string& filter, const Values& values);

/// A picture of some content, range and matrix.
Picture random_picture(const Layout& layout, int width, int height, std::mt19937& random);

/// Runs `in` every way, each time in other memory, and compares the pictures with one another.
/// \returns the first way's picture, or nothing after a failure.
std::optional<Picture> run_all_ways(std::vector<Way>& ways, const Picture& in,
                                    const Layout& out_layout, Size size, std::mt19937& random);

struct Sweep {
  std::vector<std::string> formats{};  ///< empty: all
  int largest = 40;                    ///< every width and height from 1 to this
  bool to_gray = false;                ///< into the GRAY format of the input's depth
};

/// Expects `filter` with `values` to give what the reference gives, as exactly as SPEC §2 asks.
void expect_matches(const std::string& filter, const Values& values, const Sweep& sweep = {});

/// The same for one size and a few formats; for frames that threads share in earnest.
void expect_matches_at(const std::string& filter, const Values& values, Size size,
                       const std::vector<std::string>& formats);

}  // namespace convolve::test
