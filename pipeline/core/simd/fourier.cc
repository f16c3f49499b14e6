// SPDX-License-Identifier: MIT
#include "core/simd/fourier.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <new>

#include <hwy/aligned_allocator.h>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "core/simd/fourier.cc"
#include <hwy/foreach_target.h>
#include "core/simd/dispatch.h"
#include "core/simd/highway-inl.h"

#include "core/simd/fourier_lanes-inl.h"
#include "core/simd/int_finish-inl.h"
#include "core/simd/samples-inl.h"

#ifndef CONVOLVE_FOURIER_ONCE
#define CONVOLVE_FOURIER_ONCE
namespace convolve {

// Rows of the spectrum that are not mirrored ones, in whole blocks.
inline int spectrum_rows(int tile_height) noexcept {
  return (tile_height / 2 + FourierTaps::kBlock) / FourierTaps::kBlock * FourierTaps::kBlock;
}

// Scratch of a tile.
struct TileScratch {
  TileScratch(int width, int height, std::byte* data) noexcept
      : column(reinterpret_cast<double*>(data)),
        spectrum(column + static_cast<std::ptrdiff_t>(height) * 2 * FourierTaps::kBlock),
        sums(reinterpret_cast<std::int32_t*>(
            spectrum + static_cast<std::ptrdiff_t>(spectrum_rows(height)) * 2 * width)) {}

  double* column;
  double* spectrum;
  std::int32_t* sums;  // where they are whole numbers
};

// Real samples of the kernel's tile.
using KernelSamples = std::vector<double>;

}  // namespace convolve
#endif

HWY_BEFORE_NAMESPACE();
namespace convolve {
namespace HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

/// Sums as real numbers to samples.
template <typename Out>
class RealSums {
 public:
  RealSums(const FourierFinish& finish, const FourierTile& tile)
      : tile_(tile),
        whole_(finish.whole),
        absolute_(finish.real.absolute),
        restore_(hn::Set(DReal(), finish.restore)),
        scale_(hn::Set(DReal(), finish.real.scale)),
        before_(hn::Set(DReal(), finish.real.before)),
        post_(hn::Set(DReal(), finish.real.post)),
        most_(hn::Set(DReal(), finish.real.max_code)) {}

  HWY_INLINE void Store(VReal sum, int x, int y) const {
    if (whole_) sum = hn::Round(hn::Add(sum, restore_));
    VReal value = hn::Add(hn::Mul(sum, scale_), before_);
    if (absolute_) value = hn::Abs(value);
    StoreReal(DReal(), hn::Add(value, post_), most_,
              reinterpret_cast<Out*>(tile_.out + y * tile_.out_stride) + x);
  }
  void Finish() const {}

 private:
  const FourierTile& tile_;
  bool whole_;
  bool absolute_;
  VReal restore_;
  VReal scale_;
  VReal before_;
  VReal post_;
  VReal most_;
};

/// Sums as whole numbers of 32 bits, which become samples as those of stages do, all at the end.
template <typename Out>
class WholeSums {
 public:
  WholeSums(const FourierFinish& finish, const FourierTile& tile, int width, std::int32_t* sums)
      : finish_(*finish.integer),
        tile_(tile),
        width_(width),
        sums_(sums),
        restore_(hn::Set(DReal(), finish.restore)) {}

  HWY_INLINE void Store(VReal sum, int x, int y) const {
    const hn::Rebind<std::int32_t, DReal> d;
    hn::StoreU(hn::DemoteTo(d, hn::Round(hn::Add(sum, restore_))), d, Row(y) + x);
  }
  HWY_INLINE void Finish() const {
    for (int y = 0; y < tile_.rows; ++y) {
      const std::int32_t* const from = Row(y);
      auto* const to = reinterpret_cast<Out*>(tile_.out + y * tile_.out_stride);
#if HWY_TARGET == HWY_SCALAR
      for (int x = 0; x < tile_.samples; ++x) to[x] = FinishOne<Out>(finish_, from[x]);
#else
      const hn::ScalableTag<std::int32_t> d;
      const Finisher<Out> finisher(finish_);
      const auto step = static_cast<int>(hn::Lanes(d));
      for (int x = 0; x < tile_.samples; x += 2 * step) {
        hn::Vec<decltype(d)> pair[2];
        for (int v = 0; v < 2; ++v) {
          pair[v] = hn::Add(hn::LoadU(d, from + x + v * step), finisher.Init());
        }
        finisher.Store(pair, to + x);
      }
#endif
    }
  }

 private:
  [[nodiscard]] HWY_INLINE std::int32_t* Row(int y) const {
    return sums_ + static_cast<std::ptrdiff_t>(y) * width_;
  }

  const IntFinish& finish_;
  const FourierTile& tile_;
  int width_;
  std::int32_t* sums_;
  VReal restore_;
};

/// Where the rows of a tile's spectrum lie: batches of kLanes rows, each a batch of transforms.
class TileSpectrum {
 public:
  TileSpectrum(const FourierAxis& across, const FourierAxis& down, double* data)
      : across_(across), down_(down), data_(data) {}

  [[nodiscard]] int batches() const { return down_.length / 2 / kLanes + 1; }
  [[nodiscard]] double* batch(int i) const {
    return data_ + static_cast<std::ptrdiff_t>(i) * across_.length * kElement;
  }
  /// Where row `lane` of batch `i` stands in a column's transform, and where its mirror image does.
  [[nodiscard]] HWY_INLINE double* at(double* column, int i, int lane) const {
    const int bin = std::min(i * kLanes + lane, down_.length / 2);
    return column +
           static_cast<std::ptrdiff_t>(down_.position[static_cast<std::size_t>(bin)]) * kElement;
  }
  [[nodiscard]] HWY_INLINE double* mirrored(double* column, int i, int lane) const {
    const int bin = std::min(i * kLanes + lane, down_.length / 2);
    const int mirror = bin == 0 ? 0 : down_.length - bin;
    return column +
           static_cast<std::ptrdiff_t>(down_.position[static_cast<std::size_t>(mirror)]) * kElement;
  }

  /// Takes the spectra of columns x … and x + width/2 … out of the transform of both. They come out
  /// twice as large, which the kernel's scale makes up for.
  HWY_INLINE void Take(double* column, int x) const {
    const std::ptrdiff_t half = static_cast<std::ptrdiff_t>(across_.length / 2) * kElement;
    for (int i = 0; i < batches(); ++i) {
      double* const to = batch(i) + static_cast<std::ptrdiff_t>(x) * kElement;
      const DReal d;
      VReal first[kLanes];
      VReal second[kLanes];
      for (int lane = 0; lane < kLanes; ++lane) {
        const VReal a = hn::Load(d, at(column, i, lane));
        const VReal b = hn::Load(d, mirrored(column, i, lane));
        first[lane] = hn::Add(a, b);
        second[lane] = hn::Sub(b, a);
      }
      StoreTurned(first, to);
      StoreTurned(second, to + half + kLanes);
      for (int lane = 0; lane < kLanes; ++lane) {
        const VReal a = hn::Load(d, at(column, i, lane) + kLanes);
        const VReal b = hn::Load(d, mirrored(column, i, lane) + kLanes);
        first[lane] = hn::Sub(a, b);
        second[lane] = hn::Add(a, b);
      }
      StoreTurned(first, to + kLanes);
      StoreTurned(second, to + half);
    }
  }

  /// The opposite. Of the last batch, only one row is of use.
  HWY_INLINE void Put(int x, double* column) const {
    const std::ptrdiff_t half = static_cast<std::ptrdiff_t>(across_.length / 2) * kElement;
    for (int i = 0; i < batches(); ++i) {
      const int used = i + 1 < batches() ? kLanes : 1;
      const double* const from = batch(i) + static_cast<std::ptrdiff_t>(x) * kElement;
      const DReal d;
      VReal first[kLanes];
      VReal second[kLanes];
      LoadTurned(from, first);
      LoadTurned(from + half + kLanes, second);
      for (int lane = 0; lane < kLanes; ++lane) {
        if (lane == used) break;
        hn::Store(hn::Add(first[lane], second[lane]), d, mirrored(column, i, lane));
        hn::Store(hn::Sub(first[lane], second[lane]), d, at(column, i, lane));
      }
      LoadTurned(from + kLanes, first);
      LoadTurned(from + half, second);
      for (int lane = 0; lane < kLanes; ++lane) {
        if (lane == used) break;
        hn::Store(hn::Sub(second[lane], first[lane]), d, mirrored(column, i, lane) + kLanes);
        hn::Store(hn::Add(second[lane], first[lane]), d, at(column, i, lane) + kLanes);
      }
    }
  }

 private:
  static HWY_INLINE void StoreTurned(VReal (&rows)[kLanes], double* to) {
    const DReal d;
    Turn(d, rows);
    for (int lane = 0; lane < kLanes; ++lane) hn::Store(rows[lane], d, to + lane * kElement);
  }
  static HWY_INLINE void LoadTurned(const double* from, VReal (&rows)[kLanes]) {
    const DReal d;
    for (int lane = 0; lane < kLanes; ++lane) rows[lane] = hn::Load(d, from + lane * kElement);
    Turn(d, rows);
  }

  const FourierAxis& across_;
  const FourierAxis& down_;
  double* data_;
};

/// From samples to the rows of spectra, before these are transformed.
template <bool kFused, typename In>
void TransformColumns(const TileSpectrum& spectrum, const FourierAxis& across,
                      const FourierAxis& down, const std::byte* in, std::ptrdiff_t stride,
                      double centre, double* column) {
  const DReal d;
  const VReal middle = hn::Set(d, centre);
  const int half = across.length / 2;
  for (int x = 0; x < half; x += kLanes) {
    for (int y = 0; y < down.length; ++y) {
      const auto* const row = reinterpret_cast<const In*>(in + y * stride) + x;
      StoreComplex({hn::Sub(LoadReal(d, row), middle), hn::Sub(LoadReal(d, row + half), middle)},
                   column + static_cast<std::ptrdiff_t>(y) * kElement);
    }
    TransformForward<kFused>(down, column, down.length, 0);
    spectrum.Take(column, x);
  }
}

/// Row by row: transforms, multiplies by the kernel's spectrum and transforms back.
template <bool kFused>
HWY_INLINE void FilterRows(const TileSpectrum& spectrum, const FourierTaps& taps) {
  constexpr int kBlock = FourierTaps::kBlock;
  const DReal d;
  const int width = taps.across.length;
  for (int i = 0; i < spectrum.batches(); ++i) {
    double* const rows = spectrum.batch(i);
    TransformForward<kFused>(taps.across, rows, width, 0);
    const int row = i * kLanes;
    const double* factor = taps.spectrum.data() +
                           static_cast<std::ptrdiff_t>(row / kBlock) * width * 2 * kBlock +
                           row % kBlock;
    for (int k = 0; k < width; ++k, factor += 2 * kBlock) {
      double* const at = rows + static_cast<std::ptrdiff_t>(k) * kElement;
      StoreComplex(
          Product<kFused>(LoadComplex(at), {hn::LoadU(d, factor), hn::LoadU(d, factor + kBlock)}),
          at);
    }
    TransformBack<kFused>(taps.across, rows, width, 0);
  }
}

template <bool kFused, class Sums>
void TransformBackColumns(const TileSpectrum& spectrum, const FourierTaps& taps,
                          const FourierTile& tile, const Sums& sums, double* column) {
  const int half = taps.across.length / 2;
  for (int x = 0; x < std::min(half, tile.samples); x += kLanes) {
    spectrum.Put(x, column);
    TransformBack<kFused>(taps.down, column, taps.down.length, 0);
    const double* from = column;
    for (int y = 0; y < tile.rows; ++y, from += kElement) sums.Store(LoadComplex(from).re, x, y);
    if (x + half >= tile.samples) continue;
    from = column;
    for (int y = 0; y < tile.rows; ++y, from += kElement) {
      sums.Store(LoadComplex(from).im, x + half, y);
    }
  }
  sums.Finish();
}

template <bool kFused>
void RunTile(const FourierTaps& taps, const FourierFinish& finish, const FourierTile& tile,
             std::byte* scratch) {
  const TileScratch parts(taps.across.length, taps.down.length, scratch);
  const TileSpectrum spectrum(taps.across, taps.down, parts.spectrum);
  WithTypes(tile.input, tile.output, [&](auto in, auto out) {
    using Out = decltype(out);
    TransformColumns<kFused, decltype(in)>(spectrum, taps.across, taps.down, tile.in,
                                           tile.in_stride, finish.centre, parts.column);
    FilterRows<kFused>(spectrum, taps);
    if (finish.integer) {
      TransformBackColumns<kFused>(spectrum, taps, tile,
                                   WholeSums<Out>(finish, tile, taps.across.length, parts.sums),
                                   parts.column);
    } else {
      TransformBackColumns<kFused>(spectrum, taps, tile, RealSums<Out>(finish, tile), parts.column);
    }
  });
}

void RunFourierTile(const FourierTaps& taps, const FourierFinish& finish, const FourierTile& tile,
                    std::byte* scratch) {
  if (finish.fused) return RunTile<true>(taps, finish, tile, scratch);
  RunTile<false>(taps, finish, tile, scratch);
}

/// The kernel's spectrum: that of its taps, conjugated because they are correlated, and scaled.
void TransformKernel(const KernelSamples& samples, std::byte* scratch, FourierTaps& taps) {
  constexpr int kBlock = FourierTaps::kBlock;
  const int width = taps.across.length;
  const TileScratch parts(width, taps.down.length, scratch);
  const TileSpectrum spectrum(taps.across, taps.down, parts.spectrum);
  TransformColumns<false, double>(
      spectrum, taps.across, taps.down, reinterpret_cast<const std::byte*>(samples.data()),
      width * static_cast<std::ptrdiff_t>(sizeof(double)), 0, parts.column);
  // Divided by the number of bins, and by 4 for the doubling of both spectra.
  const double scale = 1 / (4.0 * width * taps.down.length);
  for (int i = 0; i < spectrum.batches(); ++i) {
    double* const rows = spectrum.batch(i);
    TransformForward<false>(taps.across, rows, width, 0);
    const int row = i * kLanes;
    double* to = taps.spectrum.data() +
                 static_cast<std::ptrdiff_t>(row / kBlock) * width * 2 * kBlock + row % kBlock;
    for (int k = 0; k < width; ++k, to += 2 * kBlock) {
      for (int lane = 0; lane < kLanes; ++lane) {
        const double* const from = rows + static_cast<std::ptrdiff_t>(k) * kElement + lane;
        to[lane] = from[0] * scale;
        to[lane + kBlock] = -from[kLanes] * scale;
      }
    }
  }
}

}  // namespace HWY_NAMESPACE
}  // namespace convolve
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace convolve {

HWY_EXPORT(RunFourierTile);
HWY_EXPORT(TransformKernel);

FourierTaps::FourierTaps(int tile_width, int tile_height, std::span<const Tap> taps)
    : across(tile_width), down(tile_height) {
  const auto width = static_cast<std::size_t>(tile_width);
  KernelSamples samples(width * static_cast<std::size_t>(tile_height));
  for (const Tap& tap : taps) {
    samples[static_cast<std::size_t>(tap.y) * width + static_cast<std::size_t>(tap.x)] = tap.weight;
  }
  spectrum.resize(2 * width * static_cast<std::size_t>(spectrum_rows(tile_height)));
  const auto scratch = hwy::AllocateAligned<std::byte>(fourier_scratch(tile_width, tile_height));
  if (!scratch) throw std::bad_alloc();
  CONVOLVE_DISPATCH(TransformKernel)(samples, scratch.get(), *this);
}

std::size_t fourier_scratch(int tile_width, int tile_height) noexcept {
  const auto width = static_cast<std::size_t>(tile_width);
  const auto height = static_cast<std::size_t>(tile_height);
  const auto rows = static_cast<std::size_t>(spectrum_rows(tile_height));
  return sizeof(double) * 2 * (height * FourierTaps::kBlock + rows * width) +
         sizeof(std::int32_t) * width * height;
}

void run_fourier_tile(const FourierTaps& taps, const FourierFinish& finish, const FourierTile& tile,
                      std::byte* scratch) noexcept {
  CONVOLVE_DISPATCH(RunFourierTile)(taps, finish, tile, scratch);
}

}  // namespace convolve
#endif
