// SPDX-License-Identifier: MIT
#include "cut_short.h"

#include <algorithm>
#include <bit>
#include <optional>
#include <string_view>

#include "transport_stream.h"

namespace convolve::media {

namespace {

// A number of EBML: as many bytes as zeros before its first one, and one more. All ones stand for a
// size that was not known when the header was written.
std::optional<std::int64_t> read_size(AVIOContext& io) {
  const auto first = static_cast<std::uint8_t>(avio_r8(&io));
  const int more = std::countl_zero(first);
  if (more > 7) return std::nullopt;
  const std::uint64_t all_ones = (std::uint64_t{1} << (7 * (more + 1))) - 1;
  std::uint64_t size = first & (0x7FU >> more);
  for (int i = 0; i < more; ++i) size = size << 8U | static_cast<std::uint8_t>(avio_r8(&io));
  if (size == all_ones) return std::nullopt;
  return static_cast<std::int64_t>(size);
}

// A header, and a segment that holds everything else.
std::int64_t matroska_end(AVIOContext& io) {
  constexpr unsigned kHeader = 0x1A45DFA3;
  constexpr unsigned kSegment = 0x18538067;
  if (avio_rb32(&io) != kHeader) return 0;
  const auto header = read_size(io);
  if (!header || avio_skip(&io, *header) < 0 || avio_rb32(&io) != kSegment) return 0;
  const auto segment = read_size(io);
  return segment ? avio_tell(&io) + *segment : 0;
}

// The first list of an AVI, of which there may be more behind it.
std::int64_t avi_end(AVIOContext& io) {
  if (avio_rb32(&io) != 0x52494646) return 0;  // RIFF
  const std::int64_t size = avio_rl32(&io);
  // What was written to a pipe has no size, or the largest.
  return size > 0 && size < 0x7FFFFFFF ? avio_tell(&io) + size : 0;
}

}  // namespace

std::int64_t named_end(AVFormatContext& context) {
  if (context.pb == nullptr) return 0;
  const std::string_view demuxer = context.iformat->name;
  std::int64_t (*const read)(AVIOContext&) = demuxer.starts_with("matroska") ? matroska_end
                                             : demuxer == "avi"              ? avi_end
                                                                             : nullptr;
  const std::int64_t place = avio_tell(context.pb);
  if (read == nullptr || avio_seek(context.pb, 0, SEEK_SET) < 0) return 0;
  const std::int64_t end = read(*context.pb);
  avio_seek(context.pb, place, SEEK_SET);
  return end;
}

std::int64_t indexed_end(const AVStream& stream) {
  const int count = avformat_index_get_entries_count(&stream);
  std::int64_t end = 0;
  for (int i = 0; i < count; ++i) {
    const AVIndexEntry* entry = avformat_index_get_entry(const_cast<AVStream*>(&stream), i);
    end = std::max(end, av_sat_add64(entry->pos, entry->size));
  }
  return end;
}

bool is_fragmented(AVFormatContext& context) {
  AVIOContext& io = *context.pb;
  const std::int64_t place = avio_tell(&io);
  bool found = false;
  // Boxes, each of which says how long it is; 1 stands for a length of eight bytes, 0 for the rest.
  for (std::int64_t at = 0; !found && avio_seek(&io, at, SEEK_SET) >= 0;) {
    std::int64_t size = avio_rb32(&io);
    const unsigned type = avio_rb32(&io);
    if (size == 1) size = static_cast<std::int64_t>(avio_rb64(&io));
    if (size < 8 || size > INT64_MAX - at || avio_feof(&io) != 0) break;
    found = type == MKBETAG('m', 'o', 'o', 'f');
    at += size;
  }
  avio_seek(&io, place, SEEK_SET);
  return found;
}

namespace {

// Of everything that is seen or heard.
std::int64_t last_indexed_end(const AVFormatContext& context) {
  std::int64_t end = 0;
  for (unsigned i = 0; i < context.nb_streams; ++i) {
    const AVMediaType type = context.streams[i]->codecpar->codec_type;
    const bool played = type == AVMEDIA_TYPE_VIDEO || type == AVMEDIA_TYPE_AUDIO;
    if (played) end = std::max(end, indexed_end(*context.streams[i]));
  }
  return end;
}

}  // namespace

bool is_cut_short(AVFormatContext& context, std::int64_t named_end, const LastPackets& last) {
  if (context.pb == nullptr) return false;
  const std::string_view demuxer = context.iformat->name;
  const std::int64_t end = avio_tell(context.pb);
  // What follows the last whole frame of Y4M is the beginning of another.
  if (demuxer == "yuv4mpegpipe") return last.video_end > 0 && end > last.video_end;
  if (demuxer == "mpegts") return ends_within_packet(context, last.begin, end);
  const std::int64_t size = avio_size(context.pb);
  const bool indexed = demuxer.starts_with("mov,");
  return (indexed ? last_indexed_end(context) : named_end) > (size > 0 ? size : end);
}

}  // namespace convolve::media
