// SPDX-License-Identifier: MIT
/// \file
/// Those who do a work: the core, its elements, memcpy, OpenCV and libavfilter.
#pragma once

#include <functional>
#include <string>

#include <convolve/format.h>

#include "bench_work.h"

namespace convolve::bench {

/// Does a work on one frame; empty where it cannot. What it needs it owns.
using Job = std::function<void()>;

/// A frame of random samples, the same ones every time.
Frame random_frame(const Setting& setting);

Job core_job(const Work& work, const Setting& setting, const Frame& input);
/// Pushes one raw frame again and again through the element of the plugin that was built.
Job element_job(const Work& work, const Setting& setting, const Frame& input);
/// Runs a pipeline from a file to nowhere: `kClipFrames` frames.
Job pipeline_job(const Work& work, const Setting& setting);
inline constexpr int kClipFrames = 240;
/// As many frames as the setting's job filters.
constexpr int frames_of(const Setting& setting) {
  return setting.through == Through::pipeline ? kClipFrames : 1;
}
Job memcpy_job(const Setting& setting, const Frame& input);
Job opencv_job(const Work& work, const Setting& setting, const Frame& input);
Job libav_job(const Work& work, const Setting& setting, const Frame& input);

}  // namespace convolve::bench
