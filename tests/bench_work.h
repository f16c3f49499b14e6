// SPDX-License-Identifier: MIT
/// \file
/// What the bench measures: works, and the rows of its table that put them on frames.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <convolve/engine.h>
#include <convolve/kernel.h>

namespace convolve::bench {

/// What a peer is asked for.
enum class Task {
  dense,
  separable,
  gaussian,
  sobel_magnitude,
  sobel_x,
  box,
  binomial,
  upsample,
  over_time,
};

struct Work {
  std::string name;      ///< "3x3-integer"
  std::string filter{};  ///< "kernel"; of a pipeline, none: it only decodes
  std::vector<std::pair<std::string, std::string>> values{};
  Task task = Task::dense;
  Kernel kernel{};    ///< divided by nothing; of `dense` and `separable`
  bool whole = true;  ///< its taps are whole numbers
  double divisor = 1;
  double sigma = 0;
  double macs = 0;  ///< multiplications that the work needs per output sample
  double must = 0;  ///< what it must reach on GRAY8, times memcpy; 0 where nothing is set
  double aim = 0;
  std::string element{};  ///< of GStreamer, that does it in place of ours
  int growth = 1;         ///< output pixels per input pixel, each way
};

/// What a frame goes through.
enum class Through {
  core,      ///< `Engine`
  element,   ///< the GStreamer element
  pipeline,  ///< a file's frames, decoded and then filtered by the element
};

/// Where and how a work is done.
struct Setting {
  std::string format = "GRAY8";
  Size size{1920, 1080};
  unsigned threads = 1;
  Through through = Through::core;
};

/// The same filter in another setting, to be compared with in the same run.
struct Against {
  std::string what;  ///< "GRAY8"
  Work work;
  Setting setting;
  double limit = 0;       ///< of this row's time per pixel over that one's
  bool at_least = false;  ///< the other way round: that one's over this row's must reach `limit`
  double only_above = 0;  ///< holds where the other takes more ns per pixel
};

struct Row {
  std::string id;  ///< "gray8/3x3-integer"
  Work work;
  Setting setting;
  bool peers = true;
  std::optional<Against> against;
};

/// Every row, in the order of the table. Works of filters that do not exist are left out.
std::vector<Row> all_rows();

}  // namespace convolve::bench
