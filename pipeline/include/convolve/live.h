// SPDX-License-Identifier: MIT
/// \file
/// Sources that do not wait: cameras, screens, network streams, test pictures.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <convolve/media.h>

namespace convolve {

/// True for names of live inputs: `webcam`, `/dev/videoN`, `v4l2:PATH`, `screen`, `test:PATTERN`,
/// and URIs of streams (rtsp, rtmp, srt, udp, rtp). Files on a web server are not live.
bool is_live_input(const std::string& input);

/// True for outputs that are watched as they come: URIs of streams, `v4l2:PATH`, `/dev/videoN`.
bool is_live_output(const std::string& output);

/// Checks the form of a live input: its parts, numbers and pattern, but not whether it is there.
/// \throws MediaError of kind usage or input
void check_live_input(const std::string& input);

/// The first frames of a live input, as many or fewer where it ends. \throws MediaError
std::vector<VideoFrame> first_live_frames(const std::string& input, std::int64_t count);

/// What a camera can do.
struct CameraMode {
  std::string format;  ///< GStreamer's name: "YUY2"; "MJPEG" for compressed pictures
  std::string size;    ///< "1280x720", or a range "16x16 … 1920x1080"
  std::string rates;   ///< frames a second: "30, 15, 7.5"
};

/// A source that is there now.
struct Device {
  std::string input;  ///< what to write on the command line
  std::string name;   ///< as its maker calls it
  std::vector<CameraMode> modes;
};

/// Cameras that GStreamer finds, then the screen where there is one.
std::vector<Device> list_devices();

}  // namespace convolve
