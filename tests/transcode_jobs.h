// SPDX-License-Identifier: MIT
// Jobs for the tests of transcoding.
#pragma once

#include <convolve/transcode.h>

#include <gtest/gtest.h>

#include <string>

#include "clip_maker.h"

inline convolve::TranscodeOptions job(const std::string& input, const std::string& output) {
  convolve::TranscodeOptions options;
  options.input = input;
  options.output = output;
  options.threads = 2;
  return options;
}

// Losslessly, so that frames can be compared.
inline convolve::TranscodeOptions exact_job(const std::string& input, const std::string& output) {
  convolve::TranscodeOptions options = job(input, output);
  options.codec = "ffv1";
  return options;
}

inline convolve::TranscodeProgress transcode(const convolve::TranscodeOptions& options) {
  return convolve::Transcoder(options).run();
}

inline void expect_same_times(const FileFacts& input, const FileFacts& output) {
  ASSERT_EQ(output.times.size(), input.times.size());
  for (std::size_t i = 0; i < input.times.size(); ++i) {
    EXPECT_NEAR(output.times[i], input.times[i], 1e-7) << "frame " << i;
  }
}
