// SPDX-License-Identifier: MIT
#include "core/simd/row_shuffle.h"

#include <algorithm>
#include <limits>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "core/simd/row_shuffle.cc"
#include <hwy/foreach_target.h>
#include "core/simd/dispatch.h"
#include "core/simd/highway-inl.h"

HWY_BEFORE_NAMESPACE();
namespace convolve {
namespace HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

#if HWY_TARGET == HWY_SCALAR

void RunRowShuffle(const RowShuffle& shuffle, std::span<const std::byte* const> rows,
                   std::byte* to) {
  for (const std::byte* const row : rows) {
    for (int i = 0; i < shuffle.bytes; ++i) {
      const RowPiece& piece = shuffle.pieces[static_cast<std::size_t>(i / BytePick::kBytes)];
      const auto at = static_cast<std::size_t>(i % BytePick::kBytes);
      auto byte = std::byte{piece.constant[at]};
      for (const BytePick& pick : piece.picks) {
        if (pick.order[at] != BytePick::kNowhere) byte = row[pick.from + pick.order[at]];
      }
      *to++ = byte;
    }
  }
}

#else

void RunRowShuffle(const RowShuffle& shuffle, std::span<const std::byte* const> rows,
                   std::byte* to) {
  const hn::Full128<std::uint8_t> d;
  // The last piece first: what it writes beyond a row's end is then written again.
  for (std::size_t i = shuffle.pieces.size(); i-- > 0;) {
    const RowPiece& piece = shuffle.pieces[i];
    const auto [first, second] = piece.picks;
    const auto constant = hn::Load(d, piece.constant.data());
    const auto first_order = hn::Load(d, first.order.data());
    const auto second_order = hn::Load(d, second.order.data());
    auto* made = reinterpret_cast<std::uint8_t*>(to) + i * BytePick::kBytes;
    for (const std::byte* const row : rows) {
      const auto* const from = reinterpret_cast<const std::uint8_t*>(row);
      const auto one = hn::TableLookupBytesOr0(hn::LoadU(d, from + first.from), first_order);
      const auto other = hn::TableLookupBytesOr0(hn::LoadU(d, from + second.from), second_order);
      hn::StoreU(hn::Or(constant, hn::Or(one, other)), d, made);
      made += shuffle.bytes;
    }
  }
}

#endif

}  // namespace HWY_NAMESPACE
}  // namespace convolve
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace convolve {

HWY_EXPORT(RunRowShuffle);

namespace {

// Picks what the 16 bytes hold that begin with the first one that is still lacking.
void pick_first(BytePick& pick, std::span<const int> from, int row_bytes, std::span<bool> lacks) {
  int first = std::numeric_limits<int>::max();
  for (std::size_t i = 0; i < from.size(); ++i) {
    if (lacks[i]) first = std::min(first, from[i]);
  }
  first = std::min(first, row_bytes - BytePick::kBytes);
  pick.from = first;
  for (std::size_t i = 0; i < from.size(); ++i) {
    if (!lacks[i] || from[i] - first >= BytePick::kBytes) continue;
    pick.order[i] = static_cast<std::uint8_t>(from[i] - first);
    lacks[i] = false;
  }
}

}  // namespace

bool RowShuffle::plan(std::span<const int> from, std::span<const std::byte> constant,
                      std::size_t row_bytes) {
  pieces.clear();
  bytes = static_cast<int>(from.size());
  if (row_bytes < BytePick::kBytes) return false;
  for (std::size_t begin = 0; begin < from.size(); begin += BytePick::kBytes) {
    const auto part =
        from.subspan(begin, std::min<std::size_t>(BytePick::kBytes, from.size() - begin));
    RowPiece piece;
    std::array<bool, BytePick::kBytes> lacks{};
    for (std::size_t i = 0; i < part.size(); ++i) {
      lacks[i] = part[i] >= 0;
      if (!lacks[i]) piece.constant[i] = static_cast<std::uint8_t>(constant[begin + i]);
    }
    for (BytePick& pick : piece.picks) {
      pick_first(pick, part, static_cast<int>(row_bytes), lacks);
    }
    if (std::find(lacks.begin(), lacks.end(), true) != lacks.end()) return false;
    pieces.push_back(piece);
  }
  return true;
}

void RowShuffle::run(std::span<const std::byte* const> rows, std::byte* to) const noexcept {
  CONVOLVE_DISPATCH(RunRowShuffle)(*this, rows, to);
}

}  // namespace convolve
#endif
