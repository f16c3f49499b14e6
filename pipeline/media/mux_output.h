// SPDX-License-Identifier: MIT
// Where a muxer's bytes go.
#pragma once

#include "av.h"

namespace convolve::media {

class MuxOutput {
 public:
  virtual ~MuxOutput() = default;
  /// Lets the muxer write here. The context must go first. \throws MediaError of kind output
  virtual void attach(AVFormatContext& context) = 0;
  /// What the muxer has to know before it writes the header.
  virtual void set_options(Dictionary& /*options*/) const {}
  /// The header is written: from now on it is worth to be looked at. \throws MediaError
  virtual void publish() {}
  /// Everything is written. \throws MediaError of kind output
  virtual void finish() = 0;
  /// \throws MediaError of kind output where a write failed, but not for a closed pipe
  virtual void check() const {}
  /// Why the muxer failed with this code.
  [[nodiscard]] virtual std::string reason(int code) const { return media::reason(code); }
  /// Nobody takes more: the other end of a pipe is closed, or a stream was waited for long enough.
  [[nodiscard]] virtual bool reader_gone() const noexcept { return false; }
};

}  // namespace convolve::media
