#!/bin/sh
# SPDX-License-Identifier: MIT
# Gaussian blur, of the whole picture and of a part. Usage: samples/gaussian.sh [CLIP]
. "$(dirname "$0")/common.sh"
clip=${1:-$(sample_clip)}

# On the command line.
show "$convolve" "$clip" -y -o "$out/blur.mp4" -f gaussian=sigma=4
show "$convolve" "$clip" -y -o "$out/blur-wide.mp4" -f gaussian=sigma=12:sigma-y=0:border=reflect
show "$convolve" "$clip" -y -o "$out/blur-part.mp4" -f "gaussian=sigma=8:roi='200,100,240,160'"

# The same as an element of a GStreamer pipeline.
show gst-launch-1.0 -q filesrc location="$clip" ! decodebin ! convgaussian sigma=4 ! \
  videoconvert ! x264enc ! mp4mux ! filesink location="$out/blur-gst.mp4"

echo "Results: $out/blur.mp4 blur-wide.mp4 blur-part.mp4 blur-gst.mp4"
