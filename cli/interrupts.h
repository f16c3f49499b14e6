// SPDX-License-Identifier: MIT
/// \file
/// Signals that ask a job to end: the first finishes the file, the second removes it, the third
/// kills the program.
#pragma once

#include <convolve/transcode.h>

namespace convolve::cli {

/// Listens to INT, TERM, HUP and USR1; those that the parent had ignored stay ignored. One is made,
/// early. Until a job is watched a signal ends the program at once, because nothing has been
/// written; when the job is over signals are only noted.
class Interrupts {
 public:
  /// \param announcement  line for stderr at the first signal, with its end; null says nothing
  explicit Interrupts(const char* announcement);
  Interrupts(const Interrupts&) = delete;
  Interrupts& operator=(const Interrupts&) = delete;

  /// Passes signals on to a job while it lives; the job must live longer.
  class Watch {
   public:
    explicit Watch(Transcoder& job) noexcept;
    ~Watch();
    Watch(const Watch&) = delete;
    Watch& operator=(const Watch&) = delete;
  };

  /// The first signal that came, or 0.
  [[nodiscard]] static int signal() noexcept;
  /// True from the second signal on.
  [[nodiscard]] static bool aborted() noexcept;
  /// True once for each SIGUSR1, which asks how far the job is.
  [[nodiscard]] static bool take_status_request() noexcept;
};

}  // namespace convolve::cli
