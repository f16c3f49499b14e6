// SPDX-License-Identifier: MIT
#include "completion.h"

#include <convolve/filter.h>
#include <convolve/kernel.h>

#include "options.h"

namespace convolve::cli {

namespace {

std::string joined(std::span<const std::string_view> words) {
  std::string text;
  for (const std::string_view word : words) text += (text.empty() ? "" : " ") + std::string(word);
  return text;
}

std::vector<std::string_view> choice_names(const Param& param) {
  if (param.type == ParamType::boolean) return {"true", "false"};
  std::vector<std::string_view> names;
  for (const Choice& choice : param.choices) names.push_back(choice.name);
  return names;
}

std::vector<std::string_view> filter_names() {
  std::vector<std::string_view> names;
  for (const FilterInfo* info : all_filters()) names.push_back(info->name);
  return names;
}

std::vector<std::string_view> kernel_names() {
  std::vector<std::string_view> names;
  for (const NamedKernel& named : named_kernels()) names.push_back(named.name);
  return names;
}

std::vector<std::string_view> param_names(const FilterInfo& info) {
  std::vector<std::string_view> names;
  for (const Param& param : info.params) names.push_back(param.name);
  return names;
}

// Functions that bash and zsh both understand: the keys of a filter, and the values of FILTER:KEY.
std::string filter_functions() {
  std::string text = "_convolve_keys() {\n  case $1 in\n";
  for (const FilterInfo* info : all_filters()) {
    text += "    " + std::string(info->name) + ") echo " + joined(param_names(*info)) + " ;;\n";
  }
  text += "  esac\n}\n\n_convolve_values() {\n  case $1 in\n";
  for (const FilterInfo* info : all_filters()) {
    for (const Param& param : info->params) {
      const auto names = choice_names(param);
      if (names.empty()) continue;
      text += "    " + std::string(info->name) + ":" + std::string(param.name) + ") echo " +
              joined(names) + " ;;\n";
    }
  }
  text += "  esac\n}\n\n";
  text +=
      "_convolve_presets() {\n  convolve --list presets 2>/dev/null | sed -n 's/^\\([^ "
      "]\\{1,\\}\\).*/\\1/p'\n}\n\n";
  // Whole words, with what stands before the part that is completed.
  text +=
      "_convolve_chain() {\n"
      "  local last=${1##*,} name part rest word\n"
      "  local before=${1%\"$last\"}\n"
      "  case $last in\n"
      "    *=*)\n"
      "      name=${last%%=*} rest=${last#*=}\n"
      "      part=${rest##*:}\n"
      "      before=${1%\"$part\"}\n"
      "      case $part in\n"
      "        *=*)\n"
      "          before=$before${part%%=*}=\n"
      "          for word in $(_convolve_values \"$name:${part%%=*}\"); do echo \"$before$word\"; "
      "done ;;\n"
      "        *) for word in $(_convolve_keys \"$name\"); do echo \"$before$word=\"; done ;;\n"
      "      esac ;;\n"
      "    *) for word in " +
      joined(filter_names()) +
      "; do echo \"$before$word\"; done ;;\n"
      "  esac\n"
      "}\n\n";
  return text;
}

// "--output|-o"
std::string option_pattern(const Option& option) {
  std::string text = "--" + std::string(option.name);
  if (option.letter != 0) text += std::string("|-") + option.letter;
  return text;
}

std::string bash_script() {
  std::string text = "# bash completion for convolve\n\n" + filter_functions();
  text +=
      "_convolve() {\n"
      "  # Words are told apart by blanks alone: = and : belong to a chain.\n"
      "  local line=${COMP_LINE:0:COMP_POINT}\n"
      "  local current=${line##*[[:blank:]]}\n"
      "  line=${line%\"$current\"}\n"
      "  line=${line%%*([[:blank:]])}\n"
      "  local previous=${line##*[[:blank:]]} head= IFS=$' \\t\\n'\n"
      "  case $current in --*=*) previous=${current%%=*} head=${current%%=*}= "
      "current=${current#*=} ;; esac\n"
      "  current=${current#[\\\"\\']}\n"
      "  COMPREPLY=()\n"
      "  case $previous in\n";
  std::string names;
  for (const Option& option : option_table()) {
    names += " --" + std::string(option.name);
    if (option.letter != 0) names += std::string(" -") + option.letter;
    if (option.value.empty()) continue;
    text += "    " + option_pattern(option) + ")\n      ";
    if (option.choices != nullptr) {
      text += "COMPREPLY=($(compgen -W '" + joined(option.choices()) + "' -- \"$current\"))";
    } else if (option.completion == Completion::file) {
      text += "COMPREPLY=($(compgen -f -- \"$current\"))\n      compopt -o filenames";
    } else if (option.completion == Completion::chain) {
      text +=
          "COMPREPLY=($(compgen -W \"$(_convolve_chain \"$current\")\" -- \"$current\"))\n"
          "      compopt -o nospace";
    } else if (option.completion == Completion::kernel) {
      text += "COMPREPLY=($(compgen -W '" + joined(kernel_names()) + "' -- \"$current\"))";
    } else if (option.completion == Completion::preset) {
      text += "COMPREPLY=($(compgen -W \"$(_convolve_presets)\" -- \"$current\"))";
    } else {
      text += ":";
    }
    text += " ;;\n";
  }
  text +=
      "    *)\n"
      "      case $current in\n"
      "        -*) COMPREPLY=($(compgen -W '" +
      names.substr(1) +
      "' -- \"$current\")) ;;\n"
      "        *)\n"
      "          COMPREPLY=($(compgen -f -- \"$current\"))\n"
      "          compopt -o filenames ;;\n"
      "      esac ;;\n"
      "  esac\n"
      "  # Readline replaces what follows the last = or : only.\n"
      "  local word=$head$current\n"
      "  local kept=${word%\"${word##*[=:]}\"} i\n"
      "  case $kept in\n"
      "    ?*) for i in \"${!COMPREPLY[@]}\"; do\n"
      "      word=$head${COMPREPLY[i]}\n"
      "      COMPREPLY[i]=${word#\"$kept\"}\n"
      "    done ;;\n"
      "  esac\n"
      "}\n\n"
      "shopt -s extglob\n"
      "complete -F _convolve convolve\n";
  return text;
}

// Text within '…' of a shell.
std::string single_quoted(std::string_view text) {
  std::string word;
  for (const char c : text) {
    if (c == '\'') {
      word += "'\\''";
    } else {
      word += c;
    }
  }
  return "'" + word + "'";
}

// Text of a specification for zsh's _arguments, in which brackets and colons have a meaning.
std::string zsh_text(std::string_view text) {
  std::string escaped;
  for (const char c : text) {
    if (c == '[' || c == ']' || c == ':' || c == '\\') escaped += '\\';
    escaped += c;
  }
  return escaped;
}

std::string zsh_action(const Option& option) {
  if (option.choices != nullptr) return "(" + joined(option.choices()) + ")";
  if (option.completion == Completion::file) return "_files";
  if (option.completion == Completion::kernel) return "(" + joined(kernel_names()) + ")";
  if (option.completion == Completion::preset) return "_convolve_names";
  return option.completion == Completion::chain ? "_convolve_filters" : " ";
}

std::string zsh_script() {
  std::string text = "#compdef convolve\n\n" + filter_functions();
  text +=
      "_convolve_filters() {\n"
      "  compadd -S '' -- ${(f)\"$(_convolve_chain \"${(Q)PREFIX}\")\"}\n"
      "}\n\n"
      "_convolve_names() {\n"
      "  compadd -- $(_convolve_presets)\n"
      "}\n\n"
      "_convolve() {\n"
      "  _arguments -s -S \\\n";
  for (const Option& option : option_table()) {
    const std::string name = "--" + std::string(option.name) + (option.value.empty() ? "" : "=");
    std::string tail = "[" + zsh_text(option.help) + "]";
    if (!option.value.empty()) {
      tail += ":" + zsh_text(option.value) + ":" + zsh_action(option);
    }
    text += "    " + single_quoted(name + tail) + " \\\n";
    if (option.letter == 0) continue;
    text +=
        "    " +
        single_quoted(std::string("-") + option.letter + (option.value.empty() ? "" : "+") + tail) +
        " \\\n";
  }
  text +=
      "    '*:INPUT:_files'\n"
      "}\n\n"
      "if [ \"$funcstack[1]\" = _convolve ]; then\n"
      "  _convolve \"$@\"\n"
      "else\n"
      "  compdef _convolve convolve\n"
      "fi\n";
  return text;
}

std::string fish_functions() {
  std::string text = "function __convolve_keys\n  switch $argv[1]\n";
  for (const FilterInfo* info : all_filters()) {
    text += "    case " + std::string(info->name) + "\n      printf '%s\\n' " +
            joined(param_names(*info)) + "\n";
  }
  text += "  end\nend\n\nfunction __convolve_values\n  switch $argv[1]\n";
  for (const FilterInfo* info : all_filters()) {
    for (const Param& param : info->params) {
      const auto names = choice_names(param);
      if (names.empty()) continue;
      text += "    case " + std::string(info->name) + ":" + std::string(param.name) +
              "\n      printf '%s\\n' " + joined(names) + "\n";
    }
  }
  text += "  end\nend\n\n";
  text +=
      "function __convolve_chain\n"
      "  set -l word (string replace -r '^(--filter=|-f|[\"\\'])' '' -- (commandline -ct))\n"
      "  set -l last (string split ',' -- $word)[-1]\n"
      "  set -l before (string sub -l (math (string length -- \"$word\") - "
      "(string length -- \"$last\")) -- \"$word\")\n"
      "  if not string match -q '*=*' -- $last\n"
      "    printf \"$before%s\\n\" " +
      joined(filter_names()) +
      "\n    return\n"
      "  end\n"
      "  set -l name (string split -m 1 '=' -- $last)[1]\n"
      "  set -l rest (string split -m 1 '=' -- $last)[2]\n"
      "  set -l part (string split ':' -- $rest)[-1]\n"
      "  set before (string sub -l (math (string length -- \"$word\") - "
      "(string length -- \"$part\")) -- \"$word\")\n"
      "  if string match -q '*=*' -- $part\n"
      "    set -l key (string split -m 1 '=' -- $part)[1]\n"
      "    printf \"$before$key=%s\\n\" (__convolve_values $name:$key)\n"
      "  else\n"
      "    printf \"$before%s=\\n\" (__convolve_keys $name)\n"
      "  end\n"
      "end\n\n";
  return text;
}

std::string fish_script() {
  std::string text = "# fish completion for convolve\n\n" + fish_functions();
  for (const Option& option : option_table()) {
    text += "complete -c convolve -l " + std::string(option.name);
    if (option.letter != 0) text += std::string(" -s ") + option.letter;
    if (!option.value.empty()) {
      text += option.completion == Completion::file ? " -r -F" : " -x";
      if (option.choices != nullptr) text += " -a " + single_quoted(joined(option.choices()));
      if (option.completion == Completion::chain) text += " -a '(__convolve_chain)'";
      if (option.completion == Completion::kernel) {
        text += " -a " + single_quoted(joined(kernel_names()));
      }
      if (option.completion == Completion::preset) {
        text += " -a '(convolve --list presets 2>/dev/null | string match -r \"^[^ ]+\")'";
      }
    }
    std::string help;
    for (const char c : option.help) {
      if (c == '\'' || c == '\\') help += '\\';
      help += c;
    }
    text += " -d '" + help + "'\n";
  }
  return text;
}

constexpr Shell kShells[] = {{"bash", bash_script}, {"zsh", zsh_script}, {"fish", fish_script}};

}  // namespace

std::span<const Shell> shells() noexcept { return kShells; }

std::string completion_text(std::string_view shell) {
  for (const Shell& row : kShells) {
    if (row.name == shell) return row.script();
  }
  return {};
}

}  // namespace convolve::cli
