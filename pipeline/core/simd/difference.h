// SPDX-License-Identifier: MIT
/// \file
/// How much rows of samples differ.
#pragma once

#include <cstddef>
#include <cstdint>

#include <convolve/image.h>

namespace convolve {

/// Σ |one − other| over samples of 8 or 16 bits, which need not be aligned.
/// \param type   u8 or u16
/// \param bytes  of each row
/// \param mask   of four bytes, as memory has them, again and again: bits that count
std::uint64_t row_difference(SampleType type, const std::byte* one, const std::byte* other,
                             std::size_t bytes, std::uint32_t mask) noexcept;

}  // namespace convolve
