// SPDX-License-Identifier: MIT

/**
 * SECTION:element-convkernel
 * @title: convkernel
 * @short_description: correlates or convolves each frame with any kernel
 *
 * Each output sample is the sum of the samples around its place, weighted with
 * the taps of #GstConvKernel:kernel: rows of numbers (`0 -1 0; -1 5 -1; 0 -1 0`),
 * a name such as `sharpen` or `gaussian(2)`, or `@` and the path of a file.
 * The default, `identity`, passes frames through untouched.
 *
 * With #GstConvKernel:stride, #GstConvKernel:size-mode or
 * #GstConvKernel:padding the output has another size than the input.
 *
 * ## Example launch line
 * |[
 * gst-launch-1.0 videotestsrc num-buffers=1 ! convkernel kernel="0 -1 0; -1 5 -1; 0 -1 0" ! \
 *   videoconvert ! pngenc ! filesink location=sharpened.png
 * ]|
 * Sharpens a test picture, and writes it to `sharpened.png`.
 *
 * Since: 0.1
 */
#include "element.h"

CONVOLVE_ELEMENT(
    kernel,
    "gst-launch-1.0 videotestsrc num-buffers=1 ! convkernel kernel=\"0 -1 0; -1 5 -1; 0 -1 0\" ! "
    "videoconvert ! pngenc ! filesink location=sharpened.png")
