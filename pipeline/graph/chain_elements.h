// SPDX-License-Identifier: MIT
// Filter specs as GStreamer elements.
#pragma once

#include <string>
#include <vector>

#include <convolve/chain.h>

#include "gst_handles.h"

namespace convolve::graph {

/// `gst:NAME`: an element that is not ours.
bool is_foreign(const FilterSpec& spec);
/// "convgaussian" for `gaussian`, "identity" for `gst:identity`.
std::string element_name(const FilterSpec& spec);

/// The element of a spec with its properties set. \throws MediaError of kind usage
Handle<GstElement> make_element(const FilterSpec& spec, unsigned threads);

/// Sets one property of the element of `spec`, which takes the value too.
/// \throws MediaError of kind usage
void set_value(GstElement* element, FilterSpec& spec, const std::string& name,
               const std::string& text);

/// Any element, by its factory's name. \throws MediaError of kind running
Handle<GstElement> make_plain_element(const char* name);

}  // namespace convolve::graph
