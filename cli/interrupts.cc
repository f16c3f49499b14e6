// SPDX-License-Identifier: MIT
#include "interrupts.h"

#include <atomic>
#include <cerrno>
#include <csignal>
#include <string_view>

#include <unistd.h>

namespace convolve::cli {

namespace {

constexpr int kSignals[] = {SIGINT, SIGTERM, SIGHUP};

// A handler can reach nothing but globals, and no lock may be taken in it.
std::atomic<Transcoder*> watched_job{nullptr};
std::atomic<bool> job_is_over{false};
std::atomic<int> first_signal{0};
std::atomic<int> signal_count{0};
std::atomic<bool> status_requested{false};
std::atomic<const char*> announced{nullptr};
static_assert(std::atomic<Transcoder*>::is_always_lock_free);
static_assert(std::atomic<int>::is_always_lock_free);

void say(std::string_view text) noexcept {
  [[maybe_unused]] const ssize_t written = write(STDERR_FILENO, text.data(), text.size());
}

}  // namespace

extern "C" {

static void convolve_on_signal(int number) {
  const int saved_errno = errno;
  Transcoder* const job = watched_job.load();
  if (job == nullptr && !job_is_over.load()) _exit(128 + number);
  switch (signal_count.fetch_add(1)) {
    case 0:
      first_signal.store(number);
      if (job == nullptr) break;
      job->stop();
      if (const char* const text = announced.load()) {
        // A terminal shows ^C behind the bar.
        if (isatty(STDERR_FILENO) == 1) say("\n");
        say(text);
      }
      break;
    case 1:
      if (job != nullptr) job->abort();
      break;
    default:
      // The job does not come to an end by itself.
      std::signal(number, SIG_DFL);
      raise(number);
  }
  errno = saved_errno;
}

static void convolve_on_status(int /*number*/) { status_requested.store(true); }

}  // extern "C"

Interrupts::Interrupts(const char* announcement) {
  announced.store(announcement);
  for (const int number : kSignals) {
    struct sigaction before {};
    sigaction(number, nullptr, &before);
    if (before.sa_handler == SIG_IGN) continue;
    // Without SA_RESTART, so that a read that waits for a pipe wakes up.
    struct sigaction action {};
    action.sa_handler = convolve_on_signal;
    sigemptyset(&action.sa_mask);
    sigaction(number, &action, nullptr);
  }
  struct sigaction status {};
  status.sa_handler = convolve_on_status;
  status.sa_flags = SA_RESTART;
  sigemptyset(&status.sa_mask);
  sigaction(SIGUSR1, &status, nullptr);
}

Interrupts::Watch::Watch(Transcoder& job) noexcept { watched_job.store(&job); }

Interrupts::Watch::~Watch() {
  // In this order: a signal in between must not take the job for one that has not begun.
  job_is_over.store(true);
  watched_job.store(nullptr);
}

int Interrupts::signal() noexcept { return first_signal.load(); }

bool Interrupts::take_status_request() noexcept { return status_requested.exchange(false); }

bool Interrupts::aborted() noexcept { return signal_count.load() > 1; }

}  // namespace convolve::cli
