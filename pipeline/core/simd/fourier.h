// SPDX-License-Identifier: MIT
/// \file
/// Correlation of tiles with large kernels by the discrete Fourier transform (overlap-save).
///
/// All is in double. Each lane of a vector runs a transform of its own.
/// Columns x and x + width/2 of the real tile are the real and the imaginary part of one complex
/// column; their two spectra, which are those of real columns, are then told apart by symmetry:
///
///     samples ─columns─ rows 0 … height/2 of spectra ─rows─ times the kernel's ─rows─ ─columns─
///     sums
///
/// Transforms leave their bins in the order in which the butterflies end (bit reversal by digits),
/// and start from that order on the way back.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

#include <convolve/image.h>

#include "core/simd/finish.h"
#include "core/simd/int_finish.h"

namespace convolve {

/// Transforms of one length, a power of 2 from 32 on, as butterflies of 4 with a last pass of 2
/// where the length is no power of 4. Decimation in frequency: Gentleman and Sande, "Fast Fourier
/// transforms for fun and profit" (1966).
struct FourierAxis {
  static constexpr int kLeast = 32;

  explicit FourierAxis(int length);

  struct Pass {
    int length = 0;           ///< of the blocks that it takes apart
    std::size_t twiddle = 0;  ///< of its first butterfly: w, w², w³, each real and imaginary part
  };
  int length;
  std::vector<Pass> passes;  ///< of the butterflies of 4, from the longest
  std::vector<double> twiddle;
  std::vector<int> position;  ///< of each bin in the result
};

/// The kernel's spectrum for one size of tile, and what is made of the sums.
struct FourierTaps {
  /// Rows of the spectrum lie side by side in blocks of so many, for every number of lanes.
  static constexpr int kBlock = 8;

  /// A tap of the kernel; (0, 0) is the leftmost of the top row.
  struct Tap {
    int x = 0;
    int y = 0;
    double weight = 0;
  };

  FourierTaps(int tile_width, int tile_height, std::span<const Tap> taps);

  FourierAxis across;
  FourierAxis down;
  /// For each block of rows and each bin of a row: kBlock real parts, then as many imaginary ones.
  std::vector<double> spectrum;
};

/// From real sums to samples.
struct FourierFinish {
  double centre = 0;   ///< taken from every sample, to keep errors small
  double restore = 0;  ///< added to each sum for it: centre · Σ weight
  /// Sums are whole numbers, and are rounded to them: the result is then free of any error.
  bool whole = false;
  /// Products are fused where there is such an instruction: what instruction sets differ by then
  /// is gone once sums are rounded to whole numbers. Else all instruction sets compute the same.
  bool fused = true;
  std::optional<IntFinish> integer;  ///< for sums that fit 32 bits, as stages finish them
  Finish real;                       ///< where there is no `integer`
};

/// One channel of a tile. Both sides may be of any type.
struct FourierTile {
  SampleType input = SampleType::u8;
  SampleType output = SampleType::u8;
  const std::byte* in = nullptr;  ///< tile_height rows of tile_width samples
  std::ptrdiff_t in_stride = 0;   ///< bytes
  std::byte* out = nullptr;       ///< `rows` rows with room for tile_width samples
  std::ptrdiff_t out_stride = 0;
  int samples = 0;  ///< a row that are wanted: at most tile_width - kernel width + 1
  int rows = 0;     ///< at most tile_height - kernel height + 1
};

/// Bytes of scratch, 64-byte aligned, that a tile takes.
std::size_t fourier_scratch(int tile_width, int tile_height) noexcept;

void run_fourier_tile(const FourierTaps& taps, const FourierFinish& finish, const FourierTile& tile,
                      std::byte* scratch) noexcept;

/// An upper bound of the error of any sum, before it is rounded to a whole number.
/// \param amplitude  largest magnitude of a sample less `centre`
double fourier_error(int tile_width, int tile_height, std::span<const FourierTaps::Tap> taps,
                     double amplitude) noexcept;

}  // namespace convolve
