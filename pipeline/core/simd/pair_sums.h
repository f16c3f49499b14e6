// SPDX-License-Identifier: MIT
/// \file
/// Lines as weighted sums of lines, in whole numbers.
///
/// Samples are taken as signed halves about the middle code, over all of the 16 bits. Two
/// neighbouring lines lie interleaved, so that a lane of 32 bits takes two products at once, and
/// each pair is interleaved once for all the sums that it is part of.
#pragma once

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include <convolve/filter.h>

namespace convolve {

/// `LineSums` with weights of 2^-15. Line `i` is the sum over j in [begin[i], begin[i + 1]) of
/// pair[j] times word[j], the weights of lines 2·pair and 2·pair + 1. The constant border is the
/// line after the last input.
struct PairSums {
  explicit PairSums(const LineSums& sums);

  int inputs = 0;
  std::vector<int> begin{0};
  std::vector<int> pair;
  std::vector<std::int32_t> word;

  [[nodiscard]] int lines() const noexcept { return static_cast<int>(begin.size()) - 1; }
  /// Pairs of input lines, with that of the border.
  [[nodiscard]] int pairs() const noexcept { return inputs / 2 + 1; }
  [[nodiscard]] int most_pairs_of_a_line() const noexcept;
  /// The pairs that hold all but the border of what lines [first, last) sum: from one on, up to
  /// another.
  [[nodiscard]] std::pair<int, int> pairs_of(int first, int last) const noexcept;

 private:
  std::vector<std::pair<int, int>> of_line_;  ///< `pairs_of` each line by itself
};

/// How samples become halves: `half = (sample << shift) ^ flip`, and back: the sum's upper bits,
/// `shift` fewer than a half has, rounded, plus `centre`.
struct HalfSamples {
  static constexpr int kWeightBits = 15;
  static constexpr int kByteShift = 8;  ///< bytes have no other

  SampleType type = SampleType::u16;
  int shift = 0;
  int centre = 0;  ///< 0 for halves themselves
  [[nodiscard]] int flip() const noexcept { return centre == 0 ? 0 : 0x8000; }
};

/// Sums are written in multiples of so many samples.
inline constexpr int kPairColumns = 128;

/// Interleaves samples [x, x + count) of two lines. Reads no others; may write 32 lanes more.
void interleave_lines(const HalfSamples& samples, const std::byte* first, const std::byte* second,
                      int x, int count, std::int32_t* lanes) noexcept;

/// Sums lines [first, last), of `count` samples, rounded up to kPairColumns, from lanes that are
/// `stride` apart from pair to pair. Line `first` goes to `to`, the next `to_stride` bytes on.
void sum_pairs(const PairSums& sums, int first, int last, const std::int32_t* lanes,
               std::size_t stride, int count, const HalfSamples& samples, std::byte* to,
               std::ptrdiff_t to_stride) noexcept;

/// Sample (x, y) of `from` becomes sample (y, x) of `to`, for x in [first, last). Planes are read
/// and written in blocks of 8 × 8, from a multiple of 8 on. Strides are in bytes.
void transpose_halves(const std::byte* from, std::ptrdiff_t from_stride, int rows, int first,
                      int last, std::byte* to, std::ptrdiff_t to_stride) noexcept;

}  // namespace convolve
