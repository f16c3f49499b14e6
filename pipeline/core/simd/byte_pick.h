// SPDX-License-Identifier: MIT
/// \file
/// 16 bytes in any order: what every instruction set shuffles at once.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace convolve {

/// 16 bytes that are picked out of 16 which lie together.
struct BytePick {
  static constexpr int kBytes = 16;
  static constexpr std::uint8_t kNowhere = 0x80;  ///< makes a byte 0

  BytePick() noexcept { order.fill(kNowhere); }

  alignas(kBytes) std::array<std::uint8_t, kBytes> order;  ///< where each is among the 16
  std::ptrdiff_t from = 0;                                 ///< where the 16 begin
};

}  // namespace convolve
