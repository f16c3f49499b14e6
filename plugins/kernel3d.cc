// SPDX-License-Identifier: MIT

/**
 * SECTION:element-convkernel3d
 * @title: convkernel3d
 * @short_description: correlates or convolves the frames of a stream with a kernel in space and
 * time
 *
 * Each output sample is the sum of the samples around its place in several
 * frames, weighted with the taps of #GstConvKernel3d:kernel: slices in time,
 * oldest first, parted by `|` (`-1 | 1`), a name such as `box(3x3x5)` or
 * `gaussian(1,1.5)`, or `@` and the path of a file.
 *
 * As many frames come out as go in, each with the times of its centre frame
 * or, with #GstConvKernel3d:alignment causal, of its newest. Centred kernels
 * hold the newest frames back, which is reported as latency.
 *
 * ## Example launch line
 * |[
 * gst-launch-1.0 videotestsrc pattern=ball num-buffers=15 ! convkernel3d kernel="box(1x1x5)" ! \
 *   videoconvert ! pngenc ! multifilesink location=moved.png
 * ]|
 * Blurs what moves, and leaves the last picture in `moved.png`.
 *
 * Since: 0.1
 */
#include "element.h"

CONVOLVE_ELEMENT(kernel3d,
                 "gst-launch-1.0 videotestsrc pattern=ball num-buffers=15 ! convkernel3d "
                 "kernel=\"box(1x1x5)\" ! videoconvert ! pngenc ! multifilesink location=moved.png")
