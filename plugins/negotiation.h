// SPDX-License-Identifier: MIT
/// \file
/// Which caps a filter takes, and what it makes of them.
#pragma once

#include <string>

#include <gst/video/video.h>

#include <convolve/filter.h>

#include "handles.h"

namespace convolve {

/// Caps of both pad templates: every format that can be filtered; and, for filters that leave
/// frames as they are, raw video of any format in any memory.
CapsPtr template_caps();

/// What caps on the pad of that direction become on the other pad. \param caps not owned
CapsPtr transformed_caps(const Filter& filter, GstPadDirection direction, GstCaps* caps);

/// The best of what the other pad may have: the format of the caps on this one, where possible.
CapsPtr fixated_caps(GstCaps* caps, CapsPtr other_caps);

/// Why frames of these fixed caps cannot be filtered, for a person to read; or empty.
std::string refusal(const Filter& filter, GstCaps* caps);

}  // namespace convolve
