// SPDX-License-Identifier: MIT
/// \file
/// A chain whose values are changed one step at a time, by keys.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include <convolve/chain.h>

namespace convolve::cli {

/// What a step changed.
struct ChainChange {
  std::size_t filter = 0;  ///< its place in the chain
  std::string name;
  std::string text;  ///< the new value
};

/// Knows which filter and which parameter of it are selected. Everything else it reads from the
/// filters' tables. At first the first filter's first parameter is selected.
class ChainEditor {
 public:
  explicit ChainEditor(std::vector<FilterSpec> chain);

  [[nodiscard]] const std::vector<FilterSpec>& chain() const noexcept { return chain_; }
  /// `gaussian  sigma = 2.5`
  [[nodiscard]] std::string shown() const;
  /// What the selected parameter means; empty where there is none.
  [[nodiscard]] std::string_view help() const;

  void next_filter();
  /// \param step  1 or -1
  void next_parameter(int step);
  /// One step up or down: numbers by half of their leading digit, choices and kernels to the next.
  /// \returns nothing where the value has no neighbour
  std::optional<ChainChange> step(int direction);
  /// The next named kernel, of the selected filter or else the first that has one.
  std::optional<ChainChange> next_kernel();

 private:
  [[nodiscard]] const FilterInfo* info(std::size_t filter) const;
  [[nodiscard]] const Param* selected() const;
  [[nodiscard]] ParamValue value(std::size_t filter, const Param& param) const;
  std::optional<ChainChange> change(std::size_t filter, const Param& param,
                                    const std::string& text);
  std::optional<ChainChange> next_name(std::size_t filter, const Param& param, int direction);
  std::optional<ChainChange> next_real(const Param& param, double now, int direction);

  std::vector<FilterSpec> chain_;
  std::size_t filter_ = 0;
  std::vector<std::size_t> param_;  // the selected one of each filter
};

}  // namespace convolve::cli
