// SPDX-License-Identifier: MIT
#include "core/plane_summer.h"

#include <algorithm>

#include "core/thread_pool.h"
#include "core/turn_columns.h"

namespace convolve {

namespace {

std::size_t row_bytes(int samples, SampleType type) {
  return (static_cast<std::size_t>(samples) * static_cast<std::size_t>(sample_size(type)) + 63) /
         64 * 64;
}

int most_lines(const AxisSums& axis) {
  int most = 0;
  for (const LineSums& sums : axis.passes) most = std::max({most, sums.inputs, sums.lines()});
  return most;
}

// Lines of the axis between its passes.
int lines_between(const AxisSums& axis) { return axis.passes.front().lines(); }

std::size_t most_terms(const PlaneSums& sums) {
  std::size_t most = 1;
  for (const AxisSums* axis : {&sums.x, &sums.y}) {
    for (const LineSums& lines : axis->passes) {
      for (int i = 0; i < lines.lines(); ++i) {
        const auto at = static_cast<std::size_t>(i);
        most = std::max(most, static_cast<std::size_t>(lines.begin[at + 1] - lines.begin[at]));
      }
    }
  }
  return most;
}

}  // namespace

void PlaneSummer::reserve(const Job& job, const PlaneSums& sums, unsigned threads) {
  const int channels = job.source.channels;
  source_.reserve(row_bytes(job.input.width * channels, job.source.type) *
                  static_cast<std::size_t>(job.input.height));
  const int few_rows = lines_between(sums.y);
  const std::size_t upright =
      row_bytes(job.input.width * channels, SampleType::f32) * static_cast<std::size_t>(few_rows);
  const std::size_t turned = row_bytes(few_rows * channels, SampleType::f32) *
                             static_cast<std::size_t>(most_lines(sums.x));
  a_.reserve(std::max(upright, turned));
  b_.reserve(std::max(upright, turned));
  border_.reserve(row_bytes(std::max(job.input.width, few_rows) * channels, SampleType::f32));
  out_.resize(std::max<std::size_t>(out_.size(), threads));
  pointers_.resize(out_.size());
  for (std::size_t i = 0; i < out_.size(); ++i) {
    out_[i].reserve(row_bytes(job.input.width * channels + 64, SampleType::f32));
    pointers_[i].resize(std::max(pointers_[i].size(), most_terms(sums)));
  }
  if (sums.y.passes.size() == 1) {
    // It serves every plane of the frame, so it only grows.
    for (int i = identity_.inputs; i < job.input.height; ++i) {
      identity_.index.push_back(i);
      identity_.weight.push_back(1);
      identity_.begin.push_back(i + 1);
    }
    identity_.inputs = std::max(identity_.inputs, job.input.height);
  }
}

void PlaneSummer::run(const Job& job, const PlaneSums& sums, const Rect& part, const Strips& strips,
                      unsigned threads) noexcept {
  const int channels = job.source.channels;
  const int few = lines_between(sums.y);
  const int wide = job.input.width * channels;
  const auto upright = [&](ScratchBuffer& buffer) {
    return Plane{buffer.data(), static_cast<std::ptrdiff_t>(row_bytes(wide, SampleType::f32)),
                 wide};
  };
  const auto turned = [&](ScratchBuffer& buffer) {
    return Plane{buffer.data(),
                 static_cast<std::ptrdiff_t>(row_bytes(few * channels, SampleType::f32)),
                 few * channels};
  };
  const auto [rows, stride] =
      strips.source_rows(job, source_, row_bytes(wide, job.source.type), threads);
  job.source.load_border(job.input.width, border_.data());
  sum_lines(sums.y.passes[0], {rows, stride, job.source.type, wide}, border_.data(), upright(a_),
            threads);

  transpose(upright(a_), few, channels, turned(b_), threads);
  Source real = job.source;
  real.type = SampleType::f32;
  real.load_border(few, border_.data());
  sum_lines(sums.x.passes[0], turned(b_), border_.data(), turned(a_), threads);
  const bool twice = sums.x.passes.size() > 1;
  if (twice) sum_lines(sums.x.passes[1], turned(a_), nullptr, turned(b_), threads);
  ScratchBuffer& blurred = twice ? b_ : a_;
  ScratchBuffer& back = twice ? a_ : b_;
  transpose(turned(blurred), job.input.width, channels, upright(back), threads);
  store(job, sums.y.passes.size() > 1 ? sums.y.passes[1] : identity_, upright(back), part, strips,
        threads);
}

void PlaneSummer::sum_lines(const LineSums& sums, const Rows& from, const std::byte* border,
                            const Plane& to, unsigned threads) noexcept {
  constexpr int kTile = 512;  // samples a tile: the rows of a sum then stay in the second cache
  ThreadPool::shared().run(threads, [&](unsigned i) noexcept {
    const auto [first, last] = share(sums.lines(), threads, i);
    std::vector<const std::byte*>& rows = pointers_[i];
    for (int x = 0; x < from.samples; x += kTile) {
      for (int line = first; line < last; ++line) {
        const auto begin = static_cast<std::size_t>(sums.begin[static_cast<std::size_t>(line)]);
        const auto count =
            static_cast<std::size_t>(sums.begin[static_cast<std::size_t>(line) + 1]) - begin;
        for (std::size_t j = 0; j < count; ++j) {
          const int index = sums.index[begin + j];
          rows[j] = index < 0 ? border : from.row(index);
        }
        const RowSum sum{from.type, SampleType::f32, std::span(rows).first(count),
                         std::span(sums.weight).subspan(begin, count)};
        combine_rows(sum, x, std::min(x + kTile, from.samples), to.row(line));
      }
    }
  });
}

void PlaneSummer::transpose(const Rows& from, int rows, int channels, const Plane& to,
                            unsigned threads) noexcept {
  const int columns = from.samples / channels;
  ThreadPool::shared().run(threads, [&](unsigned i) noexcept {
    const auto [first, last] = share(columns, threads, i);
    turn_columns<float>(channels, from.data, from.stride, rows, first, last, to.data, to.stride);
  });
}

void PlaneSummer::store(const Job& job, const LineSums& sums, const Rows& from, const Rect& part,
                        const Strips& strips, unsigned threads) noexcept {
  ThreadPool::shared().run(threads, [&](unsigned i) noexcept {
    const auto [first, last] = share(part.y1 - part.y0, threads, i);
    std::vector<const std::byte*>& rows = pointers_[i];
    for (int y = part.y0 + first; y < part.y0 + last; ++y) {
      const auto begin = static_cast<std::size_t>(sums.begin[static_cast<std::size_t>(y)]);
      const auto count =
          static_cast<std::size_t>(sums.begin[static_cast<std::size_t>(y) + 1]) - begin;
      for (std::size_t j = 0; j < count; ++j) {
        rows[j] = from.row(sums.index[begin + j]);
      }
      const RowSum sum{SampleType::f32,
                       job.sink.type,
                       std::span(rows).first(count),
                       std::span(sums.weight).subspan(begin, count),
                       static_cast<float>(job.sink.max_code),
                       static_cast<float>(1 / job.input_scale)};
      const int channels = job.sink.channels;
      combine_rows(sum, part.x0 * channels, part.x1 * channels, out_[i].data());
      strips.store_row(job, {}, y, part.x0, part.x1 - part.x0,
                       out_[i].data() + part.x0 * job.sink.pixel_bytes());
    }
  });
}

}  // namespace convolve
