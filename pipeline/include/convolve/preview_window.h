// SPDX-License-Identifier: MIT
/// \file
/// A window that shows frames.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include <convolve/media.h>

namespace convolve {

/// What a person did in the window.
struct WindowEvent {
  enum class Kind : std::uint8_t { key, pointer, closed };
  Kind kind = Kind::key;
  std::string key;  ///< X's name: "space", "Left", "b"
  double x = 0;     ///< of the pointer, in pixels of the frame
  double y = 0;
};

/// True where a display is named by the environment.
bool has_display() noexcept;

/// A window on the desktop, opened with the first frame. Frames are shown as they come.
class PreviewWindow {
 public:
  /// \param on_event  called from threads of GStreamer, which must not wait long
  /// \throws MediaError of kind output where there is no display, or nothing to show frames with
  PreviewWindow(const std::string& title, std::function<void(const WindowEvent&)> on_event);
  ~PreviewWindow();
  PreviewWindow(const PreviewWindow&) = delete;
  PreviewWindow& operator=(const PreviewWindow&) = delete;

  /// Replaces what is shown. The frame's samples must not change any more. One thread at a time.
  /// \throws MediaError where the window cannot be opened
  void show(const VideoFrame& frame);
  [[nodiscard]] bool closed() const noexcept;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace convolve
