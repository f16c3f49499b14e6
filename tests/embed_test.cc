// SPDX-License-Identifier: MIT
// The example of embedding, which the README shows, does what it says.
#include <cstdlib>
#include <string>

#include <gtest/gtest.h>

#include "program.h"

namespace convolve::test {
namespace {

class Embed : public testing::Test {
 protected:
  [[nodiscard]] Result run_on(const std::string& ppm, const std::string& chain) const {
    write_file(dir_.file("in.ppm"), ppm);
    const char* const path = std::getenv("CONVOLVE_EMBED");
    Command command{.words = {path != nullptr ? path : "embed", chain}};
    command.input = dir_.file("in.ppm");
    return run(command);
  }
  TempDir dir_;
};

TEST_F(Embed, IdentityGivesThePictureBack) {
  std::string ppm = "P6\n7 5\n255\n";
  for (int i = 0; i < 7 * 5 * 3; ++i) ppm += static_cast<char>(static_cast<unsigned char>(i * 37));
  const Result result = run_on(ppm, "kernel=identity,gaussian=0");
  EXPECT_EQ(result.code, 0) << result.err;
  EXPECT_EQ(result.out, ppm);
}

TEST_F(Embed, FiltersChangeSizeAndSamples) {
  // An edge between two columns of black and two of white.
  std::string ppm = "P6\n4 3\n255\n";
  for (int y = 0; y < 3; ++y) ppm += std::string(6, '\0') + std::string(6, '\xff');
  const Result result = run_on(ppm, "kernel=kernel='-1 1':size-mode=valid");
  EXPECT_EQ(result.code, 0) << result.err;
  const std::string row = std::string(3, '\0') + std::string(3, '\xff') + std::string(3, '\0');
  EXPECT_EQ(result.out, "P6\n3 3\n255\n" + row + row + row);
}

TEST_F(Embed, MistakesAreSaid) {
  EXPECT_EQ(run_on("P6\n1 1\n255\nabc", "sobol").err,
            "embed: chain, column 1: 'sobol' is no filter; did you mean 'sobel'?\n");
  EXPECT_EQ(run_on("P5\n1 1\n255\na", "sobel").code, 1);
}

}  // namespace
}  // namespace convolve::test
