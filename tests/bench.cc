// SPDX-License-Identifier: MIT
// How fast the core and its elements are, beside memcpy, OpenCV and libavfilter. Asserts nothing.
#include <algorithm>
#include <cstdlib>
#include <exception>
#include <fstream>
#include <iostream>
#include <regex>
#include <stdexcept>
#include <string>
#include <vector>

#include "bench_report.h"

namespace {

using namespace convolve;
using namespace convolve::bench;

constexpr const char* kHelp =
    "bench: speed of the filters beside memcpy, OpenCV and libavfilter\n"
    "  --target NAME   limit the core to an instruction set: avx3_dl, avx3, avx2, sse4, ...\n"
    "  --filter REGEX  only rows whose name matches: 'gray8/', 'gaussian', '^element'\n"
    "  --runs N        measurements of each contender (default 11)\n"
    "  --alone         without peers and comparisons, for profilers\n"
    "  --json FILE     write the results there too\n"
    "  --list          names of the rows, and of this machine's instruction sets\n"
    "  --help\n";

struct Options {
  std::string target;
  std::string filter;
  std::string json;
  int runs = 11;
  bool alone = false;
  bool list = false;
  bool help = false;
};

Options parse(const std::vector<std::string>& words) {
  Options options;
  for (std::size_t i = 0; i < words.size(); ++i) {
    const auto value = [&]() -> const std::string& {
      if (i + 1 == words.size()) throw std::invalid_argument(words[i] + " needs a value");
      return words[++i];
    };
    const std::string& word = words[i];
    if (word == "--help")
      options.help = true;
    else if (word == "--alone")
      options.alone = true;
    else if (word == "--list")
      options.list = true;
    else if (word == "--target")
      options.target = value();
    else if (word == "--filter")
      options.filter = value();
    else if (word == "--json")
      options.json = value();
    else if (word == "--runs")
      options.runs = std::max(std::stoi(value()), 1);
    else
      throw std::invalid_argument("no option '" + word + "'; --help shows what there is");
  }
  return options;
}

std::string upper(std::string text) {
  for (char& letter : text) letter = static_cast<char>(std::toupper(letter));
  return text;
}

// Limits the core, and returns the name of what it uses.
std::string choose_target(const std::string& name) {
  const std::vector<std::string> targets = simd_targets();
  if (name.empty()) return targets.front();
  limit_simd_target(upper(name));
  return upper(name);
}

std::vector<Row> chosen_rows(const std::string& filter) {
  std::vector<Row> rows = all_rows();
  const std::regex pattern(filter);
  std::erase_if(rows, [&](const Row& row) { return !std::regex_search(row.id, pattern); });
  return rows;
}

void run(const Options& options) {
  const std::vector<Row> rows = chosen_rows(options.filter);
  if (options.list) {
    for (const std::string& target : simd_targets()) std::cout << "target " << target << '\n';
    for (const Row& row : rows) std::cout << row.id << '\n';
    return;
  }
  std::ofstream json;
  if (!options.json.empty()) {
    json.open(options.json);
    if (!json) throw std::runtime_error(options.json + ": cannot be written");
  }
  const std::string target = choose_target(options.target);
  const Machine machine = describe_machine(target);
  print_head(std::cout, machine, options.runs);
  std::vector<Result> results;
  for (const Row& row : rows) {
    results.push_back(measure(row, options.runs, machine.clock, options.alone));
    print_row(std::cout, results.back());
  }
  print_summary(std::cout, results);
  if (json.is_open()) write_json(json, machine, results);
}

}  // namespace

int main(int argc, char** argv) {
  try {
    const Options options = parse({argv + 1, argv + argc});
    if (options.help) {
      std::cout << kHelp;
    } else {
      run(options);
    }
    return EXIT_SUCCESS;
  } catch (const std::exception& error) {
    std::cerr << "bench: " << error.what() << '\n';
    return EXIT_FAILURE;
  }
}
