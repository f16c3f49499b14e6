// SPDX-License-Identifier: MIT
#include "bench_measure.h"

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <ctime>
#include <exception>

#include <sys/resource.h>

#include "bench_contender.h"

namespace convolve::bench {

namespace {

constexpr double kShortest = 2e6;   // ns: a measurement is long against the clock's steps
constexpr double kLongest = 1.5e9;  // ns: what one contender may take of a row

double now(clockid_t clock) {
  timespec time{};
  clock_gettime(clock, &time);
  return static_cast<double>(time.tv_sec) * 1e9 + static_cast<double>(time.tv_nsec);
}

std::int64_t page_faults() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return usage.ru_minflt + usage.ru_majflt;
}

// One contender's measurements.
class Series {
 public:
  Series(Job job, clockid_t clock, Timing& timing)
      : job_(std::move(job)), clock_(clock), timing_(timing) {
    // The first frames make plans and pools.
    job_();
    job_();
    const double start = now(clock_);
    job_();
    const double once = std::max(now(clock_) - start, 1.0);
    frames_ = static_cast<int>(std::clamp(kShortest / once, 1.0, 1000.0));
    most_runs_ = static_cast<int>(std::max(kLongest / (once * frames_), 3.0));
  }

  void run(int number) {
    if (number >= most_runs_) return;
    const std::int64_t faults = page_faults();
    const double start = now(clock_);
    for (int i = 0; i < frames_; ++i) job_();
    times_.push_back((now(clock_) - start) / frames_);
    faults_ += page_faults() - faults;
  }

  /// \param frames  that a job filters
  void finish(double pixels, int frames) {
    std::sort(times_.begin(), times_.end());
    timing_.median = times_[times_.size() / 2] / pixels;
    timing_.best = times_.front() / pixels;
    timing_.faults = static_cast<double>(faults_) /
                     (static_cast<double>(frames_) * frames * static_cast<double>(times_.size()));
  }

 private:
  Job job_;
  clockid_t clock_;
  Timing& timing_;
  int frames_ = 1;
  int most_runs_ = 1;
  std::vector<double> times_;
  std::int64_t faults_ = 0;
};

double output_pixels(const Row& row, const Setting& setting) {
  return static_cast<double>(setting.size.width) * setting.size.height * row.work.growth *
         row.work.growth * frames_of(setting);
}

// Samples that are filtered per pixel.
double samples_per_pixel(const Row& row) {
  const PixelFormat& format = *find_format(row.setting.format);
  double samples = 0;
  for (int c = 0; c < format.components - (format.alpha ? 1 : 0); ++c) {
    const Component& component = format.component[static_cast<std::size_t>(c)];
    samples += 1.0 / (1 << (component.shift_x + component.shift_y));
    if (row.work.filter == "sobel") break;
  }
  return samples;
}

Job our_job(const Work& work, const Setting& setting, const Frame& frame) {
#ifdef CONVOLVE_BENCH_ELEMENT
  if (setting.through == Through::element) return element_job(work, setting, frame);
  if (setting.through == Through::pipeline) return pipeline_job(work, setting);
#endif
  return setting.through == Through::core ? core_job(work, setting, frame) : Job();
}

// A contender that cannot do the work leaves its columns empty, and says why.
Job try_job(const char* name, const Row& row, const std::function<Job()>& make) {
  try {
    return make();
  } catch (const std::exception& error) {
    std::fprintf(stderr, "bench: %s: %s: %s\n", row.id.c_str(), name, error.what());
    return {};
  }
}

}  // namespace

double Result::against_ratio() const noexcept {
  return row.against->at_least ? against.best / ours.best : ours.median / against.median;
}

bool Result::against_applies() const noexcept {
  return row.against && row.against->limit > 0 && against.median > row.against->only_above;
}

bool Result::against_met() const noexcept {
  return row.against->at_least ? against_ratio() >= row.against->limit
                               : against_ratio() <= row.against->limit;
}

double measure_clock() {
  double best = 0;
  for (int attempt = 0; attempt < 9; ++attempt) {
    std::uint64_t sum = 0;
    // In a register: additions of constants may be folded away as they are decoded.
    std::uint64_t step = 3;
    constexpr int kAdditions = 1'000'000;
    const double start = now(CLOCK_THREAD_CPUTIME_ID);
    for (int i = 0; i < kAdditions / 10; ++i) {
#pragma GCC unroll 10
      for (int k = 0; k < 10; ++k) {
        sum += step;
        asm volatile("" : "+r"(sum), "+r"(step));
      }
    }
    best = std::max(best, kAdditions / (now(CLOCK_THREAD_CPUTIME_ID) - start) * 1e9);
  }
  return best;
}

Result measure(const Row& row, int runs, double clock, bool alone) {
  Result result{.row = row};
  const bool one_thread = row.setting.threads == 1 && row.setting.through != Through::pipeline;
  const clockid_t timer = one_thread ? CLOCK_THREAD_CPUTIME_ID : CLOCK_MONOTONIC;
  [[maybe_unused]] const bool peers = row.peers && !alone;
  const Frame frame = random_frame(row.setting);
  Frame other_frame;
  std::vector<Series> all;
  const auto enter = [&](const char* name, Timing& timing, const std::function<Job()>& make) {
    Job job = try_job(name, row, make);
    if (job) all.emplace_back(std::move(job), timer, timing);
  };
  enter("memcpy", result.copy, [&] { return memcpy_job(row.setting, frame); });
  enter("ours", result.ours, [&] { return our_job(row.work, row.setting, frame); });
  if (row.against && !alone) {
    other_frame = random_frame(row.against->setting);
    enter(row.against->what.c_str(), result.against,
          [&] { return our_job(row.against->work, row.against->setting, other_frame); });
  }
#ifdef CONVOLVE_BENCH_OPENCV
  if (peers) {
    enter("OpenCV", result.opencv, [&] { return opencv_job(row.work, row.setting, frame); });
  }
#endif
#ifdef CONVOLVE_BENCH_LIBAV
  if (peers) {
    enter("libavfilter", result.libav, [&] { return libav_job(row.work, row.setting, frame); });
  }
#endif
  for (int run = 0; run < runs; ++run) {
    for (Series& series : all) series.run(run);
  }
  const double pixels = output_pixels(row, row.setting);
  for (Series& series : all) series.finish(pixels, frames_of(row.setting));
  // Of the pixels that were copied, which are fewer than those of a larger output.
  const double copied = static_cast<double>(row.setting.size.width) * row.setting.size.height *
                        frames_of(row.setting);
  result.copy.median *= pixels / copied;
  result.copy.best *= pixels / copied;
  if (row.against) {
    const double other = output_pixels(row, row.against->setting);
    result.against.median *= pixels / other;
    result.against.best *= pixels / other;
  }
  if (result.ours) {
    result.macs_per_cycle =
        row.work.macs * samples_per_pixel(row) / (result.ours.median * 1e-9 * clock);
  }
  return result;
}

}  // namespace convolve::bench
