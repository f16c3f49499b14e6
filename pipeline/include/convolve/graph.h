// SPDX-License-Identifier: MIT
/// \file
/// A GStreamer pipeline made of filter specs.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include <convolve/chain.h>
#include <convolve/media.h>

namespace convolve {

/// Starts GStreamer and makes the plugin known: from GST_PLUGIN_PATH, from the build tree that this
/// library lies in, or from where it was installed. May be called often, from any thread.
/// \throws MediaError
void init_graph();

/// Gives back what GStreamer holds, so that leak reports are true. Nothing may use it afterwards.
void exit_graph() noexcept;

/// A chain of filters, run by GStreamer on a thread of its own.
///
/// A spec `gaussian` is the element `convgaussian`; `gst:NAME` is any element of GStreamer, with
/// its own properties. An empty chain passes frames on. Samples are not copied on the way in or
/// out. One thread pushes, another one pulls; both block while there is nothing to do.
class Graph {
 public:
  /// \param threads  `n-threads` for filters that do not say; 0: one per core
  /// \param frame_rate  told to the elements; 0/1 where it varies or is unknown
  /// \param queued_frames  may wait before and behind the chain; 1 delays least
  /// \throws MediaError of kind `usage` for an unknown element or property, or a bad value
  explicit Graph(const std::vector<FilterSpec>& chain, unsigned threads = 0,
                 Rational frame_rate = {}, unsigned queued_frames = kQueuedFrames);
  ~Graph();
  Graph(const Graph&) = delete;
  Graph& operator=(const Graph&) = delete;

  /// Hands a frame to the chain. \returns false after `shutdown` or an error, which `pull` throws
  bool push(VideoFrame frame);
  /// Says that no more frames come; those inside still come out.
  void end() noexcept;
  /// The next filtered frame, or an empty one at the end, or after `shutdown`. Timestamp, tags and
  /// side data are those of the frame that it was made from.
  /// \param timeout_ms  negative: none; otherwise an empty frame may also mean that it is over
  /// \throws MediaError of kind `running` where an element failed
  VideoFrame pull(int timeout_ms = -1);
  /// True where all frames were pulled.
  [[nodiscard]] bool at_end() const noexcept;
  /// Changes a property of a filter; it acts on frames that are pushed afterwards, or sooner.
  /// \param filter  its place in the chain. Any thread, one at a time
  /// \throws MediaError of kind `usage`
  void set_value(std::size_t filter, const std::string& name, const std::string& text);
  /// Forgets all frames inside, and the past of filters over time. The thread that pushes.
  void flush() noexcept;
  /// Stops at once. Any thread.
  void shutdown() noexcept;

  /// Enough that stages of uneven speed do not wait for each other, few enough that 4K frames do
  /// not fill the memory.
  static constexpr unsigned kQueuedFrames = 4;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// The chain as GStreamer would be told on a shell's command line, properties quoted:
/// `convgaussian sigma=2 ! convsobel`. Empty for an empty chain.
std::string gst_chain_text(const std::vector<FilterSpec>& chain);

/// `text` as one word of a POSIX shell.
std::string shell_word(const std::string& text);

}  // namespace convolve
