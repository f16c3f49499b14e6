// SPDX-License-Identifier: MIT
#include "core/simd/three_taps.h"

#include <algorithm>
#include <cstdlib>
#include <numeric>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "core/simd/three_taps.cc"
#include <hwy/foreach_target.h>
#include "core/simd/dispatch.h"
#include "core/simd/highway-inl.h"

#include "core/simd/dot-inl.h"
#include "core/simd/rows_ahead.h"

#ifndef CONVOLVE_THREE_TAPS_ONCE
#define CONVOLVE_THREE_TAPS_ONCE
namespace convolve {

// How the rows under an output are joined.
enum class Join { sum, middle_twice, difference, any };

inline Join join_of(const std::array<std::int16_t, 3>& vertical) noexcept {
  using Weights = std::array<std::int16_t, 3>;
  if (vertical == Weights{1, 1, 1}) return Join::sum;
  if (vertical == Weights{1, 2, 1}) return Join::middle_twice;
  return vertical == Weights{-1, 0, 1} ? Join::difference : Join::any;
}

}  // namespace convolve
#endif

HWY_BEFORE_NAMESPACE();
namespace convolve {
namespace HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

#if HWY_TARGET == HWY_SCALAR

void RunThreeTapRows(const ThreeTapRows& rows, const RowBlock& block) {
  for (int y = 0; y < block.rows; ++y) {
    auto* const out = reinterpret_cast<std::uint8_t*>(block.out[y]);
    for (int x = 0; x < block.samples; ++x) {
      int sum = 0;
      for (int row = 0; row < 3; ++row) {
        const auto* const in = reinterpret_cast<const std::uint8_t*>(block.in[y + row]) + x;
        int row_sum = 0;
        for (int tap = 0; tap < 3; ++tap) {
          row_sum += rows.horizontal[static_cast<std::size_t>(tap)] * in[tap * rows.channels];
        }
        sum += rows.vertical[static_cast<std::size_t>(row)] * row_sum;
      }
      out[x] = rows.finished(sum);
    }
  }
}

#else

using D16 = hn::ScalableTag<std::int16_t>;
using V16 = hn::Vec<D16>;

// Sums of even and of odd samples.
struct Halves {
  V16 even;
  V16 odd;
};

// Weights of two neighbouring bytes.
HWY_INLINE V16 PairWeights(int low, int high) {
  return hn::Set(
      D16(), static_cast<std::int16_t>((low & 0xff) |
                                       static_cast<int>(static_cast<unsigned>(high & 0xff) << 8)));
}

// The three taps of a row.
class SingleChannel {
 public:
  explicit SingleChannel(const ThreeTapRows& rows)
      : left_(PairWeights(rows.horizontal[0], rows.horizontal[1])),
        right_(PairWeights(rows.horizontal[2], 0)) {}

  HWY_INLINE Halves operator()(const std::uint8_t* in) const {
    return {hn::Add(At(in, left_), At(in + 2, right_)),
            hn::Add(At(in + 1, left_), At(in + 3, right_))};
  }

 private:
  static HWY_INLINE V16 At(const std::uint8_t* in, V16 weights) {
    const hn::Repartition<std::uint8_t, D16> d8;
    return DotBytePairs(hn::BitCast(D16(), hn::LoadU(d8, in)), weights);
  }

  V16 left_;
  V16 right_;
};

template <bool kMiddle>
class ManyChannels {
 public:
  explicit ManyChannels(const ThreeTapRows& rows) : channels_(rows.channels) {
    for (std::size_t tap = 0; tap < 3; ++tap) {
      even_[tap] = PairWeights(rows.horizontal[tap], 0);
      odd_[tap] = PairWeights(0, rows.horizontal[tap]);
    }
  }

  HWY_INLINE Halves operator()(const std::uint8_t* in) const {
    const hn::Repartition<std::uint8_t, D16> d8;
    const V16 left = hn::BitCast(D16(), hn::LoadU(d8, in));
    const V16 right = hn::BitCast(D16(), hn::LoadU(d8, in + 2 * channels_));
    Halves sums{hn::Add(DotBytePairs(left, even_[0]), DotBytePairs(right, even_[2])),
                hn::Add(DotBytePairs(left, odd_[0]), DotBytePairs(right, odd_[2]))};
    if constexpr (kMiddle) {
      const V16 middle = hn::BitCast(D16(), hn::LoadU(d8, in + channels_));
      sums.even = hn::Add(sums.even, DotBytePairs(middle, even_[1]));
      sums.odd = hn::Add(sums.odd, DotBytePairs(middle, odd_[1]));
    }
    return sums;
  }

 private:
  int channels_;
  V16 even_[3];
  V16 odd_[3];
};

// The usual finishes, with nothing to ask in between.
class ShiftFinish {
 public:
  explicit ShiftFinish(const ThreeTapRows& rows)
      : shift_(rows.shift), add_(hn::Set(D16(), rows.add)) {}
  HWY_INLINE V16 operator()(V16 sum) const {
    return hn::ShiftRightSame(hn::Add(sum, add_), shift_);
  }

 private:
  int shift_;
  V16 add_;
};

class FactorFinish {
 public:
  explicit FactorFinish(const ThreeTapRows& rows)
      : factor_(hn::Set(D16(), rows.factor != 0 ? rows.factor : Down(rows))) {}

  // A rounded shift is a rounded product, too.
  static bool serves(const ThreeTapRows& rows) {
    if (rows.factor != 0) return rows.add == 0 && rows.shift == 0;
    return rows.shift >= 1 && rows.add == 1 << (rows.shift - 1);
  }
  HWY_INLINE V16 operator()(V16 sum) const { return hn::MulFixedPoint15(sum, factor_); }

 private:
  static std::int16_t Down(const ThreeTapRows& rows) {
    return static_cast<std::int16_t>(1 << (15 - rows.shift));
  }

  V16 factor_;
};

class MagnitudeFinish {
 public:
  explicit MagnitudeFinish(const ThreeTapRows&) : most_(hn::Set(D16(), 255)) {}
  HWY_INLINE V16 operator()(V16 sum) const { return hn::Min(hn::Abs(sum), most_); }

 private:
  V16 most_;
};

class AnyFinish {
 public:
  explicit AnyFinish(const ThreeTapRows& rows)
      : absolute_(rows.absolute),
        scaled_(rows.factor != 0),
        shift_(rows.shift),
        init_(hn::Set(D16(), rows.init)),
        factor_(hn::Set(D16(), rows.factor)),
        add_(hn::Set(D16(), rows.add)) {}

  HWY_INLINE V16 operator()(V16 sum) const {
    sum = hn::Add(sum, init_);
    if (absolute_) sum = hn::Abs(sum);
    if (scaled_) sum = hn::MulFixedPoint15(sum, factor_);
    sum = hn::ShiftRightSame(hn::Add(sum, add_), shift_);
    return hn::Min(hn::Max(sum, hn::Zero(D16())), hn::Set(D16(), 255));
  }

 private:
  bool absolute_;
  bool scaled_;
  int shift_;
  V16 init_;
  V16 factor_;
  V16 add_;
};

// Joins the sums of three rows.
template <Join kJoin>
class Joiner {
 public:
  explicit Joiner(const ThreeTapRows& rows) {
    for (std::size_t i = 0; i < 3; ++i) vertical_[i] = hn::Set(D16(), rows.vertical[i]);
  }

  HWY_INLINE V16 operator()(V16 upper, V16 middle, V16 lower) const {
    if constexpr (kJoin == Join::difference) {
      return hn::Sub(lower, upper);
    } else if constexpr (kJoin == Join::any) {
      return hn::Add(hn::Add(hn::Mul(upper, vertical_[0]), hn::Mul(lower, vertical_[2])),
                     hn::Mul(middle, vertical_[1]));
    } else if constexpr (kJoin == Join::middle_twice) {
      // The sum of two rows is the lower one of one output and the upper one of the next.
      return hn::Add(hn::Add(upper, middle), hn::Add(middle, lower));
    } else {
      return hn::Add(hn::Add(upper, lower), middle);
    }
  }

 private:
  V16 vertical_[3];
};

// Row sums and their joining: kRows output rows, which share the sums.
template <Join kJoin, class Taps, class Finish>
class Walker {
 public:
  explicit Walker(const ThreeTapRows& rows) : taps_(rows), join_(rows), finish_(rows) {}

  template <int kRows>
  HWY_INLINE void Walk(const std::byte* const* from, std::byte* const* to, int samples,
                       const RowsAhead<kRows>& ahead) const {
    const hn::Repartition<std::uint8_t, D16> d8;
    const auto step = static_cast<int>(hn::Lanes(d8));
    const std::uint8_t* in[kRows + 2];
    std::uint8_t* out[kRows];
    for (int i = 0; i < kRows + 2; ++i) in[i] = reinterpret_cast<const std::uint8_t*>(from[i]);
    for (int i = 0; i < kRows; ++i) out[i] = reinterpret_cast<std::uint8_t*>(to[i]);
    const Taps taps = taps_;
    const Joiner<kJoin> join = join_;
    const Finish finish = finish_;
    for (int next = 0; next < samples; next += step) {
      const int x = std::min(next, samples - step);
      ahead.fetch(x);
      Halves sums[kRows + 2];
      sums[0] = taps(in[0] + x);
      sums[1] = taps(in[1] + x);
      HWY_UNROLL(4)
      for (int i = 0; i < kRows; ++i) {
        sums[i + 2] = taps(in[i + 2] + x);
        const V16 even = finish(join(sums[i].even, sums[i + 1].even, sums[i + 2].even));
        const V16 odd = finish(join(sums[i].odd, sums[i + 1].odd, sums[i + 2].odd));
        hn::StoreU(hn::BitCast(d8, hn::Or(even, hn::ShiftLeft<8>(odd))), d8, out[i] + x);
      }
    }
  }

 private:
  Taps taps_;
  Joiner<kJoin> join_;
  Finish finish_;
};

template <Join kJoin, class Taps, class Finish>
void Run(const ThreeTapRows& rows, const RowBlock& block) {
  // More rows would save more sums, but touch more cache lines at once.
  constexpr int kRows = 4;
  const Walker<kJoin, Taps, Finish> walker(rows);
  // A vector is not longer than what a stage may always write.
  const auto step = static_cast<int>(hn::Lanes(hn::Repartition<std::uint8_t, D16>()));
  const int samples = std::max(block.samples, step);
  const int last_row = block.rows + 1;
  int y = 0;
  for (; y + kRows <= block.rows; y += kRows) {
    const RowsAhead<kRows> ahead(block.in, y + kRows + 2, last_row);
    walker.template Walk<kRows>(block.in + y, block.out + y, samples, ahead);
  }
  for (; y < block.rows; ++y) {
    const RowsAhead<1> ahead(block.in, y + 3, last_row);
    walker.template Walk<1>(block.in + y, block.out + y, samples, ahead);
  }
}

template <Join kJoin, class Taps>
void RunTaps(const ThreeTapRows& rows, const RowBlock& block) {
  const bool plain = rows.init == 0 && !rows.absolute;
  if (plain && !rows.clamped && FactorFinish::serves(rows)) {
    return Run<kJoin, Taps, FactorFinish>(rows, block);
  }
  if (plain && rows.factor == 0 && !rows.clamped) return Run<kJoin, Taps, ShiftFinish>(rows, block);
  if (rows.absolute && rows.init == 0 && rows.factor == 0 && rows.add == 0 && rows.shift == 0) {
    return Run<kJoin, Taps, MagnitudeFinish>(rows, block);
  }
  Run<kJoin, Taps, AnyFinish>(rows, block);
}

template <Join kJoin>
void RunJoined(const ThreeTapRows& rows, const RowBlock& block) {
  if (rows.channels == 1) return RunTaps<kJoin, SingleChannel>(rows, block);
  if (rows.horizontal[1] == 0) return RunTaps<kJoin, ManyChannels<false>>(rows, block);
  RunTaps<kJoin, ManyChannels<true>>(rows, block);
}

void RunThreeTapRows(const ThreeTapRows& rows, const RowBlock& block) {
  switch (join_of(rows.vertical)) {
    case Join::sum:
      return RunJoined<Join::sum>(rows, block);
    case Join::middle_twice:
      return RunJoined<Join::middle_twice>(rows, block);
    case Join::difference:
      return RunJoined<Join::difference>(rows, block);
    default:
      return RunJoined<Join::any>(rows, block);
  }
}

#endif

}  // namespace HWY_NAMESPACE
}  // namespace convolve
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace convolve {

HWY_EXPORT(RunThreeTapRows);

std::uint8_t ThreeTapRows::finished(int sum) const noexcept {
  int value = sum + init;
  if (absolute) value = std::abs(value);
  if (factor != 0) value = (value * factor + (1 << 14)) >> 15;
  return static_cast<std::uint8_t>(std::clamp((value + add) >> shift, 0, 255));
}

std::optional<ThreeTapRows> ThreeTapRows::make(const BytePairRows& rows,
                                               const std::array<int, 3>& horizontal,
                                               const std::array<int, 3>& vertical, int channels) {
  if (!rows.narrow || rows.high_factor != 0) return std::nullopt;
  ThreeTapRows made;
  // The opposite of a difference of rows is that of the opposite rows.
  const int sign = vertical == std::array<int, 3>{1, 0, -1} ? -1 : 1;
  int least = 0;
  int most = 0;
  for (std::size_t y = 0; y < 3; ++y) {
    if (std::abs(horizontal[y]) > 127 || std::abs(vertical[y]) > 127) return std::nullopt;
    made.horizontal[y] = static_cast<std::int16_t>(sign * horizontal[y]);
    made.vertical[y] = static_cast<std::int16_t>(sign * vertical[y]);
    for (std::size_t x = 0; x < 3; ++x) {
      const int weight = vertical[y] * horizontal[x];
      (weight > 0 ? most : least) += 255 * weight;
    }
  }
  made.channels = channels;
  made.absolute = rows.absolute;
  made.factor = rows.factor;
  made.shift = rows.shift;
  const bool apart = rows.absolute || rows.factor != 0;
  made.init = apart ? rows.init : std::int16_t{0};
  made.add = apart ? rows.add : static_cast<std::int16_t>(rows.init + rows.add);
  // The finish never falls where its sum grows, but for the absolute value, which is never
  // negative.
  const auto plain = [&](int sum) {
    int value = sum + made.init;
    if (made.absolute) value = std::abs(value);
    if (made.factor != 0) value = (value * made.factor + (1 << 14)) >> 15;
    return (value + made.add) >> made.shift;
  };
  made.clamped = made.absolute || plain(least) < 0 || plain(most) > 255;
  return made;
}

void run_three_tap_rows(const ThreeTapRows& rows, const RowBlock& block) noexcept {
  CONVOLVE_DISPATCH(RunThreeTapRows)(rows, block);
}

}  // namespace convolve
#endif
