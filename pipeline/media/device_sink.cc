// SPDX-License-Identifier: MIT
#include <fcntl.h>
#include <linux/videodev2.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <utility>

#include "sink.h"

namespace convolve::media {

namespace {

constexpr std::string_view kHint =
    "a virtual camera is made by the kernel's module v4l2loopback: sudo modprobe v4l2loopback";

struct Format {
  AVPixelFormat libav;
  std::uint32_t v4l2;
};
// What browsers and meeting programs take from a camera.
constexpr std::array kFormats{
    Format{AV_PIX_FMT_YUV420P, V4L2_PIX_FMT_YUV420}, Format{AV_PIX_FMT_YUYV422, V4L2_PIX_FMT_YUYV},
    Format{AV_PIX_FMT_UYVY422, V4L2_PIX_FMT_UYVY},   Format{AV_PIX_FMT_NV12, V4L2_PIX_FMT_NV12},
    Format{AV_PIX_FMT_RGB24, V4L2_PIX_FMT_RGB24},    Format{AV_PIX_FMT_GRAY8, V4L2_PIX_FMT_GREY},
};

// Calls that a signal cuts short are made again.
int control(int device, unsigned long request, void* argument) {
  int result = -1;
  do {
    result = ::ioctl(device, request, argument);
  } while (result < 0 && errno == EINTR);
  return result;
}

std::string shape_text(const v4l2_pix_format& format) {
  std::string name(4, ' ');
  for (unsigned i = 0; i < 4; ++i)
    name[i] = static_cast<char>(format.pixelformat >> (8 * i) & 0x7F);
  return std::to_string(format.width) + "x" + std::to_string(format.height) + " " + name;
}

}  // namespace

DeviceSink::DeviceSink(std::string name, const std::string& path) : name_(std::move(name)) {
  device_ = ::open(path.c_str(), O_RDWR | O_CLOEXEC);
  if (device_ < 0) {
    fail(MediaError::Kind::output, name_, std::strerror(errno), errno == ENOENT ? kHint : "");
  }
  v4l2_capability capability{};
  if (control(device_, VIDIOC_QUERYCAP, &capability) < 0) {
    ::close(std::exchange(device_, -1));
    fail(MediaError::Kind::output, name_, "is not a video device", kHint);
  }
  const std::uint32_t able = (capability.capabilities & V4L2_CAP_DEVICE_CAPS) != 0
                                 ? capability.device_caps
                                 : capability.capabilities;
  if ((able & V4L2_CAP_VIDEO_OUTPUT) == 0) {
    ::close(std::exchange(device_, -1));
    fail(MediaError::Kind::output, name_, "is a camera: it gives video and takes none", kHint);
  }
}

DeviceSink::~DeviceSink() { discard(); }

const AVPixelFormat* DeviceSink::formats() noexcept {
  static constexpr auto kList = [] {
    std::array<AVPixelFormat, kFormats.size() + 1> list{};
    for (std::size_t i = 0; i < kFormats.size(); ++i) list[i] = kFormats[i].libav;
    list.back() = AV_PIX_FMT_NONE;
    return list;
  }();
  return kList.data();
}

void DeviceSink::start(const Encoder& encoder, const AVFrame& /*first*/) {
  const AVCodecContext& context = encoder.context();
  const auto known = std::ranges::find(kFormats, context.pix_fmt, &Format::libav);
  v4l2_format format{};
  format.type = V4L2_BUF_TYPE_VIDEO_OUTPUT;
  v4l2_pix_format wanted{};
  wanted.width = static_cast<std::uint32_t>(context.width);
  wanted.height = static_cast<std::uint32_t>(context.height);
  wanted.pixelformat = known == kFormats.end() ? 0 : known->v4l2;
  wanted.field = V4L2_FIELD_NONE;
  wanted.colorspace = V4L2_COLORSPACE_SRGB;
  format.fmt.pix = wanted;
  if (control(device_, VIDIOC_S_FMT, &format) < 0) {
    fail(MediaError::Kind::output, name_,
         "does not take " + shape_text(wanted) + ": " + std::strerror(errno));
  }
  const v4l2_pix_format& got = format.fmt.pix;
  if (got.width != wanted.width || got.height != wanted.height ||
      got.pixelformat != wanted.pixelformat) {
    fail(MediaError::Kind::output, name_,
         "stays at " + shape_text(got) + ", the picture is " + shape_text(wanted),
         "while another program uses the device, its format is fixed: close that one first");
  }
  v4l2_streamparm rate{};
  rate.type = V4L2_BUF_TYPE_VIDEO_OUTPUT;
  rate.parm.output.timeperframe.numerator = static_cast<std::uint32_t>(context.framerate.den);
  rate.parm.output.timeperframe.denominator = static_cast<std::uint32_t>(context.framerate.num);
  // Only told to those who ask: frames are shown when they come.
  if (context.framerate.num > 0) control(device_, VIDIOC_S_PARM, &rate);
}

// A frame is one write.
void DeviceSink::write_video(PacketPtr packet) {
  const auto size = static_cast<std::size_t>(packet->size);
  ssize_t written = -1;
  do {
    written = ::write(device_, packet->data, size);
  } while (written < 0 && (errno == EINTR || errno == EAGAIN));
  if (written < 0) fail(MediaError::Kind::output, name_, std::strerror(errno));
}

void DeviceSink::write_copied(PacketPtr /*packet*/) {}

void DeviceSink::finish() { discard(); }

void DeviceSink::discard() noexcept {
  if (device_ >= 0) ::close(std::exchange(device_, -1));
}

}  // namespace convolve::media
