// SPDX-License-Identifier: MIT
/// \file
/// Runs a filter over frames.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

#include <convolve/filter.h>
#include <convolve/format.h>

namespace convolve {

struct Size {
  int width = 0;
  int height = 0;
  bool operator==(const Size&) const = default;
};

/// Applies one filter to frames, in rows shared among threads. Plans are made at the first frame
/// of a format and kept. An engine is used by one thread at a time; engines share the workers.
class Engine {
 public:
  explicit Engine(std::shared_ptr<const Filter> filter);
  ~Engine();
  Engine(Engine&&) noexcept;
  Engine& operator=(Engine&&) noexcept;

  [[nodiscard]] const Filter& filter() const noexcept;

  /// The output's size, SPEC §1. \throws ParamError where the input is too small, or the output too
  /// large for a frame
  [[nodiscard]] static Size output_size(const Filter& filter, Size input);

  /// \throws ParamError where a region of interest is given and the filter changes sizes
  static void check_roi(const Filter& filter);

  /// True where `output` is `input`'s format, or a GRAY one of its depth, the colour mode is
  /// greyscale, and the whole frame is filtered.
  [[nodiscard]] static bool can_convert(const Filter& filter, const PixelFormat& input,
                                        const PixelFormat& output) noexcept;

  /// Filters `input` into `output`, which do not overlap, and whose sizes agree with
  /// `output_size`. Every output byte of the picture is written; padding is left alone.
  /// A filter over time sees a stream of this one frame.
  /// \throws ParamError for parameters that do not fit the frame, std::invalid_argument for frames
  ///         that do not fit the filter, std::bad_alloc
  void process(const ConstFrameView& input, const FrameView& output);

  /// The same for a filter over time. `frames` are the `geometry().t.frames()` frames around the
  /// output's own, oldest first, all of one format and size, as `FrameHistory` chooses them; a view
  /// without format stands for a frame of the border's colour.
  void process(std::span<const ConstFrameView> frames, const FrameView& output);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// Names of the instruction sets that this machine can run, best first: "AVX3_DL", "AVX2", …
std::vector<std::string> simd_targets();
/// Limits all engines to one instruction set; empty lifts the limit. For tests and benches: no
/// engine may be running. \throws std::invalid_argument for one that this machine cannot run.
void limit_simd_target(const std::string& name);

}  // namespace convolve
