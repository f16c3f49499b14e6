// SPDX-License-Identifier: MIT
/// \file
/// Streams of pictures through a filter over time, by the library and by the reference.
#pragma once

#include <convolve/history.h>

#include <memory>
#include <string>
#include <vector>

#include "check.h"

namespace convolve::test {

inline std::vector<Picture> random_stream(const Layout& layout, int width, int height, int count,
                                          std::mt19937& random) {
  std::vector<Picture> stream;
  for (int i = 0; i < count; ++i) {
    stream.push_back(random_picture(layout, width, height, random));
    stream.back().range = stream.front().range;
    stream.back().matrix = stream.front().matrix;
  }
  return stream;
}

/// What comes out of a stream, in pictures and in bytes.
struct StreamResult {
  std::vector<Picture> pictures;
  std::vector<std::byte> bytes;
};

/// Runs a stream as an element does: one frame in, those outputs out that are ready.
inline StreamResult run_stream(Engine& engine, const std::vector<Picture>& stream,
                               std::mt19937& random) {
  StreamResult result;
  FrameHistory<std::unique_ptr<TestFrame>> history(engine.filter().geometry().t);
  const auto take = [&] {
    for (; history.ready(); history.advance()) {
      std::vector<ConstFrameView> views;
      for (const auto* frame : history.window()) {
        if (frame == nullptr) {
          views.emplace_back();
        } else {
          views.emplace_back((*frame)->view());
        }
      }
      const Picture& in = stream.front();
      TestFrame output(*in.layout, in.width, in.height, random_placement(random));
      output.view().range = in.range;
      output.view().matrix = in.matrix;
      engine.process(views, output.view());
      EXPECT_EQ(output.overwritten(), "");
      EXPECT_TRUE(output.low_bits_are_zero());
      for (const auto* frame : history.window()) {
        EXPECT_TRUE(frame == nullptr || (*frame)->is_untouched()) << "wrote to its input";
      }
      result.pictures.push_back(output.picture());
      const std::vector<std::byte> bytes = output.bytes();
      result.bytes.insert(result.bytes.end(), bytes.begin(), bytes.end());
    }
  };
  double cut = history.time().scene_cut;
  for (const Picture& picture : stream) {
    auto frame = std::make_unique<TestFrame>(picture, random_placement(random));
    const auto* const before = history.newest();
    const bool begins =
        cut > 0 && before != nullptr && mean_difference((*before)->view(), frame->view()) > cut;
    history.push(std::move(frame), begins);
    take();
  }
  history.end();
  take();
  return result;
}

/// Expects every output of a stream within the bounds of the reference, and the same bytes from
/// every instruction set and number of threads.
inline void expect_stream_matches(const Values& values, const std::string& format, Size size,
                                  int count, std::mt19937& random) {
  SCOPED_TRACE(describe("kernel3d", values) + ", " + std::to_string(count) + " of " + format + " " +
               std::to_string(size.width) + "x" + std::to_string(size.height) + ", seed " +
               std::to_string(test_seed()));
  const std::vector<Picture> stream =
      random_stream(layout_of(format), size.width, size.height, count, random);
  std::vector<std::byte> first;
  std::string first_target;
  for (Way& way : all_ways("kernel3d", values)) {
    const SimdLimit limit(way.target);
    StreamResult result = run_stream(*way.engine, stream, random);
    ASSERT_EQ(result.pictures.size(), stream.size());
    const bool comparable = !layout_of(format).is_float() || way.target == first_target;
    if (!first.empty() && comparable) {
      ASSERT_TRUE(result.bytes == first)
          << way.target << ", " << way.threads << " threads: other bytes than " << first_target;
      continue;
    }
    for (int i = 0; i < count; ++i) {
      ASSERT_EQ(difference(result.pictures[static_cast<std::size_t>(i)],
                           reference_over_time(stream, i, values)),
                "")
          << way.target << ", frame " << i;
    }
    first = std::move(result.bytes);
    first_target = way.target;
  }
}

}  // namespace convolve::test
