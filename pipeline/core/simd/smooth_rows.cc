// SPDX-License-Identifier: MIT
#include "core/simd/smooth_rows.h"

#include <algorithm>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "core/simd/smooth_rows.cc"
#include <hwy/foreach_target.h>
#include "core/simd/dispatch.h"
#include "core/simd/highway-inl.h"

#ifndef CONVOLVE_SMOOTH_ROWS_ONCE
#define CONVOLVE_SMOOTH_ROWS_ONCE
namespace convolve {

// Halves of a row in scratch, with what loads and stores may touch beyond its samples.
inline std::size_t smooth_halves(const SmoothRows& rows, int samples) noexcept {
  const int wide = samples + rows.reach();
  return static_cast<std::size_t>((wide + kLeastSamples - 1) / kLeastSamples * kLeastSamples +
                                  2 * kLeastSamples);
}

// Samples of output that are computed at a time, so that the rows under the taps stay in the first
// cache; not so few that the columns at both ends of a tile become a large part of it.
inline int smooth_tile(const SmoothRows& rows, int samples) noexcept {
  constexpr int kBytes = 20 * 1024;
  const int fit = kBytes / ((2 * rows.above() + 4) * static_cast<int>(sizeof(std::int16_t)));
  const int unit = kLeastSamples * rows.channels;
  return std::min((std::max(fit, 8 * rows.reach()) / unit + 1) * unit, samples);
}

}  // namespace convolve
#endif

HWY_BEFORE_NAMESPACE();
namespace convolve {
namespace HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

#if HWY_TARGET == HWY_SCALAR

// What does not fit 16 bits wraps, as vectors do.
std::int16_t Wrap(int number) { return static_cast<std::int16_t>(number); }

// `sample(k)` is k from the middle.
template <class Sample>
std::int16_t SumFolded(const std::vector<SmoothRows::Weight>& weights, const Sample& sample) {
  int sum = 0;
  int k = 0;
  for (const SmoothRows::Weight& weight : weights) {
    const int folded = k == 0 ? sample(0) : Wrap(sample(-k) + sample(k));
    sum = Wrap(sum + ((folded * weight.lanes[0] + 0x4000) >> 15));
    ++k;
  }
  return Wrap(sum);
}

template <typename T>
void Run(const SmoothRows& rows, const RowBlock& block, std::byte* scratch) {
  auto* const columns = reinterpret_cast<std::int16_t*>(scratch);
  const int above = rows.above();
  const int left = rows.left() * rows.channels;
  for (int y = 0; y < block.rows; ++y) {
    for (int x = 0; x < block.samples + rows.reach(); ++x) {
      columns[x] = SumFolded(rows.vertical, [&](int k) {
        const auto* const in = reinterpret_cast<const T*>(block.in[y + above + k]);
        return Wrap((in[x] - rows.centre) * (1 << rows.shift));
      });
    }
    auto* const out = reinterpret_cast<T*>(block.out[y]);
    for (int x = 0; x < block.samples; ++x) {
      const int sum =
          SumFolded(rows.horizontal, [&](int k) { return columns[x + left + k * rows.channels]; });
      const int code = Wrap(Wrap((sum * rows.scale + 0x4000) >> 15) + rows.centre);
      out[x] = static_cast<T>(std::clamp(code, 0, rows.max_code));
    }
  }
}

#else

using D16 = hn::ScalableTag<std::int16_t>;
using V16 = hn::Vec<D16>;

HWY_INLINE V16 InAllLanes(const SmoothRows::Weight& weight) {
  return hn::LoadDup128(D16(), weight.lanes.data());
}

// Column sums. Rows are converted once each and kept as long as taps reach them.
template <typename T>
class Columns {
 public:
  /// \param first  sample of each row that comes first
  Columns(const SmoothRows& rows, const RowBlock& block, int first, int samples, std::size_t stride,
          std::int16_t* scratch)
      : rows_(rows),
        in_(block.in),
        last_row_(block.rows + 2 * rows.above() - 1),
        first_(first),
        samples_(samples),
        count_(2 * rows.above() + 2),
        stride_(stride),
        halves_(scratch) {}

  /// Sums of output rows `y` and `y + 1`, of which the second may lie beyond the block.
  HWY_INLINE void Sum(int y, std::int16_t* first, std::int16_t* second) {
    for (; made_ < y + count_; ++made_) {
      Convert(in_[std::min(made_, last_row_)], Slot(made_ % count_));
    }
    const std::int16_t* row[2 * SmoothRows::kMostRadius + 2];
    const int first_slot = y % count_;
    for (int i = 0; i < count_; ++i) {
      row[i] = Slot(i < count_ - first_slot ? first_slot + i : first_slot + i - count_);
    }
    const auto step = static_cast<int>(hn::Lanes(D16()));
    const int above = rows_.above();
    const SmoothRows::Weight* const weights = rows_.vertical.data();
    for (int x = 0; x < samples_; x += 2 * step) {
      SumAt(row + above, above, weights, x, first, second);
    }
  }

 private:
  [[nodiscard]] std::int16_t* Slot(int slot) const {
    return halves_ + static_cast<std::size_t>(slot) * stride_;
  }

  HWY_INLINE void Convert(const std::byte* from, std::int16_t* to) const {
    const D16 d;
    const hn::Rebind<T, D16> d_in;
    const auto step = static_cast<int>(hn::Lanes(d));
    const V16 centre = hn::Set(d, static_cast<std::int16_t>(rows_.centre));
    const int shift = rows_.shift;
    const auto* const in = reinterpret_cast<const T*>(from) + first_;
    for (int x = 0; x < samples_; x += step) {
      if constexpr (sizeof(T) == 1) {
        const V16 code = hn::PromoteTo(d, hn::LoadU(d_in, in + x));
        hn::StoreU(hn::ShiftLeft<SmoothRows::kByteShift>(hn::Sub(code, centre)), d, to + x);
      } else {
        const V16 code = hn::BitCast(d, hn::LoadU(d_in, in + x));
        hn::StoreU(hn::ShiftLeftSame(hn::Sub(code, centre), shift), d, to + x);
      }
    }
  }

  // Two vectors of each of both rows. Going outwards, the second row's upper sample is what the
  // first row's was a step before, and the first row's lower sample what the second row's was:
  //
  //     step k:   first: m − k and m + k    second: m + 1 − k and m + 1 + k
  static HWY_INLINE void SumAt(const std::int16_t* const* middle, int above,
                               const SmoothRows::Weight* weights, int x, std::int16_t* first,
                               std::int16_t* second) {
    const D16 d;
    const auto step = static_cast<int>(hn::Lanes(d));
    V16 up[2];
    V16 down[2];
    V16 one[2];
    V16 two[2];
    const V16 centre = InAllLanes(weights[0]);
    for (int v = 0; v < 2; ++v) {
      up[v] = hn::LoadU(d, middle[0] + x + v * step);
      down[v] = hn::LoadU(d, middle[1] + x + v * step);
      one[v] = hn::MulFixedPoint15(up[v], centre);
      two[v] = hn::MulFixedPoint15(down[v], centre);
    }
    for (int k = 1; k <= above; ++k) {
      const V16 weight = InAllLanes(weights[k]);
      for (int v = 0; v < 2; ++v) {
        const V16 further_up = hn::LoadU(d, middle[-k] + x + v * step);
        const V16 further_down = hn::LoadU(d, middle[k + 1] + x + v * step);
        one[v] = hn::Add(one[v], hn::MulFixedPoint15(hn::Add(down[v], further_up), weight));
        two[v] = hn::Add(two[v], hn::MulFixedPoint15(hn::Add(up[v], further_down), weight));
        up[v] = further_up;
        down[v] = further_down;
      }
    }
    for (int v = 0; v < 2; ++v) {
      hn::StoreU(one[v], d, first + x + v * step);
      hn::StoreU(two[v], d, second + x + v * step);
    }
  }

  const SmoothRows& rows_;
  const std::byte* const* in_;
  int last_row_;
  int first_;
  int samples_;
  int count_;
  std::size_t stride_;
  std::int16_t* halves_;
  int made_ = 0;
};

// Output samples from a row of column sums.
template <typename T>
class Along {
 public:
  explicit Along(const SmoothRows& rows)
      : weights_(rows.horizontal.data()),
        taps_(rows.left()),
        channels_(rows.channels),
        scale_(hn::Set(D16(), static_cast<std::int16_t>(rows.scale))),
        centre_(hn::Set(D16(), static_cast<std::int16_t>(rows.centre))),
        most_(hn::Set(D16(), static_cast<std::int16_t>(rows.max_code))) {}

  /// Writes more than `samples` only below a block.
  HWY_INLINE void Run(const std::int16_t* columns, int samples, T* out) const {
    const auto step = static_cast<int>(hn::Lanes(D16()));
    int x = 0;
    for (; x + 4 * step <= samples; x += 4 * step) SumAt<4>(columns + x, out + x);
    for (; x < samples; x += step) {
      const int at = vector_start(samples, x, step);
      SumAt<1>(columns + at, out + at);
    }
  }

 private:
  template <int kVectors>
  HWY_INLINE void SumAt(const std::int16_t* columns, T* out) const {
    const D16 d;
    const auto step = static_cast<int>(hn::Lanes(d));
    const std::int16_t* const middle = columns + taps_ * channels_;
    V16 sum[kVectors];
    const V16 centre = InAllLanes(weights_[0]);
    for (int v = 0; v < kVectors; ++v) {
      sum[v] = hn::MulFixedPoint15(hn::LoadU(d, middle + v * step), centre);
    }
    const std::int16_t* left = middle;
    const std::int16_t* right = middle;
    for (int k = 1; k <= taps_; ++k) {
      const V16 weight = InAllLanes(weights_[k]);
      left -= channels_;
      right += channels_;
      for (int v = 0; v < kVectors; ++v) {
        const V16 folded = hn::Add(hn::LoadU(d, left + v * step), hn::LoadU(d, right + v * step));
        sum[v] = hn::Add(sum[v], hn::MulFixedPoint15(folded, weight));
      }
    }
    HWY_UNROLL(4)
    for (int v = 0; v < kVectors; ++v) {
      Store(hn::Add(hn::MulFixedPoint15(sum[v], scale_), centre_), out + v * step);
    }
  }

  HWY_INLINE void Store(V16 code, T* to) const {
    const D16 d;
    const hn::Rebind<T, D16> d_out;
    if constexpr (sizeof(T) == 1) {
      hn::StoreU(hn::DemoteTo(d_out, code), d_out, to);
    } else {
      hn::StoreU(hn::BitCast(d_out, hn::Min(hn::Max(code, hn::Zero(d)), most_)), d_out, to);
    }
  }

  const SmoothRows::Weight* weights_;
  int taps_;
  int channels_;
  V16 scale_;
  V16 centre_;
  V16 most_;
};

// Samples [first, first + samples) of the output rows.
template <typename T>
void RunTile(const SmoothRows& rows, const RowBlock& block, int first, int samples,
             std::byte* scratch) {
  const std::size_t stride = smooth_halves(rows, samples);
  auto* const sums = reinterpret_cast<std::int16_t*>(scratch);
  Columns<T> columns(rows, block, first, samples + rows.reach(), stride, sums + 2 * stride);
  const Along<T> along(rows);
  for (int y = 0; y < block.rows; y += 2) {
    columns.Sum(y, sums, sums + stride);
    along.Run(sums, samples, reinterpret_cast<T*>(block.out[y]) + first);
    if (y + 1 == block.rows) break;
    along.Run(sums + stride, samples, reinterpret_cast<T*>(block.out[y + 1]) + first);
  }
}

template <typename T>
void Run(const SmoothRows& rows, const RowBlock& block, std::byte* scratch) {
  const int tile = smooth_tile(rows, block.samples);
  // The last tile is not narrower than a block.
  const int last = std::max(0, block.samples - kLeastSamples);
  for (int next = 0; next < block.samples; next += tile) {
    const int first = std::min(next, last);
    RunTile<T>(rows, block, first, std::min(tile, block.samples - first), scratch);
  }
}

#endif

void RunSmoothRows(const SmoothRows& rows, const RowBlock& block, std::byte* scratch) {
  if (rows.type == SampleType::u8) return Run<std::uint8_t>(rows, block, scratch);
  Run<std::uint16_t>(rows, block, scratch);
}

}  // namespace HWY_NAMESPACE
}  // namespace convolve
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace convolve {

HWY_EXPORT(RunSmoothRows);

std::size_t smooth_scratch(const SmoothRows& rows, int samples) noexcept {
  // HWY_SCALAR has no tiles, but needs no more than a row of sums.
  const auto rows_of_tile = static_cast<std::size_t>(2 * rows.above() + 4);
  return std::max(smooth_halves(rows, samples),
                  rows_of_tile * smooth_halves(rows, smooth_tile(rows, samples))) *
         sizeof(std::int16_t);
}

void run_smooth_rows(const SmoothRows& rows, const RowBlock& block, std::byte* scratch) noexcept {
  CONVOLVE_DISPATCH(RunSmoothRows)(rows, block, scratch);
}

}  // namespace convolve
#endif
