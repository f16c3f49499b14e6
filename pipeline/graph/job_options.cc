// SPDX-License-Identifier: MIT
#include "job_options.h"

#include <stdexcept>
#include <string>
#include <utility>

#include <convolve/live.h>

#include "../media/av.h"

namespace convolve::graph {

ReadOptions read_options(const TranscodeOptions& options, NoteHandler on_note) {
  ReadOptions read;
  read.start = options.start;
  read.end = options.end;
  read.frames = options.frames;
  read.threads = options.threads;
  read.audio = options.audio;
  read.live = is_live_input(options.input);
  read.on_note = std::move(on_note);
  return read;
}

WriteOptions write_options(const TranscodeOptions& options, NoteHandler on_note) {
  WriteOptions write;
  write.codec = options.codec;
  write.crf = options.crf;
  write.bitrate = options.bitrate;
  write.encoder_preset = options.encoder_preset;
  write.pixel_format = options.pixel_format;
  write.lossless = options.lossless;
  write.threads = options.threads;
  write.overwrite = options.overwrite;
  write.live = is_live_input(options.input);
  write.on_note = std::move(on_note);
  return write;
}

Size check_sizes(const std::vector<FilterSpec>& chain, Size size) {
  for (const FilterSpec& spec : chain) {
    if (find_filter(spec.name) == nullptr) return {};
    try {
      size = Engine::output_size(*make_filter(spec), size);
    } catch (const std::invalid_argument& error) {
      media::fail(MediaError::Kind::usage, spec.name, error.what());
    }
  }
  return size;
}

void note_warnings(const std::vector<FilterSpec>& chain, const NoteHandler& on_note) {
  for (const FilterSpec& spec : chain) {
    if (!on_note || find_filter(spec.name) == nullptr) continue;
    const std::string warning = make_filter(spec)->warning();
    if (!warning.empty()) on_note(NoteLevel::warning, spec.name + ": " + warning);
  }
}

}  // namespace convolve::graph
