// SPDX-License-Identifier: MIT
/// \file
/// Rows of samples into groups of lanes. Included once per target.
///
/// Wide targets interleave within blocks of 128 bits. So that the results are in order all the
/// same, the units of a row that must end up in one block are brought together before: a shuffle a
/// row, and none of what comes of it.
#include <cstddef>
#include <cstdint>

#include "core/simd/highway-inl.h"

#if defined(CONVOLVE_INTERLEAVE_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef CONVOLVE_INTERLEAVE_INL_H_
#undef CONVOLVE_INTERLEAVE_INL_H_
#else
#define CONVOLVE_INTERLEAVE_INL_H_
#endif

HWY_BEFORE_NAMESPACE();
namespace convolve {
namespace HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

#if HWY_TARGET != HWY_SCALAR

/// Loads rows so that interleaving `kRows` of them gives kRows vectors in order.
template <int kRows>
class RowLoader {
  using D8 = hn::ScalableTag<std::uint8_t>;
  using D32 = hn::ScalableTag<std::uint32_t>;
  static constexpr bool kOneBlock = HWY_MAX_BYTES == 16;

 public:
  /// A vector of the bytes at `from`.
  [[nodiscard]] HWY_INLINE hn::Vec<D8> operator()(const std::uint8_t* from) const {
    const auto bytes = hn::LoadU(D8(), from);
    if constexpr (kOneBlock) return bytes;
    return hn::BitCast(D8(), hn::TableLookupLanes(hn::BitCast(D32(), bytes), order_));
  }

 private:
  static auto Order() {
    constexpr int kUnits = 4 / kRows;  // of a row, in a block
    const auto lanes = static_cast<int>(hn::Lanes(D32()));
    const int blocks = lanes / 4;
    HWY_ALIGN std::int32_t order[16] = {};
    for (int i = 0; i < lanes; ++i) {
      const int vector = i % 4 / kUnits;
      order[i] = (vector * blocks + i / 4) * kUnits + i % kUnits;
    }
    return hn::SetTableIndices(D32(), order);
  }
  decltype(Order()) order_ = Order();
};

/// Stores samples of two rows in turn, each of a `T`: two vectors.
template <typename T, class V8 = hn::Vec<hn::ScalableTag<std::uint8_t>>>
HWY_INLINE void StoreInTurn(V8 first, V8 second, std::uint8_t* to) {
  const hn::ScalableTag<std::uint8_t> d8;
  const hn::ScalableTag<T> d;
  const auto a = hn::BitCast(d, first);
  const auto b = hn::BitCast(d, second);
  hn::StoreU(hn::BitCast(d8, hn::InterleaveLower(d, a, b)), d8, to);
  hn::StoreU(hn::BitCast(d8, hn::InterleaveUpper(d, a, b)), d8, to + hn::Lanes(d8));
}

/// Stores the blocks of 128 bits of two vectors in turn: what interleaving without a `RowLoader`
/// made of two rows, in order.
template <class V = hn::Vec<hn::ScalableTag<std::int16_t>>>
HWY_INLINE void StoreBlocksInTurn(V low, V high, std::int16_t* to) {
  const hn::ScalableTag<std::int16_t> d;
  const auto step = hn::Lanes(d);
#if HWY_TARGET == HWY_AVX3 || HWY_TARGET == HWY_AVX3_DL
  const __m512i first = _mm512_setr_epi64(0, 1, 8, 9, 2, 3, 10, 11);
  const __m512i second = _mm512_setr_epi64(4, 5, 12, 13, 6, 7, 14, 15);
  hn::StoreU(V{_mm512_permutex2var_epi64(low.raw, first, high.raw)}, d, to);
  hn::StoreU(V{_mm512_permutex2var_epi64(low.raw, second, high.raw)}, d, to + step);
#elif HWY_TARGET == HWY_AVX2
  hn::StoreU(hn::ConcatLowerLower(d, high, low), d, to);
  hn::StoreU(hn::ConcatUpperUpper(d, high, low), d, to + step);
#else
  hn::StoreU(low, d, to);
  hn::StoreU(high, d, to + step);
#endif
}

/// Lane x of `to` holds sample x of 4 rows. Writes, and reads, up to a vector beyond `samples`.
HWY_INLINE void InterleaveBytes(const std::byte* const (&rows)[4], int samples, std::int32_t* to) {
  const hn::ScalableTag<std::uint8_t> d;
  const auto step = static_cast<int>(hn::Lanes(d));
  const RowLoader<4> load;
  const auto* const row0 = reinterpret_cast<const std::uint8_t*>(rows[0]);
  const auto* const row1 = reinterpret_cast<const std::uint8_t*>(rows[1]);
  const auto* const row2 = reinterpret_cast<const std::uint8_t*>(rows[2]);
  const auto* const row3 = reinterpret_cast<const std::uint8_t*>(rows[3]);
  auto* const bytes = reinterpret_cast<std::uint8_t*>(to);
  for (int x = 0; x < samples; x += step) {
    const auto a = load(row0 + x);
    const auto b = load(row1 + x);
    const auto c = load(row2 + x);
    const auto e = load(row3 + x);
    StoreInTurn<std::uint16_t>(hn::InterleaveLower(d, a, b), hn::InterleaveLower(d, c, e),
                               bytes + 4 * x);
    StoreInTurn<std::uint16_t>(hn::InterleaveUpper(d, a, b), hn::InterleaveUpper(d, c, e),
                               bytes + 4 * x + 2 * step);
  }
}

/// Lane x of `to` holds sample x of 2 rows of bytes, as halves.
HWY_INLINE void InterleaveWidened(const std::byte* const (&rows)[2], int samples,
                                  std::int32_t* to) {
  const hn::ScalableTag<std::uint8_t> d;
  const auto step = static_cast<int>(hn::Lanes(d));
  const RowLoader<4> load;
  const auto zero = hn::Zero(d);
  const auto* const row0 = reinterpret_cast<const std::uint8_t*>(rows[0]);
  const auto* const row1 = reinterpret_cast<const std::uint8_t*>(rows[1]);
  auto* const bytes = reinterpret_cast<std::uint8_t*>(to);
  for (int x = 0; x < samples; x += step) {
    const auto a = load(row0 + x);
    const auto b = load(row1 + x);
    StoreInTurn<std::uint16_t>(hn::InterleaveLower(d, a, zero), hn::InterleaveLower(d, b, zero),
                               bytes + 4 * x);
    StoreInTurn<std::uint16_t>(hn::InterleaveUpper(d, a, zero), hn::InterleaveUpper(d, b, zero),
                               bytes + 4 * x + 2 * step);
  }
}

/// Lane x of `to`, of 16 bits, holds sample x of 2 rows of bytes.
HWY_INLINE void InterleavePair(const std::byte* const (&rows)[2], int samples, std::int16_t* to) {
  const auto step = static_cast<int>(hn::Lanes(hn::ScalableTag<std::uint8_t>()));
  const RowLoader<2> load;
  const auto* const row0 = reinterpret_cast<const std::uint8_t*>(rows[0]);
  const auto* const row1 = reinterpret_cast<const std::uint8_t*>(rows[1]);
  auto* const bytes = reinterpret_cast<std::uint8_t*>(to);
  for (int x = 0; x < samples; x += step) {
    StoreInTurn<std::uint8_t>(load(row0 + x), load(row1 + x), bytes + 2 * x);
  }
}

/// Lane x of `to` holds sample x of 2 rows, each less 32768 where `centred`, as signed halves.
HWY_INLINE void InterleaveHalves(const std::byte* const (&rows)[2], int samples, bool centred,
                                 std::int32_t* to) {
  const hn::ScalableTag<std::uint8_t> d8;
  const hn::ScalableTag<std::uint16_t> d;
  const auto step = static_cast<int>(hn::Lanes(d8));
  const RowLoader<2> load;
  const auto flip = hn::BitCast(d8, hn::Set(d, static_cast<std::uint16_t>(centred ? 0x8000 : 0)));
  const auto* const row0 = reinterpret_cast<const std::uint8_t*>(rows[0]);
  const auto* const row1 = reinterpret_cast<const std::uint8_t*>(rows[1]);
  auto* const bytes = reinterpret_cast<std::uint8_t*>(to);
  for (int x = 0; x < 2 * samples; x += step) {
    StoreInTurn<std::uint16_t>(hn::Xor(load(row0 + x), flip), hn::Xor(load(row1 + x), flip),
                               bytes + 2 * x);
  }
}

#endif  // HWY_SCALAR

}  // namespace HWY_NAMESPACE
}  // namespace convolve
HWY_AFTER_NAMESPACE();

#endif
