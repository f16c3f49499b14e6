// SPDX-License-Identifier: MIT

/**
 * SECTION:element-convgaussian
 * @title: convgaussian
 * @short_description: blurs each frame with a Gaussian
 *
 * Blurs by #GstConvGaussian:sigma pixels, and by #GstConvGaussian:sigma-y
 * pixels vertically where that is set. Subsampled chroma is blurred by as much
 * of the picture as luma. A sigma of 0 passes frames through untouched.
 *
 * ## Example launch line
 * |[
 * gst-launch-1.0 videotestsrc num-buffers=1 ! convgaussian sigma=4 ! \
 *   videoconvert ! pngenc ! filesink location=blurred.png
 * ]|
 * Blurs a test picture, and writes it to `blurred.png`.
 *
 * Since: 0.1
 */
#include "element.h"

CONVOLVE_ELEMENT(gaussian,
                 "gst-launch-1.0 videotestsrc num-buffers=1 ! convgaussian sigma=4 ! "
                 "videoconvert ! pngenc ! filesink location=blurred.png")
