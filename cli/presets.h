// SPDX-License-Identifier: MIT
/// \file
/// Chains that have a name: some come with the program, others the user has saved, each in a file
/// `$XDG_CONFIG_HOME/convolve/presets/NAME` that `parse_chain` reads.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include <convolve/chain.h>

namespace convolve::cli {

/// `$XDG_CONFIG_HOME/convolve`, or `~/.config/convolve`; empty where neither is set.
std::filesystem::path config_directory();

struct Preset {
  std::string name;
  std::string chain;  ///< as text; of saved ones without comments and line breaks
  std::string help;
  bool saved = false;
};

/// Every preset, sorted by name. A saved one hides one of the program's own.
std::vector<Preset> all_presets();

/// The filters of a preset. \throws UsageError, ChainError
std::vector<FilterSpec> load_preset(const std::string& name);

/// \returns the file's path. \throws UsageError for a bad name; MediaError of kind output where it
/// exists and may not be replaced, or cannot be written
std::string save_preset(const std::string& name, const std::vector<FilterSpec>& chain,
                        bool overwrite);

std::string presets_text();
std::string presets_json();

}  // namespace convolve::cli
