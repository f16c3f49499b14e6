// SPDX-License-Identifier: MIT

/**
 * SECTION:element-convpool
 * @title: convpool
 * @short_description: makes one pixel of each window: its maximum, mean or minimum
 *
 * Windows of #GstConvPool:size pixels a side, #GstConvPool:stride pixels apart,
 * are joined by #GstConvPool:operator. With the defaults the picture becomes
 * half as wide and half as high. Sizes and edges are those of PyTorch's
 * `MaxPool2d` and `AvgPool2d(count_include_pad=False)`: windows end at the edges
 * of the frame.
 *
 * With a stride of 1 and an odd size, the operators `max` and `min` are the
 * dilation and the erosion of morphology.
 *
 * ## Example launch line
 * |[
 * gst-launch-1.0 videotestsrc num-buffers=1 ! convpool operator=mean size=4 ! videoconvert ! \
 *   pngenc ! filesink location=small.png
 * ]|
 * Writes the test picture at a quarter of its size to `small.png`.
 *
 * Since: 0.1
 */
#include "element.h"

CONVOLVE_ELEMENT(
    pool,
    "gst-launch-1.0 videotestsrc num-buffers=1 ! convpool operator=mean size=4 ! videoconvert ! "
    "pngenc ! filesink location=small.png")
