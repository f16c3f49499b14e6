// SPDX-License-Identifier: MIT
/// \file
/// The one element class behind every filter, and the macro that makes an element of it.
#pragma once

#include <gst/gst.h>

namespace convolve {

/// The type of the element `conv<word>`, registered when first asked for.
/// \param word    names the filter
/// \param launch  a command line that shows the element at work
/// Both must live as long as the process.
GType element_type(const char* word, const char* launch);

}  // namespace convolve

/// Defines `gst_element_register_conv<word>`, for the plugin and for static registration.
#define CONVOLVE_ELEMENT(word, launch)                                 \
  GST_ELEMENT_REGISTER_DEFINE(conv##word, "conv" #word, GST_RANK_NONE, \
                              convolve::element_type(#word, launch))
