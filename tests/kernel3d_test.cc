// SPDX-License-Identifier: MIT
// The filter `kernel3d`, SPEC §5.
#include <convolve/engine.h>
#include <convolve/kernel.h>
#include <gtest/gtest.h>

#include <sstream>
#include <string>
#include <vector>

#include "stream.h"

namespace convolve::test {
namespace {

using Numbers = std::vector<int>;

/// A stream of single pixels through the filter.
Numbers filtered(Values values, const Numbers& stream) {
  values.try_emplace("normalize", "false");
  std::mt19937 random(test_seed());
  std::vector<Picture> pictures;
  for (const int value : stream) {
    pictures.emplace_back(layout_of("GRAY8"), 1, 1);
    pictures.back().component[0].at(0, 0) = value;
  }
  Engine engine(filter_of("kernel3d", values, 1));
  Numbers out;
  for (const Picture& picture : run_stream(engine, pictures, random).pictures) {
    out.push_back(static_cast<int>(picture.component[0].at(0, 0)));
  }
  return out;
}

// scipy.ndimage.correlate([1, 2, 4, 8], [1, 2, 4], mode='nearest'): 1·1+2·1+4·2 = 11,
// 1·1+2·2+4·4 = 21, 1·2+2·4+4·8 = 42, 1·4+2·8+4·8 = 52. With mode='mirror' the ends are
// 1·2+2·1+4·2 = 12 and 1·4+2·8+4·4 = 36; with mode='constant' 2·1+4·2 = 10 and 1·4+2·8 = 20.
TEST(Kernel3dNumbers, CorrelationAlongTime) {
  EXPECT_EQ(filtered({{"kernel", "1|2|4"}}, {1, 2, 4, 8}), (Numbers{11, 21, 42, 52}));
  EXPECT_EQ(filtered({{"kernel", "1|2|4"}, {"time-border", "reflect-101"}}, {1, 2, 4, 8}),
            (Numbers{12, 21, 42, 36}));
  EXPECT_EQ(filtered({{"kernel", "1|2|4"}, {"time-border", "constant"}}, {1, 2, 4, 8}),
            (Numbers{10, 21, 42, 20}));
}

// scipy.ndimage.convolve([1, 2, 4, 8], [1, 2, 4], mode='nearest'): 4·1+2·1+1·2 = 8,
// 4·1+2·2+1·4 = 12, 4·2+2·4+1·8 = 24, 4·4+2·8+1·8 = 40.
TEST(Kernel3dNumbers, ConvolutionAlongTime) {
  EXPECT_EQ(filtered({{"kernel", "1|2|4"}, {"operation", "convolution"}}, {1, 2, 4, 8}),
            (Numbers{8, 12, 24, 40}));
}

// The newest tap lies on the frame itself: 1·1+2·1+4·1 = 7, 1·1+2·1+4·2 = 11, 21, 42.
TEST(Kernel3dNumbers, CausalKernelsLookBack) {
  EXPECT_EQ(filtered({{"kernel", "1|2|4"}, {"alignment", "causal"}}, {1, 2, 4, 8}),
            (Numbers{7, 11, 21, 42}));
}

// Two taps: the anchor is the newer, as ndimage's; rotated it is the older.
TEST(Kernel3dNumbers, MotionIsNewestMinusOldest) {
  const Values motion{{"kernel", "motion"}, {"response", "offset"}};
  EXPECT_EQ(filtered(motion, {1, 2, 4, 8}), (Numbers{128, 129, 130, 132}));
  Values convolved = motion;
  convolved["operation"] = "convolution";
  EXPECT_EQ(filtered(convolved, {1, 2, 4, 8}), (Numbers{127, 126, 124, 128}));
}

TEST(Kernel3dNumbers, BoxIsTheMean) {
  EXPECT_EQ(filtered({{"kernel", "box(1x1x3)"}, {"normalize", "true"}}, {0, 30, 60, 90}),
            (Numbers{10, 30, 60, 80}));
}

// An impulse shows the kernel: rotated in all three axes by correlation, as it is by convolution.
TEST(Kernel3dNumbers, AnImpulseShowsTheKernel) {
  std::ostringstream text;
  for (int i = 0; i < 27; ++i)
    text << i + 1 << (i == 26 ? "" : i % 9 == 8 ? "|" : i % 3 == 2 ? ";" : " ");
  std::mt19937 random(test_seed());
  std::vector<Picture> stream(5, Picture(layout_of("GRAY8"), 5, 5));
  stream[2].component[0].at(2, 2) = 1;
  for (const bool rotated : {false, true}) {
    Engine engine(filter_of("kernel3d",
                            {{"kernel", text.str()},
                             {"normalize", "false"},
                             {"operation", rotated ? "convolution" : "correlation"}},
                            1));
    const std::vector<Picture> out = run_stream(engine, stream, random).pictures;
    for (int t = 1; t < 4; ++t) {
      for (int y = 1; y < 4; ++y) {
        for (int x = 1; x < 4; ++x) {
          const int place = ((t - 1) * 3 + y - 1) * 3 + x - 1;
          EXPECT_EQ(out[static_cast<std::size_t>(t)].component[0].at(x, y),
                    rotated ? place + 1 : 27 - place);
        }
      }
    }
    EXPECT_EQ(out[0].component[0].at(2, 2), 0);
    EXPECT_EQ(out[4].component[0].at(2, 2), 0);
  }
}

TEST(Kernel3d, SaysWhichFramesItNeeds) {
  const auto time = [](const Values& values) {
    Values all = values;
    all.try_emplace("normalize", "false");
    return filter_of("kernel3d", all, 1)->geometry().t;
  };
  EXPECT_EQ(time({{"kernel", "box(1x1x5)"}}), (TimeGeometry{2, 2}));
  EXPECT_EQ(time({{"kernel", "box(1x1x4)"}}), (TimeGeometry{2, 1}));
  EXPECT_EQ(time({{"kernel", "box(1x1x4)"}, {"operation", "convolution"}}), (TimeGeometry{1, 2}));
  EXPECT_EQ(time({{"kernel", "box(1x1x5)"}, {"alignment", "causal"}}),
            (TimeGeometry{.before = 4, .causal = true}));
  EXPECT_EQ(time({{"kernel", "box(3)"}}), (TimeGeometry{0, 0}));
  EXPECT_EQ(time({{"kernel", "box(1x1x64)"}}), (TimeGeometry{32, 31}));
  // Frames that pass as they are wait for none.
  EXPECT_EQ(time({{"kernel", "0|1|0"}}), TimeGeometry{});
}

TEST(Kernel3d, KnowsTheIdentity) {
  const auto identity = [](const Values& values) {
    return filter_of("kernel3d", values, 1)->is_identity();
  };
  EXPECT_TRUE(identity({{"kernel", "identity"}}));
  EXPECT_TRUE(identity({{"kernel", "0|1|0"}}));
  EXPECT_TRUE(identity(
      {{"kernel", "0 0 0; 0 0 0; 0 0 0 | 0 0 0; 0 2 0; 0 0 0"}, {"operation", "convolution"}}));
  EXPECT_FALSE(identity({{"kernel", "1|0|0"}}));
  EXPECT_FALSE(identity({{"kernel", "0|1|0"}, {"alignment", "causal"}}));
  EXPECT_TRUE(identity({{"kernel", "0|0|1"}, {"alignment", "causal"}}));
  EXPECT_FALSE(identity({{"kernel", "0|1|0"}, {"bias", "0.1"}}));
  EXPECT_FALSE(identity({{"kernel", "0|1|0"}, {"color-mode", "greyscale"}}));
  EXPECT_FALSE(identity({}));
}

TEST(Kernel3d, RefusesWhatCannotBe) {
  EXPECT_THROW(filter_of("kernel3d", {{"kernel", "motion"}}, 1), ParamError);
  EXPECT_THROW(filter_of("kernel3d", {{"kernel", "1 2|1"}}, 1), KernelError);
  EXPECT_THROW(filter_of("kernel3d", {{"kernel", "box(1x1x65)"}}, 1), KernelError);
  EXPECT_THROW(filter_of("kernel3d", {{"kernel", "box(1023x1023x30)"}}, 1), KernelError);
  Engine engine(filter_of("kernel3d", {}, 1));
  const TestFrame one(layout_of("GRAY8"), 8, 8, {});
  const TestFrame other(layout_of("GRAY8"), 8, 9, {});
  TestFrame out(layout_of("GRAY8"), 8, 8, {});
  const auto run = [&](std::vector<ConstFrameView> frames) { engine.process(frames, out.view()); };
  EXPECT_NO_THROW(run({one.view(), one.view(), one.view()}));
  EXPECT_NO_THROW(run({ConstFrameView{}, one.view(), ConstFrameView{}}));
  EXPECT_THROW(run({one.view(), one.view()}), std::invalid_argument);
  EXPECT_THROW(run({one.view(), one.view(), other.view()}), std::invalid_argument);
  EXPECT_THROW(run({one.view(), ConstFrameView{}, one.view()}), std::invalid_argument);
}

TEST(Kernel3d, DefaultOnEveryFormat) {
  std::mt19937 random(test_seed());
  for (const Layout& layout : all_layouts()) {
    expect_stream_matches({}, layout.name, {19, 12}, 4, random);
  }
}

TEST(Kernel3d, EveryTimeBorderAlignmentAndBorder) {
  std::mt19937 random(test_seed());
  for (const char* time_border : {"replicate", "reflect-101", "constant"}) {
    for (const char* alignment : {"centred", "causal"}) {
      for (const char* border : {"constant", "replicate", "reflect", "reflect-101", "wrap"}) {
        const Values values{{"kernel", "1 2 3;0 1 -1|5 4 3;2 7 1|1 1 2;0 -3 1|2 1 0;1 1 1"},
                            {"time-border", time_border},
                            {"alignment", alignment},
                            {"border", border},
                            {"border-color", "0xff40c080"},
                            {"operation", random() % 2 == 0 ? "correlation" : "convolution"}};
        for (const char* format : {"GRAY8", "NV12", "YUY2"}) {
          expect_stream_matches(values, format, {13, 9}, static_cast<int>(random() % 6) + 1,
                                random);
        }
      }
    }
  }
}

TEST(Kernel3d, EveryColorModeAndResponse) {
  std::mt19937 random(test_seed());
  for (const char* mode : {"per-channel", "greyscale", "luma", "raw"}) {
    for (const char* response : {"clamp", "absolute", "offset", "rescale"}) {
      const Values values{
          {"kernel", "-1 2|3 -1|1 1"},   {"normalize", "false"}, {"scale", "0.3"},
          {"color-mode", mode},          {"response", response}, {"time-border", "constant"},
          {"border-color", "0xff8040c0"}};
      for (const char* format : {"RGB", "GBRA", "I420", "AYUV", "P010_10LE", "RGB_F32"}) {
        expect_stream_matches(values, format, {14, 7}, 3, random);
      }
    }
  }
}

/// Random taps of a shape: whole ones, fractions, real ones, or of rank 1.
std::string random_kernel(int width, int height, int depth, unsigned kind, std::mt19937& random) {
  const auto draw = [&](int low, int high) {
    return std::uniform_int_distribution<int>(low, high)(random);
  };
  std::vector<int> row(static_cast<std::size_t>(width));
  for (int& tap : row) tap = draw(1, 9);
  std::ostringstream text;
  for (int t = 0; t < depth; ++t) {
    for (int y = 0; y < height; ++y) {
      const int factor = draw(-2, 7);
      for (int x = 0; x < width; ++x) {
        if (kind == 0) text << draw(-9, 30) << ' ';
        if (kind == 1) text << draw(-1023, 1023) << ' ';
        if (kind == 2) text << draw(-900, 3000) * 1e-4 << ' ';
        if (kind == 3) text << row[static_cast<std::size_t>(x)] * factor << ' ';
        if (kind == 4) text << row[static_cast<std::size_t>(x)] * factor * 0.01237 << ' ';
        if (kind == 5) text << (draw(0, 5) == 0 ? draw(-40, 90) : 0) << ' ';
      }
      if (y + 1 < height) text << ';';
    }
    if (t + 1 < depth) text << '|';
  }
  return text.str();
}

TEST(Kernel3d, ManyShapesOfKernels) {
  std::mt19937 random(test_seed());
  const int shapes[][3] = {{1, 1, 2}, {1, 1, 5}, {3, 3, 3}, {1, 3, 7}, {5, 1, 4},
                           {5, 5, 5}, {7, 7, 2}, {2, 4, 9}, {9, 3, 6}, {1, 1, 64}};
  for (const auto& [width, height, depth] : shapes) {
    for (unsigned kind = 0; kind < 6; ++kind) {
      const Values values{{"kernel", random_kernel(width, height, depth, kind, random)},
                          {"normalize", "false"},
                          {"scale", "0.01"}};
      for (const char* format : {"GRAY8", "GRAY16_LE", "I420_10LE", "GRAY_F32"}) {
        expect_stream_matches(values, format, {31, 15}, 3, random);
      }
    }
  }
}

/// The outer product of whole taps along time, columns and rows, up to `most` of each.
std::string product_kernel(int width, int height, int depth, int most, bool falls,
                           std::mt19937& random) {
  const auto draw = [&](int count) {
    std::vector<int> taps(static_cast<std::size_t>(count));
    for (int& tap : taps) tap = std::uniform_int_distribution<int>(falls ? -most : 1, most)(random);
    taps[0] = most;
    return taps;
  };
  const std::vector<int> across = draw(width);
  const std::vector<int> down = draw(height);
  const std::vector<int> along = draw(depth);
  std::string text;
  for (const int t : along) {
    if (!text.empty()) text += '|';
    for (std::size_t y = 0; y < down.size(); ++y) {
      if (y > 0) text += ';';
      for (const int x : across) text += std::to_string(t * down[y] * x) + ' ';
    }
  }
  return text;
}

// Sums over time come first where taps allow: small cubes, even and wide windows, negative taps,
// columns that fill 16 bits and columns that no longer fit.
TEST(Kernel3d, ProductsOfTimeColumnsAndRows) {
  std::mt19937 random(test_seed());
  const int shapes[][4] = {{3, 3, 3, 1},  {5, 5, 5, 3},  {3, 3, 3, 8},  {1, 1, 2, 60},
                           {4, 2, 6, 3},  {1, 5, 4, 5},  {7, 1, 9, 12}, {2, 7, 1, 11},
                           {33, 2, 3, 4}, {151, 1, 2, 2}};
  for (const auto& [width, height, depth, most] : shapes) {
    for (const bool falls : {false, true}) {
      Values values{{"kernel", product_kernel(width, height, depth, most, falls, random)}};
      if (falls) {
        values["normalize"] = "false";
        values["scale"] = "1/" + std::to_string(most * most);
        values["response"] = random() % 2 == 0 ? "offset" : "absolute";
      }
      for (const char* format : {"GRAY8", "RGB", "I420", "NV12", "BGRA"}) {
        expect_stream_matches(values, format, {67, 13}, 3, random);
      }
    }
  }
  // Several strips of columns, the last of them narrow.
  for (const char* format : {"GRAY8", "RGB"}) {
    expect_stream_matches({{"kernel", product_kernel(5, 5, 5, 3, false, random)}}, format,
                          {2123, 11}, 2, random);
  }
}

// Windows of 15, 30 and 63 samples before their middle: what the leftmost stands for lies a pixel
// further into the plane, behind the end of a vector.
TEST(Kernel3d, ReflectionsEndBehindVectors) {
  std::mt19937 random(test_seed());
  for (const int width : {11, 21, 43}) {
    expect_stream_matches(
        {{"kernel", product_kernel(width, 2, 3, 2, false, random)}, {"border", "reflect-101"}},
        "RGB", {67, 13}, 3, random);
  }
}

TEST(Kernel3d, LargerFrames) {
  std::mt19937 random(test_seed());
  for (const unsigned kind : {0U, 3U}) {
    const Values values{{"kernel", random_kernel(3, 3, 3, kind, random)}};
    for (const char* format : {"GRAY8", "RGB", "NV12"}) {
      expect_stream_matches(values, format, {333, 150}, 2, random);
    }
  }
  expect_stream_matches({{"kernel", random_kernel(5, 5, 5, 3, random)}}, "GRAY8", {700, 90}, 2,
                        random);
}

TEST(Kernel3d, RegionOfInterest) {
  std::mt19937 random(test_seed());
  for (const char* format : {"GRAY8", "I420", "ARGB"}) {
    expect_stream_matches({{"roi", "3,1,9,5"}}, format, {21, 11}, 3, random);
  }
}

// Five dark frames and five bright ones: nothing of the one scene is seen in the other.
TEST(Kernel3d, ScenesDoNotMix) {
  Numbers stream(5, 20);
  stream.resize(10, 200);
  const Numbers mixed = filtered({{"kernel", "1|1|1"}, {"normalize", "true"}}, stream);
  EXPECT_EQ(mixed[4], 80);
  EXPECT_EQ(mixed[5], 140);
  const Values guarded{{"kernel", "1|1|1"}, {"normalize", "true"}, {"scene-cut", "0.3"}};
  EXPECT_EQ(filtered(guarded, stream), stream);
  // A change as large as the threshold itself is none yet.
  const Values loose{{"kernel", "1|1|1"}, {"normalize", "true"}, {"scene-cut", "12/17"}};
  EXPECT_EQ(filtered(loose, stream), mixed);
}

/// A scene of so many frames, dark or bright, each of a level of its own.
std::vector<Picture> scene_of(int count, bool bright, std::mt19937& random) {
  std::uniform_int_distribution<int> level(bright ? 40000 : 0, bright ? 53000 : 13000);
  std::vector<Picture> scene(static_cast<std::size_t>(count),
                             Picture(layout_of("GRAY16_LE"), 2, 1));
  for (Picture& picture : scene) {
    for (double& sample : picture.component[0].value) sample = level(random);
  }
  return scene;
}

// Each scene comes out as it would by itself, at whatever time border.
void expect_scenes_apart(const Values& values, std::mt19937& random) {
  Engine engine(filter_of("kernel3d", values, 1));
  for (int i = 0; i < 6 * 6; ++i) {
    const std::vector<std::vector<Picture>> scenes{scene_of(1 + i / 6, false, random),
                                                   scene_of(1 + i % 6, true, random),
                                                   scene_of(1 + i / 6, false, random)};
    std::vector<Picture> stream;
    for (const auto& scene : scenes) stream.insert(stream.end(), scene.begin(), scene.end());
    const std::vector<Picture> out = run_stream(engine, stream, random).pictures;
    ASSERT_EQ(out.size(), stream.size());
    std::size_t at = 0;
    for (const auto& scene : scenes) {
      for (int own = 0; own < static_cast<int>(scene.size()); ++own, ++at) {
        ASSERT_EQ(difference(out[at], reference_over_time(scene, own, values)), "")
            << describe("kernel3d", values) << ", scenes of " << scenes[0].size() << " and "
            << scenes[1].size() << " frames, frame " << at << ", seed " << test_seed();
      }
    }
  }
}

TEST(Kernel3d, ScenesAreStreamsOfTheirOwn) {
  std::mt19937 random(test_seed());
  std::string kernel;
  for (int slices = 1, tap = 1; slices <= 7; ++slices, tap *= 2) {
    kernel += (slices > 1 ? "|" : "") + std::to_string(tap);
    for (const char* alignment : {"centred", "causal"}) {
      for (const char* operation : {"correlation", "convolution"}) {
        for (const char* border : {"replicate", "reflect-101", "constant"}) {
          expect_scenes_apart({{"kernel", kernel},
                               {"alignment", alignment},
                               {"operation", operation},
                               {"time-border", border},
                               {"scene-cut", "0.3"}},
                              random);
        }
      }
    }
  }
}

}  // namespace
}  // namespace convolve::test
