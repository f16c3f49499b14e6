// SPDX-License-Identifier: MIT
#include "av.h"

#include <csignal>
#include <cstdarg>
#include <cstdio>
#include <mutex>
#include <new>
#include <thread>

namespace convolve::media {

namespace {

std::mutex message_mutex;
std::string message;

void keep_message(void* context, int level, const char* format, va_list arguments) {
  if (level > AV_LOG_ERROR) return;
  char text[512];
  std::vsnprintf(text, sizeof text, format, arguments);
  std::string line(text);
  while (!line.empty() && (line.back() == '\n' || line.back() == ' ')) line.pop_back();
  for (char& c : line) {
    if (c == '\n' || c == '\r') c = ' ';
  }
  // It follows on what says why.
  if (line.empty() || line == "ff_frame_thread_encoder_init failed") return;
  (void)context;
  const std::lock_guard lock(message_mutex);
  // Lines below a colon are a list of what would do; what is wrong stands before it.
  if (!message.ends_with(':')) message = std::move(line);
}

}  // namespace

FramePtr new_frame() {
  FramePtr frame(av_frame_alloc());
  if (!frame) throw std::bad_alloc();
  return frame;
}

FramePtr frame_like(const AVFrame& model, AVPixelFormat format) {
  FramePtr frame = new_frame();
  frame->format = format;
  frame->width = model.width;
  frame->height = model.height;
  if (av_frame_get_buffer(frame.get(), 0) < 0 || av_frame_copy_props(frame.get(), &model) < 0) {
    throw std::bad_alloc();
  }
  return frame;
}

PacketPtr new_packet() {
  PacketPtr packet(av_packet_alloc());
  if (!packet) throw std::bad_alloc();
  return packet;
}

FramePtr share_frame(const AVFrame& frame) {
  FramePtr copy(av_frame_clone(&frame));
  if (!copy) throw std::bad_alloc();
  return copy;
}

void quiet_libav() {
  static std::once_flag once;
  std::call_once(once, [] { av_log_set_callback(keep_message); });
}

std::string last_message() {
  const std::lock_guard lock(message_mutex);
  return message;
}

void forget_messages() {
  const std::lock_guard lock(message_mutex);
  message.clear();
}

std::string error_text(int code) {
  // libav's own words for it ask for help.
  if (code == AVERROR_PATCHWELCOME) return "libav does not support it";
  char text[AV_ERROR_MAX_STRING_SIZE] = {};
  av_strerror(code, text, sizeof text);
  return text;
}

std::string reason(int code) {
  std::string text = last_message();
  const std::size_t list = text.ends_with(':') ? text.rfind(". ") : std::string::npos;
  if (list != std::string::npos) text.resize(list);
  return text.empty() ? error_text(code) : text;
}

void fail(MediaError::Kind kind, std::string_view what, std::string_view why,
          std::string_view hint) {
  std::string text(what);
  text.append(": ").append(why);
  if (!hint.empty()) text.append("\n").append(hint);
  throw MediaError(kind, text);
}

int thread_count(unsigned wanted) {
  const unsigned cores = std::max(1U, std::thread::hardware_concurrency());
  // More than 64 decoder threads only add delay and memory.
  return static_cast<int>(std::min(64U, wanted == 0 ? cores : wanted));
}

void block_signals() noexcept {
  sigset_t all;
  sigfillset(&all);
  for (const int fault : {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT}) sigdelset(&all, fault);
  pthread_sigmask(SIG_BLOCK, &all, nullptr);
}

}  // namespace convolve::media
