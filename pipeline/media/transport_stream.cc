// SPDX-License-Identifier: MIT
#include "transport_stream.h"

extern "C" {
#include <libavutil/opt.h>
}

namespace convolve::media {

namespace {

constexpr std::int64_t kPacket = 188;
constexpr int kSync = 0x47;

// Packets are all of one length: alone, behind a time, or before a checksum, where libav's place of
// a packet is that of the checksum before it. So many bytes stand at that place before the packet.
std::int64_t bytes_before(AVFormatContext& context) {
  std::int64_t length = 0;
  if (av_opt_get_int(&context, "ts_packetsize", AV_OPT_SEARCH_CHILDREN, &length) < 0) return 0;
  return length > kPacket ? length - kPacket : 0;
}

}  // namespace

// Whatever lies in front of the first packet or behind the last is no part of them.
bool ends_within_packet(AVFormatContext& context, std::int64_t last_begin, std::int64_t end) {
  const std::int64_t before = bytes_before(context);
  if (last_begin < 0) return false;
  const std::int64_t rest = (end - last_begin - before) % (before + kPacket);
  if (rest <= 0 || rest >= kPacket) return false;
  AVIOContext& io = *context.pb;
  const bool found = avio_seek(&io, end - rest, SEEK_SET) >= 0 && avio_r8(&io) == kSync;
  avio_seek(&io, end, SEEK_SET);
  return found;
}

bool is_counted_anew(AVFormatContext& context, std::int64_t place) {
  AVIOContext& io = *context.pb;
  const std::int64_t back = avio_tell(&io);
  if (place < 0 || avio_seek(&io, place + bytes_before(context), SEEK_SET) < 0) return true;
  const unsigned header = avio_rb32(&io);
  avio_seek(&io, back, SEEK_SET);
  return (header & 15U) == 0;
}

}  // namespace convolve::media
