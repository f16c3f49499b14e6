// SPDX-License-Identifier: MIT
#include "core/simd/decimated_rows.h"

#include <hwy/cache_control.h>

#include <algorithm>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "core/simd/decimated_rows.cc"
#include <hwy/foreach_target.h>
#include "core/simd/dispatch.h"
#include "core/simd/highway-inl.h"

#include "core/simd/place.h"
#include "core/simd/row_ends.h"
#include "core/simd/rows_ahead.h"
#include "core/simd/smooth_lanes-inl.h"

#ifndef CONVOLVE_DECIMATED_ROWS_ONCE
#define CONVOLVE_DECIMATED_ROWS_ONCE
namespace convolve {

// Rows of halves that a tile holds: a row of column sums, the rows that become one, and the few.
inline int rows_held(const DecimatedRows& rows) noexcept {
  return 1 + rows.inward.rows + rows.few();
}

// The most halves that are computed at a time.
inline constexpr int kUnit = 2 * kLeastSamples;

// Halves of a row in scratch, with what loads and stores may touch beyond its samples.
inline std::size_t decimated_halves(const DecimatedRows& rows, int samples) noexcept {
  const int reach = rows.blur.reach();
  return smooth_stride((samples + reach + kUnit - 1) / kUnit * kUnit + reach);
}

// Samples of output of a tile: with the columns at both ends of a tile, as many
// as vectors at a time hold.
inline int decimated_tile(const DecimatedRows& rows, int samples) noexcept {
  const int wide = (smooth_fit(rows.blur, rows_held(rows)) / kUnit + 1) * kUnit;
  return std::min(std::max(wide - rows.blur.reach(), kLeastSamples), samples);
}

}  // namespace convolve
#endif

HWY_BEFORE_NAMESPACE();
namespace convolve {
namespace HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

// Column sums.
class Down {
 public:
  Down(const ColumnTaps& taps, const std::int16_t* const* rows)
      : weights_(taps.weights.data()),
        row_(rows),
        last_(taps.rows - 1),
        pairs_(taps.rows - static_cast<int>(taps.weights.size())),
        held_(static_cast<int>(taps.weights.size())) {}

  template <int kVectors>
  HWY_INLINE void Sum(int x, V16 (&sum)[kVectors]) const {
    const D16 d;
    for (int v = 0; v < kVectors; ++v) sum[v] = hn::Zero(d);
    for (int k = 0; k < pairs_; ++k) {
      const V16 weight = InAllLanes(weights_[k]);
      const std::int16_t* const a = place(row_[k], x);
      const std::int16_t* const b = place(row_[last_ - k], x);
      for (int v = 0; v < kVectors; ++v) {
        const int at = v * SmoothStep();
        const V16 folded = hn::Add(hn::LoadU(d, a + at), hn::LoadU(d, b + at));
        sum[v] = hn::Add(sum[v], hn::MulFixedPoint15(folded, weight));
      }
    }
    for (int k = pairs_; k < held_; ++k) {
      const V16 weight = InAllLanes(weights_[k]);
      const std::int16_t* const from = place(row_[k], x);
      for (int v = 0; v < kVectors; ++v) {
        const V16 half = hn::LoadU(d, from + v * SmoothStep());
        sum[v] = hn::Add(sum[v], hn::MulFixedPoint15(half, weight));
      }
    }
  }

 private:
  const SmoothRows::Weight* weights_;
  const std::int16_t* const* row_;
  int last_;   ///< row
  int pairs_;  ///< of rows with the same weight
  int held_;   ///< weights
};

// The same. Meanwhile rows are fetched of which processors know nothing.
template <typename T>
struct DownAndFetch {
  Down down;
  const std::byte* const* ahead;
  int rows;
  int first;  ///< sample

  template <int kVectors>
  HWY_INLINE void Sum(int x, V16 (&sum)[kVectors]) const {
    for (int i = 0; i < rows; ++i) {
      const T* const in = reinterpret_cast<const T*>(ahead[i]) + first + x;
      for (int v = 1; v <= kVectors; ++v) hwy::Prefetch(in + v * SmoothStep() - 1);
    }
    down.Sum(x, sum);
  }
};

// A tile of a block. Rows are converted once each and kept as long as inward taps reach them, the
// few as long as outward ones do.
template <typename T>
class Decimated {
 public:
  /// \param first  sample of each row that comes first
  Decimated(const DecimatedRows& rows, const RowBlock& block, int first, int samples,
            std::int16_t* scratch)
      : rows_(rows),
        block_(block),
        first_(first),
        samples_(samples),
        seen_(block, first, samples, rows.blur.reach()),
        stride_(decimated_halves(rows, samples)),
        columns_(scratch),
        halves_(columns_ + stride_, rows.inward.rows, stride_),
        few_(columns_ + static_cast<std::size_t>(rows.inward.rows + 1) * stride_, rows.few(),
             stride_),
        of_step_(static_cast<std::size_t>(block.y % rows.step)),
        under_(block.y / rows.step),
        made_(under_ + rows.outward[of_step_].first),
        converted_(FirstUnder(made_)) {}

  HWY_INLINE void Run() {
    const SmoothCodes<T> codes(rows_.blur);
    for (int i = 0; i < block_.rows; ++i) {
      const ColumnTaps& taps = rows_.outward[of_step_];
      for (; made_ < under_ + taps.first + taps.rows; ++made_) Make();
      const int next = std::min(i + 1, block_.rows - 1);
      fetch_row(reinterpret_cast<const T*>(block_.out[next]) + first_, samples_);
      codes.StoreRow(Down{taps, few_.Newest(taps.rows)}, samples_,
                     reinterpret_cast<T*>(block_.out[i]) + first_);
      if (++of_step_ < rows_.outward.size()) continue;
      of_step_ = 0;
      ++under_;
    }
  }

 private:
  // The first of the block's input rows that row `j` of the few is made of.
  [[nodiscard]] int FirstUnder(int j) const {
    return j * rows_.step + rows_.inward.first - block_.y + rows_.above;
  }

  // Makes the next row of the few.
  HWY_INLINE void Make() {
    const int wide = samples_ + rows_.blur.reach();
    const int count = rows_.inward.rows;
    for (const int end = FirstUnder(made_) + count; converted_ < end; ++converted_) {
      const auto* const in = reinterpret_cast<const T*>(block_.in[converted_]);
      std::int16_t* const row = halves_.Next();
      LoadHalves(rows_.blur, in + seen_.first(), seen_.count(), row + seen_.before());
      seen_.pad(row);
    }
    const int ahead = std::min(rows_.step, block_.rows + 2 * rows_.above - converted_);
    StoreHalves(
        DownAndFetch<T>{
            {rows_.inward, halves_.Newest(count)}, block_.in + converted_, ahead, seen_.first()},
        wide, columns_);
    StoreHalves(Along(rows_.blur, columns_), samples_, few_.Next());
  }

  const DecimatedRows& rows_;
  const RowBlock& block_;
  int first_;
  int samples_;
  TileColumns seen_;
  std::size_t stride_;
  std::int16_t* columns_;
  RowRing halves_;
  RowRing few_;
  std::size_t of_step_;  ///< the output row's place in its step
  int under_;            ///< row of the few that the step belongs to
  int made_;             ///< row of the few that comes next
  int converted_;        ///< row of the block's input that is converted next
};

template <typename T>
void Run(const DecimatedRows& rows, const RowBlock& block, std::byte* scratch) {
  const int tile = decimated_tile(rows, block.samples);
  for (int next = 0; next < block.samples; next += tile) {
    // The last tile is not narrower than a block.
    const int first = vector_start(block.samples, next, kLeastSamples);
    Decimated<T>(rows, block, first, std::min(tile, block.samples - first),
                 reinterpret_cast<std::int16_t*>(scratch))
        .Run();
  }
}

void RunDecimatedRows(const DecimatedRows& rows, const RowBlock& block, std::byte* scratch) {
  if (rows.blur.type == SampleType::u8) return Run<std::uint8_t>(rows, block, scratch);
  Run<std::uint16_t>(rows, block, scratch);
}

}  // namespace HWY_NAMESPACE
}  // namespace convolve
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace convolve {

HWY_EXPORT(RunDecimatedRows);

std::size_t decimated_scratch(const DecimatedRows& rows, int samples) noexcept {
  return static_cast<std::size_t>(rows_held(rows)) *
         decimated_halves(rows, decimated_tile(rows, samples)) * sizeof(std::int16_t);
}

void run_decimated_rows(const DecimatedRows& rows, const RowBlock& block,
                        std::byte* scratch) noexcept {
  CONVOLVE_DISPATCH(RunDecimatedRows)(rows, block, scratch);
}

}  // namespace convolve
#endif
