// SPDX-License-Identifier: MIT
// Times that begin anew in the midst of a file.
#pragma once

#include <cstdint>
#include <vector>

#include "av.h"

namespace convolve::media {

/// Puts the times of packets in one line where files were joined end to end, as those of transport
/// streams can be: each part's follow the ones before. Other containers are left as they are.
class TimeJumps {
 public:
  explicit TimeJumps(const AVFormatContext& context);

  /// Each packet once, as they are read.
  void mend(AVPacket& packet);
  /// Reading goes on from elsewhere.
  void forget();

 private:
  struct Track {
    AVRational time_base{};
    bool leads = false;  ///< has packets all the time, so that its jumps are the file's
    std::int64_t offset = 0;
    std::int64_t last = INT64_MIN;  ///< decoding time of the last packet, moved
    std::int64_t step = 0;          ///< from there to the next one
  };

  bool mends_;
  std::vector<Track> tracks_;  // microseconds, as all that follows
  std::int64_t newest_offset_ = 0;
  std::int64_t latest_ = 0;  // of any track
};

}  // namespace convolve::media
