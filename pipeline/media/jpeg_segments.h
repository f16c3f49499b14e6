// SPDX-License-Identifier: MIT
// What a JPEG file says beside its samples, which libav's encoder does not write.
#pragma once

#include <cstdint>
#include <span>
#include <string>

namespace convolve::media {

/// The segments of Exif (and with it the orientation), XMP and the colour profile, as they stand.
std::string carried_segments(std::span<const std::uint8_t> jpeg);

/// Where in `jpeg` such segments belong: after SOI and JFIF's own segment. 0 where it is no JPEG.
std::size_t segments_place(std::span<const std::uint8_t> jpeg);

/// False where the samples have no end: the picture was cut short.
bool is_whole_jpeg(std::span<const std::uint8_t> jpeg);

}  // namespace convolve::media
