// SPDX-License-Identifier: MIT
// Makes small media files with libav, and looks into files, for the tests of pipeline/.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include <unistd.h>

struct Clip {
  std::string path;
  std::string muxer = {};                  // empty: by extension
  std::string codec = "libx264";
  std::string pixel_format = "yuv420p";
  int width = 64;
  int height = 48;
  int time_base_den = 12800;
  std::vector<std::int64_t> pts = {};      // of the frames, in 1/time_base_den; empty: 25 a second
  int frames = 25;                    // where pts is empty
  int b_frames = 0;
  int key_frame_every = 10;
  std::vector<std::string> audio = {};     // a codec for each track
  bool subtitles = false;             // SubRip
  bool chapters = false;
  bool attachment = false;
  std::string attachment_type = "application/x-truetype-font";
  int rotation = 0;                   // degrees
  int sar_num = 1;
  int sar_den = 1;
  bool bt709 = false;                 // tags, video range
  bool see_through = false;           // pal8 only: a palette with alpha
  std::string movflags = {};          // of an MP4
  std::map<std::string, std::string> metadata = {};
};

// Every frame is different: a gradient that moves, with noise on top.
void make_clip(const Clip& clip);

struct StreamFacts {
  std::string type;
  std::string codec;
  std::string language;
  int disposition = 0;
  std::string pixel_format;
  int width = 0;
  int height = 0;
  int sar_num = 0;
  int sar_den = 0;
  int range = 0;
  int matrix = 0;
  int primaries = 0;
  int transfer = 0;
  double rotation = 0;
  double frame_rate = 0;
  std::vector<std::string> packets;   // bytes of each, of streams other than the first video
  std::vector<double> packet_times;
  std::vector<double> packet_durations;
  std::string extradata;
  std::map<std::string, std::string> metadata;
};

struct FileFacts {
  std::vector<StreamFacts> streams;
  std::vector<double> times;                 // of the video's frames, as decoded
  std::vector<std::string> frames;           // their samples, rows without padding
  std::vector<std::string> chapters;         // "0.5-1.0 title"
  std::map<std::string, std::string> metadata;

  const StreamFacts* first(const std::string& type) const;
  std::vector<const StreamFacts*> all(const std::string& type) const;
};

// Throws std::runtime_error where the file cannot be read to its end.
FileFacts look_into(const std::string& path);

bool has_encoder(const std::string& name);

// A directory of its own for each test, removed at its end.
class Folder {
 public:
  Folder();
  ~Folder();
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  std::string operator/(const std::string& name) const { return (path_ / name).string(); }
  // Names in it, hidden ones too, sorted.
  std::vector<std::string> names() const;

 private:
  std::filesystem::path path_;
};

void write_text(const std::string& path, const std::string& text);
std::string read_text(const std::string& path);
