// SPDX-License-Identifier: MIT
/// \file
/// Samples that lie among others: taking them out, and putting them back.
#pragma once

#include <cstddef>

namespace convolve {

/// Copies every `step`th byte of `from`, `count` of them. Reads nothing beyond the last.
void gather_bytes(const std::byte* from, int step, int count, std::byte* to) noexcept;

/// Copies `count` bytes to every `step`th byte of `to`; those between keep their values.
void scatter_bytes(const std::byte* from, int count, int step, std::byte* to) noexcept;

/// Writes each of `count` bytes three times.
/// \param ahead  bytes from there to what is written next, which is fetched; any number
void triple_bytes(const std::byte* from, int count, std::ptrdiff_t ahead, std::byte* to) noexcept;

/// The same into pixels of four bytes, whose byte number `fourth` comes from the pixels `original`.
void triple_beside_bytes(const std::byte* from, int count, int fourth, const std::byte* original,
                         std::ptrdiff_t ahead, std::byte* to) noexcept;

}  // namespace convolve
