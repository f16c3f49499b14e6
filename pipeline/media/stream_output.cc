// SPDX-License-Identifier: MIT
#include "stream_output.h"

#include <algorithm>
#include <array>
#include <cerrno>

#include "connection.h"

namespace convolve::media {

namespace {

// Seven packets of a transport stream: what fits a packet of Ethernet whole.
constexpr const char* kDatagram = "1316";
constexpr std::int64_t kTimeout = 10'000'000;  // µs, of servers that say nothing

}  // namespace

int StreamOutput::is_over(void* output) noexcept {
  const auto& self = *static_cast<const StreamOutput*>(output);
  return self.patience_.over() || self.late() ? 1 : 0;
}

bool StreamOutput::late() const noexcept { return av_gettime_relative() > connected_by_; }

StreamOutput::~StreamOutput() { avio_closep(&io_); }

void StreamOutput::attach(AVFormatContext& context) {
  context.interrupt_callback = {is_over, this};
  // RTSP connects by itself when the header is written.
  if ((context.oformat->flags & AVFMT_NOFILE) != 0) {
    connected_by_ = av_gettime_relative() + kTimeout;
    return;
  }
  Dictionary options;
  options.set("rw_timeout", std::to_string(kTimeout));
  // A sender that is done waits, so many seconds at most, until everything has arrived.
  if (url_.starts_with("srt:")) options.set("linger", "2");
  if (url_.starts_with("udp:")) options.set("pkt_size", kDatagram);
  const int result = avio_open2(&io_, url_.c_str(), AVIO_FLAG_WRITE, &context.interrupt_callback,
                                options.address());
  if (result < 0 && !reader_gone()) {
    fail(MediaError::Kind::output, url_,
         result == AVERROR(ETIMEDOUT) ? reason(result) : connection_failure(url_, result));
  }
  context.pb = io_;
}

// For each time that RTSP's own connection waits.
void StreamOutput::set_options(Dictionary& options) const {
  options.set("timeout", std::to_string(kTimeout));
}

void StreamOutput::publish() { connected_by_ = INT64_MAX; }

std::string StreamOutput::reason(int code) const {
  if (code == AVERROR(ETIMEDOUT) || late()) return "the other side does not answer";
  // What libav says of them shows the address as it has rewritten it.
  constexpr std::array kRefusals{ECONNREFUSED, EHOSTUNREACH, ENETUNREACH};
  return std::ranges::find(kRefusals, -code) != kRefusals.end() ? error_text(code)
                                                                : media::reason(code);
}

void StreamOutput::finish() {
  const int result = avio_closep(&io_);
  if (result < 0 && !reader_gone()) fail(MediaError::Kind::output, url_, error_text(result));
}

}  // namespace convolve::media
