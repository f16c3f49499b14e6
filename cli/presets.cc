// SPDX-License-Identifier: MIT
#include "presets.h"

#include <algorithm>
#include <cctype>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <map>
#include <system_error>

#include <fcntl.h>
#include <unistd.h>

#include "json.h"
#include "options.h"
#include "text.h"

namespace convolve::cli {

namespace fs = std::filesystem;

namespace {

struct OwnPreset {
  std::string_view name;
  std::string_view chain;
  std::string_view help;
};

constexpr OwnPreset kOwn[] = {
    {"background", "gaussian=sigma=12", "Nothing can be read any more"},
    {"color-edges", "sobel=color-mode=per-channel", "Edges in the colours that make them"},
    {"crisp", "kernel=kernel=unsharp", "Crisper detail"},
    {"edges", "sobel=operator=scharr", "Strength of edges, grey"},
    {"outline", "kernel=kernel=outline:color-mode=greyscale", "Bright lines on black"},
    {"relief", "kernel=kernel=emboss", "Lit from the top left"},
    {"sketch", "gaussian=sigma=1.2,sobel=operator=scharr,kernel=kernel='-1':bias=1",
     "Dark lines on white"},
    {"soft", "gaussian=sigma=0.8", "Takes the edge off noise"},
};

fs::path preset_directory() {
  const fs::path base = config_directory();
  return base.empty() ? base : base / "presets";
}

// Names that are files of their own, hidden neither by a dot nor by a dash.
bool is_good_name(std::string_view name) {
  const auto plain = [](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '-' || c == '_' || c == '.';
  };
  return !name.empty() && name.size() <= 100 && std::ranges::all_of(name, plain) &&
         name.front() != '.' && name.front() != '-';
}

[[noreturn]] void fail_output(const fs::path& path, const std::string& why,
                              const std::string& hint = "") {
  throw MediaError(MediaError::Kind::output,
                   path.string() + ": " + why + (hint.empty() ? "" : "\n" + hint));
}

// A file that is whole or not there.
void write_whole(const fs::path& path, const std::string& text, bool overwrite) {
  const std::string part = path.string() + ".part-" + std::to_string(getpid());
  std::FILE* const file = std::fopen(part.c_str(), "wxe");
  if (file == nullptr) fail_output(path, std::strerror(errno));
  bool good = std::fwrite(text.data(), 1, text.size(), file) == text.size();
  good = std::fflush(file) == 0 && fsync(fileno(file)) == 0 && good;
  int error = errno;
  std::fclose(file);
  if (good) {
    // A link does not replace what is there.
    good = overwrite ? std::rename(part.c_str(), path.c_str()) == 0
                     : link(part.c_str(), path.c_str()) == 0;
    error = errno;
  }
  unlink(part.c_str());
  if (good) return;
  if (error == EEXIST) fail_output(path, "exists already", "-y overwrites it");
  fail_output(path, std::strerror(error));
}

}  // namespace

fs::path config_directory() {
  const char* const base = std::getenv("XDG_CONFIG_HOME");
  // The specification takes a relative path for none.
  if (base != nullptr && *base == '/') return fs::path(base) / "convolve";
  const char* const home = std::getenv("HOME");
  if (home == nullptr || *home == '\0') return {};
  return fs::path(home) / ".config" / "convolve";
}

std::vector<Preset> all_presets() {
  std::map<std::string, Preset> presets;
  for (const OwnPreset& own : kOwn) {
    const std::string name(own.name);
    presets[name] = {name, std::string(own.chain), std::string(own.help), false};
  }
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(preset_directory(), error)) {
    const std::string name = entry.path().filename().string();
    if (!is_good_name(name) || !entry.is_regular_file(error)) continue;
    try {
      presets[name] = {name, chain_text(parse_chain("@" + entry.path().string())), "", true};
    } catch (const ChainError&) {
      presets[name] = {name, "", "It cannot be read: see --preset " + name, true};
    }
  }
  std::vector<Preset> list;
  for (auto& [name, preset] : presets) list.push_back(std::move(preset));
  return list;
}

std::vector<FilterSpec> load_preset(const std::string& name) {
  std::error_code error;
  const fs::path file = preset_directory() / name;
  if (is_good_name(name) && fs::exists(file, error)) return parse_chain("@" + file.string());
  for (const OwnPreset& own : kOwn) {
    if (own.name == name) return parse_chain(own.chain);
  }
  const std::vector<Preset> presets = all_presets();
  std::vector<std::string_view> names;
  for (const Preset& preset : presets) names.push_back(preset.name);
  refuse_usage("--preset", "'" + name + "' is no preset",
               nearest_hint(name, names, "", "try 'convolve --list presets'"));
}

std::string save_preset(const std::string& name, const std::vector<FilterSpec>& chain,
                        bool overwrite) {
  if (!is_good_name(name)) {
    refuse_usage("--save-preset", "'" + name + "' is no name; letters, digits, - _ . make one");
  }
  const fs::path directory = preset_directory();
  if (directory.empty()) refuse_usage("--save-preset", "neither XDG_CONFIG_HOME nor HOME is set");
  std::error_code error;
  fs::create_directories(directory, error);
  if (error) fail_output(directory, error.message());
  std::string text;
  for (const FilterSpec& spec : chain) text += chain_text({spec}) + "\n";
  write_whole(directory / name, text, overwrite);
  return (directory / name).string();
}

std::string presets_text() {
  std::string text;
  for (const Preset& preset : all_presets()) {
    text += hanging(preset.name, preset.chain.empty() ? preset.help : preset.chain, 14, 80);
    const std::string note = preset.saved ? "saved by you" : preset.help;
    if (!preset.chain.empty()) text += wrapped(note, 14, 80);
  }
  return text;
}

std::string presets_json() {
  Json list = Json::array();
  for (const Preset& preset : all_presets()) {
    list.push_back(Json{{"name", preset.name},
                        {"chain", preset.chain},
                        {"help", preset.help},
                        {"saved", preset.saved}});
  }
  return json_text(list);
}

}  // namespace convolve::cli
