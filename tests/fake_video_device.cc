// SPDX-License-Identifier: MIT
// Loaded before the C library, it makes a plain file answer as a virtual camera does: machines that
// test have no v4l2loopback. FAKE_VIDEO says what it is: "output", "camera", or a size "640x480"
// at which it stays; "wide" is an output with longer rows, "busy" one that takes a frame only when
// it is asked for the second time, "small" one that takes half of each. What is set goes to the
// file FAKE_VIDEO_LOG.
#include <linux/videodev2.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cstdarg>
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <string>

namespace {

std::string setting(const char* name) {
  const char* const text = std::getenv(name);
  return text == nullptr ? "" : text;
}

void note(const char* format, unsigned one, unsigned other, unsigned code) {
  FILE* const log = std::fopen(setting("FAKE_VIDEO_LOG").c_str(), "a");
  if (log == nullptr) return;
  std::fprintf(log, format, one, other, code & 0x7FU, code >> 8U & 0x7FU, code >> 16U & 0x7FU,
               code >> 24U & 0x7FU);
  std::fclose(log);
}

int device = -1;
bool refused = false;

}  // namespace

extern "C" ssize_t write(int file, const void* bytes, std::size_t size) {
  if (file == device && setting("FAKE_VIDEO") == "small") size /= 2;
  if (file == device && setting("FAKE_VIDEO") == "busy") {
    refused = !refused;
    if (refused) {
      errno = EAGAIN;
      return -1;
    }
  }
  return syscall(SYS_write, file, bytes, size);
}

extern "C" int ioctl(int file, unsigned long request, ...) noexcept {
  std::va_list rest;
  va_start(rest, request);
  void* const argument = va_arg(rest, void*);
  va_end(rest);
  const std::string kind = setting("FAKE_VIDEO");
  switch (request) {
    case VIDIOC_QUERYCAP:
      static_cast<v4l2_capability*>(argument)->capabilities =
          kind == "camera" ? V4L2_CAP_VIDEO_CAPTURE : V4L2_CAP_VIDEO_OUTPUT;
      return 0;
    case VIDIOC_S_FMT: {
      device = file;
      v4l2_pix_format& format = static_cast<v4l2_format*>(argument)->fmt.pix;
      std::sscanf(kind.c_str(), "%ux%u", &format.width, &format.height);
      format.bytesperline = kind == "wide" ? format.width + 32 : 0;
      note("%ux%u %c%c%c%c\n", format.width, format.height, format.pixelformat);
      return 0;
    }
    case VIDIOC_S_PARM: {
      const v4l2_fract& time = static_cast<v4l2_streamparm*>(argument)->parm.output.timeperframe;
      note("%u/%u\n", time.denominator, time.numerator, 0);
      return 0;
    }
    default:
      return static_cast<int>(syscall(SYS_ioctl, file, request, argument));
  }
}
