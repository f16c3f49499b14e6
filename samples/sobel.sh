#!/bin/sh
# SPDX-License-Identifier: MIT
# Edges: their strength, their direction, and after a blur. Usage: samples/sobel.sh [CLIP]
. "$(dirname "$0")/common.sh"
clip=${1:-$(sample_clip)}

# On the command line.
show "$convolve" "$clip" -y -o "$out/edges.mp4" -f sobel
show "$convolve" "$clip" -y -o "$out/edges-direction.mp4" -f sobel=operator=scharr:output=direction
show "$convolve" "$clip" -y -o "$out/edges-smooth.mp4" -f gaussian=sigma=2,sobel=scale=3:threshold=0.1

# The same as an element of a GStreamer pipeline.
show gst-launch-1.0 -q filesrc location="$clip" ! decodebin ! convsobel ! videoconvert ! \
  x264enc ! mp4mux ! filesink location="$out/edges-gst.mp4"

echo "Results: $out/edges.mp4 edges-direction.mp4 edges-smooth.mp4 edges-gst.mp4"
