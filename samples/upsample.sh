#!/bin/sh
# SPDX-License-Identifier: MIT
# Larger pictures, with interpolators and with taps of your own. Usage: samples/upsample.sh [CLIP]
. "$(dirname "$0")/common.sh"
clip=${1:-$(sample_clip)}

# On the command line.
show "$convolve" "$clip" -y -o "$out/twice.mp4" --frames 50 -f upsample=2:kernel=bicubic
show "$convolve" "$clip" -y -o "$out/pixels.mp4" --frames 50 -f pool=mean:size=8,upsample=8:kernel=nearest
show "$convolve" "$clip" -y -o "$out/own-taps.mp4" --frames 50 \
  -f "upsample=2:kernel='1 3 3 1; 3 9 9 3; 3 9 9 3; 1 3 3 1'"

# The same as an element of a GStreamer pipeline.
show gst-launch-1.0 -q filesrc location="$clip" ! decodebin ! \
  convupsample stride=2 kernel=lanczos3 ! videoconvert ! x264enc ! mp4mux ! \
  filesink location="$out/twice-gst.mp4"

echo "Results: $out/twice.mp4 pixels.mp4 own-taps.mp4 twice-gst.mp4"
