// SPDX-License-Identifier: MIT
#include "core/half_summer.h"

#include <algorithm>
#include <bit>
#include <cstdint>
#include <cstdlib>
#include <cstring>

#include "core/thread_pool.h"

namespace convolve {

namespace {

constexpr int kMostCode = 4095;  // with which 4 bits below the code are left
constexpr HalfSamples kHalves{};

// Samples of a line, with what is written beyond its end. Some more keep lines of planes from
// falling on the same sets of the cache, which they would where they are powers of two apart.
std::ptrdiff_t half_stride(int samples) {
  const int padded = (samples + 2 * kPairColumns - 1) / kPairColumns * kPairColumns + 32;
  return static_cast<std::ptrdiff_t>(padded) * 2;
}

std::size_t plane_bytes(int samples, int lines) {
  // Transposing touches blocks of 8 lines.
  return static_cast<std::size_t>(half_stride(samples)) * static_cast<std::size_t>(lines + 8);
}

// Samples of a channel in a line of a transposed plane, which blocks of 8 fill.
int turned_row(const PairAxis& y) { return (y.few() + 7) / 8 * 8; }

std::size_t line_bytes(const Job& job, int samples) {
  return static_cast<std::size_t>(samples + 64) *
         static_cast<std::size_t>(sample_size(job.source.type));
}

// Samples of a line that are summed at a time: the lanes of all slots stay in the second cache.
constexpr int kMostSamples = 1024;
int piece_samples(const PairSums& sums, int unit) {
  constexpr int kBytes = 320 * 1024;
  const int fit = kBytes / (sums.slots * static_cast<int>(sizeof(std::int32_t)));
  return std::max(std::min(fit, kMostSamples) / unit, 1) * unit;
}

// Bytes of planes so small that their lines are still in some cache when they are written again.
constexpr std::ptrdiff_t kMostCached = 4 * 1024 * 1024;

// Lines of results that are stored at a time, and what a piece of one takes.
constexpr int kResultLines = 16;
std::size_t result_bytes(int unit) {
  return static_cast<std::size_t>(kMostSamples + 2 * unit) * sizeof(std::uint16_t);
}

// Threads share columns, or lines where that takes less: each of their parts then interleaves pairs
// that the one before has, too, but has all columns.
int parts_of_lines(const PairSums& sums, int units, int threads) {
  constexpr double kProducts = 4;  // that take as long as interleaving
  const auto products = static_cast<double>(sums.slot.size());
  const double again = kProducts * sums.most_pairs;
  const double whole = products + kProducts * sums.inputs / 2;
  const double of_columns = whole * ((units + threads - 1) / threads) / units;
  const double of_lines = whole / threads + again;
  return of_lines < of_columns ? threads : 1;
}

// Pixels along the frame's width whose last passes are done at a time: their halves, turned and
// upright, stay in the second cache.
int block_pixels(const Job& job, const PairAxis& y) {
  constexpr int kBytes = 400 * 1024;
  const int fit = std::min(kBytes / (turned_row(y) * 2), kMostSamples) / job.source.channels;
  constexpr int kUnit = 2 * kPairColumns;  // all that is summed at a time
  return std::max(fit / kUnit, 1) * kUnit;
}

// Calls `take(first, last)` for each block of a thread's share of [begin, end).
template <typename Take>
void share_blocks(int begin, int end, int unit, int block, unsigned threads, unsigned thread,
                  const Take& take) noexcept {
  const auto [u0, u1] = share((end - begin + unit - 1) / unit, threads, thread);
  const int last = std::min(begin + u1 * unit, end);
  for (int at = begin + u0 * unit; at < last; at += block) take(at, std::min(at + block, last));
}

// Lanes from slot to slot.
std::size_t lane_stride(int piece) { return static_cast<std::size_t>(piece + kPairColumns + 16); }

// Pairs of lines that are fetched ahead of their use.
constexpr int kAhead = 6;

void fetch(const std::byte* line, const HalfSamples& samples, int x, int count) {
  const int size = sample_size(samples.type);
  for (int at = x * size; at < (x + count) * size; at += 64) __builtin_prefetch(line + at);
}

LineSums as_they_are(int lines) {
  LineSums sums;
  sums.inputs = lines;
  for (int i = 0; i < lines; ++i) {
    sums.index.push_back(i);
    sums.weight.push_back(1);
    sums.begin.push_back(i + 1);
  }
  return sums;
}

HalfSamples samples_of(const Job& job) {
  const int codes = static_cast<int>(job.sink.max_code) + 1;
  return {job.source.type, 16 - std::countr_zero(static_cast<unsigned>(codes)), codes / 2};
}

}  // namespace

PairAxis::PairAxis(const AxisSums& axis)
    : inward(axis.passes.front()),
      twice(axis.passes.size() > 1),
      outward(twice ? axis.passes[1] : as_they_are(axis.passes.front().lines())) {}

bool HalfSummer::serves(const Job& job) noexcept {
  const double codes = job.sink.max_code + 1;
  return job.source.type != SampleType::f32 && job.source.type == job.sink.type &&
         job.input_scale == 1 && job.sink.max_code <= kMostCode && codes >= 256 &&
         std::has_single_bit(static_cast<unsigned>(codes));
}

void HalfSummer::reserve(const Job& job, const PairAxis& x, const PairAxis& y, unsigned threads) {
  const int channels = job.source.channels;
  const int unit = kPairColumns * channels;
  source_.reserve(line_bytes(job, job.input.width * channels) *
                  static_cast<std::size_t>(job.input.height));
  const int tall = turned_row(y) * channels;
  const int block = block_pixels(job, y);
  turned_.reserve(plane_bytes(tall, job.input.width));
  few_.reserve(plane_bytes(tall, x.few()));
  const auto longest =
      static_cast<std::size_t>(std::max(job.input.width, turned_row(y)) * channels + 64);
  border_.reserve(longest * sizeof(std::int16_t) * 2);
  std::size_t lanes = 0;
  for (const PairAxis* axis : {&x, &y}) {
    for (const PairSums* sums : {&axis->inward, &axis->outward}) {
      lanes = std::max(
          lanes, static_cast<std::size_t>(sums->slots) * lane_stride(piece_samples(*sums, unit)));
      lanes = std::max(lanes, static_cast<std::size_t>(sums->slots) *
                                  lane_stride(piece_samples(*sums, kPairColumns)));
    }
  }
  lanes_.resize(std::max<std::size_t>(lanes_.size(), threads));
  results_.resize(lanes_.size());
  upright_blocks_.resize(lanes_.size());
  turned_blocks_.resize(lanes_.size());
  const int widest = std::max(piece_samples(y.inward, unit), block * channels);
  for (std::size_t i = 0; i < threads; ++i) {
    lanes_[i].reserve(lanes * sizeof(std::int32_t));
    results_[i].reserve(kResultLines * result_bytes(unit));
    upright_blocks_[i].reserve(plane_bytes(widest, y.few()));
    turned_blocks_[i].reserve(plane_bytes(tall, block));
  }
}

void HalfSummer::run(const Job& job, const PairAxis& x, const PairAxis& y, const Rect& part,
                     const Strips& strips, unsigned threads) noexcept {
  const int wide = job.input.width * job.source.channels;
  const int tall = turned_row(y) * job.source.channels;
  const Lines turned{turned_.data(), half_stride(tall), tall};
  const auto [rows, stride] = strips.source_rows(job, source_, line_bytes(job, wide), threads);
  job.source.load_border(job.input.width, border_.data());
  sum_down(job, y, {rows, stride, samples_of(job), border_.data()}, turned, threads);
  Source columns = halves_of(turned);
  columns.border = half_border(job, turned_row(y));
  if (x.twice) {
    const Lines few{few_.data(), half_stride(tall), tall};
    sum_to(x.inward, columns, few, threads);
    columns = halves_of(few);
  }
  finish(job, x.twice ? x.outward : x.inward, columns, y, part, strips, threads);
}

HalfSummer::Source HalfSummer::halves_of(const Lines& lines) noexcept {
  return {lines.data, lines.stride, kHalves, nullptr};
}

void HalfSummer::sum_down(const Job& job, const PairAxis& y, const Source& from,
                          const Lines& turned, unsigned threads) noexcept {
  const int channels = job.source.channels;
  const int unit = kPairColumns * channels;
  const int block = piece_samples(y.inward, unit);
  ThreadPool::shared().run(threads, [&](unsigned i) noexcept {
    const Lines rows{upright_blocks_[i].data(), half_stride(block), block};
    share_blocks(0, job.input.width * channels, unit, block, threads, i, [&](int x0, int x1) {
      sum_block(y.inward, from, {x0, 0, x1, y.few()}, unit, i, rows);
      transpose_halves({rows.data, rows.stride}, y.few(), 0, x1 - x0,
                       {turned.line(x0 / channels), turned.stride, channels, turned_row(y) * 2});
    });
  });
}

void HalfSummer::finish(const Job& job, const PairSums& along, const Source& columns,
                        const PairAxis& y, const Rect& part, const Strips& strips,
                        unsigned threads) noexcept {
  const int channels = job.source.channels;
  const int tall = turned_row(y) * channels;
  const int block = block_pixels(job, y);
  ThreadPool::shared().run(threads, [&](unsigned i) noexcept {
    const Lines turned{turned_blocks_[i].data(), half_stride(tall), tall};
    const Lines rows{upright_blocks_[i].data(), half_stride(block * channels), block * channels};
    share_blocks(part.x0, part.x1, kPairColumns, block, threads, i, [&](int x0, int x1) {
      sum_block(along, columns, {0, x0, tall, x1}, kPairColumns, i, turned);
      transpose_halves({turned.data, turned.stride, channels, turned_row(y) * 2},
                       (x1 - x0) * channels, 0, y.few(), {rows.data, rows.stride});
      store(job, y.outward, halves_of(rows), {x0, part.y0, x1, part.y1}, strips, i);
    });
  });
}

// A line of the border in a transposed plane, as halves.
const std::byte* HalfSummer::half_border(const Job& job, int row) noexcept {
  const HalfSamples samples = samples_of(job);
  std::byte pixel[4 * sizeof(std::uint16_t)];
  job.source.load_border(1, pixel);
  auto* halves = reinterpret_cast<std::uint16_t*>(border_.data());
  for (int c = 0; c < job.source.channels; ++c, halves += row) {
    std::uint16_t code = static_cast<std::uint8_t>(pixel[c]);
    if (samples.type == SampleType::u16) std::memcpy(&code, pixel + 2 * c, sizeof code);
    const int half = (code << samples.shift) ^ samples.flip();
    std::fill_n(halves, row, static_cast<std::uint16_t>(half));
  }
  return border_.data();
}

template <typename Take>
void HalfSummer::run_pieces(const PairSums& sums, const Source& from, const Rect& area, int unit,
                            unsigned thread, const Take& take) noexcept {
  // Where many lines make a sum, less of each, so that those of a sum stay in the first cache.
  constexpr int kFirstCache = 24 * 1024;
  const int piece = piece_samples(sums, unit);
  const std::size_t stride = lane_stride(piece);
  const bool narrow = sums.most_pairs * piece * 4 > kFirstCache;
  const int columns = narrow ? 2 * unit : piece;
  const auto line_of = [&](int index) {
    if (index < sums.inputs) return from.data + index * from.stride;
    return from.border != nullptr ? from.border : from.data;
  };
  auto* const lanes = reinterpret_cast<std::int32_t*>(lanes_[thread].data());
  const auto begin =
      std::ranges::find_if(sums.batches, [&](auto& batch) { return batch.last > area.y0; });
  const auto end =
      std::find_if(begin, sums.batches.end(), [&](auto& batch) { return batch.first >= area.y1; });
  for (int x = area.x0; x < area.x1; x += piece) {
    const int count = std::min(piece, area.x1 - x);
    for (auto batch = begin; batch != end; ++batch) {
      for (std::size_t i = batch == begin ? batch->begin : batch->fresh; i < batch->end; ++i) {
        // Down the lines, no prefetcher of the machine sees what comes next.
        const int ahead = std::min(2 * sums.places[i].pair + 2 * kAhead, sums.inputs - 1);
        fetch(line_of(ahead), from.samples, x, count);
        fetch(line_of(std::min(ahead + 1, sums.inputs - 1)), from.samples, x, count);
        const auto [pair, slot] = sums.places[i];
        interleave_lines(sums, from.samples, line_of(2 * pair), line_of(2 * pair + 1), x, count,
                         lanes + static_cast<std::size_t>(slot) * stride);
      }
      const int y0 = std::max(area.y0, batch->first);
      const int y1 = std::min(area.y1, batch->last);
      for (int c = 0; c < count; c += columns) {
        take({x + c, y0, x + std::min(c + columns, count), y1}, lanes + c, stride);
      }
    }
  }
}

void HalfSummer::sum_to(const PairSums& sums, const Source& from, const Lines& to,
                        unsigned threads) noexcept {
  const int units = (to.samples + kPairColumns - 1) / kPairColumns;
  const int parts = parts_of_lines(sums, units, static_cast<int>(threads));
  ThreadPool::shared().run(threads, [&](unsigned i) noexcept {
    const auto [first, last] = share(parts * units, threads, i);
    for (int part = 0; part < parts; ++part) {
      const int u0 = std::max(first - part * units, 0);
      const int u1 = std::min(last - part * units, units);
      if (u0 >= u1) continue;
      const auto [y0, y1] =
          share(sums.lines(), static_cast<unsigned>(parts), static_cast<unsigned>(part));
      const int x0 = u0 * kPairColumns;
      sum_block(sums, from, {x0, y0, std::min(u1 * kPairColumns, to.samples), y1}, kPairColumns, i,
                {to.line(y0) + std::ptrdiff_t{x0} * 2, to.stride, to.samples - x0});
    }
  });
}

void HalfSummer::sum_block(const PairSums& sums, const Source& from, const Rect& area, int unit,
                           unsigned thread, const Lines& to) noexcept {
  run_pieces(sums, from, area, unit, thread,
             [&](const Rect& piece, const std::int32_t* lanes, std::size_t stride) noexcept {
               sum_pairs(sums, piece.y0, piece.y1, lanes, stride, piece.x1 - piece.x0, kHalves,
                         to.line(piece.y0 - area.y0) + std::ptrdiff_t{piece.x0 - area.x0} * 2,
                         to.stride);
             });
}

// The rows begin with the part's first column.
void HalfSummer::store(const Job& job, const PairSums& sums, const Source& from, const Rect& part,
                       const Strips& strips, unsigned thread) noexcept {
  const int channels = job.sink.channels;
  const HalfSamples codes = samples_of(job);
  const int unit = kPairColumns * channels;
  const auto stride_of_results = static_cast<std::ptrdiff_t>(result_bytes(unit));
  const bool in_place = strips.writable_in_place(job);
  const Rect area{0, part.y0, (part.x1 - part.x0) * channels, part.y1};
  const auto take = [&](const Rect& piece, const std::int32_t* lanes, std::size_t stride) noexcept {
    const int count = piece.x1 - piece.x0;
    const int x = part.x0 * channels + piece.x0;
    const bool straight = in_place && count % kPairColumns == 0;
    const auto [out, out_stride] = strips.sink_rows(job);
    const int fetched = std::abs(out_stride) * part.y1 > kMostCached ? kResultLines : 0;
    for (int line = piece.y0; line < piece.y1; line += kResultLines) {
      const int last = std::min(line + kResultLines, piece.y1);
      if (straight) {
        // Prefetchers do not see where the next lines' pieces are written, either.
        const int ahead = std::min(last + fetched, part.y1);
        for (int y = last; y < ahead; ++y) fetch(out + y * out_stride, codes, x, count);
        sum_pairs(sums, line, last, lanes, stride, count, codes,
                  out + line * out_stride + x * sample_size(job.sink.type), out_stride);
        continue;
      }
      std::byte* const results = results_[thread].data();
      sum_pairs(sums, line, last, lanes, stride, count, codes, results, stride_of_results);
      for (int y = line; y < last; ++y) {
        strips.store_row(job, {}, y, x / channels, count / channels,
                         results + (y - line) * stride_of_results);
      }
    }
  };
  run_pieces(sums, from, area, unit, thread, take);
}

}  // namespace convolve
