// SPDX-License-Identifier: MIT
#include "stream_output.h"

extern "C" {
#include <libavutil/time.h>
}

namespace convolve::media {

namespace {

// Seven packets of a transport stream: what fits a packet of Ethernet whole.
constexpr const char* kDatagram = "1316";
constexpr const char* kTimeout = "10000000";  // µs, of servers that say nothing

int is_over(void* patience) { return static_cast<const Patience*>(patience)->over() ? 1 : 0; }

}  // namespace

bool Patience::over() const noexcept { return cancelled || av_gettime_relative() > until; }

StreamOutput::~StreamOutput() { avio_closep(&io_); }

void StreamOutput::attach(AVFormatContext& context) {
  context.interrupt_callback = {is_over, const_cast<Patience*>(&patience_)};
  // RTSP connects by itself when the header is written.
  if ((context.oformat->flags & AVFMT_NOFILE) != 0) return;
  Dictionary options;
  options.set("rw_timeout", kTimeout);
  // A sender that is done waits, so many seconds at most, until everything has arrived.
  if (url_.starts_with("srt:")) options.set("linger", "2");
  if (url_.starts_with("udp:")) options.set("pkt_size", kDatagram);
  const int result = avio_open2(&io_, url_.c_str(), AVIO_FLAG_WRITE, &context.interrupt_callback,
                                options.address());
  if (result < 0) {
    const bool address = result == AVERROR(EINVAL);
    const std::string why =
        result == AVERROR_EXIT ? "had not answered when it was stopped" : error_text(result);
    fail(MediaError::Kind::output, url_, why,
         address ? "write host and port, as in udp://127.0.0.1:5000" : "");
  }
  context.pb = io_;
}

void StreamOutput::finish() {
  const int result = avio_closep(&io_);
  if (result < 0) fail(MediaError::Kind::output, url_, error_text(result));
}

}  // namespace convolve::media
