// SPDX-License-Identifier: MIT
/// \file
/// Luma of 8-bit R, G and B.
#pragma once

#include <cstddef>

namespace convolve {

/// 299 r + 587 g + 114 b as float, from every `step`th byte, at `r`, `g` and `b`: planes where
/// `step` is 1, else bytes of one pixel. Reads and writes nothing beyond `count` pixels.
/// \param ahead  bytes from there to what is read next, which is fetched; any number
void luma_of_bytes(const std::byte* r, const std::byte* g, const std::byte* b, int step, int count,
                   std::ptrdiff_t ahead, float* to) noexcept;

}  // namespace convolve
