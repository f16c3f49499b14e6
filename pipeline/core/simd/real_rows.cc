// SPDX-License-Identifier: MIT
#include "core/simd/real_rows.h"

#include <algorithm>
#include <cstdint>
#include <span>

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

template <Precision kPrecision, typename In, typename Out>
void RunDense(const DenseRealRows& rows, const RowBlock& block) {
  using Real = RealOf<kPrecision>;
  const hn::ScalableTag<Real> d;
  using V = hn::Vec<decltype(d)>;
  const auto step = static_cast<int>(hn::Lanes(d));
  const RealFinisher<Real, Out> finisher(rows.finish);
  const RealTap* const end = rows.taps.data() + rows.taps.size();
  for (int y = 0; y < block.rows; ++y) {
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
}

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
  for (int y = 0; y < block.rows; ++y) {
    V sums[kVectorsAtOnce];
    for (int x = 0; x < block.samples + reach; x += block_step) {
      SumPieces<kPrecision>(d, {vertical, rows.vertical.size()},
                            ColumnSamples<decltype(d), In>{block.in + y * rows.row_step, x}, sums);
      for (int v = 0; v < kVectorsAtOnce; ++v) hn::StoreU(sums[v], d, columns + x + v * step);
    }
    auto* const out = reinterpret_cast<Out*>(block.out[y]);
    for (int begin = 0; begin < block.samples; begin += block_step) {
      const int x = vector_start(block.samples, begin, block_step);
      SumPieces<kPrecision>(d, {horizontal, rows.horizontal.size()},
                            RowSamples<decltype(d)>{columns + x, rows.channels}, sums);
      for (int v = 0; v < kVectorsAtOnce; ++v) finisher.Store(sums[v], out + x + v * step);
    }
  }
}

template <Precision kPrecision>
void RunDenseAs(const DenseRealRows& rows, const RowBlock& block) {
  WithTypes(rows.input, rows.output, [&](auto in, auto out) {
    RunDense<kPrecision, decltype(in), decltype(out)>(rows, block);
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
