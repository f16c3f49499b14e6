#!/bin/sh
# SPDX-License-Identifier: MIT
# Windows become pixels: smaller pictures, and morphology. Usage: samples/pool.sh [CLIP]
. "$(dirname "$0")/common.sh"
clip=${1:-$(sample_clip)}

# On the command line.
show "$convolve" "$clip" -y -o "$out/half.mp4" -f pool=mean
show "$convolve" "$clip" -y -o "$out/dilated.mp4" -f pool=max:size=5:stride=1:padding=2
show "$convolve" "$clip" -y -o "$out/eroded.mp4" -f pool=min:size=5:stride=1:padding=2

# The same as an element of a GStreamer pipeline.
show gst-launch-1.0 -q filesrc location="$clip" ! decodebin ! convpool operator=mean size=4 ! \
  videoconvert ! x264enc ! mp4mux ! filesink location="$out/quarter-gst.mp4"

echo "Results: $out/half.mp4 dilated.mp4 eroded.mp4 quarter-gst.mp4"
