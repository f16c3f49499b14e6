// SPDX-License-Identifier: MIT
#include "core/simd/pool.h"

#include <algorithm>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "core/simd/pool.cc"
#include <hwy/foreach_target.h>
#include "core/simd/dispatch.h"
#include "core/simd/highway-inl.h"

HWY_BEFORE_NAMESPACE();
namespace convolve {
namespace HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

struct Most {
  template <class V>
  HWY_INLINE V operator()(V a, V b) const {
    return hn::Max(a, b);
  }
};
struct Least {
  template <class V>
  HWY_INLINE V operator()(V a, V b) const {
    return hn::Min(a, b);
  }
};
struct Sum {
  template <class V>
  HWY_INLINE V operator()(V a, V b) const {
    return hn::Add(a, b);
  }
};

// As many samples as `d` has lanes, as numbers.
template <class D, typename T>
HWY_INLINE hn::Vec<D> LoadNumbers(D d, const T* from) {
  using Number = hn::TFromD<D>;
  const auto samples = hn::LoadU(hn::Rebind<T, D>(), from);
  if constexpr (sizeof(T) == sizeof(Number)) {
    return samples;
  } else if constexpr (sizeof(Number) == 8 && sizeof(T) == 2) {
    return hn::PromoteTo(d, hn::PromoteTo(hn::Rebind<std::int32_t, D>(), samples));
  } else {
    return hn::PromoteTo(d, samples);
  }
}

template <class Join, class D, typename T>
HWY_INLINE void JoinRowsAt(D d, std::span<const std::byte* const> rows, int x, hn::TFromD<D>* to) {
  const auto load = [&](const std::byte* row)
                        HWY_ATTR { return LoadNumbers(d, reinterpret_cast<const T*>(row) + x); };
  auto joined = load(rows[0]);
  for (std::size_t i = 1; i < rows.size(); ++i) joined = Join()(joined, load(rows[i]));
  hn::StoreU(joined, d, to + x);
}

template <class Join, typename T, typename Number>
void JoinRows(std::span<const std::byte* const> rows, int samples, Number* to) {
  const hn::ScalableTag<Number> d;
  const auto step = static_cast<int>(hn::Lanes(d));
  if (samples < step) {
    for (int x = 0; x < samples; ++x) {
      JoinRowsAt<Join, hn::CappedTag<Number, 1>, T>({}, rows, x, to);
    }
    return;
  }
  for (int x = 0; x < samples; x += step) {
    JoinRowsAt<Join, decltype(d), T>(d, rows, std::min(x, samples - step), to);
  }
}

// `to[x] = a[x] joined with b[x]`, in this order, up to a vector beyond `count`. Either may lie
// ahead of `to` in the same row.
template <class Join, typename Number>
void JoinNeighbours(const Number* a, const Number* b, int count, Number* to) {
  const hn::ScalableTag<Number> d;
  const auto step = static_cast<int>(hn::Lanes(d));
  for (int x = 0; x < count; x += step) {
    hn::StoreU(Join()(hn::LoadU(d, a + x), hn::LoadU(d, b + x)), d, to + x);
  }
}

// Windows of any size from those of powers of two: 6 = 2 + 4.
template <class Join, typename Number>
const Number* JoinWindows(const PoolRows& pool, const Number* columns, int samples, Number* doubled,
                          Number* windows) {
  const Number* level = columns;
  const Number* found = nullptr;
  int offset = 0;  // of what is not in `found` yet
  for (int length = 1; length <= pool.size; length *= 2) {
    if (length > 1) {
      const int half = length / 2 * pool.channels;
      JoinNeighbours<Join>(level, level + half, samples, doubled);
      level = doubled;
    }
    if ((pool.size & length) == 0) continue;
    if (found == nullptr) {
      found = level;
      if (level == doubled && length * 2 <= pool.size) {
        found = windows;
        std::copy_n(level, samples, windows);
      }
    } else {
      JoinNeighbours<Join>(found, level + offset, samples, windows);
      found = windows;
    }
    offset += length * pool.channels;
  }
  return found;
}

template <class Join, typename T, typename Number>
PooledRows Pool(const PoolRows& pool, std::span<const std::byte* const> rows, int samples,
                std::byte* scratch) {
  auto* const columns = reinterpret_cast<Number*>(scratch);
  const std::size_t stride = pool_row_numbers(pool, samples);
  JoinRows<Join, T>(rows, samples, columns);
  const Number* const windows =
      JoinWindows<Join>(pool, columns, samples, columns + stride, columns + 2 * stride);
  return {scratch, reinterpret_cast<const std::byte*>(windows)};
}

template <typename T, typename Number>
PooledRows PoolAs(const PoolRows& pool, std::span<const std::byte* const> rows, int samples,
                  std::byte* scratch) {
  if (pool.kind == PoolOperator::max) return Pool<Most, T, T>(pool, rows, samples, scratch);
  if (pool.kind == PoolOperator::min) return Pool<Least, T, T>(pool, rows, samples, scratch);
  return Pool<Sum, T, Number>(pool, rows, samples, scratch);
}

PooledRows PoolAnyRows(const PoolRows& pool, std::span<const std::byte* const> rows, int samples,
                       std::byte* scratch) {
  const bool wide = pool.number == PoolNumber::u32;
  switch (pool.input) {
    case SampleType::u8:
      return wide ? PoolAs<std::uint8_t, std::uint32_t>(pool, rows, samples, scratch)
                  : PoolAs<std::uint8_t, std::uint16_t>(pool, rows, samples, scratch);
    case SampleType::u16:
      return wide ? PoolAs<std::uint16_t, std::uint32_t>(pool, rows, samples, scratch)
                  : PoolAs<std::uint16_t, double>(pool, rows, samples, scratch);
    default:
      return PoolAs<float, double>(pool, rows, samples, scratch);
  }
}

}  // namespace HWY_NAMESPACE
}  // namespace convolve
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace convolve {

HWY_EXPORT(PoolAnyRows);

PoolNumber pool_number(PoolOperator kind, SampleType input, std::int64_t area,
                       std::int64_t most) noexcept {
  if (kind != PoolOperator::mean) {
    return input == SampleType::u8    ? PoolNumber::u8
           : input == SampleType::u16 ? PoolNumber::u16
                                      : PoolNumber::f32;
  }
  if (input == SampleType::u8) return area * most <= 0xffff ? PoolNumber::u16 : PoolNumber::u32;
  const bool fits = input == SampleType::u16 && area * most <= 0xffffffff;
  return fits ? PoolNumber::u32 : PoolNumber::f64;
}

std::size_t pool_row_numbers(const PoolRows& pool, int samples) noexcept {
  // Neighbours of the last sample are read, whatever they hold, and a vector beyond is written.
  return static_cast<std::size_t>(samples + pool.size * pool.channels + 2 * 64 + 63) / 64 * 64;
}

PooledRows pool_rows(const PoolRows& pool, std::span<const std::byte* const> rows, int samples,
                     std::byte* scratch) noexcept {
  return CONVOLVE_DISPATCH(PoolAnyRows)(pool, rows, samples, scratch);
}

}  // namespace convolve
#endif
