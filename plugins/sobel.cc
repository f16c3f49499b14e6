// SPDX-License-Identifier: MIT

/**
 * SECTION:element-convsobel
 * @title: convsobel
 * @short_description: finds edges by the gradient of each frame
 *
 * Shows the magnitude, one axis or the direction of the picture's gradient, by
 * the operator of Sobel, Scharr, Prewitt or Roberts. The result is grey unless
 * #GstConvSobel:color-mode says otherwise; downstream may then ask for a GRAY
 * format.
 *
 * ## Example launch line
 * |[
 * gst-launch-1.0 videotestsrc num-buffers=1 ! convsobel operator=scharr ! \
 *   videoconvert ! pngenc ! filesink location=edges.png
 * ]|
 * Shows the edges of a test picture, and writes it to `edges.png`.
 *
 * Since: 0.1
 */
#include "element.h"

CONVOLVE_ELEMENT(sobel,
                 "gst-launch-1.0 videotestsrc num-buffers=1 ! convsobel operator=scharr ! "
                 "videoconvert ! pngenc ! filesink location=edges.png")
