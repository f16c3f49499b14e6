// SPDX-License-Identifier: MIT
// The grammar of filter chains, and what is said of chains that are wrong.
#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

#include <convolve/chain.h>

#include "program.h"

namespace convolve {
namespace {

using Specs = std::vector<FilterSpec>;

std::string error_of(std::string_view text) {
  try {
    parse_chain(text);
  } catch (const ChainError& error) {
    return error.what();
  }
  return "no error";
}

TEST(Chain, ReadsFiltersWithAndWithoutValues) {
  EXPECT_EQ(parse_chain("sobel"), (Specs{{"sobel", {}}}));
  EXPECT_EQ(parse_chain("gaussian=sigma=2.5:border=reflect,sobel"),
            (Specs{{"gaussian", {{"sigma", "2.5"}, {"border", "reflect"}}}, {"sobel", {}}}));
}

TEST(Chain, SpaceAroundWordsDoesNotMatter) {
  EXPECT_EQ(parse_chain(" gaussian = sigma = 2.5 : border = reflect , sobel "),
            parse_chain("gaussian=sigma=2.5:border=reflect,sobel"));
}

TEST(Chain, QuotesProtectSeparators) {
  const Specs kernel{{"kernel", {{"kernel", "0,-1,0; -1,5,-1; 0,-1,0"}}}};
  EXPECT_EQ(parse_chain("kernel=kernel='0,-1,0; -1,5,-1; 0,-1,0'"), kernel);
  EXPECT_EQ(parse_chain("kernel=kernel=[0,-1,0; -1,5,-1; 0,-1,0]"), kernel);
  EXPECT_EQ(parse_chain("sobel=roi='8,8,16,16':scale=2,gaussian"),
            (Specs{{"sobel", {{"roi", "8,8,16,16"}, {"scale", "2"}}}, {"gaussian", {}}}));
}

TEST(Chain, RowsWithoutCommasNeedNoQuotes) {
  EXPECT_EQ(parse_chain("kernel=kernel=0 -1 0; -1 5 -1; 0 -1 0"),
            (Specs{{"kernel", {{"kernel", "0 -1 0; -1 5 -1; 0 -1 0"}}}}));
}

TEST(Chain, CommasInParenthesesBelongToTheValue) {
  EXPECT_EQ(parse_chain("kernel=kernel=box(5x3),sobel"),
            (Specs{{"kernel", {{"kernel", "box(5x3)"}}}, {"sobel", {}}}));
  EXPECT_EQ(parse_chain("gst:x=caps=f(a,b),sobel"),
            (Specs{{"gst:x", {{"caps", "f(a,b)"}}}, {"sobel", {}}}));
}

TEST(Chain, AFirstValueAloneIsForTheFirstParameter) {
  EXPECT_EQ(parse_chain("gaussian=2.5"), (Specs{{"gaussian", {{"sigma", "2.5"}}}}));
  EXPECT_EQ(parse_chain("kernel=emboss:bias=0.5"),
            (Specs{{"kernel", {{"kernel", "emboss"}, {"bias", "0.5"}}}}));
  EXPECT_EQ(parse_chain("sobel=scharr"), (Specs{{"sobel", {{"operator", "scharr"}}}}));
  EXPECT_EQ(parse_chain("kernel='0 1 0'"), (Specs{{"kernel", {{"kernel", "0 1 0"}}}}));
}

TEST(Chain, EveryFilterTakesTheCommonParameters) {
  for (const FilterInfo* info : all_filters()) {
    const std::string text = std::string(info->name) +
                             "=border=constant:border-color=#102030:color-mode=luma:n-threads=2";
    EXPECT_EQ(error_of(text), "no error") << text;
    const bool same_size = make_filter(info->name, {})->geometry().same_size();
    const std::string refused = "roi: not possible with a filter that changes the size";
    const std::string error = error_of(text + ":roi='0,0,8,8'");
    EXPECT_EQ(error.ends_with(same_size ? "no error" : refused), true) << text << ": " << error;
  }
}

TEST(Chain, ForeignElementsPassUnchecked) {
  EXPECT_EQ(parse_chain("gst:videobalance=saturation=0:hue=[0.1]"),
            (Specs{{"gst:videobalance", {{"saturation", "0"}, {"hue", "0.1"}}}}));
  EXPECT_EQ(error_of("gst:"),
            "chain, column 1: 'gst:' names no GStreamer element, as "
            "gst:videobalance would");
  EXPECT_EQ(error_of("gst:videobalance=0"),
            "chain, column 18: gst:videobalance: '0' lacks a name, as in key=value");
  EXPECT_THROW(make_filter(FilterSpec{"gst:videobalance", {}}), ChainError);
}

struct Wrong {
  std::string_view chain;
  std::string_view error;
};

class WrongChain : public testing::TestWithParam<Wrong> {};

TEST_P(WrongChain, NamesThePlaceAndTheReason) {
  EXPECT_EQ(error_of(GetParam().chain), GetParam().error);
}

INSTANTIATE_TEST_SUITE_P(
    Chain, WrongChain,
    testing::Values(
        Wrong{"", "chain, column 1: no filter is named"},
        Wrong{"  ", "chain, column 1: no filter is named"},
        Wrong{"sobel,", "chain, column 7: a filter's name is missing"},
        Wrong{"sobel,,gaussian", "chain, column 7: a filter's name is missing"},
        Wrong{"sobel,gausian", "chain, column 7: 'gausian' is no filter; did you mean 'gaussian'?"},
        Wrong{"zebra",
              "chain, column 1: 'zebra' is no filter; there are kernel, gaussian, sobel, upsample, "
              "kernel3d, pool"},
        Wrong{"sharpen",
              "chain, column 1: 'sharpen' is a kernel, no filter; write 'kernel=sharpen'"},
        Wrong{"sobel,box(5)",
              "chain, column 7: 'box' is a kernel, no filter; write 'kernel=box(3)'"},
        Wrong{"gaussian(2)",
              "chain, column 1: after 'gaussian' comes '=', not '(', as in gaussian=key=value"},
        Wrong{"gaussian:sigma=2",
              "chain, column 1: after 'gaussian' comes '=', not ':', as in gaussian=key=value"},
        Wrong{"gaussian=sgima=2",
              "chain, column 10: gaussian has no parameter 'sgima'; did you mean 'sigma'?"},
        Wrong{"gaussian=sigma",
              "chain, column 10: gaussian: sigma lacks a value, as in "
              "sigma=value"},
        Wrong{"gaussian=", "chain, column 10: gaussian: key=value is missing"},
        Wrong{"gaussian=sigma=2:", "chain, column 18: gaussian: key=value is missing"},
        Wrong{"sobel=scale=2:reflect",
              "chain, column 15: sobel: 'reflect' lacks a name, as in key=value"},
        Wrong{"gaussian=sigma=2:sigma=3", "chain, column 18: gaussian: sigma is given twice"},
        Wrong{"gaussian=sigma=two", "chain, column 16: gaussian: sigma: 'two' is not a number"},
        Wrong{"gaussian=sigma=-1", "chain, column 16: gaussian: sigma: -1 is outside 0 … 1000"},
        Wrong{"sobel,gaussian=border=miror",
              "chain, column 23: gaussian: border: 'miror' is none of constant, replicate, "
              "reflect, reflect-101, wrap"},
        Wrong{"sobel=operator=sharr",
              "chain, column 16: sobel: operator: 'sharr' is none of sobel, scharr, prewitt, "
              "roberts; did you mean 'scharr'?"},
        Wrong{"kernel=kernel='1 2", "chain, column 15: the ' is never closed by a '"},
        Wrong{"kernel=kernel=[1 2", "chain, column 15: the [ is never closed by a ]"},
        Wrong{"kernel=kernel='1 2' border=wrap",
              "chain, column 21: after the closing quote comes ':' or ','"},
        Wrong{"sobel=roi=1,2,3,4",
              "chain, column 13: '2' is no filter; a value that holds , or : needs quotes, as in "
              "key='…'"},
        // Columns are counted in characters.
        Wrong{"sobel=roi='1,2,3'",
              "chain, column 11: sobel: roi: '1,2,3' is not x,y,w,h in pixels"},
        Wrong{"kernel=box(3):stride=2:roi='0,0,8,8'",
              "chain, column 28: kernel: roi: not possible with a filter that changes the size"},
        Wrong{"kernel=kernel=@absent.txt",
              "chain, column 15: kernel: @absent.txt: No such file or directory"},
        // Columns are counted in characters.
        Wrong{"gst:x=text='äöü',soble",
              "chain, column 18: 'soble' is no filter; did you mean 'sobel'?"}));

TEST(Chain, BadKernelsAreFoundBeforeAnythingRuns) {
  const std::string error = error_of("sobel,kernel=kernel='1 2 3; 4 5'");
  EXPECT_TRUE(error.starts_with("chain, column 21: kernel: row 2")) << error;
  EXPECT_NE(error.find("row 2 has 2 values, row 1 has 3"), std::string::npos) << error;
  EXPECT_NE(error_of("kernel=kernel=sharpne").find("did you mean 'sharpen'?"), std::string::npos);
}

TEST(Chain, TextReadsBack) {
  const Specs chains[] = {
      {{"sobel", {}}},
      {{"gaussian", {{"sigma", "2.5"}, {"border", "reflect-101"}}}, {"sobel", {{"scale", "2"}}}},
      {{"kernel", {{"kernel", "0 -1 0; -1 5 -1; 0 -1 0"}}}},
      {{"sobel", {{"roi", "1,2,3,4"}}}},
      {{"sobel", {{"roi", ""}}}},
      {{"gst:textoverlay",
        {{"text", "it's [a] 'b', c:d=e"}, {"font-desc", "]'"}, {"x", " edge "}, {"y", "(,"}}},
       {"gst:identity", {}}},
  };
  for (const Specs& chain : chains) {
    EXPECT_EQ(parse_chain(chain_text(chain)), chain) << chain_text(chain);
  }
}

TEST(Chain, EnableIsForEveryFilter) {
  const Specs chain =
      parse_chain("gaussian=sigma=2:enable=1.5-4,gst:identity=enable=-2,sobel=enable=3-");
  ASSERT_EQ(chain.size(), 3U);
  EXPECT_EQ(chain[0].values.size(), 1U);
  EXPECT_EQ(chain[0].enable, (TimeRange{1.5, 4}));
  EXPECT_EQ(chain[1].enable, (TimeRange{.end = 2}));
  EXPECT_EQ(chain[2].enable, (TimeRange{.start = 3}));
  EXPECT_EQ(chain_text(chain),
            "gaussian=sigma=2:enable=1.5-4,gst:identity=enable=-2,sobel=enable=3-");
  EXPECT_TRUE((TimeRange{1.5, 4}).contains(1.5));
  EXPECT_FALSE((TimeRange{1.5, 4}).contains(4));
  for (const char* bad : {"5", "-", "4-4", "5-2", "a-b", "1-2-3", "''"}) {
    const std::string error = error_of(std::string("sobel=enable=") + bad);
    EXPECT_TRUE(error.starts_with("chain, column 14: sobel: enable: '")) << error;
  }
  EXPECT_EQ(error_of("sobel=enable=1-2:enable=3-4"),
            "chain, column 18: sobel: enable is given twice");
  EXPECT_EQ(error_of("sobel=enabel=1-2"),
            "chain, column 7: sobel has no parameter 'enabel'; did you mean 'enable'?");
  EXPECT_EQ(error_of("kernel=box(3):enable=1-2:stride=2"),
            "chain, column 22: kernel: enable: cannot go with a filter that changes the size");
}

TEST(Chain, LineBreaksAreAsGoodAsCommas) {
  EXPECT_EQ(
      parse_chain("\n gaussian=sigma=2\n  :border=wrap\n\n,sobel\nkernel=kernel='1 2\n3 4'\n"),
      parse_chain("gaussian=sigma=2:border=wrap,sobel,kernel=kernel='1 2\n3 4'"));
}

TEST(Chain, FilesHoldChains) {
  const test::TempDir dir;
  const std::string path = dir.file("look.txt");
  test::write_file(path, "# A look\ngaussian=sigma=2:border-color=#102030\n  # and\nsobel\n");
  EXPECT_EQ(parse_chain("@" + path),
            (Specs{{"gaussian", {{"sigma", "2"}, {"border-color", "#102030"}}}, {"sobel", {}}}));
  // As editors of Windows write them.
  test::write_file(path,
                   "\xEF\xBB\xBF"
                   "gaussian=sigma=2\r\nsobel\r\n");
  EXPECT_EQ(parse_chain("@" + path), (Specs{{"gaussian", {{"sigma", "2"}}}, {"sobel", {}}}));
  test::write_file(path, "# A look\ngaussian=sigma=2\n  gaussian=sgima=3\n");
  EXPECT_EQ(error_of("@" + path), "@" + path +
                                      ", line 3, column 12: gaussian has no parameter 'sgima'; "
                                      "did you mean 'sigma'?");
  test::write_file(path, std::string(8 << 20, 'n'));
  EXPECT_TRUE(error_of("@" + path)
                  .starts_with("@" + path + ", line 1, column 1: '" + std::string(40, 'n') +
                               "…' is no filter; there"));
  test::write_file(path, "# nothing\n");
  EXPECT_EQ(error_of("@" + path), "@" + path + ", line 1, column 1: no filter is named");
  EXPECT_EQ(error_of("@" + dir.file("none")),
            "@" + dir.file("none") + ": No such file or directory");
}

TEST(Chain, SpecsMakeFilters) {
  const auto filter = make_filter(parse_chain("gaussian=sigma=0").front());
  EXPECT_TRUE(filter->is_identity());
  EXPECT_THROW(make_filter(FilterSpec{"gaussian", {{"sigma", "-1"}}}), ParamError);
}

}  // namespace
}  // namespace convolve
