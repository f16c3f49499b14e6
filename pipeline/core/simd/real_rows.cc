// SPDX-License-Identifier: MIT
#include "core/simd/real_rows.h"

#include <algorithm>
#include <cstdint>
#include <span>

#include "core/simd/row_ends.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "core/simd/real_rows.cc"
#include <hwy/foreach_target.h>
#include "core/simd/dispatch.h"
#include "core/simd/highway-inl.h"

#include "core/simd/samples-inl.h"

HWY_BEFORE_NAMESPACE();
namespace convolve {
namespace HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

template <Precision kPrecision>
using RealOf = std::conditional_t<kPrecision == Precision::wide, double, float>;

template <Precision kPrecision, class V>
HWY_INLINE V MultiplyAdd(V a, V b, V sum) {
  if constexpr (kPrecision == Precision::single_fused) {
    return hn::MulAdd(a, b, sum);
  } else {
    return hn::Add(hn::Mul(a, b), sum);
  }
}

/// `Finish` with its constants in registers.
template <typename Real, typename Out>
class RealFinisher {
  using D = hn::ScalableTag<Real>;
  using V = hn::Vec<D>;

 public:
  explicit RealFinisher(const Finish& finish)
      : absolute_(finish.absolute),
        scale_(hn::Set(D(), static_cast<Real>(finish.scale))),
        before_(hn::Set(D(), static_cast<Real>(finish.before))),
        post_(hn::Set(D(), static_cast<Real>(finish.post))),
        most_(hn::Set(D(), static_cast<Real>(finish.max_code))) {}

  HWY_INLINE void Store(V sum, Out* to) const {
    V value = hn::Add(hn::Mul(sum, scale_), before_);
    if (absolute_) value = hn::Abs(value);
    StoreReal(D(), hn::Add(value, post_), most_, to);
  }

 private:
  bool absolute_;
  V scale_;
  V before_;
  V post_;
  V most_;
};

constexpr int kVectorsAtOnce = 4;

template <class D>
HWY_INLINE hn::Vec<D> Weight(D d, const RealTap& tap) {
  if constexpr (sizeof(hn::TFromD<D>) == sizeof(float))
    return hn::Set(d, tap.single);
  else
    return hn::Set(d, tap.weight);
}

// One output row.
template <Precision kPrecision, typename In, typename Out>
void RunDense(const DenseRealRows& rows, const RowBlock& block, int y) {
  using Real = RealOf<kPrecision>;
  const hn::ScalableTag<Real> d;
  using V = hn::Vec<decltype(d)>;
  const auto step = static_cast<int>(hn::Lanes(d));
  const RealFinisher<Real, Out> finisher(rows.finish);
  const RealTap* const end = rows.taps.data() + rows.taps.size();
  auto* const out = reinterpret_cast<Out*>(block.out[y]);
  for (int begin = 0; begin < block.samples; begin += kVectorsAtOnce * step) {
    const int x = vector_start(block.samples, begin, kVectorsAtOnce * step);
    V sums[kVectorsAtOnce];
    for (V& sum : sums) sum = hn::Zero(d);
    for (const RealTap* tap = rows.taps.data(); tap != end;) {
      V row_sums[kVectorsAtOnce];
      for (V& sum : row_sums) sum = hn::Zero(d);
      const int row = tap->row;
      const auto* const in = reinterpret_cast<const In*>(block.in[y * rows.row_step + row]) + x;
      for (; tap != end && tap->row == row; ++tap) {
        const V weight = Weight(d, *tap);
        for (int v = 0; v < kVectorsAtOnce; ++v) {
          row_sums[v] = MultiplyAdd<kPrecision>(LoadReal(d, in + tap->sample + v * step), weight,
                                                row_sums[v]);
        }
      }
      for (int v = 0; v < kVectorsAtOnce; ++v) sums[v] = hn::Add(sums[v], row_sums[v]);
    }
    for (int v = 0; v < kVectorsAtOnce; ++v) finisher.Store(sums[v], out + x + v * step);
  }
}

// Sums of four output rows of a window without gaps: a row of input is loaded once for all of them.
// Each sum is formed as `RunDense` forms it. It takes 32 registers; with 16, two rows at a time are
// not faster than one.
constexpr bool kManyRegisters =
    HWY_TARGET == HWY_AVX3 || HWY_TARGET == HWY_AVX3_DL || HWY_ARCH_ARM_A64;

template <Precision kPrecision, typename In, typename Out>
class Grid {
  using Real = RealOf<kPrecision>;
  using D = hn::ScalableTag<Real>;
  using V = hn::Vec<D>;
  static constexpr int kVectors = 2;

 public:
  static constexpr int kRows = 4;

  explicit Grid(const DenseRealRows& rows)
      : taps_(rows.grid.data()),
        width_(rows.grid_width),
        height_(static_cast<int>(rows.grid.size()) / rows.grid_width),
        finisher_(rows.finish) {}

  void Run(const std::byte* const* in, std::byte* const* out, int samples) const {
    const auto step = kVectors * static_cast<int>(hn::Lanes(D()));
    for (int begin = 0; begin < samples; begin += step) {
      ComputeAt(in, out, vector_start(samples, begin, step));
    }
  }

 private:
  struct Sums {
    V at[kRows][kVectors];
  };

  HWY_INLINE void ComputeAt(const std::byte* const* in, std::byte* const* out, int x) const {
    constexpr int kLast = kRows - 1;
    Sums sums;
    for (auto& row : sums.at) {
      for (V& sum : row) sum = hn::Zero(D());
    }
    AddRow<0, 0>(in, 0, x, sums);
    AddRow<0, 1>(in, 1, x, sums);
    AddRow<0, 2>(in, 2, x, sums);
    for (int row = kLast; row < height_; ++row) AddRow<0, kLast>(in, row, x, sums);
    AddRow<1, kLast>(in, height_, x, sums);
    AddRow<2, kLast>(in, height_ + 1, x, sums);
    AddRow<kLast, kLast>(in, height_ + 2, x, sums);
    HWY_UNROLL(4)
    for (int row = 0; row < kRows; ++row) {
      auto* const to = reinterpret_cast<Out*>(out[row]) + x;
      for (int v = 0; v < kVectors; ++v) {
        finisher_.Store(sums.at[row][v], to + v * static_cast<int>(hn::Lanes(D())));
      }
    }
  }

  // Adds a row of input to output rows [kFirst, kLast], of which each has it at another height.
  template <int kFirst, int kLast>
  HWY_INLINE void AddRow(const std::byte* const* in, int row, int x, Sums& sums) const {
    const D d;
    const auto* from = reinterpret_cast<const In*>(in[row]) + x;
    const RealTap* tap = taps_ + (row - kFirst) * width_;
    V row_sums[kRows][kVectors];
    for (auto& of_row : row_sums) {
      for (V& sum : of_row) sum = hn::Zero(d);
    }
    for (int i = 0; i < width_; ++i, ++tap) {
      V samples[kVectors];
      for (int v = 0; v < kVectors; ++v) {
        samples[v] = LoadReal(d, from + tap->sample + v * static_cast<int>(hn::Lanes(d)));
      }
      HWY_UNROLL(4)
      for (int out = kFirst; out <= kLast; ++out) {
        const V weight = Weight(d, tap[(kFirst - out) * width_]);
        for (int v = 0; v < kVectors; ++v) {
          row_sums[out][v] = MultiplyAdd<kPrecision>(samples[v], weight, row_sums[out][v]);
        }
      }
    }
    HWY_UNROLL(4)
    for (int out = kFirst; out <= kLast; ++out) {
      for (int v = 0; v < kVectors; ++v) {
        sums.at[out][v] = hn::Add(sums.at[out][v], row_sums[out][v]);
      }
    }
  }

  const RealTap* taps_;
  int width_;
  int height_;
  RealFinisher<Real, Out> finisher_;
};

// Samples i of a column, for vectors v. Not a lambda: GCC calls those instead of inlining them.
template <class D, typename In>
struct ColumnSamples {
  const std::byte* const* in;
  int x;

  HWY_INLINE hn::Vec<D> operator()(int i, int v) const {
    const D d;
    return LoadReal(d, reinterpret_cast<const In*>(in[i]) + x + v * static_cast<int>(hn::Lanes(d)));
  }
};

// Samples i of a row, `apart` from one to the next.
template <class D>
struct RowSamples {
  const hn::TFromD<D>* row;
  int apart;

  HWY_INLINE hn::Vec<D> operator()(int i, int v) const {
    const D d;
    return hn::LoadU(d, row + i * apart + v * static_cast<int>(hn::Lanes(d)));
  }
};

/// Adds `weights[i]·sample(i, v)` for vectors v, in pieces.
template <Precision kPrecision, class D, class Sample>
HWY_INLINE void SumPieces(D d, std::span<const hn::TFromD<D>> weights, const Sample& sample,
                          hn::Vec<D> (&sums)[kVectorsAtOnce]) {
  using V = hn::Vec<D>;
  const int count = static_cast<int>(weights.size());
  for (V& sum : sums) sum = hn::Zero(d);
  for (int first = 0; first < count; first += SeparableRealRows::kPiece) {
    V piece[kVectorsAtOnce];
    for (V& sum : piece) sum = hn::Zero(d);
    const int last = std::min(count, first + SeparableRealRows::kPiece);
    for (int i = first; i < last; ++i) {
      const V weight = hn::Set(d, weights[static_cast<std::size_t>(i)]);
      for (int v = 0; v < kVectorsAtOnce; ++v) {
        piece[v] = MultiplyAdd<kPrecision>(sample(i, v), weight, piece[v]);
      }
    }
    for (int v = 0; v < kVectorsAtOnce; ++v) sums[v] = hn::Add(sums[v], piece[v]);
  }
}

template <Precision kPrecision, typename In, typename Out>
void RunSeparable(const SeparableRealRows& rows, const RowBlock& block, std::byte* scratch) {
  using Real = RealOf<kPrecision>;
  const hn::ScalableTag<Real> d;
  using V = hn::Vec<decltype(d)>;
  const auto step = static_cast<int>(hn::Lanes(d));
  const RealFinisher<Real, Out> finisher(rows.finish);
  auto* const vertical = reinterpret_cast<Real*>(scratch);
  Real* const horizontal = vertical + rows.vertical.size();
  Real* const columns = horizontal + rows.horizontal.size();
  const auto real = [](double weight) { return static_cast<Real>(weight); };
  std::transform(rows.vertical.begin(), rows.vertical.end(), vertical, real);
  std::transform(rows.horizontal.begin(), rows.horizontal.end(), horizontal, real);
  const int block_step = kVectorsAtOnce * step;
  const int reach = (static_cast<int>(rows.horizontal.size()) - 1) * rows.channels;
  const TileColumns seen(block, 0, block.samples, reach);
  Real* const made = columns + seen.before();
  for (int y = 0; y < block.rows; ++y) {
    const std::byte* const* const in = block.in + y * rows.row_step;
    V sums[kVectorsAtOnce];
    for (int x = 0; x < seen.count(); x += block_step) {
      SumPieces<kPrecision>(d, {vertical, rows.vertical.size()},
                            ColumnSamples<decltype(d), In>{in, seen.first() + x}, sums);
      for (int v = 0; v < kVectorsAtOnce; ++v) hn::StoreU(sums[v], d, made + x + v * step);
    }
    seen.pad(columns);
    auto* const out = reinterpret_cast<Out*>(block.out[y]);
    for (int begin = 0; begin < block.samples; begin += block_step) {
      const int x = vector_start(block.samples, begin, block_step);
      SumPieces<kPrecision>(d, {horizontal, rows.horizontal.size()},
                            RowSamples<decltype(d)>{columns + x, rows.channels}, sums);
      for (int v = 0; v < kVectorsAtOnce; ++v) finisher.Store(sums[v], out + x + v * step);
    }
  }
}

template <Precision kPrecision, typename In, typename Out>
void RunDenseRows(const DenseRealRows& rows, const RowBlock& block) {
  int done = 0;
  if (kManyRegisters && !rows.grid.empty()) {
    using Several = Grid<kPrecision, In, Out>;
    const Several grid(rows);
    for (; done + Several::kRows <= block.rows; done += Several::kRows) {
      grid.Run(block.in + done, block.out + done, block.samples);
    }
  }
  for (; done < block.rows; ++done) RunDense<kPrecision, In, Out>(rows, block, done);
}

template <Precision kPrecision>
void RunDenseAs(const DenseRealRows& rows, const RowBlock& block) {
  WithTypes(rows.input, rows.output, [&](auto in, auto out) {
    RunDenseRows<kPrecision, decltype(in), decltype(out)>(rows, block);
  });
}

template <Precision kPrecision>
void RunSeparableAs(const SeparableRealRows& rows, const RowBlock& block, std::byte* scratch) {
  WithTypes(rows.input, rows.output, [&](auto in, auto out) {
    RunSeparable<kPrecision, decltype(in), decltype(out)>(rows, block, scratch);
  });
}

void RunDenseRealRows(const DenseRealRows& rows, const RowBlock& block) {
  switch (rows.precision) {
    case Precision::single:
      return RunDenseAs<Precision::single>(rows, block);
    case Precision::single_fused:
      return RunDenseAs<Precision::single_fused>(rows, block);
    case Precision::wide:
      return RunDenseAs<Precision::wide>(rows, block);
  }
}

void RunSeparableRealRows(const SeparableRealRows& rows, const RowBlock& block,
                          std::byte* scratch) {
  switch (rows.precision) {
    case Precision::single:
      return RunSeparableAs<Precision::single>(rows, block, scratch);
    case Precision::single_fused:
      return RunSeparableAs<Precision::single_fused>(rows, block, scratch);
    case Precision::wide:
      return RunSeparableAs<Precision::wide>(rows, block, scratch);
  }
}

}  // namespace HWY_NAMESPACE
}  // namespace convolve
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace convolve {

HWY_EXPORT(RunDenseRealRows);
HWY_EXPORT(RunSeparableRealRows);

void DenseRealRows::make_grid(int width, int height, int channels) {
  constexpr int kLeastRows = 3;
  const auto size = static_cast<std::size_t>(width) * static_cast<std::size_t>(height);
  // A tap of 0 makes something of what is no number, and work of nothing.
  const bool is_full = input != SampleType::f32 || taps.size() == size;
  if (row_step != 1 || height < kLeastRows || !is_full || 3 * taps.size() < 2 * size) return;
  grid_width = width;
  grid.resize(size);
  for (int row = 0; row < height; ++row) {
    for (int x = 0; x < width; ++x) {
      grid[static_cast<std::size_t>(row * width + x)] = {row, x * channels};
    }
  }
  for (const RealTap& tap : taps) {
    grid[static_cast<std::size_t>(tap.row * width + tap.sample / channels)] = tap;
  }
}

void run_dense_real_rows(const DenseRealRows& rows, const RowBlock& block) noexcept {
  CONVOLVE_DISPATCH(RunDenseRealRows)(rows, block);
}

std::size_t separable_real_scratch(const SeparableRealRows& rows, int samples) noexcept {
  const int reach = (static_cast<int>(rows.horizontal.size()) - 1) * rows.channels;
  return (static_cast<std::size_t>(samples + reach + 256) + rows.vertical.size() +
          rows.horizontal.size()) *
         sizeof(double);
}

void run_separable_real_rows(const SeparableRealRows& rows, const RowBlock& block,
                             std::byte* scratch) noexcept {
  CONVOLVE_DISPATCH(RunSeparableRealRows)(rows, block, scratch);
}

}  // namespace convolve
#endif
