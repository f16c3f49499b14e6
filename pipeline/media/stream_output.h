// SPDX-License-Identifier: MIT
// A stream over the network.
#pragma once

#include <string>

#include "mux_output.h"
#include "patience.h"

namespace convolve::media {

class StreamOutput : public MuxOutput {
 public:
  /// \param patience  must outlive the output and its context; once it is over, what has not been
  ///   sent is left, without an error
  StreamOutput(std::string url, const Patience& patience)
      : url_(std::move(url)), patience_(patience) {}
  ~StreamOutput() override;
  StreamOutput(const StreamOutput&) = delete;
  StreamOutput& operator=(const StreamOutput&) = delete;

  /// Connects.
  void attach(AVFormatContext& context) override;
  void set_options(Dictionary& options) const override;
  void publish() override;
  void finish() override;
  [[nodiscard]] std::string reason(int code) const override;
  [[nodiscard]] bool reader_gone() const noexcept override { return patience_.over(); }

 private:
  static int is_over(void* output) noexcept;
  /// True where a connection took too long.
  [[nodiscard]] bool late() const noexcept;

  std::string url_;
  const Patience& patience_;
  std::int64_t connected_by_ = INT64_MAX;  ///< as Patience::until; for muxers that connect
  AVIOContext* io_ = nullptr;
};

}  // namespace convolve::media
