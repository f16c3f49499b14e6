// SPDX-License-Identifier: MIT
/// \file
/// Rows joined by maximum, minimum or sum, and then neighbours along them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include <convolve/image.h>

namespace convolve {

enum class PoolOperator : std::uint8_t { max, mean, min };

/// How extremes and sums are held: extremes as their samples, sums exactly.
enum class PoolNumber : std::uint8_t { u8, u16, u32, f32, f64 };

constexpr std::size_t pool_number_size(PoolNumber number) noexcept {
  switch (number) {
    case PoolNumber::u8:
      return 1;
    case PoolNumber::u16:
      return 2;
    case PoolNumber::u32:
    case PoolNumber::f32:
      return 4;
    default:
      return 8;
  }
}

/// What holds windows of `area` samples, of which integers do not exceed `most`.
PoolNumber pool_number(PoolOperator kind, SampleType input, std::int64_t area,
                       std::int64_t most) noexcept;

struct PoolRows {
  PoolOperator kind = PoolOperator::max;
  SampleType input = SampleType::u8;
  PoolNumber number = PoolNumber::u8;
  int size = 2;      ///< pixels of a window
  int channels = 1;  ///< samples from one of them to the next
};

/// Numbers of a row of `pool_rows`' scratch, of which it has three.
std::size_t pool_row_numbers(const PoolRows& pool, int samples) noexcept;

struct PooledRows {
  const std::byte* columns = nullptr;  ///< of each sample of the joined rows
  const std::byte* windows = nullptr;  ///< of the window that begins with it, where it fits
};

/// Reads no sample beyond `samples` of a row.
PooledRows pool_rows(const PoolRows& pool, std::span<const std::byte* const> rows, int samples,
                     std::byte* scratch) noexcept;

}  // namespace convolve
