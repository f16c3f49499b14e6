// SPDX-License-Identifier: MIT
// Which of a camera's modes is taken, from what cameras say they have.
#include <algorithm>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include <convolve/graph.h>
#include <convolve/live.h>

#include "../pipeline/graph/camera_mode.h"

namespace convolve::graph {
namespace {

// As a common USB camera offers them: raw pictures are slow where they are large.
constexpr const char* kUsbCamera =
    "video/x-raw, format=YUY2, width=640, height=480, framerate={ (fraction)30/1, (fraction)15/1 };"
    "video/x-raw, format=YUY2, width=1280, height=720, framerate=(fraction)10/1;"
    "video/x-raw, format=YUY2, width=320, height=240, framerate=(fraction)30/1;"
    "image/jpeg, width=1280, height=720, framerate=(fraction)30/1;"
    "image/jpeg, width=1920, height=1080, framerate=(fraction)30/1";

std::string mode(const std::string& input, const char* offered = kUsbCamera) {
  init_graph();
  const Handle<GstCaps> caps(gst_caps_from_string(offered));
  std::string text;
  for (const std::string& word : camera_words(parse_live_input(input), caps.get())) {
    text += (text.empty() ? "" : " ") + word;
  }
  return text;
}

TEST(CameraMode, ByDefaultTheLargestFluentOneUpTo720) {
  EXPECT_EQ(mode("webcam"), "! image/jpeg,width=1280,height=720,framerate=30/1 ! jpegdec");
  EXPECT_EQ(mode("webcam",
                 "video/x-raw, format=NV12, width=[16,1920], height=[16,1080], "
                 "framerate=(fraction)[1/1, 60/1]"),
            "! video/x-raw,format=NV12,width=1280,height=720,framerate=30/1");
}

TEST(CameraMode, RawIsTakenBeforeCompressedOfTheSameKind) {
  EXPECT_EQ(mode("webcam?width=640&height=480"),
            "! video/x-raw,format=YUY2,width=640,height=480,framerate=30/1");
  EXPECT_EQ(mode("webcam",
                 "image/jpeg, width=640, height=480, framerate=(fraction)30/1;"
                 "video/x-raw, format=NV12, width=640, height=480, "
                 "framerate=(fraction)30/1"),
            "! video/x-raw,format=NV12,width=640,height=480,framerate=30/1");
}

TEST(CameraMode, WhatIsAskedForIsGiven) {
  EXPECT_EQ(mode("v4l2:/dev/video0?width=1920&height=1080"),
            "! image/jpeg,width=1920,height=1080,framerate=30/1 ! jpegdec");
  EXPECT_EQ(mode("/dev/video0?fps=10"),
            "! video/x-raw,format=YUY2,width=1280,height=720,framerate=10/1");
  EXPECT_EQ(mode("webcam?format=YUY2"),
            "! video/x-raw,format=YUY2,width=640,height=480,framerate=30/1");
}

TEST(CameraMode, WhatThereIsNotIsRefusedWithWhatThereIs) {
  try {
    mode("webcam?width=800&height=600");
    FAIL() << "a mode that is not there was taken";
  } catch (const MediaError& error) {
    EXPECT_EQ(error.kind(), MediaError::Kind::usage);
    const std::string text = error.what();
    EXPECT_TRUE(text.starts_with("webcam?width=800&height=600: the camera has no such mode\n"));
    EXPECT_NE(text.find("YUY2 640x480 at 30, 15"), std::string::npos) << text;
    EXPECT_NE(text.find("MJPEG 1920x1080 at 30"), std::string::npos) << text;
  }
}

TEST(CameraMode, ACameraIsFilteredInItsOwnFormat) {
  // Nothing between the camera and the chain converts: the words are caps alone.
  EXPECT_EQ(mode("webcam",
                 "video/x-raw, format=UYVY, width=1920, height=1080, "
                 "framerate=(fraction)25/1")
                .find("convert"),
            std::string::npos);
  const std::vector<std::string> words = source_words(parse_live_input("/dev/video7"));
  EXPECT_EQ(words, (std::vector<std::string>{"v4l2src", "device=/dev/video7"}));
}

}  // namespace
}  // namespace convolve::graph
