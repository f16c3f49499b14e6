// SPDX-License-Identifier: MIT
// What kind of output a name asks for, and what it can hold.
#pragma once

#include <string>
#include <vector>

#include "av.h"

namespace convolve::media {

enum class OutputKind : std::uint8_t { null, file, pictures };

struct Container {
  OutputKind kind = OutputKind::null;
  const AVOutputFormat* format = nullptr;  ///< of a file
  AVCodecID picture = AV_CODEC_ID_NONE;    ///< of pictures
  bool numbered = false;                   ///< pictures: one file for each
  std::string label;                       ///< for messages: "webm"
};

/// By extension; `-` is Y4M, `null:` nothing. \throws MediaError of kind output
Container container_for(const std::string& name);

/// The encoder for `wanted` (a libav encoder, a codec, or empty for the container's default).
/// \param depth  bits of a sample
/// \throws MediaError: usage for a name that does not exist, output for one that does not fit
const AVCodec* choose_encoder(const Container& container, const std::string& wanted,
                              const std::string& output, int depth);

/// Whether the container has a place for a stream of that codec.
bool can_hold(const AVOutputFormat& format, AVMediaType type, AVCodecID codec);

}  // namespace convolve::media
