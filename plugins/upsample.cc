// SPDX-License-Identifier: MIT

/**
 * SECTION:element-convupsample
 * @title: convupsample
 * @short_description: scales frames up with a kernel that fills in the pixels between
 *
 * Each input pixel adds the taps of #GstConvUpsample:kernel to the output around
 * its place, #GstConvUpsample:stride pixels from those of its neighbour: a
 * transposed convolution. `nearest`, `bilinear`, `bicubic` and `lanczos3` are the
 * usual interpolators; other kernels are taps as for #convkernel.
 *
 * By default the output is #GstConvUpsample:stride times the input, and the
 * picture stays where it was, chroma included. With #GstConvUpsample:padding and
 * #GstConvUpsample:output-padding its size is that of PyTorch's
 * `ConvTranspose2d`.
 *
 * ## Example launch line
 * |[
 * gst-launch-1.0 videotestsrc num-buffers=1 ! convupsample stride=3 kernel=bicubic ! \
 *   videoconvert ! pngenc ! filesink location=large.png
 * ]|
 * Writes the test picture, three times as large, to `large.png`.
 *
 * Since: 0.1
 */
#include "element.h"

CONVOLVE_ELEMENT(
    upsample,
    "gst-launch-1.0 videotestsrc num-buffers=1 ! convupsample stride=3 kernel=bicubic ! "
    "videoconvert ! pngenc ! filesink location=large.png")
