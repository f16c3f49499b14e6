#!/bin/sh
# SPDX-License-Identifier: MIT
# Kernels over several frames: motion blur, less noise, what moves. Usage: samples/kernel3d.sh [CLIP]
. "$(dirname "$0")/common.sh"
clip=${1:-$(sample_clip)}

# On the command line.
show "$convolve" "$clip" -y -o "$out/motion-blur.mp4" -f "kernel3d=kernel=box(1x1x9)"
show "$convolve" "$clip" -y -o "$out/calm.mp4" -f "kernel3d=kernel='gaussian(0.6,1)':scene-cut=0.1"
show "$convolve" "$clip" -y -o "$out/motion.mp4" \
  -f "kernel3d=kernel=motion:normalize=false:response=offset:color-mode=greyscale"

# Slices of taps of your own, oldest first: what was before fades away.
show "$convolve" "$clip" -y -o "$out/trail.mp4" -f "kernel3d=kernel='1|2|3|4|5|6':alignment=causal"

# The same as an element of a GStreamer pipeline.
show gst-launch-1.0 -q filesrc location="$clip" ! decodebin ! convkernel3d kernel="box(1x1x9)" ! \
  videoconvert ! x264enc ! mp4mux ! filesink location="$out/motion-blur-gst.mp4"

echo "Results: $out/motion-blur.mp4 calm.mp4 motion.mp4 trail.mp4 motion-blur-gst.mp4"
