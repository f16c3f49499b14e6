// SPDX-License-Identifier: MIT
#include <gst/gst.h>

// element_list.inc names each element once, generated from the build's list of filters.
#define CONVOLVE_EACH(word) GST_ELEMENT_REGISTER_DECLARE(conv##word)
#include "element_list.inc"
#undef CONVOLVE_EACH

static gboolean plugin_init(GstPlugin* plugin) {
  gboolean any = FALSE;
#define CONVOLVE_EACH(word) any |= GST_ELEMENT_REGISTER(conv##word, plugin);
#include "element_list.inc"
#undef CONVOLVE_EACH
  return any;
}

#define PACKAGE "convolve"
GST_PLUGIN_DEFINE(GST_VERSION_MAJOR, GST_VERSION_MINOR, convolve,
                  "Convolution filters for video, multithreaded and vectorised", plugin_init,
                  CONVOLVE_VERSION, "MIT/X11", "Convolve", "Convolve")
