// SPDX-License-Identifier: MIT
/// \file
/// What each filter of a chain makes of frames of a size, and what that takes.
#pragma once

#include <string>
#include <vector>

#include <convolve/chain.h>
#include <convolve/engine.h>

namespace convolve::cli {

/// What an output sample is made of, of one channel.
struct FilterWork {
  int width = 1;  ///< samples that the taps span
  int height = 1;
  int frames = 1;
  double multiply_adds = 1;  ///< an output sample: taps that are not 0, or fewer as outer products
};

struct ChainStage {
  std::string text;   ///< the filter as a chain has it
  bool known = true;  ///< false for an element of GStreamer, which is taken to keep the size
  Size input;
  Size output;
  std::string width_formula;
  std::string height_formula;
  FilterWork work;
  std::int64_t memory = 0;  ///< bytes of the frames that are held and made, in 8-bit 4:2:0
  int latency = 0;          ///< frames
};

/// \throws UsageError where a filter refuses the size
std::vector<ChainStage> chain_stages(const std::vector<FilterSpec>& chain, Size input);

std::string sizes_text(const std::vector<ChainStage>& stages, Size input);
std::string sizes_json(const std::vector<ChainStage>& stages, Size input);

}  // namespace convolve::cli
