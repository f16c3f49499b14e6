// SPDX-License-Identifier: MIT
#include "core/thread_pool.h"

#include <algorithm>
#include <exception>
#include <thread>

#ifdef __linux__
#include <sched.h>
#endif

namespace convolve {

ThreadPool& ThreadPool::shared() {
  // Never destroyed: its threads may outlive every static object.
  static auto* const pool = new ThreadPool;
  return *pool;
}

void ThreadPool::run_parts(unsigned parts, Call call, const void* context) noexcept {
  if (parts <= 1) {
    if (parts == 1) call(context, 0);
    return;
  }
  Batch batch{call, context, parts, 0, parts, {}};
  std::unique_lock lock(mutex_);
  start_workers(std::min(parts, usable_cores()) - 1);
  try {
    batches_.push_back(&batch);
    for (unsigned i = 1; i < parts; ++i) wake_.notify_one();
  } catch (const std::exception&) {
    // No memory for the list: this thread does all of it.
  }
  while (batch.next < batch.parts) {
    const unsigned i = batch.next++;
    if (batch.next == batch.parts) std::erase(batches_, &batch);
    lock.unlock();
    call(context, i);
    lock.lock();
    --batch.left;
  }
  batch.done.wait(lock, [&] { return batch.left == 0; });
}

void ThreadPool::start_workers(unsigned wanted) noexcept {
  while (workers_ < wanted) {
    try {
      std::thread([this] { work(); }).detach();
    } catch (const std::exception&) {
      return;
    }
    ++workers_;
  }
}

void ThreadPool::work() noexcept {
  std::unique_lock lock(mutex_);
  for (;;) {
    wake_.wait(lock, [this] { return !batches_.empty(); });
    Batch& batch = *batches_.front();
    const unsigned i = batch.next++;
    if (batch.next == batch.parts) std::erase(batches_, &batch);
    lock.unlock();
    batch.call(batch.context, i);
    lock.lock();
    if (--batch.left == 0) batch.done.notify_one();
  }
}

unsigned usable_cores() noexcept {
#ifdef __linux__
  cpu_set_t set;
  CPU_ZERO(&set);
  if (sched_getaffinity(0, sizeof set, &set) == 0) {
    return static_cast<unsigned>(std::max(1, CPU_COUNT(&set)));
  }
#endif
  return std::max(1U, std::thread::hardware_concurrency());
}

}  // namespace convolve
