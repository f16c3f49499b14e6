// SPDX-License-Identifier: MIT
/// \file
/// The same few bytes of many rows, in any order.
///
/// What pixels beside a frame's edge need comes from few places: neighbours, the same mirrored or
/// repeated, or the opposite edge where pictures wrap. So 16 bytes of it are a shuffle of 16 that
/// lie together, or of two such.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "core/simd/byte_pick.h"

namespace convolve {

/// 16 bytes of what is made of a row.
struct RowPiece {
  std::array<BytePick, 2> picks;  ///< of the row
  /// What comes from neither, else 0.
  alignas(BytePick::kBytes) std::array<std::uint8_t, BytePick::kBytes> constant{};
};

struct RowShuffle {
  std::vector<RowPiece> pieces;
  int bytes = 0;  ///< that a row makes

  /// Takes no memory where `pieces` has room for as many as there are.
  /// \param from  where each byte comes from; below 0, it is the byte of `constant` at that index
  /// \returns false where a row is too short, or what makes a piece is too far apart
  bool plan(std::span<const int> from, std::span<const std::byte> constant, std::size_t row_bytes);

  /// Writes `bytes` of each row, one row's after the other's, and up to 16 beyond.
  void run(std::span<const std::byte* const> rows, std::byte* to) const noexcept;
};

}  // namespace convolve
