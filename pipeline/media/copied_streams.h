// SPDX-License-Identifier: MIT
// Which streams go along with the video, and what is carried over about them.
#pragma once

#include <string>
#include <vector>

#include "container.h"

namespace convolve::media {

/// Which of `input`'s streams are copied into a file of that container.
/// \throws MediaError of kind output for one that it has no place for
std::vector<const AVStream*> plan_copies(const AVFormatContext& input, const AVStream& video,
                                         const Container& container, const std::string& output,
                                         bool audio, const NoteHandler& on_note);

/// Makes a stream like `from` in `output`: codec, tags, languages, dispositions, side data.
/// \throws MediaError
AVStream* copy_stream(AVFormatContext& output, const AVStream& from);

/// Metadata, dispositions and side data that say how the filtered video is to be shown.
void carry_video_properties(AVStream& to, const AVStream& from);
/// HDR data that only the frames have.
void carry_frame_properties(AVStream& to, const AVFrame& frame);

/// Global metadata and chapters, less `shift_us`, and within `duration_us` where it is positive.
void carry_file_properties(AVFormatContext& to, const AVFormatContext& from,
                           std::int64_t shift_us, std::int64_t duration_us);

}  // namespace convolve::media
