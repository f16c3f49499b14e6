// SPDX-License-Identifier: MIT
#include "reference_filters.h"

#include <stdexcept>
#include <utility>

#include "reference_gradient.h"
#include "reference_scaled.h"

namespace convolve::test {

Expected reference_over_time(const std::vector<Picture>& stream, int own, const Values& values) {
  const auto slices = static_cast<int>(read_slices(value_or(values, "kernel", kBox3d)).size());
  const TimeWindow window = time_window(values, slices);
  // A causal window knows no frame after its own.
  const int last = window.causal ? own : static_cast<int>(stream.size()) - 1;
  std::vector<const Picture*> frames;
  for (int t = own - window.before; t <= own + window.after; ++t) {
    const int place = border_index(t, last + 1, window.border);
    frames.push_back(place < 0 ? nullptr : &stream[static_cast<std::size_t>(place)]);
  }
  const Picture& in = stream[static_cast<std::size_t>(own)];
  Expected expected =
      filter_picture(in, kernel3d_filter(values), values, "per-channel", std::move(frames));
  const auto roi = values.find("roi");
  if (roi != values.end() && !roi->second.empty()) keep_outside(expected, in, roi->second);
  return expected;
}

Expected reference(const std::string& name, const Picture& in, const Values& values) {
  Expected expected;
  if (name == "kernel3d") return reference_over_time({in}, 0, values);
  if (name == "kernel") {
    expected = filter_picture(in, kernel_filter(values), values);
  } else if (name == "gaussian") {
    expected = filter_picture(in, gaussian_filter(values), values);
  } else if (name == "sobel") {
    expected = filter_picture(in, sobel_filter(values), values, "greyscale");
  } else if (name == "upsample") {
    expected = filter_picture(in, upsample_filter(values), values);
  } else if (name == "pool") {
    expected = filter_picture(in, pool_filter(values), values);
  } else {
    throw std::invalid_argument("tests: no reference for " + name);
  }
  const auto roi = values.find("roi");
  if (roi != values.end() && !roi->second.empty()) keep_outside(expected, in, roi->second);
  return expected;
}

}  // namespace convolve::test
