// SPDX-License-Identifier: MIT
#include "config.h"

#include <algorithm>
#include <cctype>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <iterator>
#include <sstream>
#include <system_error>

#include <boost/program_options.hpp>

namespace convolve::cli {

namespace {

namespace po = boost::program_options;

// Options of single calls have no place in a file for all.
bool is_for_config(const Option& option) {
  return !option.once && option.group != OptionGroup::part &&
         option.group != OptionGroup::looking && option.group != OptionGroup::information;
}

std::vector<std::string_view> config_names() {
  std::vector<std::string_view> names;
  for (const Option& option : option_table()) {
    if (is_for_config(option)) names.push_back(option.name);
  }
  return names;
}

[[noreturn]] void refuse_unknown(const std::string& file, const std::string& name) {
  const Option* const option = find_option(name);
  if (option != nullptr) {
    refuse_usage(file, "'" + name + "' is for the command line alone");
  }
  refuse_usage(file, "there is no option '" + name + "'", nearest_hint(name, config_names()));
}

// Boost cuts every line at its first #, which colours have: #ff0000. Here one begins a comment at
// the line's begin and after a blank alone; others pass Boost in disguise.
constexpr char kDisguised = '\x01';

std::string disguised(std::istream& stream) {
  std::string text{std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>()};
  for (std::size_t i = 1; i < text.size(); ++i) {
    const bool within = std::isspace(static_cast<unsigned char>(text[i - 1])) == 0;
    if (text[i] == '#' && within && text[i - 1] != '#') text[i] = kDisguised;
  }
  return text;
}

std::vector<po::option> read_lines(std::istream& stream, const std::string& file) {
  po::options_description description;
  for (const std::string_view name : config_names()) {
    description.add_options()(std::string(name).c_str(), po::value<std::string>(), "");
  }
  try {
    std::istringstream text(disguised(stream));
    std::vector<po::option> options = po::parse_config_file(text, description).options;
    for (po::option& option : options) {
      for (std::string& value : option.value) std::ranges::replace(value, kDisguised, '#');
    }
    return options;
  } catch (const po::unknown_option& error) {
    refuse_unknown(file, error.get_option_name());
  } catch (const po::invalid_config_file_syntax& error) {
    refuse_usage(file, "'" + error.tokens() + "' is no line of it", "write: name = value");
  } catch (const po::error& error) {
    refuse_usage(file, error.what());
  }
}

}  // namespace

std::vector<Given> read_config(const std::filesystem::path& file) {
  std::error_code error;
  if (file.empty() || !std::filesystem::exists(file, error)) return {};
  const std::string name = file.string();
  if (!std::filesystem::is_regular_file(file, error)) refuse_usage(name, "it is no file");
  errno = 0;
  std::ifstream stream(file);
  if (!stream) refuse_usage(name, errno != 0 ? std::strerror(errno) : "cannot be read");
  std::vector<Given> options;
  for (const po::option& line : read_lines(stream, name)) {
    const Option& option = *find_option(line.string_key);
    std::string value = line.value.empty() ? std::string() : line.value.front();
    for (const Given& given : options) {
      if (given.option == &option) refuse_usage(name, line.string_key + " is given twice");
    }
    if (option.value.empty()) {
      if (value != "true" && value != "false") {
        refuse_usage(name, line.string_key + ": '" + value + "' is neither true nor false");
      }
      if (value == "false") continue;
      value.clear();
    }
    options.push_back({&option, value});
  }
  return options;
}

}  // namespace convolve::cli
