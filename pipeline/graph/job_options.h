// SPDX-License-Identifier: MIT
// What a job's options are to those who read, filter and write.
#pragma once

#include <vector>

#include <convolve/engine.h>
#include <convolve/transcode.h>

namespace convolve::graph {

ReadOptions read_options(const TranscodeOptions& options, NoteHandler on_note);
WriteOptions write_options(const TranscodeOptions& options, NoteHandler on_note);

/// Finds frames that a filter refuses before anything runs, as far as sizes are known: elements of
/// others may change them.
/// \returns the size of what comes out, or 0×0 where it is not known \throws MediaError
Size check_sizes(const std::vector<FilterSpec>& chain, Size size);

/// Says what the chain's filters warn of.
void note_warnings(const std::vector<FilterSpec>& chain, const NoteHandler& on_note);

}  // namespace convolve::graph
