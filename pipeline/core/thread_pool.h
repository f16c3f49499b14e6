// SPDX-License-Identifier: MIT
/// \file
/// Workers that all engines of a process share.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <utility>
#include <vector>

namespace convolve {

/// Runs the parts of one task on the calling thread and on workers, which sleep when idle. Any
/// number of threads may call at once; there is at most one worker fewer than cores, so that busy
/// engines take turns and never crowd each other out.
class ThreadPool {
 public:
  /// The pool of this process. It lives until the process ends.
  static ThreadPool& shared();

  /// Calls `part(i)` for every i in [0, parts), some of them at once, and returns when all are
  /// done. Where a worker cannot be started, fewer threads do the work.
  template <typename Part>
  void run(unsigned parts, const Part& part) noexcept {
    run_parts(
        parts,
        [](const void* context, unsigned i) noexcept { (*static_cast<const Part*>(context))(i); },
        &part);
  }

 private:
  using Call = void (*)(const void*, unsigned) noexcept;
  struct Batch {
    Call call;
    const void* context;
    unsigned parts;
    unsigned next = 0;  ///< first part that nobody has taken
    unsigned left = 0;  ///< parts that are not done
    std::condition_variable done;
  };

  void run_parts(unsigned parts, Call call, const void* context) noexcept;
  void start_workers(unsigned wanted) noexcept;
  void work() noexcept;

  std::mutex mutex_;
  std::condition_variable wake_;
  std::vector<Batch*> batches_;  ///< those with parts that nobody has taken
  unsigned workers_ = 0;
};

/// The part of `count` things that `i` of `parts` does: [first, second).
constexpr std::pair<int, int> share(int count, unsigned parts, unsigned i) noexcept {
  const auto cut = [&](unsigned k) {
    return static_cast<int>(static_cast<std::int64_t>(count) * k / parts);
  };
  return {cut(i), cut(i + 1)};
}

/// Cores that this process may run on, at least 1.
unsigned usable_cores() noexcept;

}  // namespace convolve
