// SPDX-License-Identifier: MIT
// Each public header compiles alone: the build did that, this checks that it left none out.
#include <gtest/gtest.h>

#include <filesystem>
#include <set>
#include <sstream>
#include <string>

namespace convolve::test {
namespace {

TEST(Headers, EachWasCompiledAlone) {
  std::set<std::string> compiled;
  std::istringstream names(CONVOLVE_HEADERS);
  for (std::string name; names >> name;) compiled.insert(name);
  std::set<std::string> present;
  const auto folder = std::filesystem::path(CONVOLVE_SOURCE_ROOT) / "pipeline/include/convolve";
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    present.insert(entry.path().stem().string());
  }
  EXPECT_EQ(compiled, present);
}

}  // namespace
}  // namespace convolve::test
