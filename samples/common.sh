# SPDX-License-Identifier: MIT
# shellcheck shell=sh
# What the samples share: finds the program and the plugin, and a clip to work on. Sourced.
set -eu

samples=$(cd "$(dirname "$0")" && pwd)
root=$(dirname "$samples")
build=${CONVOLVE_BUILD:-$root/build}

if [ -x "$build/cli/convolve" ]; then
  convolve=$build/cli/convolve
  plugins=$build/plugins
  out=$build/samples
elif convolve=$(command -v convolve); then
  # GStreamer looks into its own prefix only; the plugin may be in another one, as /usr/local.
  plugins=$(find "$(dirname "$(dirname "$convolve")")"/lib* -type d -name gstreamer-1.0 2>/dev/null |
    head -n 1)
  out=${TMPDIR:-/tmp}/convolve-samples
else
  echo "convolve: not found: run samples/demo.sh once, or set CONVOLVE_BUILD" >&2
  exit 1
fi
export GST_PLUGIN_PATH="$plugins${GST_PLUGIN_PATH:+:$GST_PLUGIN_PATH}"
mkdir -p "$out"

# Draws a clip with sound, eight seconds of a walk over the drawn scene, once.
sample_clip() {
  clip=$out/clip.mp4
  if [ ! -s "$clip" ]; then
    ffmpeg -nostdin -v error -y -loop 1 -framerate 25 -i "$samples/pictures/scene.png" \
      -f lavfi -i "aevalsrc='0.2*sin(2*PI*(220+60*sin(PI*t/4))*t)':s=48000" -t 8 \
      -vf "crop=640:360:160+150*sin(PI*t/4):90+80*sin(PI*t/2),format=yuv420p" \
      -c:v libx264 -crf 18 -c:a aac "$clip.part.mp4"
    mv "$clip.part.mp4" "$clip"
  fi
  echo "$clip"
}

# Says a command, with the quotes that it needs, and runs it.
show() {
  line=
  for word in "$@"; do
    case $word in
      !) line="$line !" ;;
      *\'*) line="$line \"$word\"" ;;
      *[!A-Za-z0-9_./=:,%+@-]*) line="$line '$word'" ;;
      *) line="$line $word" ;;
    esac
  done
  echo "\$$line"
  "$@"
}
