#!/bin/sh
# SPDX-License-Identifier: MIT
# From a fresh clone to a filtered video, in one command: installs what is missing, builds, draws a
# clip with sound, finds its edges. May be run again; then it only does what is left to do.
set -eu

"$(dirname "$0")/setup.sh"

. "$(dirname "$0")/common.sh"
clip=$(sample_clip)
show "$convolve" "$clip" -y -o "$out/demo.mp4" -f sobel
echo
echo "The clip:            $clip"
echo "The filtered video:  $out/demo.mp4"
echo "More: samples/kernel.sh, gaussian.sh, sobel.sh, upsample.sh, kernel3d.sh and pool.sh;"
echo "      $convolve --help"
