// SPDX-License-Identifier: MIT
#include "core/simd/transpose_halves.h"

#include <cstdint>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "core/simd/transpose_halves.cc"
#include <hwy/foreach_target.h>
#include "core/simd/dispatch.h"
#include "core/simd/highway-inl.h"

HWY_BEFORE_NAMESPACE();
namespace convolve {
namespace HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

// From row to row.
class RowWalk {
 public:
  RowWalk(const HalfRows& rows, int first)
      : rows_(rows),
        channel_(first % rows.channels),
        line_(rows.data + first / rows.channels * rows.stride),
        row_(line_ + channel_ * rows.channel_bytes) {}

  HWY_INLINE std::byte* Next() {
    std::byte* const row = row_;
    row_ += rows_.channel_bytes;
    if (++channel_ == rows_.channels) {
      channel_ = 0;
      row_ = line_ += rows_.stride;
    }
    return row;
  }

 private:
  const HalfRows rows_;
  int channel_;
  std::byte* line_;
  std::byte* row_;
};

#if HWY_TARGET == HWY_SCALAR

void TransposeHalves(const HalfRows& from, int rows, int first, int last, const HalfRows& to) {
  RowWalk inputs(from, 0);
  for (int y = 0; y < rows; ++y) {
    const auto* const row = reinterpret_cast<const std::int16_t*>(inputs.Next());
    RowWalk outputs(to, first);
    for (int x = first; x < last; ++x) reinterpret_cast<std::int16_t*>(outputs.Next())[y] = row[x];
  }
}

#else

// Blocks of 8 × 8, by interleaving rows with those 4, then 2, then 1 further on.
HWY_INLINE void TransposeBlock(RowWalk& from, int x, std::byte* const (&to)[8], int y) {
  const hn::Full128<std::int16_t> d;
  using V = hn::Vec<decltype(d)>;
  V row[8];
  for (V& halves : row) {
    halves = hn::LoadU(d, reinterpret_cast<const std::int16_t*>(from.Next()) + x);
  }
  for (int round = 0; round < 3; ++round) {
    V next[8];
    for (int i = 0; i < 4; ++i) {
      next[2 * i] = hn::InterleaveLower(d, row[i], row[i + 4]);
      next[2 * i + 1] = hn::InterleaveUpper(d, row[i], row[i + 4]);
    }
    for (int i = 0; i < 8; ++i) row[i] = next[i];
  }
  for (int i = 0; i < 8; ++i) hn::StoreU(row[i], d, reinterpret_cast<std::int16_t*>(to[i]) + y);
}

void TransposeHalves(const HalfRows& from, int rows, int first, int last, const HalfRows& to) {
  RowWalk outputs(to, first);
  for (int x = first; x < last; x += 8) {
    std::byte* out[8];
    for (std::byte*& row : out) row = outputs.Next();
    RowWalk inputs(from, 0);
    for (int y = 0; y < rows; y += 8) TransposeBlock(inputs, x, out, y);
  }
}

#endif

}  // namespace HWY_NAMESPACE
}  // namespace convolve
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace convolve {

HWY_EXPORT(TransposeHalves);

void transpose_halves(const HalfRows& from, int rows, int first, int last,
                      const HalfRows& to) noexcept {
  CONVOLVE_DISPATCH(TransposeHalves)(from, rows, first, last, to);
}

}  // namespace convolve
#endif
