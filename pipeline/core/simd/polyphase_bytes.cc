// SPDX-License-Identifier: MIT
#include "core/simd/polyphase_bytes.h"

#include <algorithm>
#include <utility>

#include "core/simd/row_ends.h"
#include "core/simd/rows_ahead.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "core/simd/polyphase_bytes.cc"
#include <hwy/foreach_target.h>
#include "core/simd/dispatch.h"
#include "core/simd/highway-inl.h"

#include "core/simd/pair_splitter-inl.h"

#ifndef CONVOLVE_POLYPHASE_BYTES_ONCE
#define CONVOLVE_POLYPHASE_BYTES_ONCE
namespace convolve {

// Samples of a scratch row. Loops work on so many at a time at most, and load a vector beyond.
inline std::size_t polyphase_row(const PolyphaseByteRows& rows, int samples) noexcept {
  return static_cast<std::size_t>(samples + rows.reach + 2 * 128 + 63) / 64 * 64;
}

// Bytes of scratch that say where the window's rows lie.
inline std::size_t polyphase_pointers(const PolyphaseByteRows& rows) noexcept {
  return (static_cast<std::size_t>(rows.height) * sizeof(void*) + 63) / 64 * 64;
}

}  // namespace convolve
#endif

HWY_BEFORE_NAMESPACE();
namespace convolve {
namespace HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

using Phase = PolyphaseByteRows::Phase;

constexpr int kFraction = PolyphaseByteRows::kFraction;

// Scratch: where the window's rows lie, its rows of samples about 128, a row of column sums, and a
// row of codes for each horizontal phase.
struct Scratch {
  Scratch(const PolyphaseByteRows& rows, int samples, std::byte* memory)
      : stride(polyphase_row(rows, samples)),
        height(rows.height),
        window(reinterpret_cast<const std::int16_t**>(memory)),
        raised(reinterpret_cast<std::int16_t*>(memory + polyphase_pointers(rows))),
        columns(raised + static_cast<std::size_t>(height) * stride),
        codes(reinterpret_cast<std::uint8_t*>(columns + stride)) {}

  // Input row `y` of the block.
  [[nodiscard]] std::int16_t* row(int y) const {
    return raised + static_cast<std::size_t>(y % height) * stride;
  }
  [[nodiscard]] std::uint8_t* code_row(int phase) const {
    return codes + static_cast<std::size_t>(phase) * stride;
  }

  // Makes `window` that of input row `y` and those below it.
  void look_at(int y) const {
    int slot = y % height;
    for (int i = 0; i < height; ++i) {
      window[i] = row(slot);
      slot = slot + 1 < height ? slot + 1 : 0;
    }
  }

  std::size_t stride;
  int height;
  const std::int16_t** window;
  std::int16_t* raised;
  std::int16_t* columns;
  std::uint8_t* codes;
};

#if HWY_TARGET == HWY_SCALAR

void Raise(const std::uint8_t* from, int samples, std::int16_t* to) {
  for (int x = 0; x < samples; ++x) {
    to[x] = static_cast<std::int16_t>((from[x] - 128) * (1 << kFraction));
  }
}

// Sums may leave 16 bits on their way, but not in the end.
HWY_INLINE std::int16_t Product(std::int16_t sample, std::int16_t weight) {
  return static_cast<std::int16_t>((sample * weight + (1 << 14)) >> 15);
}

void SumColumns(const Phase& taps, const Scratch& scratch, int samples) {
  for (int x = 0; x < samples; ++x) {
    int sum = 0;
    for (const auto& tap : taps) sum += Product(scratch.window[tap.offset][x], tap.weight());
    scratch.columns[x] = static_cast<std::int16_t>(sum);
  }
}

void SumRow(const Phase& taps, std::int16_t init, const std::int16_t* columns, int samples,
            std::uint8_t* to) {
  for (int x = 0; x < samples; ++x) {
    int sum = init;
    for (const auto& tap : taps) sum += Product(columns[x + tap.offset], tap.weight());
    const int code = ((static_cast<std::int16_t>(sum) + (1 << (kFraction - 1))) >> kFraction) + 128;
    to[x] = static_cast<std::uint8_t>(std::clamp(code, 0, 255));
  }
}

bool SumBothRows(const PolyphaseByteRows&, const Scratch&, const PairSplitter&, int, int,
                 std::byte*) {
  return false;
}

#else

using D16 = hn::ScalableTag<std::int16_t>;
using V16 = hn::Vec<D16>;

// Vectors that are summed side by side, so that a weight is loaded once for all.
constexpr int kVectors = 4;

HWY_INLINE int Lanes16() { return static_cast<int>(hn::Lanes(D16())); }

// Writes up to a vector beyond `samples`, and reads as much.
void Raise(const std::uint8_t* from, int samples, std::int16_t* to) {
  const D16 d;
  const hn::Rebind<std::uint8_t, D16> d8;
  const V16 centre = hn::Set(d, 128);
  for (int x = 0; x < samples; x += Lanes16()) {
    const V16 sample = hn::Sub(hn::PromoteTo(d, hn::LoadU(d8, from + x)), centre);
    hn::StoreU(hn::ShiftLeft<kFraction>(sample), d, to + x);
  }
}

HWY_INLINE V16 WeightOf(std::int32_t word) {
  return hn::BitCast(D16(), hn::Set(hn::Repartition<std::int32_t, D16>(), word));
}

template <int kCount>
HWY_INLINE void AddProducts(V16 (&sums)[kCount], const std::int16_t* from, std::int32_t word) {
  const D16 d;
  const V16 factor = WeightOf(word);
  for (int v = 0; v < kCount; ++v) {
    sums[v] = hn::Add(sums[v], hn::MulFixedPoint15(hn::LoadU(d, from + v * Lanes16()), factor));
  }
}

// Writes up to kVectors vectors beyond.
void SumColumns(const Phase& taps, const Scratch& scratch, int samples) {
  const D16 d;
  const int step = kVectors * Lanes16();
  for (int x = 0; x < samples; x += step) {
    V16 sums[kVectors];
    for (V16& sum : sums) sum = hn::Zero(d);
    for (const auto& tap : taps) AddProducts(sums, scratch.window[tap.offset] + x, tap.word);
    for (int v = 0; v < kVectors; ++v) {
      hn::StoreU(sums[v], d, scratch.columns + x + v * Lanes16());
    }
  }
}

template <int kCount>
HWY_INLINE void AddPhase(const Phase& taps, const std::int16_t* from, V16 (&sums)[kCount]) {
  for (const auto& tap : taps) AddProducts(sums, from + tap.offset, tap.word);
}

// Sums of a horizontal phase, doubled and clamped: the code less 128 is in the upper byte.
template <int kCount>
HWY_INLINE void Finish(V16 (&sums)[kCount]) {
  const V16 half = hn::Set(D16(), 128);
  for (V16& sum : sums) sum = hn::SaturatedAdd(hn::SaturatedAdd(sum, sum), half);
}

// Writes up to kVectors vectors beyond.
void SumRow(const Phase& taps, std::int16_t init, const std::int16_t* columns, int samples,
            std::uint8_t* to) {
  const D16 d;
  const hn::Rebind<std::uint8_t, D16> d8;
  const V16 centre = hn::Set(d, 128);
  const int step = kVectors * Lanes16();
  for (int x = 0; x < samples; x += step) {
    V16 sums[kVectors];
    for (V16& sum : sums) sum = hn::Set(d, init);
    AddPhase(taps, columns + x, sums);
    Finish(sums);
    for (int v = 0; v < kVectors; ++v) {
      const V16 code = hn::Add(hn::ShiftRight<8>(sums[v]), centre);
      hn::StoreU(hn::DemoteTo(d8, code), d8, to + x + v * Lanes16());
    }
  }
}

// Both phases of kCount vectors of columns, in turn: a lane of the output is a pair of codes.
template <int kCount>
HWY_INLINE void SumBothAt(const PolyphaseByteRows& rows, int phase_y, const std::int16_t* columns,
                          std::uint8_t* to) {
  const D16 d;
  const hn::RebindToUnsigned<D16> du;
  const hn::Repartition<std::uint8_t, D16> d8;
  const std::int16_t* const init = rows.init.data() + 2 * phase_y;
  V16 even[kCount];
  V16 odd[kCount];
  for (V16& sum : even) sum = hn::Set(d, init[0]);
  for (V16& sum : odd) sum = hn::Set(d, init[1]);
  for (const auto& pair : rows.shared) {
    const V16 first = WeightOf(pair.first);
    const V16 second = WeightOf(pair.second);
    V16 column[kCount];
    for (int v = 0; v < kCount; ++v) {
      column[v] = hn::LoadU(d, columns + pair.offset + v * Lanes16());
    }
    for (int v = 0; v < kCount; ++v) {
      even[v] = hn::Add(even[v], hn::MulFixedPoint15(column[v], first));
    }
    for (int v = 0; v < kCount; ++v) {
      odd[v] = hn::Add(odd[v], hn::MulFixedPoint15(column[v], second));
    }
  }
  AddPhase(rows.alone[0], columns, even);
  AddPhase(rows.alone[1], columns, odd);
  Finish(even);
  Finish(odd);
  const auto upper = hn::Set(du, 0xff00);
  const auto centre = hn::Set(du, 0x8080);
  for (int v = 0; v < kCount; ++v) {
    const auto low = hn::ShiftRight<8>(hn::BitCast(du, even[v]));
    const auto both = hn::Or(low, hn::And(hn::BitCast(du, odd[v]), upper));
    hn::StoreU(hn::BitCast(d8, hn::Xor(both, centre)), d8, to + 2 * v * Lanes16());
  }
}

// The same of a row. Writes `2·samples` codes, or, of fewer than 64 samples, up to 128.
HWY_INLINE void SumPairs(const PolyphaseByteRows& rows, int phase_y, const std::int16_t* columns,
                         int samples, std::uint8_t* to) {
  const int step = Lanes16();
  const int count = std::max(samples, step);
  int x = 0;
  for (; x + kVectors * step <= count; x += kVectors * step) {
    SumBothAt<kVectors>(rows, phase_y, columns + x, to + 2 * x);
  }
  for (; x < count; x += step) {
    const int at = std::min(x, count - step);
    SumBothAt<1>(rows, phase_y, columns + at, to + 2 * at);
  }
}

// Two phases need no rows of codes each.
bool SumBothRows(const PolyphaseByteRows& rows, const Scratch& scratch,
                 const PairSplitter& splitter, int phase_y, int samples, std::byte* out) {
  if (rows.scale() != 2) return false;
  auto* const to = reinterpret_cast<std::uint8_t*>(out);
  if (rows.channels == 1) {
    SumPairs(rows, phase_y, scratch.columns, samples, to);
    return true;
  }
  // So few at a time that their sums, for which the lines of cache that take them are fetched, are
  // made while those before are written.
  constexpr int kPiece = 384;
  for (int x = 0; x < samples; x += kPiece) {
    const int count = std::min(kPiece, samples - x);
    fetch_row(to + 2 * x, 2 * count);
    SumPairs(rows, phase_y, scratch.columns + x, count, scratch.codes);
    splitter.Run(scratch.codes, 2 * count, 2 * (samples - x), to + 2 * x);
  }
  return true;
}

#endif

void SumPhaseRows(const PolyphaseByteRows& rows, const Scratch& scratch,
                  const PairSplitter& splitter, int phase_y, int samples, std::byte* out) {
  if (SumBothRows(rows, scratch, splitter, phase_y, samples, out)) return;
  PhaseInterleaver::Rows phases{};
  for (int phase = 0; phase < rows.scale(); ++phase) {
    SumRow(rows.across[static_cast<std::size_t>(phase)],
           rows.init[static_cast<std::size_t>(phase_y * rows.scale() + phase)], scratch.columns,
           samples, scratch.code_row(phase));
    phases[static_cast<std::size_t>(phase)] =
        reinterpret_cast<const std::byte*>(scratch.code_row(phase));
  }
  rows.interleaver.run(phases, samples / rows.channels, out);
}

void RunPolyphaseByteRows(const PolyphaseByteRows& rows, const RowBlock& block, std::byte* memory) {
  const Scratch scratch(rows, block.samples, memory);
  const TileColumns seen(block, 0, block.samples, rows.reach);
  const int wide = block.samples + rows.reach;
  const int scale = rows.scale();
  const PairSplitter splitter(rows.channels);
  const int last_row = block.rows + rows.height - 2;
  int raised = 0;
  for (int y = 0; y < block.rows; ++y) {
    for (; raised < y + rows.height; ++raised) {
      const auto* const in = reinterpret_cast<const std::uint8_t*>(block.in[raised]);
      fetch_row(block.in[std::min(raised + 1, last_row)] + seen.first(), seen.count());
      std::int16_t* const row = scratch.row(raised);
      Raise(in + seen.first(), seen.count(), row + seen.before());
      seen.pad(row);
    }
    scratch.look_at(y);
    for (int phase = 0; phase < scale; ++phase) {
      SumColumns(rows.down[static_cast<std::size_t>(phase)], scratch, wide);
      SumPhaseRows(rows, scratch, splitter, phase, block.samples, block.out[y * scale + phase]);
    }
  }
}

}  // namespace HWY_NAMESPACE
}  // namespace convolve
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace convolve {

HWY_EXPORT(RunPolyphaseByteRows);

void PolyphaseByteRows::prepare() {
  if (across.size() < 2) return;
  interleaver = PhaseInterleaver(scale(), channels);
  Phase rest = across[1];
  for (const Tap& tap : across[0]) {
    const auto same = std::find_if(rest.begin(), rest.end(),
                                   [&tap](const Tap& other) { return other.offset == tap.offset; });
    if (same == rest.end()) {
      alone[0].push_back(tap);
    } else {
      shared.push_back({tap.offset, tap.word, same->word});
      rest.erase(same);
    }
  }
  alone[1] = std::move(rest);
}

std::size_t polyphase_byte_scratch(const PolyphaseByteRows& rows, int samples) noexcept {
  const std::size_t row = polyphase_row(rows, samples);
  return polyphase_pointers(rows) +
         (static_cast<std::size_t>(rows.height) + 1) * row * sizeof(std::int16_t) +
         static_cast<std::size_t>(rows.scale()) * row;
}

void run_polyphase_byte_rows(const PolyphaseByteRows& rows, const RowBlock& block,
                             std::byte* scratch) noexcept {
  CONVOLVE_DISPATCH(RunPolyphaseByteRows)(rows, block, scratch);
}

}  // namespace convolve
#endif
