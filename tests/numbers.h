// SPDX-License-Identifier: MIT
/// \file
/// Small gray pictures through a filter, in numbers.
#pragma once

#include <convolve/engine.h>

#include <string>
#include <vector>

#include "check.h"

namespace convolve::test {

using Rows = std::vector<std::vector<double>>;

inline Rows rows_through(const std::string& filter, const Rows& rows, const Values& values,
                         const char* format = "GRAY8") {
  Picture in(layout_of(format), static_cast<int>(rows.front().size()),
             static_cast<int>(rows.size()));
  for (int y = 0; y < in.height; ++y) {
    for (int x = 0; x < in.width; ++x) {
      in.component[0].at(x, y) = rows[static_cast<std::size_t>(y)][static_cast<std::size_t>(x)];
    }
  }
  Engine engine(filter_of(filter, values, 1));
  const Size size = Engine::output_size(engine.filter(), {in.width, in.height});
  TestFrame input(in, {});
  TestFrame output(*in.layout, size.width, size.height, {});
  engine.process(input.view(), output.view());
  const Grid grid = output.picture().component[0];
  Rows result(static_cast<std::size_t>(grid.height));
  for (int y = 0; y < grid.height; ++y) {
    for (int x = 0; x < grid.width; ++x) {
      result[static_cast<std::size_t>(y)].push_back(grid.at(x, y));
    }
  }
  return result;
}

/// Width of the output for an input of `width`×`width`, which must be its height too.
inline int size_through(const std::string& filter, int width, const Values& values) {
  const Size size = Engine::output_size(*filter_of(filter, values, 1), {width, width});
  EXPECT_EQ(size.width, size.height);
  return size.width;
}

}  // namespace convolve::test
