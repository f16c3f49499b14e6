// SPDX-License-Identifier: MIT
#include "core/simd/byte_quads.h"

#include <algorithm>
#include <cmath>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "core/simd/byte_quads.cc"
#include <hwy/foreach_target.h>
#include "core/simd/dispatch.h"
#include "core/simd/highway-inl.h"

#include <hwy/cache_control.h>

#include "core/simd/dot-inl.h"
#include "core/simd/int_finish-inl.h"

HWY_BEFORE_NAMESPACE();
namespace convolve {
namespace HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

#if HWY_TARGET == HWY_SCALAR || !CONVOLVE_BYTE_DOT

bool PrefersByteQuads() { return false; }
void RunByteQuadRows(const ByteQuadRows&, const RowBlock&, std::byte*) {}

#else

bool PrefersByteQuads() { return true; }

constexpr int kOut = ByteQuadRows::kOut;
// Vectors of lanes that make a vector of samples.
constexpr int kQuarters = 4;

struct Sums {
  VI32 at[kOut][kQuarters];
};

// The lanes of quarter `v` of a vector of samples.
class Neighbours {
 public:
  using Order = LanesInTurn;
  explicit Neighbours(int) {}
  static HWY_INLINE VI32 At(const Neighbours&, const std::uint8_t* from, int v) {
    return hn::BitCast(DI32(), hn::LoadU(hn::ScalableTag<std::uint8_t>(), from + v));
  }
};

class Apart {
  using D8 = hn::ScalableTag<std::uint8_t>;

 public:
  using Order = BlocksInTurn;
  explicit Apart(int channels) {
    alignas(16) std::uint8_t places[16];
    for (int i = 0; i < 16; ++i) {
      places[i] = static_cast<std::uint8_t>(i / kQuarters + i % kQuarters * channels);
    }
    places_ = hn::LoadDup128(D8(), places);
  }
  static HWY_INLINE VI32 At(const Apart& self, const std::uint8_t* from, int v) {
    return hn::BitCast(DI32(),
                       hn::TableLookupBytes(hn::LoadU(D8(), from + kQuarters * v), self.places_));
  }

 private:
  hn::Vec<D8> places_;
};

// The rows that a step reads and writes.
template <typename Out>
struct Step {
  const std::uint8_t* ahead[kOut];  // rows that the next step reads first
  Out* to[kOut];

  HWY_INLINE void Prefetch(int x) const {
    HWY_UNROLL(4)
    for (const std::uint8_t* row : ahead) hwy::Prefetch(row + x);
  }
};

// Between the parts of weights, and before the first.
template <class Finish>
HWY_INLINE void Begin(Sums& sums, const Finish& finish, bool in_parts) {
  const VI32 start = in_parts ? hn::Zero(DI32()) : finish.Init();
  for (auto& row : sums.at) {
    for (VI32& sum : row) sum = start;
  }
}

template <class Finish>
HWY_INLINE void MoveUp(Sums& sums, const Finish& finish) {
  const VI32 init = finish.Init();
  for (auto& row : sums.at) {
    for (VI32& sum : row) sum = hn::Add(hn::ShiftLeft<8>(sum), init);
  }
}

// Any taps: operations one after the other.
template <class Lanes>
class Walk {
 public:
  Walk(const ByteQuadRows& rows, const std::uint8_t** from)
      : rows_(rows), lanes_(rows.channels), from_(from) {}

  void Start(const std::byte* const* in, int last_row) {
    const std::uint8_t** from = from_;
    for (const ByteQuadRows::Operation& operation : rows_.operations) {
      *from++ = reinterpret_cast<const std::uint8_t*>(in[std::min(operation.row, last_row)]) +
                operation.sample;
    }
  }

  template <class Finish, typename Out>
  HWY_INLINE void ComputeAt(int x, const Finish& finish, const Step<Out>& step) const {
    Sums sums;
    Begin(sums, finish, rows_.parts > 1);
    const int* rows = rows_.begins.data();
    AddRows(x, sums, rows);
    if (rows_.parts > 1) {
      MoveUp(sums, finish);
      AddRows(x, sums, rows + rows_.rows_of_step());
    }
    HWY_UNROLL(4)
    for (int out = 0; out < kOut; ++out) finish.Store(sums.at[out], step.to[out] + x);
  }

 private:
  // The operations of all rows. The first and the last few do not concern all outputs.
  HWY_INLINE void AddRows(int x, Sums& sums, const int* rows) const {
    const int* const below = rows + rows_.rows_of_step() - kOut + 1;
    Add<0, 0>(rows[0], rows[1], x, sums);
    Add<0, 1>(rows[1], rows[2], x, sums);
    Add<0, 2>(rows[2], rows[3], x, sums);
    Add<0, 3>(rows[3], below[0], x, sums);
    Add<1, 3>(below[0], below[1], x, sums);
    Add<2, 3>(below[1], below[2], x, sums);
    Add<3, 3>(below[2], below[3], x, sums);
  }

  template <int kFirst, int kLast>
  HWY_INLINE void Add(int begin, int end, int x, Sums& sums) const {
    const std::int32_t* words = rows_.words.data() + static_cast<std::ptrdiff_t>(begin) * kOut;
    for (int i = begin; i < end; ++i, words += kOut) {
      const std::uint8_t* const from = from_[i] + x;
      VI32 weights[kOut];
      for (int out = kFirst; out <= kLast; ++out) weights[out] = hn::Set(DI32(), words[out]);
      for (int v = 0; v < kQuarters; ++v) {
        const VI32 lanes = Lanes::At(lanes_, from, v);
        for (int out = kFirst; out <= kLast; ++out) {
          sums.at[out][v] = DotBytes(sums.at[out][v], lanes, weights[out]);
        }
      }
    }
  }

  const ByteQuadRows& rows_;
  Lanes lanes_;
  const std::uint8_t** from_;
};

// Small windows: all weights stay in registers, and nothing is asked in between.
template <int kHeight, int kQuads, int kParts, class Lanes>
class Small {
 public:
  Small(const ByteQuadRows& rows, const std::uint8_t**) : lanes_(rows.channels) {
    apart_ = kQuarters * rows.channels;
    for (int i = 0; i < kParts * kHeight * kQuads; ++i) {
      weights_[i] = hn::Set(DI32(), rows.window_words[static_cast<std::size_t>(i)]);
    }
  }

  void Start(const std::byte* const* in, int last_row) {
    for (int i = 0; i < kHeight + kOut - 1; ++i) {
      from_[i] = reinterpret_cast<const std::uint8_t*>(in[std::min(i, last_row)]);
    }
  }

  template <class Finish, typename Out>
  HWY_INLINE void ComputeAt(int x, const Finish& finish, const Step<Out>& step) const {
    Sums sums;
    Begin(sums, finish, kParts > 1);
    HWY_UNROLL(2)
    for (int part = 0; part < kParts; ++part) {
      if (part > 0) MoveUp(sums, finish);
      HWY_UNROLL(16)
      for (int row = 0; row < kHeight + kOut - 1; ++row) {
        HWY_UNROLL(2)
        for (int quad = 0; quad < kQuads; ++quad) AddQuad(x, part, row, quad, sums);
        // Outputs leave as soon as their last row is added: that keeps all else in registers.
        const int out = row - kHeight + 1;
        if (part == kParts - 1 && out >= 0) finish.Store(sums.at[out], step.to[out] + x);
      }
    }
  }

 private:
  HWY_INLINE void AddQuad(int x, int part, int row, int quad, Sums& sums) const {
    const std::uint8_t* const from = from_[row] + x + quad * apart_;
    HWY_UNROLL(4)
    for (int v = 0; v < kQuarters; ++v) {
      const VI32 lanes = Lanes::At(lanes_, from, v);
      HWY_UNROLL(4)
      for (int out = 0; out < kOut; ++out) {
        if (out > row || row - out >= kHeight) continue;
        const int weight = (part * kHeight + row - out) * kQuads + quad;
        sums.at[out][v] = DotBytes(sums.at[out][v], lanes, weights_[weight]);
      }
    }
  }

  Lanes lanes_;
  int apart_;
  const std::uint8_t* from_[kHeight + kOut - 1];
  VI32 weights_[kParts * kHeight * kQuads];
};

template <class Summer, class Finish, typename Out>
void Run(const ByteQuadRows& rows, const RowBlock& block, std::byte* scratch) {
  constexpr auto kStep = static_cast<int>(hn::MaxLanes(hn::ScalableTag<std::uint8_t>()));
  const Finish finish(rows.finish);
  auto** const from = reinterpret_cast<const std::uint8_t**>(scratch);
  auto* const spare = reinterpret_cast<Out*>(from + rows.operations.size());
  Summer summer(rows, from);
  const int last_row = block.rows + rows.height - 2;
  const int samples = std::max(block.samples, kLeastSamples);
  for (int y = 0; y < block.rows; y += kOut) {
    Step<Out> step;
    for (int i = 0; i < kOut; ++i) {
      const int next = std::min(y + rows.height + kOut - 1 + i, last_row);
      step.ahead[i] = reinterpret_cast<const std::uint8_t*>(block.in[next]);
      step.to[i] = y + i < block.rows ? reinterpret_cast<Out*>(block.out[y + i]) : spare;
    }
    summer.Start(block.in + y, last_row - y);
    // The last vector of a row overlaps the one before.
    for (int next = 0; next < samples; next += kStep) {
      const int x = std::min(next, samples - kStep);
      step.Prefetch(x);
      summer.ComputeAt(x, finish, step);
    }
  }
}

// The usual finishes, with nothing to ask in between. Sums below 65536 times a factor, or moved
// down by a multiplication, or both.
template <class Order, bool kBoth>
class FactorFinish {
  using DU16 = hn::ScalableTag<std::uint16_t>;
  using VU16 = hn::Vec<DU16>;

 public:
  explicit FactorFinish(const IntFinish& finish)
      : init_(hn::Set(DI32(), finish.init + finish.add)),
        factor_(hn::Set(DU16(), finish.factor != 0 ? finish.factor : Down(finish.shift))),
        down_(hn::Set(DU16(), Down(finish.shift))) {}

  /// All other sums, and what remains of them, are not codes.
  static bool serves(const IntFinish& finish) {
    if (finish.absolute || finish.real) return false;
    if (finish.factor != 0) return kBoth == (finish.shift != 0);
    return !kBoth && finish.shift >= 1 && finish.shift <= 8;
  }

  [[nodiscard]] HWY_INLINE VI32 Init() const { return init_; }
  HWY_INLINE void Store(VI32 (&sums)[kQuarters], std::uint8_t* to) const {
    const hn::ScalableTag<std::int16_t> d;
    const VU16 first = Codes(NarrowHalvesUnsigned(sums[0], sums[1]));
    const VU16 second = Codes(NarrowHalvesUnsigned(sums[2], sums[3]));
    hn::StoreU(order_(NarrowBytes(hn::BitCast(d, first), hn::BitCast(d, second))),
               hn::ScalableTag<std::uint8_t>(), to);
  }

 private:
  static std::uint16_t Down(int shift) { return static_cast<std::uint16_t>(0x10000 >> shift); }
  [[nodiscard]] HWY_INLINE VU16 Codes(VU16 sums) const {
    const VU16 codes = hn::MulHigh(sums, factor_);
    return kBoth ? hn::MulHigh(codes, down_) : codes;
  }

  VI32 init_;
  VU16 factor_;
  VU16 down_;
  Order order_;
};

// Sums moved down, or codes as they are.
template <class Order, bool kMove>
class ShiftFinish {
 public:
  explicit ShiftFinish(const IntFinish& finish)
      : init_(hn::Set(DI32(), finish.init + finish.add)), shift_(hn::Set(DI32(), finish.shift)) {}

  static bool serves(const IntFinish& finish) {
    return !finish.absolute && !finish.real && finish.factor == 0 && (kMove || finish.shift == 0);
  }

  [[nodiscard]] HWY_INLINE VI32 Init() const { return init_; }
  HWY_INLINE void Store(VI32 (&sums)[kQuarters], std::uint8_t* to) const {
    if constexpr (kMove) {
      for (VI32& sum : sums) sum = hn::Shr(sum, shift_);
    }
    hn::StoreU(order_(NarrowBytes(NarrowHalves(sums[0], sums[1]), NarrowHalves(sums[2], sums[3]))),
               hn::ScalableTag<std::uint8_t>(), to);
  }

 private:
  VI32 init_;
  VI32 shift_;
  Order order_;
};

// Sums times a fraction that is none of the above.
template <class Order>
class RealFinish {
  using DF = hn::ScalableTag<float>;

 public:
  explicit RealFinish(const IntFinish& finish)
      : init_(hn::Set(DI32(), finish.init)), scale_(hn::Set(DF(), finish.scale)) {}

  /// Codes of any sum fit 32 bits.
  static bool serves(const IntFinish& finish) {
    return finish.real && !finish.absolute && finish.post == 0 && std::abs(finish.scale) < 1;
  }

  [[nodiscard]] HWY_INLINE VI32 Init() const { return init_; }
  HWY_INLINE void Store(VI32 (&sums)[kQuarters], std::uint8_t* to) const {
    for (VI32& sum : sums) sum = hn::NearestInt(hn::Mul(hn::ConvertTo(DF(), sum), scale_));
    hn::StoreU(order_(NarrowBytes(NarrowHalves(sums[0], sums[1]), NarrowHalves(sums[2], sums[3]))),
               hn::ScalableTag<std::uint8_t>(), to);
  }

 private:
  VI32 init_;
  hn::Vec<DF> scale_;
  Order order_;
};

// One part of weights; small windows have loops of their own.
template <class Lanes, class Finish>
void RunSized(const ByteQuadRows& rows, const RowBlock& block, std::byte* scratch) {
  switch (rows.window_height) {
    case 3:
      return Run<Small<3, 1, 1, Lanes>, Finish, std::uint8_t>(rows, block, scratch);
    case 5:
      return Run<Small<5, 2, 1, Lanes>, Finish, std::uint8_t>(rows, block, scratch);
    case 7:
      return Run<Small<7, 2, 1, Lanes>, Finish, std::uint8_t>(rows, block, scratch);
    default:
      return Run<Walk<Lanes>, Finish, std::uint8_t>(rows, block, scratch);
  }
}

template <class Lanes>
void RunLanes(const ByteQuadRows& rows, const RowBlock& block, std::byte* scratch) {
  using Order = typename Lanes::Order;
  using Factor = FactorFinish<Order, false>;
  using Both = FactorFinish<Order, true>;
  using Codes = ShiftFinish<Order, false>;
  using Shift = ShiftFinish<Order, true>;
  if (rows.parts == 1 && Factor::serves(rows.finish)) {
    return RunSized<Lanes, Factor>(rows, block, scratch);
  }
  if (rows.parts == 1 && Both::serves(rows.finish)) {
    return RunSized<Lanes, Both>(rows, block, scratch);
  }
  if (rows.parts == 1 && Codes::serves(rows.finish)) {
    return RunSized<Lanes, Codes>(rows, block, scratch);
  }
  if (rows.parts == 1 && RealFinish<Order>::serves(rows.finish)) {
    return RunSized<Lanes, RealFinish<Order>>(rows, block, scratch);
  }
  if (!Shift::serves(rows.finish)) {
    return Run<Walk<Lanes>, Finisher<std::uint8_t, Order>, std::uint8_t>(rows, block, scratch);
  }
  if (rows.parts == 2 && rows.window_height == 3) {
    return Run<Small<3, 1, 2, Lanes>, Shift, std::uint8_t>(rows, block, scratch);
  }
  Run<Walk<Lanes>, Shift, std::uint8_t>(rows, block, scratch);
}

void RunByteQuadRows(const ByteQuadRows& rows, const RowBlock& block, std::byte* scratch) {
  if (rows.output == SampleType::f32) {
    return Run<Walk<Neighbours>, Finisher<float, LanesInTurn>, float>(rows, block, scratch);
  }
  rows.channels == 1 ? RunLanes<Neighbours>(rows, block, scratch)
                     : RunLanes<Apart>(rows, block, scratch);
}

#endif

}  // namespace HWY_NAMESPACE
}  // namespace convolve
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace convolve {

HWY_EXPORT(PrefersByteQuads);
HWY_EXPORT(RunByteQuadRows);

bool prefers_byte_quads() noexcept { return CONVOLVE_DISPATCH(PrefersByteQuads)(); }

std::size_t byte_quad_scratch(const ByteQuadRows& rows, int samples) noexcept {
  return rows.operations.size() * sizeof(void*) +
         static_cast<std::size_t>(std::max(samples, kLeastSamples)) * sizeof(float);
}

void run_byte_quad_rows(const ByteQuadRows& rows, const RowBlock& block,
                        std::byte* scratch) noexcept {
  CONVOLVE_DISPATCH(RunByteQuadRows)(rows, block, scratch);
}

}  // namespace convolve
#endif
