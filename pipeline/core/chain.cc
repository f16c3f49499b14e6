// SPDX-License-Identifier: MIT
#include <convolve/chain.h>

#include <algorithm>
#include <cctype>
#include <optional>

#include <convolve/engine.h>

#include "core/chain_messages.h"
#include "core/messages.h"
#include "core/number.h"
#include "core/text_file.h"

namespace convolve {

namespace {

// Elements of other GStreamer plugins; the core cannot know their properties.
constexpr std::string_view kForeignPrefix = "gst:";

bool is_foreign(std::string_view name) { return name.starts_with(kForeignPrefix); }

bool is_space(char c) { return std::isspace(static_cast<unsigned char>(c)) != 0; }

bool is_name_char(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '-' || c == '_';
}

// `2-5`, `2-` or `-5`, in seconds.
std::optional<TimeRange> parse_range(std::string_view text) {
  // A dash may also be that of an exponent.
  for (std::size_t dash = text.find('-'); dash != std::string_view::npos;
       dash = text.find('-', dash + 1)) {
    const std::string_view from = trim(text.substr(0, dash));
    const std::string_view to = trim(text.substr(dash + 1));
    const auto start = from.empty() ? TimeRange{}.start : parse_number(from);
    const auto end = to.empty() ? TimeRange{}.end : parse_number(to);
    if (start && end && (!from.empty() || !to.empty()) && *start >= 0 && *start < *end) {
      return TimeRange{*start, *end};
    }
  }
  return std::nullopt;
}

std::string range_text(const TimeRange& range) {
  return (range.start > 0 ? format_number(range.start) : "") + "-" +
         (range.end < TimeRange{}.end ? format_number(range.end) : "");
}

// An error's text begins with the name of the parameter that it is about.
bool is_about(std::string_view why, std::string_view param) {
  return why.starts_with(param) && why.substr(param.size()).starts_with(':');
}

// One name is enough where the parameter has the filter's.
std::string error_in(const FilterInfo& info, const std::string& why) {
  return is_about(why, info.name) ? why : std::string(info.name) + ": " + why;
}

// Lines that begin with # made blank, so that places stay where they are.
std::string without_comments(std::string text) {
  bool line_begins = true;
  bool comment = false;
  for (char& c : text) {
    if (c == '\n') {
      line_begins = true;
      comment = false;
      continue;
    }
    comment = comment || (line_begins && c == '#');
    line_begins = line_begins && is_space(c);
    if (comment) c = ' ';
  }
  return text;
}

// Reads one chain from left to right.
class Reader {
 public:
  /// \param file  that the text was read from; empty: none
  explicit Reader(std::string_view text, std::string_view file = {}) : text_(text), file_(file) {}

  std::vector<FilterSpec> chain() {
    skip_space();
    if (at_end()) fail(0, "no filter is named");
    std::vector<FilterSpec> specs;
    for (;;) {
      specs.push_back(filter());
      // A comma, a line break or both ended the filter. A comma announces another one.
      skip_space();
      if (at_end()) return specs;
      if (at(',')) ++at_;
    }
  }

 private:
  [[noreturn]] void fail(std::size_t place, const std::string& why) const {
    // Columns count characters, not bytes, so that they agree with what the user sees.
    const auto continues = [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) == 0x80U; };
    std::string_view before = text_.substr(0, place);
    std::string where = "chain";
    if (!file_.empty()) {
      where = "@" + std::string(file_) + ", line " +
              std::to_string(std::ranges::count(before, '\n') + 1);
      before.remove_prefix(before.rfind('\n') + 1);  // npos + 1 is 0
    }
    const auto column =
        before.size() - static_cast<std::size_t>(std::ranges::count_if(before, continues)) + 1;
    throw ChainError(where + ", column " + std::to_string(column) + ": " + why);
  }

  [[nodiscard]] bool at_end() const { return at_ >= text_.size(); }
  [[nodiscard]] bool at(char c) const { return !at_end() && text_[at_] == c; }
  [[nodiscard]] bool at_any(std::string_view set) const {
    return !at_end() && set.find(text_[at_]) != std::string_view::npos;
  }
  void skip_space() {
    while (!at_end() && is_space(text_[at_])) ++at_;
  }

  FilterSpec filter() {
    skip_space();
    const std::size_t start = at_;
    while (!at_end() && !at_any("=,\n")) ++at_;
    value_places_.clear();
    FilterSpec spec{std::string(trim(text_.substr(start, at_ - start))), {}};
    const FilterInfo* info = check_name(spec.name, start);
    if (at('=')) {
      ++at_;
      values(spec, info);
    }
    // A value that lacks its quotes is best told of where it breaks off, by the next filter.
    const bool cut_off = at(',') && is_like_a_value(trim(text_.substr(at_ + 1)));
    if (info != nullptr && !cut_off) check_together(spec, *info, start);
    return spec;
  }

  const FilterInfo* check_name(std::string_view name, std::size_t start) const {
    if (name.empty()) fail(start, "a filter's name is missing");
    if (is_foreign(name)) {
      const std::string_view element = name.substr(kForeignPrefix.size());
      if (element.empty() || !std::ranges::all_of(element, is_name_char)) {
        fail(start, quoted(name) + " names no GStreamer element, as gst:videobalance would");
      }
      return nullptr;
    }
    const FilterInfo* info = find_filter(name);
    if (info == nullptr) fail(start, unknown_filter(name));
    return info;
  }

  void values(FilterSpec& spec, const FilterInfo* info) {
    for (;;) {
      skip_space();
      const std::size_t start = at_;
      const std::string key = read_key(spec, info);
      const auto same = [&key](const auto& pair) { return pair.first == key; };
      const bool enable = key == kEnable;
      if (std::ranges::any_of(spec.values, same) || (enable && spec.enable)) {
        fail(start, spec.name + ": " + key + " is given twice");
      }
      if (!enable && info != nullptr && find_param(*info, key) == nullptr) {
        fail(start, unknown_param(*info, key));
      }
      const std::size_t value_start = at_;
      if (enable) {
        spec.enable = time_range(spec, value_start);
      } else {
        spec.values.emplace_back(key, value());
        value_places_.push_back(value_start);
        if (info != nullptr) check_value(*info, spec.values.back(), value_start);
      }
      if (!at_values_again()) return;
    }
  }

  // Past the colon before a further value, also where that begins the next line.
  bool at_values_again() {
    const std::size_t before = at_;
    skip_space();
    if (at(':')) {
      ++at_;
      return true;
    }
    at_ = before;
    return false;
  }

  TimeRange time_range(const FilterSpec& spec, std::size_t start) {
    enable_place_ = start;
    const std::string text = value();
    const auto range = parse_range(text);
    if (!range) {
      fail(start, spec.name + ": enable: " + quoted(text) +
                      " is no time; write START-END, START- or -END in seconds");
    }
    return *range;
  }

  // Reads `key=`. A first value that stands alone is for the filter's first parameter.
  std::string read_key(const FilterSpec& spec, const FilterInfo* info) {
    const std::size_t start = at_;
    while (!at_end() && is_name_char(text_[at_])) ++at_;
    std::string key(text_.substr(start, at_ - start));
    skip_space();
    if (at('=') && !key.empty()) {
      ++at_;
      return key;
    }
    const bool alone = at_end() || at_any(":,\n");
    if (alone && key.empty()) fail(start, spec.name + ": key=value is missing");
    if (alone && info != nullptr && find_param(*info, key) != nullptr) {
      fail(start, spec.name + ": " + key + " lacks a value, as in " + key + "=value");
    }
    if (info == nullptr || info->params.empty() || !spec.values.empty()) {
      const std::string_view rest = text_.substr(start, text_.find_first_of(":,", start) - start);
      fail(start, spec.name + ": " + quoted(trim(rest)) + " lacks a name, as in key=value");
    }
    at_ = start;
    return std::string(info->params.front().name);
  }

  std::string value() {
    skip_space();
    if (at_any("'[")) return quoted_value();
    const std::size_t start = at_;
    while (!at_end() && !at_any(":,\n")) {
      if (at('(')) {
        // The comma of gaussian(2,1) belongs to the value.
        const std::size_t close = text_.find(')', at_);
        if (close != std::string_view::npos) at_ = close;
      }
      ++at_;
    }
    return std::string(trim(text_.substr(start, at_ - start)));
  }

  // One quoted part or more, so that a text with both kinds of quotes can be written.
  std::string quoted_value() {
    std::string whole;
    while (at_any("'[")) {
      const char close = at('[') ? ']' : '\'';
      const std::size_t end = text_.find(close, at_ + 1);
      if (end == std::string_view::npos) {
        fail(at_, std::string("the ") + text_[at_] + " is never closed by a " + close);
      }
      whole += text_.substr(at_ + 1, end - at_ - 1);
      at_ = end + 1;
    }
    while (at_any(" \t\r")) ++at_;
    if (!at_end() && !at_any(":,\n")) fail(at_, "after the closing quote comes ':' or ','");
    return whole;
  }

  void check_value(const FilterInfo& info, const std::pair<std::string, std::string>& given,
                   std::size_t place) const {
    const std::unique_ptr<Params> params = info.new_params();
    try {
      set_param_text(*params, *find_param(info, given.first), given.second);
    } catch (const ParamError& error) {
      fail(place, error_in(info, error.what()));
    }
  }

  // Kernels, and values that do not go together, show only when the filter is made.
  void check_together(const FilterSpec& spec, const FilterInfo& info, std::size_t start) const {
    try {
      const auto made = make_filter(spec);
      Engine::check_roi(*made);
      if (spec.enable && !made->geometry().same_size()) {
        throw ParamError("enable: cannot go with a filter that changes the size");
      }
    } catch (const std::invalid_argument& error) {
      fail(place_of(spec, error.what(), start), error_in(info, error.what()));
    }
  }

  // Of the parameter that an error is about.
  [[nodiscard]] std::size_t place_of(const FilterSpec& spec, std::string_view why,
                                     std::size_t start) const {
    if (spec.enable && is_about(why, kEnable)) return enable_place_;
    for (std::size_t i = 0; i < spec.values.size(); ++i) {
      if (is_about(why, spec.values[i].first)) return value_places_[i];
    }
    return start;
  }

  std::string_view text_;
  std::string_view file_;
  std::size_t at_ = 0;
  std::size_t enable_place_ = 0;
  std::vector<std::size_t> value_places_;  // of the filter that is being read
};

// Parts in '…' and […] by turns, each without its own closing quote.
std::string protect(std::string_view value) {
  const auto plain = [](char c) {
    return is_name_char(c) || c == '.' || c == '@' || c == '/' || c == '+' || c == '#';
  };
  if (!value.empty() && std::ranges::all_of(value, plain)) return std::string(value);
  std::string text;
  do {
    const bool bracket = value.starts_with('\'');
    const std::size_t length = std::min(value.find(bracket ? ']' : '\''), value.size());
    text += bracket ? '[' : '\'';
    text += value.substr(0, length);
    text += bracket ? ']' : '\'';
    value.remove_prefix(length);
  } while (!value.empty());
  return text;
}

}  // namespace

std::vector<FilterSpec> parse_chain(std::string_view text) {
  const std::string_view trimmed = trim(text);
  if (!trimmed.starts_with('@')) return Reader(text).chain();
  const std::string path(trim(trimmed.substr(1)));
  std::string read;
  try {
    read = read_text_file(path);
  } catch (const std::runtime_error& error) {
    throw ChainError("@" + path + ": " + error.what());
  }
  return Reader(without_comments(std::move(read)), path).chain();
}

std::string chain_text(const std::vector<FilterSpec>& chain) {
  std::string text;
  for (const FilterSpec& spec : chain) {
    if (!text.empty()) text += ',';
    text += spec.name;
    char separator = '=';
    for (const auto& [key, value] : spec.values) {
      text += separator + key + '=' + protect(value);
      separator = ':';
    }
    if (spec.enable) text += separator + std::string(kEnable) + '=' + range_text(*spec.enable);
  }
  return text;
}

std::unique_ptr<const Filter> make_filter(const FilterSpec& spec) {
  if (is_foreign(spec.name)) {
    throw ChainError(spec.name + ": a GStreamer element, which only a pipeline can run");
  }
  std::vector<std::pair<std::string_view, std::string_view>> values;
  for (const auto& [key, value] : spec.values) values.emplace_back(key, value);
  return make_filter(spec.name, values);
}

}  // namespace convolve
