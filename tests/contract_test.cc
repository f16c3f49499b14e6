// SPDX-License-Identifier: MIT
// What SPEC asks of every filter, from its table of parameters alone: a new filter is covered
// without a new line here.
#include <convolve/engine.h>
#include <convolve/kernel.h>
#include <gtest/gtest.h>

#include <cmath>
#include <set>
#include <string>
#include <vector>

#include "check.h"
#include "sample_values.h"

namespace convolve::test {
namespace {

class Contract : public testing::TestWithParam<const FilterInfo*> {
 protected:
  [[nodiscard]] const FilterInfo& info() const { return *GetParam(); }
  [[nodiscard]] std::string name() const { return std::string(info().name); }
};

/// The filter runs all ways and agrees with itself; or it refuses with a reason.
void run_or_refuse(const FilterInfo& info, const Values& values, const Picture& in,
                   std::mt19937& random) {
  std::ostringstream trace;
  trace << describe(std::string(info.name), values) << ", " << in.layout->name << " " << in.width
        << "x" << in.height << ", seed " << test_seed();
  SCOPED_TRACE(trace.str());
  try {
    std::vector<Way> ways = all_ways(std::string(info.name), values);
    const Size size = Engine::output_size(ways.front().engine->filter(), {in.width, in.height});
    ASSERT_GE(size.width, 1);
    ASSERT_GE(size.height, 1);
    if (size.width > 2000 || size.height > 2000) return;
    run_all_ways(ways, in, *in.layout, size, random);
  } catch (const ParamError& error) {
    EXPECT_STRNE(error.what(), "");
  } catch (const KernelError& error) {
    EXPECT_STRNE(error.what(), "");
  }
}

TEST_P(Contract, DescribesItself) {
  EXPECT_FALSE(info().name.empty());
  EXPECT_FALSE(info().title.empty());
  EXPECT_FALSE(info().description.empty());
  EXPECT_EQ(find_filter(info().name), &info());
  EXPECT_EQ(find_filter("no-such-filter"), nullptr);
  std::set<std::string_view> names;
  for (const Param& param : info().params) {
    SCOPED_TRACE(std::string(param.name));
    EXPECT_TRUE(names.insert(param.name).second) << "twice in the table";
    EXPECT_EQ(find_param(info(), param.name), &param);
    EXPECT_GE(param.help.size(), 10U);
    EXPECT_EQ(param.name.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-"),
              std::string_view::npos);
    if (param.type == convolve::ParamType::choice) {
      EXPECT_GE(param.choices.size(), 2U);
      EXPECT_FALSE(param.choice_type.empty());
    }
  }
  for (const char* common : {"border", "border-color", "color-mode", "n-threads", "roi"}) {
    EXPECT_NE(find_param(info(), common), nullptr) << common;
  }
}

TEST_P(Contract, DefaultsAreInRangeAndReadBack) {
  for (const Param& param : info().params) {
    SCOPED_TRACE(std::string(param.name));
    const std::unique_ptr<Params> params = info().new_params();
    const ParamValue value = default_value(info(), param);
    EXPECT_NO_THROW(set_param(*params, param, value));
    EXPECT_NO_THROW(set_param_text(*params, param, param_text(param, value)));
    EXPECT_EQ(param.get(*params), value);
  }
}

TEST_P(Contract, ValuesReadBack) {
  std::mt19937 random(test_seed());
  for (const Param& param : info().params) {
    for (int i = 0; i < 20; ++i) {
      const std::unique_ptr<Params> params = info().new_params();
      const std::string text = sample_text(param, random);
      SCOPED_TRACE(std::string(param.name) + "=" + text);
      ASSERT_NO_THROW(set_param_text(*params, param, text));
      const ParamValue value = param.get(*params);
      const std::unique_ptr<Params> again = info().new_params();
      ASSERT_NO_THROW(set_param_text(*again, param, param_text(param, value)));
      EXPECT_EQ(param.get(*again), value);
      EXPECT_EQ(param.get(*params->clone()), value);
    }
  }
}

/// Expects a refusal that begins with the parameter's name.
void expect_bad(const FilterInfo& info, const Param& param, const std::string& text) {
  SCOPED_TRACE(std::string(param.name) + "=" + text);
  try {
    make_filter(info.name, {{param.name, text}});
    ADD_FAILURE() << "was accepted";
  } catch (const std::exception& error) {
    EXPECT_EQ(std::string(error.what()).rfind(std::string(param.name), 0), 0U) << error.what();
  }
}

TEST_P(Contract, BadValuesAreRefusedByName) {
  for (const Param& param : info().params) {
    switch (param.type) {
      case convolve::ParamType::boolean:
        for (const char* text : {"", "maybe", "2", "truefalse"}) expect_bad(info(), param, text);
        break;
      case convolve::ParamType::choice:
        for (const char* text : {"", "nothing", "-1", "99"}) expect_bad(info(), param, text);
        break;
      case convolve::ParamType::color:
        for (const char* text : {"", "red?", "0x1ffffffff", "#12"}) expect_bad(info(), param, text);
        break;
      case convolve::ParamType::integer:
      case convolve::ParamType::unsigned_integer: expect_bad(info(), param, "1.5"); [[fallthrough]];
      case convolve::ParamType::real:
        for (const char* text : {"", "x", "1x", "nan", "inf", "1e400", "--1", "1 2"}) {
          expect_bad(info(), param, text);
        }
        expect_bad(info(), param, std::to_string(param.minimum - 1));
        expect_bad(info(), param, std::to_string(param.maximum * 2 + 1));
        break;
      case convolve::ParamType::text:
        if (param.name == "roi") {
          for (const char* text : {"1", "1,2,3", "a,b,c,d", "0,0,0,5", "0,0,5,-1", "1,2,3,4,5"}) {
            expect_bad(info(), param, text);
          }
        } else {
          expect_bad(info(), param, "1 2; 3");
        }
        break;
    }
  }
}

TEST_P(Contract, UnknownParametersAreRefusedByName) {
  try {
    make_filter(name(), {{"bordr", "wrap"}});
    FAIL() << "was accepted";
  } catch (const ParamError& error) {
    EXPECT_NE(std::string(error.what()).find("bordr"), std::string::npos);
    EXPECT_NE(std::string(error.what()).find("border"), std::string::npos) << "and the nearest";
  }
  EXPECT_THROW(make_filter("no-such-filter"), std::exception);
}

TEST_P(Contract, DefaultsOnEveryFormatAndSize) {
  std::mt19937 random(test_seed());
  for (const Layout& layout : all_layouts()) {
    for (const Size size : {Size{1, 1}, Size{1, 7}, Size{6, 1}, Size{2, 2}, Size{17, 5},
                            Size{40, 33}, Size{131, 70}}) {
      run_or_refuse(info(), {}, random_picture(layout, size.width, size.height, random),
                    random);
    }
  }
}

TEST_P(Contract, AnyAllowedValuesOnEveryFormat) {
  std::mt19937 random(test_seed());
  for (int turn = 0; turn < 10; ++turn) {
    for (const Layout& layout : all_layouts()) {
      const int width = static_cast<int>(random() % 40) + 1;
      const int height = static_cast<int>(random() % 40) + 1;
      run_or_refuse(info(), sample_values(info(), random),
                    random_picture(layout, width, height, random), random);
      if (HasFailure()) return;
    }
  }
}

TEST_P(Contract, FlatFieldsStayFlat) {
  std::mt19937 random(test_seed());
  for (const Layout& layout : all_layouts()) {
    for (const char* border : {"replicate", "reflect", "reflect-101", "wrap"}) {
      for (const char* mode : {"per-channel", "greyscale", "luma", "raw"}) {
        Picture in(layout, 21, 12);
        fill(in, Content::flat, random);
        Engine engine(filter_of(name(), {{"border", border}, {"color-mode", mode}}, 1));
        const Size size = Engine::output_size(engine.filter(), {in.width, in.height});
        const TestFrame input(in, {});
        TestFrame output(layout, size.width, size.height, {});
        engine.process(input.view(), output.view());
        const Picture out = output.picture();
        for (const Grid& grid : out.component) {
          for (const double v : grid.value) {
            ASSERT_NEAR(v, grid.value.front(), layout.is_float() ? 1e-6 : 0.0)
                << layout.name << " " << border << " " << mode;
          }
        }
      }
    }
  }
}

TEST_P(Contract, IdentityIsTheInput) {
  std::mt19937 random(test_seed());
  for (int turn = 0; turn < 200; ++turn) {
    const Values values = sample_values(info(), random);
    std::unique_ptr<const Filter> filter;
    try {
      filter = filter_of(name(), values, 1);
    } catch (const std::invalid_argument&) {
      continue;
    }
    if (!filter->is_identity()) continue;
    SCOPED_TRACE(describe(name(), values));
    Engine engine(std::move(filter));
    const Picture in = random_picture(layout_of("I420"), 20, 10, random);
    ASSERT_EQ(Engine::output_size(engine.filter(), {20, 10}), (Size{20, 10}));
    const TestFrame input(in, {});
    TestFrame output(*in.layout, 20, 10, {});
    engine.process(input.view(), output.view());
    EXPECT_EQ(output.bytes(), input.bytes());
  }
}

// A decoder's frame may hold codes that its format does not have; they must do no harm.
TEST_P(Contract, GarbageAboveTheCodeDoesNoHarm) {
  std::mt19937 random(test_seed());
  for (const Layout& layout : all_layouts()) {
    if (layout.bits != 10) continue;
    Engine engine(filter_of(name(), {}, 1));
    const Size size = Engine::output_size(engine.filter(), {37, 21});
    const TestFrame noise(layout, 37, 21, {.noise = static_cast<unsigned>(random())});
    TestFrame output(layout, size.width, size.height, {});
    engine.process(noise.view(), output.view());
    const Picture out = output.picture();
    for (const Grid& grid : out.component) {
      for (const double v : grid.value) ASSERT_LE(v, 1023) << layout.name;
    }
  }
}

// One engine meets many sizes and formats in turn, as after renegotiation.
TEST_P(Contract, AnEngineFollowsChangesOfFormat) {
  std::mt19937 random(test_seed());
  Engine engine(filter_of(name(), {}, 2));
  for (int turn = 0; turn < 60; ++turn) {
    const Layout& layout = all_layouts()[random() % all_layouts().size()];
    const Picture in =
        random_picture(layout, static_cast<int>(random() % 50) + 2,
                               static_cast<int>(random() % 50) + 2, random);
    const Size size = Engine::output_size(engine.filter(), {in.width, in.height});
    const TestFrame input(in, random_placement(random));
    TestFrame output(layout, size.width, size.height, random_placement(random));
    TestFrame fresh(layout, size.width, size.height, {});
    output.view().range = fresh.view().range = in.range;
    output.view().matrix = fresh.view().matrix = in.matrix;
    engine.process(input.view(), output.view());
    Engine(filter_of(name(), {}, 1)).process(input.view(), fresh.view());
    ASSERT_EQ(output.bytes(), fresh.bytes()) << layout.name << " " << in.width << "x" << in.height;
  }
}

TEST_P(Contract, FramesThatDoNotFitAreRefused) {
  Engine engine(filter_of(name(), {}, 1));
  const Layout& gray = layout_of("GRAY8");
  const TestFrame input(gray, 16, 16, {});
  TestFrame small(gray, 5, 5, {});
  EXPECT_THROW(engine.process(input.view(), small.view()), std::invalid_argument);
  const Size size = Engine::output_size(engine.filter(), {16, 16});
  TestFrame other(layout_of("I420"), size.width, size.height, {});
  EXPECT_THROW(engine.process(input.view(), other.view()), std::invalid_argument);
  EXPECT_THROW(engine.process(ConstFrameView{}, FrameView{}), std::invalid_argument);
}

INSTANTIATE_TEST_SUITE_P(EveryFilter, Contract, testing::ValuesIn(all_filters().begin(), all_filters().end()),
                         [](const auto& each) {
                           std::string name(each.param->name);
                           std::replace(name.begin(), name.end(), '-', '_');
                           return name;
                         });

TEST(Simd, LimitsAreChecked) {
  EXPECT_FALSE(simd_targets().empty());
  EXPECT_THROW(limit_simd_target("no-such-thing"), std::invalid_argument);
  for (const std::string& target : simd_targets()) EXPECT_NO_THROW(limit_simd_target(target));
  limit_simd_target("");
}

}  // namespace
}  // namespace convolve::test
