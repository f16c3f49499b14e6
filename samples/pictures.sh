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
picture upsample "pool=mean:size=8,upsample=8:kernel=lanczos3"
picture pool "pool=max:size=5:stride=1:padding=2"
show "$convolve" --show-kernel sharpen -y -o show-kernel.png >/dev/null
show "$convolve" before.png -y --contact-sheet contact-sheet.png \
  -f "gaussian=3,sobel,kernel=emboss,kernel=sharpen,kernel=sobel-x:response=offset"

# Of filters over time one frame is shown: of a camera that pans, and of a ball that moves.
ffmpeg -nostdin -v error -y -loop 1 -i scene.png -frames:v 9 -pix_fmt rgb24 \
  -vf "crop=iw-64:ih:8*n:0,scale=400:225:flags=area" "$out/pan%02d.png"
show "$convolve" "$out/pan%02d.png" -q -y -o "$out/smeared%02d.png" -f "kernel3d=box(1x1x9)"
cp "$out/smeared05.png" kernel3d-pan.png
show gst-launch-1.0 -q videotestsrc pattern=ball num-buffers=60 ! \
  video/x-raw,format=GRAY8,width=400,height=225,framerate=15/1 ! \
  convkernel3d kernel="box(1x1x5)" ! pngenc ! multifilesink location=kernel3d-ball.png
