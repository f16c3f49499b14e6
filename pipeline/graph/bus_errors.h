// SPDX-License-Identifier: MIT
// What goes wrong in a pipeline, kept for the thread that asks.
#pragma once

#include <atomic>
#include <mutex>
#include <string>

#include "gst_handles.h"

namespace convolve::graph {

/// Keeps the first error that a pipeline's elements report; all messages are taken off its bus.
class BusErrors {
 public:
  /// \param what  begins the text of errors that elements cannot tell better: "chain"
  explicit BusErrors(std::string what) : what_(std::move(what)) {}
  ~BusErrors() { detach(); }
  BusErrors(const BusErrors&) = delete;
  BusErrors& operator=(const BusErrors&) = delete;

  /// Begins to listen.
  void attach(GstElement* pipeline);
  /// The pipeline must have stopped.
  void detach() noexcept;

  [[nodiscard]] bool failed() const noexcept { return failed_; }
  /// One line, `ELEMENT: WHY`.
  [[nodiscard]] std::string text() const;
  /// The reason alone.
  [[nodiscard]] std::string reason() const;
  /// What a source found out about what it reads, as a GstResourceError; 0: it was something else.
  [[nodiscard]] int resource_error() const;
  /// True where a window was closed by its user.
  [[nodiscard]] bool window_closed() const noexcept { return closed_; }

 private:
  static GstBusSyncReply on_message(GstBus* bus, GstMessage* message, gpointer self);
  void take_error(GstMessage* message);

  std::string what_;
  Handle<GstBus> bus_;
  mutable std::mutex mutex_;  // guards what was said
  std::string text_;
  std::string reason_;
  int resource_error_ = 0;
  std::atomic<bool> failed_{false};
  std::atomic<bool> closed_{false};
};

}  // namespace convolve::graph
