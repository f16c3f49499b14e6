// SPDX-License-Identifier: MIT
/// \file
/// Weights side by side in a word of 32 bits, as lanes hold the samples that they multiply. The
/// lowest comes first; each keeps its lowest bits.
#pragma once

#include <cstdint>

namespace convolve {

/// Two of 16 bits.
constexpr std::int32_t pack_halves(std::int32_t low, std::int32_t high) noexcept {
  return static_cast<std::int32_t>((static_cast<std::uint32_t>(low) & 0xffffU) |
                                   (static_cast<std::uint32_t>(high) << 16));
}

/// Four of 8 bits.
constexpr std::int32_t pack_bytes(const std::int32_t (&bytes)[4]) noexcept {
  std::uint32_t word = 0;
  for (int i = 0; i < 4; ++i) {
    word |= (static_cast<std::uint32_t>(bytes[i]) & 0xffU) << (8 * i);
  }
  return static_cast<std::int32_t>(word);
}

}  // namespace convolve
