// SPDX-License-Identifier: MIT
// What `meson install` puts where, and that it works from there.
#include <cstdlib>
#include <filesystem>
#include <string>

#include <gtest/gtest.h>

#include "program.h"

namespace convolve::test {
namespace {

namespace fs = std::filesystem;

class Install : public testing::Test {
 protected:
  void SetUp() override {
    const char* const build = std::getenv("CONVOLVE_BUILD_ROOT");
    if (build == nullptr || run({.words = {"sh", "-c", "command -v meson"}}).code != 0) {
      GTEST_SKIP() << "skipped: no meson, or not run by it";
    }
    const Result done = run({.words = {"meson", "install", "-C", build, "--no-rebuild", "--destdir",
                                       dir_.path().string()}});
    ASSERT_EQ(done.code, 0) << done.out << done.err;
    for (const auto& entry : fs::recursive_directory_iterator(dir_.path())) {
      const std::string path = entry.path().string();
      if (path.ends_with("/bin/convolve")) prefix_ = entry.path().parent_path().parent_path();
      if (path.ends_with("/libconvolve.so.0")) libraries_ = entry.path().parent_path();
    }
  }
  [[nodiscard]] Result in_shell(const std::string& line) const {
    return run(
        {.words = {"env", "-u", "GST_PLUGIN_PATH", "LD_LIBRARY_PATH=" + libraries_.string(),
                   "PATH=" + (prefix_ / "bin").string() + ":/usr/bin:/bin", "bash", "-c", line},
         .directory = prefix_});
  }

  TempDir dir_;
  fs::path prefix_;
  fs::path libraries_;
};

TEST_F(Install, FilesAreWhereOthersLookForThem) {
  ASSERT_FALSE(prefix_.empty());
  for (const char* file :
       {"share/man/man1/convolve.1", "share/bash-completion/completions/convolve.bash",
        "share/zsh/site-functions/_convolve", "share/fish/vendor_completions.d/convolve.fish",
        "include/convolve/filter.h", "include/convolve/live.h"}) {
    EXPECT_TRUE(fs::is_regular_file(prefix_ / file)) << file;
    EXPECT_GT(read_file(prefix_ / file).size(), 100U) << file;
  }
  for (const char* file : {"gstreamer-1.0/libgstconvolve.so", "pkgconfig/convolve.pc",
                           "pkgconfig/convolve-pipeline.pc"}) {
    EXPECT_TRUE(fs::is_regular_file(libraries_ / file)) << file;
  }
}

TEST_F(Install, TheProgramRunsFromThereAndFindsItsPlugin) {
  const Result ran = in_shell("convolve test:ball -f sobel -o null: --frames 2 -q");
  EXPECT_EQ(ran.code, 0) << ran.err;
}

TEST_F(Install, ManAndBashUnderstandTheirFiles) {
  const Result page = in_shell(
      "! command -v man >/dev/null || man --warnings -l share/man/man1/convolve.1 >/dev/null");
  EXPECT_EQ(page.code, 0) << page.err;
  EXPECT_EQ(page.err, "");
  const Result words = in_shell(
      "source share/bash-completion/completions/convolve.bash; COMP_LINE='convolve --cont'; "
      "COMP_POINT=15; COMP_WORDS=(convolve --cont); COMP_CWORD=1; _convolve; "
      "echo \"${COMPREPLY[@]}\"");
  EXPECT_NE(words.out.find("--contact-sheet"), std::string::npos) << words.out << words.err;
}

}  // namespace
}  // namespace convolve::test
