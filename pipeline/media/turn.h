// SPDX-License-Identifier: MIT
// Pictures of phones, which lie on their side beside a note of how they are to be shown.
#pragma once

#include <optional>
#include <string>

#include "libav_filter.h"

namespace convolve::media {

/// What puts the pictures of `video` upright, in libav's words: empty where they are, nothing where
/// they are not to be turned by quarters.
std::optional<std::string> turning(const AVStream& video);

/// Turns frames.
class Turner {
 public:
  explicit Turner(std::string chain) : chain_(std::move(chain)) {}
  /// Of the same format, or of the one with chroma of full size where chroma is halved along one
  /// axis alone. \throws MediaError, std::bad_alloc
  VideoFrame turn(const VideoFrame& frame);
  /// Whether width and height change places.
  [[nodiscard]] bool sideways() const noexcept { return chain_.starts_with("transpose"); }

 private:
  std::string chain_;
  std::unique_ptr<LibavFilter> filter_;
  int width_ = 0;  // of frames that the filter was made for, as is the format
  int height_ = 0;
  int format_ = AV_PIX_FMT_NONE;
};

}  // namespace convolve::media
