// SPDX-License-Identifier: MIT
// A stream over the network.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <string>

#include "mux_output.h"

namespace convolve::media {

/// When waiting for a network is to end.
struct Patience {
  std::atomic<bool> cancelled{false};
  std::atomic<std::int64_t> until{INT64_MAX};  ///< as av_gettime_relative counts, in µs

  [[nodiscard]] bool over() const noexcept;
};

class StreamOutput : public MuxOutput {
 public:
  /// \param patience  must outlive the output and its context
  StreamOutput(std::string url, const Patience& patience)
      : url_(std::move(url)), patience_(patience) {}
  ~StreamOutput() override;
  StreamOutput(const StreamOutput&) = delete;
  StreamOutput& operator=(const StreamOutput&) = delete;

  /// Connects.
  void attach(AVFormatContext& context) override;
  void finish() override;

 private:
  std::string url_;
  const Patience& patience_;
  AVIOContext* io_ = nullptr;
};

}  // namespace convolve::media
