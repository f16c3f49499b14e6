// SPDX-License-Identifier: MIT
// Elements that act on a part of the stream's time alone.
#pragma once

#include <gst/gst.h>

#include <convolve/chain.h>

namespace convolve::graph {

/// Which way frames outside of the time take.
enum class OutsideFrames {
  pass_by,          ///< go round the element, which costs nothing
  replace_results,  ///< go through it, because it needs neighbours or has a latency; what comes out
                    ///< of it in their place is dropped
};

/// From now on only frames whose stream time lies in `range` come out of `element` as it makes
/// them; others come out as they went in. The element must keep size, format and timestamps: where
/// it does not, it fails with an error message on the bus.
void limit_to(GstElement* element, TimeRange range, OutsideFrames outside);

}  // namespace convolve::graph
