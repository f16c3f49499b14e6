// SPDX-License-Identifier: MIT
#include <fcntl.h>
#include <linux/videodev2.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <utility>

extern "C" {
#include <libavutil/imgutils.h>
}

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

DeviceSink::DeviceSink(std::string name, const std::string& path, const Patience& patience)
    : name_(std::move(name)), patience_(patience) {
  device_ = ::open(path.c_str(), O_RDWR | O_CLOEXEC | O_NONBLOCK);
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
  // Frames are written as they are, row after row; 0 is a driver that leaves it open.
  const int row = av_image_get_linesize(context.pix_fmt, context.width, 0);
  if (got.bytesperline != 0 && got.bytesperline != static_cast<std::uint32_t>(row)) {
    fail(MediaError::Kind::output, name_,
         "wants rows of " + std::to_string(got.bytesperline) + " bytes, the picture's have " +
             std::to_string(row),
         "another width or --pix-fmt may fit");
  }
  v4l2_streamparm rate{};
  rate.type = V4L2_BUF_TYPE_VIDEO_OUTPUT;
  rate.parm.output.timeperframe.numerator = static_cast<std::uint32_t>(context.framerate.den);
  rate.parm.output.timeperframe.denominator = static_cast<std::uint32_t>(context.framerate.num);
  // Only told to those who ask: frames are shown when they come.
  if (context.framerate.num > 0) control(device_, VIDIOC_S_PARM, &rate);
}

// Until it may take a frame, or has been waited for long enough.
void DeviceSink::await_device() const {
  constexpr int kLook = 100;  // milliseconds
  pollfd ready{device_, POLLOUT, 0};
  while (!patience_.over()) {
    const int count = ::poll(&ready, 1, kLook);
    if (count < 0 && errno != EINTR) fail(MediaError::Kind::output, name_, std::strerror(errno));
    if (count <= 0) continue;
    if ((ready.revents & POLLOUT) != 0) return;
    // Some drivers cannot say when; a pause keeps the question from being asked without end.
    ::poll(nullptr, 0, kLook / 10);
    return;
  }
}

// A frame is one write: what is left of it would pass for the next.
void DeviceSink::write_video(PacketPtr packet) {
  const auto size = static_cast<std::size_t>(packet->size);
  ssize_t written = -1;
  while (!patience_.over()) {
    written = ::write(device_, packet->data, size);
    if (written >= 0 || (errno != EINTR && errno != EAGAIN)) break;
    if (errno == EAGAIN) await_device();
  }
  if (patience_.over()) return;
  if (written < 0) fail(MediaError::Kind::output, name_, std::strerror(errno));
  if (static_cast<std::size_t>(written) < size) {
    fail(MediaError::Kind::output, name_,
         "took " + std::to_string(written) + " of a frame's " + std::to_string(size) + " bytes");
  }
}

void DeviceSink::write_copied(PacketPtr /*packet*/) {}

void DeviceSink::finish() { discard(); }

void DeviceSink::discard() noexcept {
  if (device_ >= 0) ::close(std::exchange(device_, -1));
}

}  // namespace convolve::media
