// SPDX-License-Identifier: MIT
/// \file
/// Stages that load rows into columns of their own, and so pad them themselves.
#pragma once

#include <cstddef>
#include <utility>

#include <convolve/filter.h>

namespace convolve {

/// \tparam Rows      what its loop needs to know
/// \tparam kScratch  the loop's scratch: of `(rows, samples)`
/// \tparam kRun      the loop: `(rows, block, scratch)`
template <class Rows, auto kScratch, auto kRun>
class ColumnStage : public Stage {
 public:
  ColumnStage(Window window, Rows rows) : window_(window), rows_(std::move(rows)) {}

  [[nodiscard]] Window window() const noexcept override { return window_; }
  [[nodiscard]] bool pads_rows() const noexcept override { return true; }
  [[nodiscard]] std::size_t scratch_bytes(int samples) const noexcept override {
    return kScratch(rows_, samples);
  }
  void process(const RowBlock& block, std::byte* scratch) const noexcept override {
    kRun(rows_, block, scratch);
  }

 protected:
  [[nodiscard]] const Rows& rows() const noexcept { return rows_; }

 private:
  Window window_;
  Rows rows_;
};

}  // namespace convolve
