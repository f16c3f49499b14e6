// SPDX-License-Identifier: MIT
#include "jpeg_segments.h"

#include <algorithm>
#include <array>

namespace convolve::media {

namespace {

// Markers of ITU-T T.81, annex B.
constexpr std::uint8_t kStartOfImage = 0xd8;
constexpr std::uint8_t kEndOfImage = 0xd9;
constexpr std::uint8_t kStartOfScan = 0xda;
constexpr std::uint8_t kApp0 = 0xe0;  // JFIF
constexpr std::uint8_t kApp1 = 0xe1;  // Exif, XMP
constexpr std::uint8_t kApp2 = 0xe2;  // colour profile

// Calls `visit(marker, segment)` for each segment before the scan; `visit` returns false to stop.
template <typename Visit>
void each_segment(std::span<const std::uint8_t> jpeg, const Visit& visit) {
  if (jpeg.size() < 4 || jpeg[0] != 0xff || jpeg[1] != kStartOfImage) return;
  std::size_t at = 2;
  while (at + 4 <= jpeg.size() && jpeg[at] == 0xff && jpeg[at + 1] != kStartOfScan) {
    const std::size_t size = 2 + (std::size_t{jpeg[at + 2]} << 8U) + jpeg[at + 3];
    if (at + size > jpeg.size() || !visit(jpeg[at + 1], jpeg.subspan(at, size))) return;
    at += size;
  }
}

}  // namespace

std::string carried_segments(std::span<const std::uint8_t> jpeg) {
  std::string kept;
  each_segment(jpeg, [&](std::uint8_t marker, std::span<const std::uint8_t> segment) {
    if (marker == kApp1 || marker == kApp2) kept.append(segment.begin(), segment.end());
    return true;
  });
  return kept;
}

std::size_t segments_place(std::span<const std::uint8_t> jpeg) {
  std::size_t place = jpeg.size() >= 2 && jpeg[0] == 0xff && jpeg[1] == kStartOfImage ? 2 : 0;
  each_segment(jpeg, [&](std::uint8_t marker, std::span<const std::uint8_t> segment) {
    if (marker == kApp0) place += segment.size();
    return marker == kApp0;
  });
  return place;
}

bool is_whole_jpeg(std::span<const std::uint8_t> jpeg) {
  constexpr std::array kEnd{std::uint8_t{0xff}, kEndOfImage};
  // Small pictures within the segments have ends of their own.
  std::size_t samples = 0;
  each_segment(jpeg, [&](std::uint8_t /*marker*/, std::span<const std::uint8_t> segment) {
    samples += segment.size();
    return true;
  });
  const auto rest = jpeg.subspan(std::min(samples, jpeg.size()));
  // Clang 14 cannot compile GCC 12's std::ranges::search.
  return std::search(rest.begin(), rest.end(), kEnd.begin(), kEnd.end()) != rest.end();
}

}  // namespace convolve::media
