// SPDX-License-Identifier: MIT
// Owners for libav's handles, its errors as MediaError, its timestamps as the rest needs them.
#pragma once

extern "C" {
#include <libavcodec/avcodec.h>
#include <libavformat/avformat.h>
#include <libavutil/opt.h>
#include <libavutil/pixdesc.h>
}

#include <memory>
#include <string>
#include <string_view>

#include <convolve/media.h>

namespace convolve::media {

inline constexpr AVRational kMicroseconds{1, AV_TIME_BASE};

/// Deletes by a libav function that takes the address of the pointer.
template <auto Free>
struct FreeByAddress {
  template <typename T>
  void operator()(T* pointer) const noexcept {
    Free(&pointer);
  }
};

using FramePtr = std::unique_ptr<AVFrame, FreeByAddress<&av_frame_free>>;
using PacketPtr = std::unique_ptr<AVPacket, FreeByAddress<&av_packet_free>>;
using CodecContextPtr = std::unique_ptr<AVCodecContext, FreeByAddress<&avcodec_free_context>>;
using InputContextPtr = std::unique_ptr<AVFormatContext, FreeByAddress<&avformat_close_input>>;
struct FreeOutputContext {
  void operator()(AVFormatContext* context) const noexcept { avformat_free_context(context); }
};
using OutputContextPtr = std::unique_ptr<AVFormatContext, FreeOutputContext>;

/// Owns a dictionary; `address` is for functions that replace it.
class Dictionary {
 public:
  Dictionary() = default;
  Dictionary(const Dictionary&) = delete;
  Dictionary& operator=(const Dictionary&) = delete;
  ~Dictionary() { av_dict_free(&dictionary_); }
  void set(const char* key, const std::string& value) {
    av_dict_set(&dictionary_, key, value.c_str(), 0);
  }
  AVDictionary** address() noexcept { return &dictionary_; }
  [[nodiscard]] const AVDictionary* get() const noexcept { return dictionary_; }
  [[nodiscard]] const char* first_key() const noexcept {
    const auto* entry = av_dict_get(dictionary_, "", nullptr, AV_DICT_IGNORE_SUFFIX);
    return entry == nullptr ? nullptr : entry->key;
  }

 private:
  AVDictionary* dictionary_ = nullptr;
};

/// \throws std::bad_alloc
FramePtr new_frame();
/// A frame of the size and properties of `model`, with memory of its own for `format`.
FramePtr frame_like(const AVFrame& model, AVPixelFormat format);
PacketPtr new_packet();
/// A frame that shares `frame`'s samples. \throws std::bad_alloc
FramePtr share_frame(const AVFrame& frame);

/// Sends libav's messages to nowhere, but keeps the last error for `last_message`. Idempotent.
void quiet_libav();
/// What libav last complained about, in one line; empty after `forget_messages`. It may be about
/// another job of this process: good for a WHY, not for decisions.
std::string last_message();
void forget_messages();

/// libav's words for an error code.
std::string error_text(int code);
/// The last message where there is one, otherwise the words for `code`.
std::string reason(int code);

/// Throws `WHAT: WHY` with a hint on a second line where one is given.
[[noreturn]] void fail(MediaError::Kind kind, std::string_view what, std::string_view why,
                       std::string_view hint = {});

/// Threads that libav should use.
int thread_count(unsigned wanted);

constexpr AVRational to_av(Rational value) noexcept { return {value.num, value.den}; }
constexpr Rational from_av(AVRational value) noexcept { return {value.num, value.den}; }

/// For threads of a job: signals are for the program's own threads, and a closed pipe is an error
/// of write().
void block_signals() noexcept;

}  // namespace convolve::media
