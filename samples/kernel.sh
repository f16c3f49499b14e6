#!/bin/sh
# SPDX-License-Identifier: MIT
# Any kernel: by name, with taps of your own, from a file. Usage: samples/kernel.sh [CLIP]
. "$(dirname "$0")/common.sh"
clip=${1:-$(sample_clip)}

# On the command line.
show "$convolve" "$clip" -y -o "$out/emboss.mp4" -f "kernel=kernel=emboss:response=offset"
show "$convolve" "$clip" -y -o "$out/sharp.mp4" -f "kernel=kernel='0 -1 0; -1 5 -1; 0 -1 0'"

# Taps from a file: a blur along a diagonal, made to sum to 1.
cat > "$out/diagonal.txt" <<'TAPS'
# 5×5, as if the camera had moved
1 0 0 0 0
0 1 0 0 0
0 0 1 0 0
0 0 0 1 0
0 0 0 0 1
TAPS
show "$convolve" "$clip" -y -o "$out/diagonal.mp4" \
  -f "kernel=kernel=@$out/diagonal.txt:normalize=true"

# The same as an element of a GStreamer pipeline.
show gst-launch-1.0 -q filesrc location="$clip" ! decodebin ! \
  convkernel kernel="0 -1 0; -1 5 -1; 0 -1 0" ! videoconvert ! x264enc ! mp4mux ! \
  filesink location="$out/sharp-gst.mp4"

echo "Results: $out/emboss.mp4 sharp.mp4 diagonal.mp4 sharp-gst.mp4"
