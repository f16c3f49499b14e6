// SPDX-License-Identifier: MIT
// Help, manual page and completion come from one table each of options, keys and filters; JSON says
// what the lists for people say.
#include <algorithm>
#include <regex>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include <convolve/kernel.h>

#include "completion.h"
#include "help.h"
#include "json.h"
#include "keys.h"
#include "lists.h"
#include "manual.h"
#include "options.h"
#include "program.h"
#include "progress.h"

namespace convolve::cli {
namespace {

using Names = std::set<std::string>;

// Every `--name` and `-x` of the table.
Names table_options() {
  Names names;
  for (const Option& option : option_table()) {
    names.insert("--" + std::string(option.name));
    if (option.letter != 0) names.insert(std::string("-") + option.letter);
  }
  return names;
}

Names found(const std::string& text, const std::string& pattern, const std::string& before = "") {
  const std::regex regex(pattern);
  Names names;
  for (std::sregex_iterator at(text.begin(), text.end(), regex), end; at != end; ++at) {
    names.insert(before + (*at)[1].str());
  }
  return names;
}

Names joined(Names names, const Names& more) {
  names.insert(more.begin(), more.end());
  return names;
}

// The manual's source without the escapes of roff.
std::string plain_manual() {
  std::string text = std::regex_replace(manual_text(), std::regex(R"(\\-)"), "-");
  text = std::regex_replace(text, std::regex(R"(\\\(aq)"), "'");
  return std::regex_replace(text, std::regex(R"(\\&)"), "");
}

TEST(Texts, HelpManualAndCompletionHaveTheSameOptions) {
  const Names options = table_options();
  const std::string help = help_text();
  EXPECT_EQ(joined(found(help, R"((?:^|\n) +(?:-\w, )?(--[a-z-]+))"),
                   found(help, R"((?:^|\n)  (-\w), --)")),
            options);
  const std::string manual = plain_manual();
  EXPECT_EQ(joined(found(manual, R"(\n(?:\\fB-\w\\fR, )?\\fB(--[a-z-]+)\\fR)"),
                   found(manual, R"(\n\\fB(-\w)\\fR, )")),
            options);
  const std::string bash = completion_text("bash");
  const std::size_t words = bash.find("compgen -W '--");
  ASSERT_NE(words, std::string::npos);
  std::istringstream list(bash.substr(words + 12, bash.find("' ", words) - words - 12));
  EXPECT_EQ(Names(std::istream_iterator<std::string>(list), {}), options);
  const std::string zsh = completion_text("zsh");
  EXPECT_EQ(found(zsh, R"(\n    '(--?[a-z-]+)[=+]?\[)"), options);
  const std::string fish = completion_text("fish");
  EXPECT_EQ(joined(found(fish, R"(complete -c convolve -l ([a-z-]+))", "--"),
                   found(fish, R"( -s (\w) )", "-")),
            options);
}

TEST(Texts, HelpAndManualHaveEveryKey) {
  const std::string help = help_text();
  const std::string manual = plain_manual();
  std::set<std::string_view> names;
  std::set<KeyAction> actions;
  for (const Key& key : key_table()) {
    EXPECT_TRUE(names.insert(key.name).second) << key.name;
    EXPECT_TRUE(actions.insert(key.action).second) << key.name;
    EXPECT_EQ(find_key(key.name), &key);
    EXPECT_NE(help.find("\n  " + std::string(key.shown) + " "), std::string::npos) << key.name;
    EXPECT_NE(help.find(key.help), std::string::npos) << key.name;
    EXPECT_NE(manual.find("\\fB" + std::string(key.shown) + "\\fR\n" + std::string(key.help)),
              std::string::npos)
        << key.name;
  }
  EXPECT_EQ(find_key("F13"), nullptr);
}

TEST(Texts, ManualHasEveryFilterWithItsParameters) {
  const std::string manual = plain_manual();
  for (const FilterInfo* info : all_filters()) {
    EXPECT_NE(manual.find("\n.SS " + std::string(info->name) + "\n"), std::string::npos);
    for (const Param& param : info->params) {
      EXPECT_NE(manual.find("\\fB" + std::string(param.name) + "\\fR\n" + std::string(param.help)),
                std::string::npos)
          << info->name << ": " << param.name;
    }
  }
}

TEST(Texts, ManIsContentWithTheManual) {
  if (test::run({.words = {"sh", "-c", "command -v groff"}}).code != 0) {
    GTEST_SKIP() << "skipped: no groff";
  }
  const test::TempDir dir;
  test::write_file(dir.file("convolve.1"), manual_text());
  const test::Result result =
      test::run({.words = {"groff", "-k", "-man", "-ww", "-Tutf8", dir.file("convolve.1")}});
  EXPECT_EQ(result.code, 0);
  EXPECT_EQ(result.err, "");
}

// What bash offers at the end of a line.
std::string offered(const std::string& line) {
  const test::TempDir dir;
  test::write_file(dir.file("script"), completion_text("bash") +
                                           "\nCOMP_LINE=$1 COMP_POINT=${#1}\n"
                                           "_convolve 2>/dev/null\necho \"${COMPREPLY[*]}\"\n");
  const test::Result result = test::run({.words = {"bash", dir.file("script"), line}});
  EXPECT_EQ(result.code, 0) << result.err;
  return result.out.substr(0, result.out.find('\n'));
}

TEST(Texts, BashCompletesOptionsChoicesAndChains) {
  EXPECT_EQ(offered("convolve a.mp4 --over"), "--overwrite");
  EXPECT_EQ(offered("convolve --list b"), "borders");
  EXPECT_EQ(offered("convolve --list=b"), "borders");
  EXPECT_EQ(offered("convolve a.mp4 -f ga"), "gaussian");
  EXPECT_EQ(offered("convolve a.mp4 -f gaussian=si"), "sigma= sigma-y=");
  EXPECT_EQ(offered("convolve a.mp4 -f gaussian=sigma=2:border=re"),
            "replicate reflect reflect-101");
  EXPECT_EQ(offered("convolve a.mp4 --filter sobel,gau"), "sobel,gaussian");
  EXPECT_EQ(offered("convolve a.mp4 -f sobel=norm=l1,gau"), "l1,gaussian");
}

TEST(Texts, OtherShellsCanReadTheirCompletion) {
  const test::TempDir dir;
  for (const Shell& shell : shells()) {
    const std::string name(shell.name);
    if (test::run({.words = {"sh", "-c", "command -v " + name}}).code != 0) continue;
    test::write_file(dir.file(name), completion_text(name));
    const test::Result result = test::run({.words = {name, "-n", dir.file(name)}});
    EXPECT_EQ(result.code, 0) << name << ": " << result.err;
    EXPECT_EQ(result.err, "") << name;
  }
}

TEST(Json, ListsSayWhatThereIs) {
  const Json filters = Json::parse(list_text("filters", true));
  ASSERT_EQ(filters.size(), all_filters().size());
  for (std::size_t i = 0; i < filters.size(); ++i) {
    const FilterInfo& info = *all_filters()[i];
    EXPECT_EQ(filters[i]["name"], info.name);
    ASSERT_EQ(filters[i]["parameters"].size(), info.params.size());
    for (std::size_t k = 0; k < info.params.size(); ++k) {
      const Json& param = filters[i]["parameters"][k];
      EXPECT_EQ(param["name"], info.params[k].name);
      EXPECT_EQ(param.value("choices", Json::array()).size(), info.params[k].choices.size());
    }
  }
  const Json gaussian = *std::ranges::find(
      filters, "gaussian", [](const Json& f) { return f["name"].get<std::string>(); });
  EXPECT_EQ(gaussian["parameters"][0],
            (Json{{"name", "sigma"},
                  {"type", "number"},
                  {"default", 1.5},
                  {"minimum", 0.0},
                  {"maximum", 1000.0},
                  {"help", find_param(*find_filter("gaussian"), "sigma")->help}}));
  const Json kernels = Json::parse(list_text("kernels", true));
  ASSERT_EQ(kernels.size(), named_kernels().size());
  for (const Json& kernel : kernels) {
    EXPECT_EQ(kernel["taps"].size(), kernel["width"].get<std::size_t>() *
                                         kernel["height"].get<std::size_t>() *
                                         kernel["depth"].get<std::size_t>());
  }
  for (const ListTopic& topic : list_topics()) {
    const Json list = Json::parse(topic.json());
    EXPECT_TRUE(list.is_array()) << topic.name;
  }
}

TEST(Json, ProgressIsAnObjectALine) {
  EXPECT_EQ(progress_json({50, 200, 2, 4}, "progress"),
            R"({"event":"progress","frames":50,"total_frames":200,"share":0.25,"fps":12.5,)"
            R"("speed":0.5,"media_seconds":2.0,"elapsed_seconds":4.0,"left_seconds":12.0})"
            "\n");
  EXPECT_EQ(progress_json({50, {}, 2, 4}, "end"),
            R"({"event":"end","frames":50,"total_frames":null,"share":null,"fps":12.5,)"
            R"("speed":0.5,"media_seconds":2.0,"elapsed_seconds":4.0,"left_seconds":null})"
            "\n");
  EXPECT_TRUE(progress_json({50, {}, 2, 4, Latency{}, 7}, "end")
                  .ends_with(R"(,"dropped":7})"
                             "\n"));
  EXPECT_EQ(note_json(NoteLevel::warning, "a \"name\" \xff"),
            "{\"event\":\"warning\",\"text\":\"a \\\"name\\\" \xEF\xBF\xBD\"}\n");
}

}  // namespace
}  // namespace convolve::cli
