// SPDX-License-Identifier: MIT
// What kind of output a name asks for, and what it can hold.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "av.h"

namespace convolve::media {

enum class OutputKind : std::uint8_t { null, file, pictures, stream, device };

struct Container {
  OutputKind kind = OutputKind::null;
  const AVOutputFormat* format = nullptr;  ///< of a file, a stream or a device's frames
  AVCodecID picture = AV_CODEC_ID_NONE;    ///< of pictures
  bool numbered = false;                   ///< pictures: one file for each
  std::string label;                       ///< for messages: "webm"

  /// Whoever watches takes frames at the pace at which they are shown, and wants the newest.
  [[nodiscard]] bool real_time() const noexcept {
    return kind == OutputKind::stream || kind == OutputKind::device;
  }
};

/// The path in the name of a device: `v4l2:PATH` or /dev/videoN.
std::optional<std::string> device_path(const std::string& name);

/// By extension, or by scheme where it is a URI; `-` is Y4M, `null:` nothing, `v4l2:PATH` a device.
/// \throws MediaError of kind output
Container container_for(const std::string& name);

/// The encoder for `wanted` (a libav encoder, a codec, or empty for the container's default).
/// \param depth  bits of a sample
/// \throws MediaError: usage for a name that does not exist, output for one that does not fit
const AVCodec* choose_encoder(const Container& container, const std::string& wanted,
                              const std::string& output, int depth);

/// Whether it holds pictures alone, without a place for sound or anything else.
bool is_silent(const Container& container);

/// Whether it is MP4 or QuickTime's, whose files are made alike.
bool is_mov(const AVOutputFormat& format);

/// Whether it says how the picture is to be turned when it is shown.
bool tells_rotation(const Container& container);

/// Whether it tells no times, but which frame it is at a rate that is always the same.
bool has_fixed_rate(const AVOutputFormat& format);

/// Whether the container has a place for a stream of that codec.
bool can_hold(const AVOutputFormat& format, AVMediaType type, AVCodecID codec);

}  // namespace convolve::media
