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

// Windows Media: objects behind a header, one of which has the size of the file.
std::int64_t asf_end(AVIOContext& io) {
  constexpr unsigned kHeader = 0x3026B275;  // their names' first bytes
  constexpr unsigned kFileProperties = 0xA1DCAB8C;
  constexpr std::int64_t kObject = 24;  // bytes of its name and size
  if (avio_rb32(&io) != kHeader) return 0;
  avio_skip(&io, kObject - 4);
  const unsigned objects = avio_rl32(&io);
  avio_skip(&io, 2);
  for (unsigned i = 0; i < objects && avio_feof(&io) == 0; ++i) {
    const bool found = avio_rb32(&io) == kFileProperties;
    avio_skip(&io, 12);
    const auto size = static_cast<std::int64_t>(avio_rl64(&io));
    if (found) {
      avio_skip(&io, 16);
      const auto end = static_cast<std::int64_t>(avio_rl64(&io));
      avio_skip(&io, 40);
      // What was broadcast had no size yet.
      const bool broadcast = (avio_rl32(&io) & 1U) != 0;
      return broadcast ? 0 : end;
    }
    if (size < kObject || avio_skip(&io, size - kObject) < 0) break;
  }
  return 0;
}

// A page of Ogg: its header, the lengths of its segments, and those.
std::int64_t ogg_page_bytes(AVIOContext& io) {
  constexpr std::int64_t kHeader = 27;
  if (avio_rb32(&io) != MKBETAG('O', 'g', 'g', 'S')) return 0;
  avio_skip(&io, kHeader - 5);
  const int segments = avio_r8(&io);
  std::int64_t bytes = kHeader + segments;
  for (int i = 0; i < segments; ++i) bytes += avio_r8(&io);
  return bytes;
}

// What an MPEG program stream is made of: packs' headers, and packets that say how long they are.
std::int64_t program_unit_bytes(AVIOContext& io) {
  constexpr unsigned kEnd = 0x1B9;
  constexpr unsigned kPack = 0x1BA;
  const unsigned code = avio_rb32(&io);
  if (code < kEnd || code > 0x1FF) return 0;
  if (code == kEnd) return 4;
  if (code != kPack) return 6 + static_cast<std::int64_t>(avio_rb16(&io));
  if ((avio_r8(&io) & 0xC0) != 0x40) return 12;  // of MPEG-1
  avio_skip(&io, 8);
  return 14 + (avio_r8(&io) & 7);
}

// Goes from unit to unit, from a place where one begins. What is no unit is no part of the stream.
bool ends_within_unit(AVIOContext& io, std::int64_t (*unit_bytes)(AVIOContext&), std::int64_t begin,
                      std::int64_t end) {
  std::int64_t at = begin;
  while (at >= 0 && at < end && avio_seek(&io, at, SEEK_SET) >= 0) {
    const std::int64_t bytes = unit_bytes(io);
    if (bytes == 0) break;
    at += bytes;
  }
  avio_seek(&io, end, SEEK_SET);
  return at > end;
}

}  // namespace

std::int64_t named_end(AVFormatContext& context) {
  if (context.pb == nullptr) return 0;
  const std::string_view demuxer = context.iformat->name;
  std::int64_t (*const read)(AVIOContext&) = demuxer.starts_with("matroska") ? matroska_end
                                             : demuxer == "avi"              ? avi_end
                                             : demuxer == "asf"              ? asf_end
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
  if (demuxer == "ogg") return ends_within_unit(*context.pb, ogg_page_bytes, last.begin, end);
  if (demuxer == "mpeg") return ends_within_unit(*context.pb, program_unit_bytes, last.begin, end);
  if (demuxer == "mpegts") return ends_within_packet(context, last.begin, end);
  const std::int64_t size = avio_size(context.pb);
  // Behind what is played there may be an index, which nobody reads from a pipe.
  if (demuxer == "asf" && size <= 0) return false;
  const bool indexed = demuxer.starts_with("mov,");
  return (indexed ? last_indexed_end(context) : named_end) > (size > 0 ? size : end);
}

}  // namespace convolve::media
