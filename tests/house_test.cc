// SPDX-License-Identifier: MIT
// Keeps the house in order: dependencies run one way, only core/simd knows Highway, every file
// names its licence. It reads the sources' #include lines.
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <regex>
#include <set>
#include <string>
#include <vector>

namespace convolve::test {
namespace {

namespace fs = std::filesystem;

fs::path root() {
  const char* given = std::getenv("CONVOLVE_SOURCE_ROOT");
  return given != nullptr ? fs::path(given) : fs::path(CONVOLVE_SOURCE_ROOT);
}

struct Include {
  std::string text;   ///< between the brackets or quotes
  bool quoted = false;
};

std::vector<Include> includes_of(const fs::path& file) {
  static const std::regex kLine(R"(^\s*#\s*include\s*([<"])([^>"]+)[>"])");
  std::vector<Include> found;
  std::ifstream in(file);
  for (std::string line; std::getline(in, line);) {
    std::smatch match;
    if (std::regex_search(line, match, kLine)) found.push_back({match[2], match[1] == "\""});
  }
  return found;
}

std::vector<fs::path> sources_in(const std::string& room) {
  std::vector<fs::path> files;
  if (!fs::exists(root() / room)) return files;
  for (const auto& entry : fs::recursive_directory_iterator(root() / room)) {
    const std::string extension = entry.path().extension().string();
    if (extension == ".cc" || extension == ".h" || extension == ".in") files.push_back(entry.path());
  }
  return files;
}

bool starts_with(const std::string& text, const std::string& start) {
  return text.rfind(start, 0) == 0;
}

bool is_standard(const Include& include) {
  static const std::regex kName("[a-z_0-9]+");
  return !include.quoted && std::regex_match(include.text, kName);
}

bool is_public(const Include& include, const std::set<std::string>& words) {
  if (!starts_with(include.text, "convolve/")) return false;
  return words.count(fs::path(include.text).stem().string()) > 0;
}

const std::set<std::string> kCoreHeaders{"image",  "format", "kernel", "params",
                                         "filter", "engine", "chain",  "history"};

bool is_libav(const Include& include) {
  return starts_with(include.text, "libav") || starts_with(include.text, "libsw");
}

bool is_gstreamer(const Include& include) {
  return starts_with(include.text, "gst") || starts_with(include.text, "glib");
}

/// Expects that every include of a room is one that `allowed` lets in.
void expect_includes(const std::string& room,
                     const std::function<bool(const fs::path&, const Include&)>& allowed) {
  const std::vector<fs::path> files = sources_in(room);
  EXPECT_FALSE(files.empty()) << room;
  for (const fs::path& file : files) {
    for (const Include& include : includes_of(file)) {
      EXPECT_TRUE(allowed(file, include))
          << fs::relative(file, root()).string() << " must not include " << include.text;
    }
  }
}

TEST(House, CoreKnowsTheStandardLibraryAndHighwayOnly) {
  expect_includes("pipeline/core", [](const fs::path& file, const Include& include) {
    const bool simd = file.string().find("/core/simd/") != std::string::npos;
    if (starts_with(include.text, "hwy/") || include.text == "immintrin.h") return simd;
    // How many cores this process may use is for the operating system to say.
    if (include.text == "sched.h") return file.filename() == "thread_pool.cc";
    return is_standard(include) || is_public(include, kCoreHeaders) ||
           (include.quoted && starts_with(include.text, "core/")) ||
           // Highway compiles a file once for each instruction set, by including it again.
           (simd && include.quoted);
  });
}

TEST(House, PublicHeadersKnowTheStandardLibraryAndOneAnother) {
  expect_includes("pipeline/include/convolve", [](const fs::path& file, const Include& include) {
    if (is_standard(include)) return true;
    if (kCoreHeaders.count(file.stem().string()) > 0) return is_public(include, kCoreHeaders);
    return starts_with(include.text, "convolve/") || is_gstreamer(include) || is_libav(include);
  });
}

TEST(House, PluginsReachTheCoreByItsPublicHeaders) {
  expect_includes("plugins", [](const fs::path&, const Include& include) {
    return is_standard(include) || is_gstreamer(include) || is_public(include, kCoreHeaders) ||
           (include.quoted && !starts_with(include.text, "core/") &&
            include.text.find("..") == std::string::npos) ||
           include.text == "config.h";
  });
}

// The graph carries media's frames, so it may know media; media does not know the graph.
TEST(House, GraphReachesTheElementsByName) {
  expect_includes("pipeline/graph", [](const fs::path&, const Include& include) {
    return !starts_with(include.text, "hwy") && !starts_with(include.text, "boost") &&
           include.text.find("core/") == std::string::npos &&
           include.text.find("plugins/") == std::string::npos &&
           include.text.find("cli/") == std::string::npos;
  });
}

TEST(House, MediaKnowsNoGStreamer) {
  expect_includes("pipeline/media", [](const fs::path&, const Include& include) {
    return !starts_with(include.text, "hwy") && !starts_with(include.text, "boost") &&
           !is_gstreamer(include) && include.text.find("core/") == std::string::npos &&
           include.text.find("graph/") == std::string::npos &&
           include.text.find("plugins/") == std::string::npos &&
           include.text.find("cli/") == std::string::npos;
  });
}

TEST(House, TheCommandLineUsesPublicHeaders) {
  expect_includes("cli", [](const fs::path&, const Include& include) {
    return !starts_with(include.text, "hwy") && !starts_with(include.text, "core/") &&
           !starts_with(include.text, "media/") && !starts_with(include.text, "graph/") &&
           include.text.find("..") == std::string::npos;
  });
}

TEST(House, EveryFileNamesItsLicence) {
  for (const char* room : {"pipeline", "plugins", "cli", "tests"}) {
    for (const fs::path& file : sources_in(room)) {
      if (file.extension() == ".in") continue;  // what is made of it has no author
      std::ifstream in(file);
      std::string line;
      std::getline(in, line);
      EXPECT_NE(line.find("SPDX-License-Identifier: MIT"), std::string::npos)
          << fs::relative(file, root()).string();
    }
  }
}

// DESIGN §1: one word names a filter in every room.
TEST(House, EveryFilterHasItsFiles) {
  for (const fs::path& file : sources_in("pipeline/core/filters")) {
    if (file.extension() != ".cc") continue;
    const std::string word = file.stem().string();
    EXPECT_TRUE(fs::exists(root() / "plugins" / (word + ".cc"))) << word;
    EXPECT_TRUE(fs::exists(root() / "tests" / (word + "_test.cc"))) << word;
    EXPECT_TRUE(fs::exists(root() / "samples" / (word + ".sh"))) << word;
  }
}

}  // namespace
}  // namespace convolve::test
