// SPDX-License-Identifier: MIT
#include "source.h"

#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>

extern "C" {
#include <libavutil/time.h>
}

#include "connection.h"
#include "cut_short.h"
#include "path.h"

namespace convolve::media {

namespace {

constexpr int kPipeBuffer = 1 << 16;
constexpr std::int64_t kSilence = 15'000'000;  // µs after which whoever sends has gone

[[noreturn]] void fail_input(const std::string& what, const std::string& why,
                             const std::string& hint = {}) {
  fail(MediaError::Kind::input, what, why, hint);
}

// Looks up now and then whether anybody still wants the data: a plain read() would wait for a
// silent pipe for ever.
int read_pipe(void* flag, std::uint8_t* data, int size) {
  const auto& interrupted = *static_cast<const std::atomic<bool>*>(flag);
  for (;;) {
    if (interrupted) return AVERROR_EXIT;
    pollfd ready{STDIN_FILENO, POLLIN, 0};
    const int count = ::poll(&ready, 1, 100);
    if (count < 0 && errno != EINTR) return AVERROR(errno);
    if (count <= 0) continue;
    const ssize_t read = ::read(STDIN_FILENO, data, static_cast<std::size_t>(size));
    if (read > 0) return static_cast<int>(read);
    if (read == 0) return AVERROR_EOF;
    if (errno != EINTR && errno != EAGAIN) return AVERROR(errno);
  }
}

void check_file(const std::string& path) {
  const auto status = file_status(path);
  if (!status) fail_input(path, std::strerror(errno));
  if (S_ISDIR(status->st_mode)) {
    fail_input(path, "is a directory", "for numbered pictures write DIR/img%04d.png");
  }
  if (::access(path.c_str(), R_OK) != 0) fail_input(path, std::strerror(errno));
  if (S_ISREG(status->st_mode) && status->st_size == 0) fail_input(path, "the file is empty");
}

// These demuxers draw text files as pictures; nobody means that.
bool is_text_demuxer(const AVInputFormat& format) {
  for (const char* name : {"tty", "bin", "adf", "idf", "xbin"}) {
    if (std::strcmp(format.name, name) == 0) return true;
  }
  return false;
}

// libav writes such a length into the header of an AVI that goes to a pipe: nobody knows it yet.
void forget_unknown_lengths(AVFormatContext& context) {
  constexpr std::int64_t kUnknown = 0x40000000;
  if (context.iformat->name != std::string_view("avi")) return;
  for (unsigned i = 0; i < context.nb_streams; ++i) {
    AVStream& stream = *context.streams[i];
    if (stream.nb_frames != kUnknown) continue;
    stream.nb_frames = 0;
    stream.duration = AV_NOPTS_VALUE;
    context.duration = AV_NOPTS_VALUE;
  }
}

}  // namespace

Source::Source(const std::string& name, const std::atomic<bool>& interrupted)
    : name_(name == "-" ? "standard input" : plain_name(name)), wait_{interrupted} {
  const std::string input = plain_name(name);
  quiet_libav();
  forget_messages();
  const auto pattern = SequencePattern::parse(input);
  if (input == "-") {
    open_standard_input();
  } else if (is_url(input)) {
    Dictionary options;
    const bool own = input.starts_with("rtsp") || input.starts_with("udp");
    options.set(own ? "timeout" : "rw_timeout", std::to_string(kSilence));
    open(input, nullptr, options);
  } else if (pattern && !file_status(input)) {
    open_sequence(*pattern);
  } else {
    check_file(input);
    Dictionary options;
    options.set("pattern_type", "none");
    // The prefix keeps names with a colon from being read as a protocol.
    open("file:" + input, nullptr, options);
  }
  find_video();
  check_whole();
}

Source::~Source() = default;

int Source::is_over(void* wait) noexcept {
  const auto& self = *static_cast<const Wait*>(wait);
  return self.interrupted || av_gettime_relative() > self.until ? 1 : 0;
}

// A little longer than protocols that watch for silence themselves: not all do.
void Source::wait_from_now() noexcept {
  if (is_url(name_)) wait_.until = av_gettime_relative() + kSilence + AV_TIME_BASE;
}

int Source::read(AVPacket& packet) noexcept {
  wait_from_now();
  const int result = av_read_frame(context_.get(), &packet);
  return result == AVERROR_EXIT && !wait_.interrupted ? AVERROR(ETIMEDOUT) : result;
}

void Source::open(const std::string& url, const AVInputFormat* format, Dictionary& options) {
  AVFormatContext* context = avformat_alloc_context();
  if (context == nullptr) throw std::bad_alloc();
  context->interrupt_callback = {is_over, &wait_};
  context->pb = pipe_.get();
  const std::int64_t begin = av_gettime_relative();
  wait_from_now();
  const int result = avformat_open_input(&context, url.c_str(), format, options.address());
  if (result < 0) {
    // What libav makes of silence differs from protocol to protocol.
    const bool silent = is_url(name_) && av_gettime_relative() - begin >= kSilence;
    if (silent) fail_input(name_, "gave no picture for 15 seconds");
    if (result == AVERROR_INVALIDDATA) {
      const std::string message = last_message();
      if (message.find("moov") != std::string::npos) {
        fail_input(name_, "no index (moov atom) in it: the file is cut short, or not an MP4");
      }
      fail_input(name_, "not a media file that can be read");
    }
    fail_input(name_, is_url(name_) ? connection_failure(name_, result) : reason(result));
  }
  context_.reset(context);
  // Before more is read: what came through a pipe can only be read again while it is held.
  named_end_ = media::named_end(*context);
  check_index_in_front();
  if (is_text_demuxer(*context->iformat)) fail_input(name_, "not a media file: it is text");
  wait_from_now();
  const int found = avformat_find_stream_info(context, nullptr);
  if (found < 0) fail_input(name_, error_text(found));
  forget_unknown_lengths(*context);
}

void Source::open_standard_input() {
  auto* buffer = static_cast<unsigned char*>(av_malloc(kPipeBuffer));
  pipe_.reset(avio_alloc_context(buffer, kPipeBuffer, 0,
                                 const_cast<std::atomic<bool>*>(&wait_.interrupted), read_pipe,
                                 nullptr, nullptr));
  if (pipe_ == nullptr) {
    av_free(buffer);
    throw std::bad_alloc();
  }
  Dictionary options;
  open("", nullptr, options);
}

void Source::open_sequence(const SequencePattern& pattern) {
  const auto numbers = pattern.existing();
  if (numbers.empty()) fail_input(name_, "no file has such a name");
  check_file(pattern.path(numbers.front()));
  const auto gap = std::ranges::adjacent_find(
      numbers, [](std::int64_t one, std::int64_t next) { return next != one + 1; });
  if (gap != numbers.end()) missing_picture_ = pattern.path(*gap + 1);
  Dictionary options;
  options.set("pattern_type", "sequence");
  options.set("start_number", std::to_string(numbers.front()));
  open("file:" + name_, av_find_input_format("image2"), options);
}

void Source::find_video() {
  double best = -1;
  bool cover = false;
  for (unsigned i = 0; i < context_->nb_streams; ++i) {
    AVStream* stream = context_->streams[i];
    const AVCodecParameters& codec = *stream->codecpar;
    if (codec.codec_type != AVMEDIA_TYPE_VIDEO) continue;
    if ((stream->disposition & AV_DISPOSITION_ATTACHED_PIC) != 0) {
      cover = true;
      continue;
    }
    const double area = static_cast<double>(codec.width) * codec.height;
    const double chosen = (stream->disposition & AV_DISPOSITION_DEFAULT) != 0 ? 1e12 : 0;
    if (area + chosen > best) {
      best = area + chosen;
      video_ = stream;
    }
  }
  if (video_ == nullptr) {
    fail_input(name_, cover ? "no video stream, only a cover picture" : "no video stream");
  }
  if (video_->codecpar->width <= 0 || video_->codecpar->height <= 0) {
    fail_input(name_, "no video could be decoded");
  }
}

// A pipe gives each byte once: behind an index at the end nothing is left of what it names, but for
// the little that is still in memory.
void Source::check_index_in_front() const {
  const bool indexed = std::string_view(context_->iformat->name).starts_with("mov,");
  if (!indexed || pipe_ == nullptr) return;
  const std::int64_t place = avio_tell(pipe_.get());
  for (unsigned i = 0; i < context_->nb_streams; ++i) {
    const AVIndexEntry* first = avformat_index_get_entry(context_->streams[i], 0);
    if (first == nullptr || first->pos >= place) continue;
    if (avio_seek(pipe_.get(), first->pos, SEEK_SET) >= 0) {
      avio_seek(pipe_.get(), place, SEEK_SET);
      continue;
    }
    fail_input(
        name_, "its index (moov atom) is at its end, and a pipe does not go back",
        "name the file itself, or put its index in front, as ffmpeg -movflags +faststart does");
  }
}

// An MP4 says where each of its packets lies. Where that is beyond the end of the file, the file
// was copied or loaded in part, and its user should know before anything is written. What was
// recorded in fragments is read as far as it goes.
void Source::check_whole() const {
  const bool indexed = std::string_view(context_->iformat->name).starts_with("mov,");
  const std::int64_t size = context_->pb == nullptr ? 0 : avio_size(context_->pb);
  if (!indexed || size <= 0) return;
  const std::int64_t end = indexed_end(*video_);
  if (end > size && !is_fragmented(*context_)) {
    fail_input(name_, "the file is cut short: it has " + std::to_string(size) +
                          " bytes, and its index names " + std::to_string(end));
  }
}

bool Source::pictures() const noexcept {
  const std::string_view demuxer = context_->iformat->name;
  return demuxer == "image2" || demuxer.ends_with("_pipe");
}

bool Source::still() const noexcept {
  if (context_->iformat->name != std::string_view("image2")) return pictures();
  return !SequencePattern::parse(name_) || file_status(name_).has_value();
}

namespace {

// libav's own VP8 and VP9 decoders leave alpha out; libvpx gives it.
const AVCodec* decoder_for(const AVStream& stream) {
  const AVDictionaryEntry* alpha = av_dict_get(stream.metadata, "alpha_mode", nullptr, 0);
  if (alpha != nullptr && std::strcmp(alpha->value, "1") == 0) {
    const AVCodecID id = stream.codecpar->codec_id;
    const char* name = id == AV_CODEC_ID_VP9   ? "libvpx-vp9"
                       : id == AV_CODEC_ID_VP8 ? "libvpx"
                                               : nullptr;
    const AVCodec* codec = name == nullptr ? nullptr : avcodec_find_decoder_by_name(name);
    if (codec != nullptr) return codec;
  }
  return avcodec_find_decoder(stream.codecpar->codec_id);
}

}  // namespace

CodecContextPtr Source::open_decoder(unsigned threads) const {
  const AVCodec* codec = decoder_for(*video_);
  if (codec == nullptr) {
    fail_input(name_, std::string("no decoder for ") +
                          avcodec_get_name(video_->codecpar->codec_id) + " video");
  }
  CodecContextPtr decoder(avcodec_alloc_context3(codec));
  if (!decoder) throw std::bad_alloc();
  avcodec_parameters_to_context(decoder.get(), video_->codecpar);
  decoder->pkt_timebase = video_->time_base;
  // Where Ogg files were joined, Theora's headers come again: libav takes them on one thread alone.
  const bool alone = still() || codec->id == AV_CODEC_ID_THEORA;
  decoder->thread_count = alone ? 1 : thread_count(threads);
  decoder->thread_type = FF_THREAD_FRAME | FF_THREAD_SLICE;
  const int result = avcodec_open2(decoder.get(), codec, nullptr);
  if (result < 0) fail_input(name_, reason(result));
  return decoder;
}

}  // namespace convolve::media
