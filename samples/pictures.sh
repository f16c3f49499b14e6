#!/bin/sh
# SPDX-License-Identifier: MIT
# Makes the pictures of the README with the program itself. Run it when a filter's look changes.
. "$(dirname "$0")/common.sh"
cd "$samples/pictures"

# The drawing; where ffmpeg cannot read SVG, the picture that was drawn before does.
if ffmpeg -nostdin -v error -y -i scene.svg -frames:v 1 -pix_fmt rgb24 "$out/scene.png" 2>&1; then
  cp "$out/scene.png" scene.png
fi
ffmpeg -nostdin -v error -y -i scene.png -vf scale=400:-1:flags=area -pix_fmt rgb24 before.png

picture() {
  show "$convolve" before.png -q -y -o "$1.png" -f "$2"
}
picture kernel-emboss "kernel=kernel=emboss"
picture gaussian "gaussian=sigma=4"
picture gaussian-roi "gaussian=sigma=6:roi='116,75,118,108'"
picture sobel "sobel"
picture sobel-color "sobel=color-mode=per-channel"
show "$convolve" --show-kernel sharpen -y -o show-kernel.png >/dev/null
show "$convolve" before.png -y --contact-sheet contact-sheet.png \
  -f "gaussian=3,sobel,kernel=emboss,kernel=sharpen,kernel=sobel-x:response=offset"
