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
#include <vector>

#include <convolve/filter.h>

namespace convolve {

/// `LineSums` with weights of 2^-15, and an order of work in which few pairs lie interleaved at a
/// time. Line `i` is the sum over j in [begin[i], begin[i + 1]) of the pair that lies in slot[j]
/// times word[j], the weights of lines 2·pair and 2·pair + 1. The constant border is the line after
/// the last input.
struct PairSums {
  /// A pair of input lines, and the slot that it lies in.
  struct Place {
    int pair;
    int slot;
  };
  /// Lines [first, last), whose pairs have slots at the same time: places [begin, end). Those from
  /// `fresh` on did not have theirs in the batch before.
  struct Batch {
    int first = 0;
    int last = 0;
    std::size_t begin = 0;
    std::size_t fresh = 0;
    std::size_t end = 0;
  };

  /// Where a line has very many weights, their roundings together would show. Then they are so
  /// many bits finer than 2^-15, and lanes hold halves without so many of their lowest bits.
  static constexpr int kSpareBits = 4;

  explicit PairSums(const LineSums& sums);

  int inputs = 0;
  int spare_bits = 0;  ///< kSpareBits, or none
  int slots = 0;
  int most_pairs = 1;  ///< of a line
  std::vector<int> begin{0};
  std::vector<int> slot;
  std::vector<std::int32_t> word;
  std::vector<Place> places;
  std::vector<Batch> batches;

  [[nodiscard]] int lines() const noexcept { return static_cast<int>(begin.size()) - 1; }
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
inline constexpr int kPairColumns = 64;

/// Interleaves samples [x, x + count) of two lines, in the order that `sum_pairs` expects. Reads no
/// others; may write 64 lanes more.
void interleave_lines(const PairSums& sums, const HalfSamples& samples, const std::byte* first,
                      const std::byte* second, int x, int count, std::int32_t* lanes) noexcept;

/// Sums lines [first, last), of `count` samples, rounded up to kPairColumns, from lanes that are
/// `stride` apart from slot to slot. Line `first` goes to `to`, the next `to_stride` bytes on.
void sum_pairs(const PairSums& sums, int first, int last, const std::int32_t* lanes,
               std::size_t stride, int count, const HalfSamples& samples, std::byte* to,
               std::ptrdiff_t to_stride) noexcept;

}  // namespace convolve
