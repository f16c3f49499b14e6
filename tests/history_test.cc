// SPDX-License-Identifier: MIT
// Which frames an output over time is made from, and how many are held for it.
#include <convolve/history.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "check.h"

namespace convolve::test {
namespace {

using History = FrameHistory<int>;

/// The windows of all outputs of a stream of `count` frames; "." is the border's colour.
std::vector<std::string> windows(const TimeGeometry& time, int count,
                                 const std::vector<int>& cuts = {}) {
  History history(time);
  std::vector<std::string> all;
  const auto take = [&] {
    for (; history.ready(); history.advance()) {
      EXPECT_EQ(history.own(), static_cast<int>(all.size())) << "in order, each once";
      std::string text;
      for (const int* frame : history.window()) {
        text += frame == nullptr ? "." : std::to_string(*frame);
      }
      all.push_back(text);
    }
  };
  for (int i = 0; i < count; ++i) {
    history.push(i, std::find(cuts.begin(), cuts.end(), i) != cuts.end());
    EXPECT_LE(history.held(), static_cast<std::size_t>(frames_held(time) + 1));
    take();
    EXPECT_LE(history.held(), static_cast<std::size_t>(frames_held(time)));
    if (i >= frames_waited(time) && cuts.empty()) {
      EXPECT_EQ(static_cast<int>(all.size()), i + 1 - time.after) << "as soon as it can";
    }
    EXPECT_LE(static_cast<int>(all.size()), std::max(0, i + 1 - time.after));
  }
  history.end();
  take();
  EXPECT_EQ(static_cast<int>(all.size()), count);
  return all;
}

using Windows = std::vector<std::string>;

TEST(History, WindowsOfCentredKernels) {
  EXPECT_EQ(windows({.before = 1, .after = 1}, 4), (Windows{"001", "012", "123", "233"}));
  EXPECT_EQ(windows({.before = 1, .after = 1, .border = Border::reflect_101}, 4),
            (Windows{"101", "012", "123", "232"}));
  EXPECT_EQ(windows({.before = 1, .after = 1, .border = Border::constant}, 4),
            (Windows{".01", "012", "123", "23."}));
  EXPECT_EQ(windows({.before = 2, .after = 2, .border = Border::reflect_101}, 5),
            (Windows{"21012", "10123", "01234", "12343", "23432"}));
}

TEST(History, WindowsOfCausalAndEvenKernels) {
  EXPECT_EQ(windows({.before = 2}, 4), (Windows{"000", "001", "012", "123"}));
  EXPECT_EQ(windows({.before = 2, .border = Border::constant}, 3), (Windows{"..0", ".01", "012"}));
  // Frames that have not come cannot be reflected.
  EXPECT_EQ(windows({.before = 2, .border = Border::reflect_101, .causal = true}, 4),
            (Windows{"000", "101", "012", "123"}));
  EXPECT_EQ(windows({.before = 1, .border = Border::reflect_101, .causal = true}, 3),
            (Windows{"00", "01", "12"}));
  // A centred window of two slices waits for the second frame, once.
  EXPECT_EQ(windows({.before = 1, .border = Border::reflect_101}, 3), (Windows{"10", "01", "12"}));
  EXPECT_EQ(windows({.before = 1, .border = Border::reflect_101}, 1), (Windows{"00"}));
  EXPECT_EQ(windows({.before = 1}, 3), (Windows{"00", "01", "12"}));
  EXPECT_EQ(windows({.before = 2, .after = 1}, 4), (Windows{"0001", "0012", "0123", "1233"}));
}

// The longer half is reflected whole, at either end.
TEST(History, WindowsOfEvenKernelsReflected) {
  EXPECT_EQ(windows({.before = 2, .after = 1, .border = Border::reflect_101}, 5),
            (Windows{"2101", "1012", "0123", "1234", "2343"}));
  EXPECT_EQ(windows({.before = 1, .after = 2, .border = Border::reflect_101}, 5),
            (Windows{"1012", "0123", "1234", "2343", "3432"}));
  EXPECT_EQ(windows({.before = 0, .after = 1, .border = Border::reflect_101}, 3),
            (Windows{"01", "12", "21"}));
  EXPECT_EQ(windows({.before = 3, .after = 2, .border = Border::reflect_101}, 6),
            (Windows{"321012", "210123", "101234", "012345", "123454", "234543"}));
  EXPECT_EQ(windows({.before = 2, .after = 1, .border = Border::reflect_101}, 2),
            (Windows{"0101", "1010"}));
}

TEST(History, StreamsShorterThanTheWindow) {
  EXPECT_EQ(windows({.before = 2, .after = 2}, 1), (Windows{"00000"}));
  EXPECT_EQ(windows({.before = 2, .after = 2, .border = Border::reflect_101}, 1),
            (Windows{"00000"}));
  EXPECT_EQ(windows({.before = 2, .after = 2, .border = Border::constant}, 1), (Windows{"..0.."}));
  EXPECT_EQ(windows({.before = 2, .after = 2}, 2), (Windows{"00011", "00111"}));
  EXPECT_EQ(windows({.before = 2, .after = 2, .border = Border::reflect_101}, 2),
            (Windows{"01010", "10101"}));
  EXPECT_EQ(windows({}, 3), (Windows{"0", "1", "2"}));
}

TEST(History, HoldsAWindowHoweverLongTheStream) {
  for (const TimeGeometry time : {TimeGeometry{0, 0}, TimeGeometry{1, 1}, TimeGeometry{4, 0},
                                  TimeGeometry{0, 3}, TimeGeometry{32, 31}}) {
    EXPECT_EQ(frames_held(time) + 1, time.frames());
    for (const int count : {1, 2, time.frames() - 1, time.frames(), 100}) windows(time, count);
  }
  // What lies beyond the end comes from before the window of the last but one.
  EXPECT_EQ(frames_held({.before = 1, .after = 2, .border = Border::reflect_101}), 4);
  EXPECT_EQ(frames_held({.before = 2, .after = 1, .border = Border::reflect_101}), 3);
}

TEST(History, ScenesDoNotMix) {
  const TimeGeometry time{.before = 1, .after = 1};
  EXPECT_EQ(windows(time, 5, {2}), (Windows{"001", "011", "223", "234", "344"}));
  EXPECT_EQ(windows(time, 4, {1, 2, 3}), (Windows{"000", "111", "222", "333"}));
  EXPECT_EQ(windows({.before = 2, .after = 2, .border = Border::constant}, 5, {3}),
            (Windows{"..012", ".012.", "012..", "..34.", ".34.."}));
  EXPECT_EQ(windows({.before = 2}, 5, {2}), (Windows{"000", "001", "222", "223", "234"}));
}

// Frames of the scene alone, reflected at the cut.
TEST(History, ScenesAreReflected) {
  EXPECT_EQ(windows({.before = 1, .after = 2, .border = Border::reflect_101}, 7, {4}),
            (Windows{"1012", "0123", "1232", "2321", "5456", "4565", "5654"}));
  EXPECT_EQ(windows({.before = 0, .after = 1, .border = Border::reflect_101}, 5, {3}),
            (Windows{"01", "12", "21", "34", "43"}));
  EXPECT_EQ(windows({.before = 2, .after = 1, .border = Border::reflect_101}, 5, {2}),
            (Windows{"0101", "1010", "4323", "3234", "2343"}));
}

using Places = std::vector<std::vector<int>>;

/// The windows of scenes of so many frames each; -1 is the border's colour.
Places places_of(const TimeGeometry& time, const std::vector<int>& scenes) {
  const char* const border = time.border == Border::replicate     ? "replicate"
                             : time.border == Border::reflect_101 ? "reflect-101"
                                                                  : "constant";
  Places all;
  int begin = 0;
  for (const int count : scenes) {
    for (int own = 0; own < count; ++own) {
      // A causal window knows no frame after its own.
      const int known = time.causal ? own + 1 : count;
      std::vector<int> window;
      for (int t = own - time.before; t <= own + time.after; ++t) {
        const int place = border_index(t, known, std::string(border));
        window.push_back(place < 0 ? -1 : begin + place);
      }
      all.push_back(window);
    }
    begin += count;
  }
  return all;
}

/// The same of a history, to which `other` applies from the scene `change` on.
Places run_scenes(const TimeGeometry& time, const TimeGeometry& other, int change,
                  const std::vector<int>& scenes) {
  History history(time);
  Places all;
  const auto take = [&] {
    for (; history.ready(); history.advance()) {
      EXPECT_EQ(history.own(), static_cast<int>(all.size()));
      std::vector<int> window;
      for (const int* frame : history.window()) window.push_back(frame == nullptr ? -1 : *frame);
      all.push_back(window);
    }
  };
  int number = 0;
  for (int scene = 0; scene < static_cast<int>(scenes.size()); ++scene) {
    if (scene == change) history.set_border(other);
    for (int i = 0; i < scenes[static_cast<std::size_t>(scene)]; ++i) {
      history.push(number++, i == 0);
      take();
      EXPECT_LE(history.held(), static_cast<std::size_t>(frames_held(history.time())));
      EXPECT_LE(static_cast<int>(all.size()), std::max(0, number - time.after));
    }
  }
  history.end();
  take();
  return all;
}

// All windows of up to seven frames, with any of them as the output's own.
template <typename Act>
void each_window(const Act& act) {
  for (const Border border : {Border::replicate, Border::reflect_101, Border::constant}) {
    for (int frames = 1; frames <= 7; ++frames) {
      for (int before = 0; before < frames; ++before) {
        act(TimeGeometry{.before = before, .after = frames - 1 - before, .border = border});
      }
      act(TimeGeometry{.before = frames - 1, .border = border, .causal = true});
    }
  }
}

std::string text_of(const TimeGeometry& time, const std::vector<int>& scenes) {
  return std::to_string(time.before) + " before and " + std::to_string(time.after) +
         " after, border " + std::to_string(static_cast<int>(time.border)) + ", scenes of " +
         ::testing::PrintToString(scenes);
}

TEST(History, EveryWindowInScenesOfEveryLength) {
  each_window([](const TimeGeometry& time) {
    for (int i = 0; i < 6 * 6 * 6; ++i) {
      const std::vector<int> scenes{1 + i / 36, 1 + i / 6 % 6, 1 + i % 6};
      ASSERT_EQ(run_scenes(time, time, -1, scenes), places_of(time, scenes))
          << text_of(time, scenes);
    }
  });
}

// Scenes that begin after a change are as if it had always been so, and no frame is lost.
TEST(History, BordersChange) {
  each_window([](const TimeGeometry& time) {
    for (const Border border : {Border::replicate, Border::reflect_101, Border::constant}) {
      TimeGeometry other = time;
      other.border = border;
      for (int i = 0; i < 6 * 6 * 6; i += 5) {
        const std::vector<int> scenes{2, 1 + i / 36, 1 + i / 6 % 6, 1 + i % 6};
        const Places made = run_scenes(time, other, 2, scenes);
        const Places wanted = places_of(other, scenes);
        ASSERT_EQ(made.size(), wanted.size()) << text_of(time, scenes);
        const auto changed = static_cast<std::size_t>(scenes[0] + scenes[1]);
        for (std::size_t own = changed; own < wanted.size(); ++own) {
          ASSERT_EQ(made[own], wanted[own]) << text_of(other, scenes) << ", frame " << own;
        }
      }
    }
  });
}

TEST(History, ForgetsAndBeginsAnew) {
  History history({.before = 2, .after = 1});
  for (int i = 0; i < 5; ++i) {
    history.push(i);
    for (; history.ready(); history.advance()) {
    }
  }
  EXPECT_NE(history.newest(), nullptr);
  history.forget();
  EXPECT_EQ(history.newest(), nullptr);
  EXPECT_FALSE(history.ready());
  history.push(7);
  EXPECT_FALSE(history.ready());
  history.end();
  ASSERT_TRUE(history.ready());
  for (const int* frame : history.window()) EXPECT_EQ(*frame, 7);
  history.advance();
  EXPECT_FALSE(history.ready());
  history.push(8);  // after the end
  history.end();
  ASSERT_TRUE(history.ready());
  for (const int* frame : history.window()) EXPECT_EQ(*frame, 8);
}

// Each component counts alike, whatever lies beside it.
TEST(MeanDifference, OfEveryFormat) {
  std::mt19937 random(test_seed());
  for (const Layout& layout : all_layouts()) {
    for (const int width : {1, 33, 34, 301}) {
      const Picture one = random_picture(layout, width, 7, random);
      Picture other(layout, width, 7);
      fill(other, Content::random, random);
      double sum = 0;
      double samples = 0;
      for (int c = 0; c < layout.components(); ++c) {
        if (layout.is_alpha(c)) continue;
        const auto& a = one.component[static_cast<std::size_t>(c)].value;
        const auto& b = other.component[static_cast<std::size_t>(c)].value;
        for (std::size_t i = 0; i < a.size(); ++i) sum += std::abs(a[i] - b[i]);
        samples += static_cast<double>(a.size());
      }
      const TestFrame x(one, random_placement(random));
      const TestFrame y(other, random_placement(random));
      for (const std::string& target : simd_targets()) {
        const SimdLimit limit(target);
        EXPECT_NEAR(mean_difference(x.view(), y.view()), sum / samples / layout.max_code(), 1e-9)
            << layout.name << ' ' << width << ' ' << target;
        EXPECT_EQ(mean_difference(x.view(), x.view()), 0) << layout.name;
      }
    }
  }
  Picture black(layout_of("GRAY8"), 9000, 2);
  Picture white = black;
  for (double& v : white.component[0].value) v = 255;
  const TestFrame a(black, {});
  const TestFrame b(white, {});
  EXPECT_DOUBLE_EQ(mean_difference(a.view(), b.view()), 1);
}

}  // namespace
}  // namespace convolve::test
