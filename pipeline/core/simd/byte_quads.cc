// SPDX-License-Identifier: MIT
#include "core/simd/byte_quads.h"

#include <algorithm>
#include <type_traits>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "core/simd/byte_quads.cc"
#include <hwy/foreach_target.h>
#include "core/simd/dispatch.h"
#include "core/simd/highway-inl.h"

#include "core/simd/dot-inl.h"
#include "core/simd/int_finish-inl.h"
#include "core/simd/quad_finish-inl.h"
#include "core/simd/rows_ahead.h"

HWY_BEFORE_NAMESPACE();
namespace convolve {
namespace HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

#if HWY_TARGET == HWY_SCALAR || !CONVOLVE_BYTE_DOT

bool PrefersByteQuads() { return false; }
void RunByteQuadRows(const ByteQuadRows&, const RowBlock&, std::byte*) {}

#else

bool PrefersByteQuads() { return true; }

constexpr int kSums = ByteQuadRows::kSums;

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

// The sums of kSums / kParts output rows.
template <int kParts>
struct Sums {
  template <class Finish>
  HWY_INLINE explicit Sums(const Finish& finish) {
    const VI32 init = finish.Init();
    for (int sum = 0; sum < kSums; ++sum) {
      for (VI32& quarter : at[sum]) {
        quarter = kParts == 1 || sum % kParts != 0 ? init : hn::Zero(DI32());
      }
    }
  }

  template <class Finish, typename Out>
  HWY_INLINE void Store(int row, const Finish& finish, Out* to) {
    if constexpr (kParts == 2) {
      HWY_UNROLL(4)
      for (int v = 0; v < kQuarters; ++v) {
        at[2 * row][v] = hn::Add(hn::ShiftLeft<8>(at[2 * row][v]), at[2 * row + 1][v]);
      }
    }
    finish.Store(at[kParts * row], to);
  }

  VI32 at[kSums][kQuarters];
};

// Any taps: operations one after the other.
template <int kParts, class Lanes>
class Walk {
 public:
  static constexpr int kRows = kSums / kParts;

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
  HWY_INLINE void ComputeAt(int x, const Finish& finish, Out* const (&to)[kRows]) const {
    Sums<kParts> sums(finish);
    // The first and the last few rows do not concern all outputs.
    const std::ptrdiff_t step = rows_.row_step;
    const int* const rows = rows_.begins.data();
    const int* const below = rows + rows_.rows_in() - (kRows - 1) * step;
    if constexpr (kParts == 2) {
      Add<0, 1>(rows[0], rows[step], x, sums);
      Add<0, 3>(rows[step], below[0], x, sums);
      Add<2, 3>(below[0], below[step], x, sums);
    } else {
      Add<0, 0>(rows[0], rows[step], x, sums);
      Add<0, 1>(rows[step], rows[2 * step], x, sums);
      Add<0, 2>(rows[2 * step], rows[3 * step], x, sums);
      Add<0, 3>(rows[3 * step], below[0], x, sums);
      Add<1, 3>(below[0], below[step], x, sums);
      Add<2, 3>(below[step], below[2 * step], x, sums);
      Add<3, 3>(below[2 * step], below[3 * step], x, sums);
    }
    HWY_UNROLL(4)
    for (int row = 0; row < kRows; ++row) sums.Store(row, finish, to[row] + x);
  }

 private:
  template <int kFirst, int kLast>
  HWY_INLINE void Add(int begin, int end, int x, Sums<kParts>& sums) const {
    const std::int32_t* words = rows_.words.data() + static_cast<std::ptrdiff_t>(begin) * kSums;
    for (int i = begin; i < end; ++i, words += kSums) {
      const std::uint8_t* const from = from_[i] + x;
      // Lanes first: this order keeps all sums in registers.
      VI32 lanes[kQuarters];
      for (int v = 0; v < kQuarters; ++v) lanes[v] = Lanes::At(lanes_, from, v);
      for (int sum = kFirst; sum <= kLast; ++sum) {
        const VI32 weights = hn::Set(DI32(), words[sum]);
        for (int v = 0; v < kQuarters; ++v) {
          sums.at[sum][v] = DotBytes(sums.at[sum][v], lanes[v], weights);
        }
      }
    }
  }

  const ByteQuadRows& rows_;
  Lanes lanes_;
  const std::uint8_t** from_;
};

// Small windows: everything is written out, and the weights stay in registers: all of them, or
// those of four columns at a time.
template <int kHeight, int kStep, int kQuads, int kParts, class Lanes>
class Small {
  static constexpr int kWeights = kHeight * kParts;  // of four columns
  static constexpr bool kAllStay = kQuads * kWeights <= 16;
  using Weights = VI32[kWeights];

 public:
  static constexpr int kRows = kSums / kParts;
  static constexpr int kRowsIn = kHeight + (kRows - 1) * kStep;

  Small(const ByteQuadRows& rows, const std::uint8_t**)
      : lanes_(rows.channels), quad_(kQuarters * rows.channels), words_(rows.window_words.data()) {
    for (int quad = 0; kAllStay && quad < kQuads; ++quad) Load(quad, weights_[quad]);
  }

  void Start(const std::byte* const* in, int last_row) {
    for (int i = 0; i < kRowsIn; ++i) {
      from_[i] = reinterpret_cast<const std::uint8_t*>(in[std::min(i, last_row)]);
    }
  }

  template <class Finish, typename Out>
  HWY_INLINE void ComputeAt(int x, const Finish& finish, Out* const (&to)[kRows]) const {
    Sums<kParts> sums(finish);
    if constexpr (!kAllStay) {
      HWY_UNROLL(2)
      for (int quad = 0; quad < kQuads; ++quad) {
        Weights weights;
        Load(quad, weights);
        HWY_UNROLL(18)
        for (int row = 0; row < kRowsIn; ++row) AddQuad(x, row, quad, weights, sums);
      }
    }
    HWY_UNROLL(18)
    for (int row = 0; row < kRowsIn; ++row) {
      HWY_UNROLL(2)
      for (int quad = 0; kAllStay && quad < kQuads; ++quad) {
        AddQuad(x, row, quad, weights_[quad], sums);
      }
      // Outputs leave as soon as their last row is added: that keeps all else in registers.
      const int beyond = row - kHeight + 1;
      if (beyond < 0 || beyond % kStep != 0) continue;
      sums.Store(beyond / kStep, finish, to[beyond / kStep] + x);
    }
  }

 private:
  HWY_INLINE void Load(int quad, Weights& weights) const {
    HWY_UNROLL(16)
    for (int i = 0; i < kWeights; ++i) weights[i] = hn::Set(DI32(), words_[quad * kWeights + i]);
  }

  HWY_INLINE void AddQuad(int x, int row, int quad, const Weights& weights,
                          Sums<kParts>& sums) const {
    const std::uint8_t* const from = from_[row] + x + quad * quad_;
    HWY_UNROLL(4)
    for (int v = 0; v < kQuarters; ++v) {
      const VI32 lanes = Lanes::At(lanes_, from, v);
      HWY_UNROLL(4)
      for (int sum = 0; sum < kSums; ++sum) {
        const int of_window = row - sum / kParts * kStep;
        if (of_window < 0 || of_window >= kHeight) continue;
        const VI32 weight = weights[of_window * kParts + sum % kParts];
        sums.at[sum][v] = DotBytes(sums.at[sum][v], lanes, weight);
      }
    }
  }

  Lanes lanes_;
  int quad_;  // samples from four taps to the next four
  const std::int32_t* words_;
  const std::uint8_t* from_[kRowsIn];
  Weights weights_[kQuads];
};

template <class Summer, class Finish, typename Out>
void Run(const ByteQuadRows& rows, const RowBlock& block, std::byte* scratch) {
  constexpr auto kStep = static_cast<int>(hn::MaxLanes(hn::ScalableTag<std::uint8_t>()));
  constexpr int kRows = Summer::kRows;
  const Finish finish(rows.finish);
  auto** const from = reinterpret_cast<const std::uint8_t**>(scratch);
  auto* const spare = reinterpret_cast<Out*>(from + rows.operations.size());
  Summer summer(rows, from);
  const int step = rows.row_step;
  const int last_row = (block.rows - 1) * step + rows.height - 1;
  const int samples = std::max(block.samples, kLeastSamples);
  for (int y = 0; y < block.rows; y += kRows) {
    Out* to[kRows];
    for (int i = 0; i < kRows; ++i) {
      to[i] = y + i < block.rows ? reinterpret_cast<Out*>(block.out[y + i]) : spare;
    }
    const int first_row = y * step;
    const RowsAhead<kRows> ahead(block.in, first_row + rows.height + (kRows - 1) * step, last_row,
                                 step);
    summer.Start(block.in + first_row, last_row - first_row);
    // The last vector of a row overlaps the one before.
    for (int next = 0; next < samples; next += kStep) {
      const int x = std::min(next, samples - kStep);
      ahead.fetch(x);
      summer.ComputeAt(x, finish, to);
    }
  }
}

// Small windows have loops of their own.
template <int kParts, class Finish, class Lanes>
void RunSized(const ByteQuadRows& rows, const RowBlock& block, std::byte* scratch) {
  using Out = std::uint8_t;
  if (rows.window_height == 3) {
    return Run<Small<3, 1, 1, kParts, Lanes>, Finish, Out>(rows, block, scratch);
  }
  if (rows.window_height == 5) {
    return Run<Small<5, 1, 2, kParts, Lanes>, Finish, Out>(rows, block, scratch);
  }
  if constexpr (kParts == 1) {
    if (rows.window_height == 9) {
      return Run<Small<9, 3, 1, kParts, Lanes>, Finish, Out>(rows, block, scratch);
    }
    if (rows.window_height == 7) {
      return Run<Small<7, 1, 2, kParts, Lanes>, Finish, Out>(rows, block, scratch);
    }
  }
  Run<Walk<kParts, Lanes>, Finish, Out>(rows, block, scratch);
}

template <int kParts, class Lanes, class... Finishes>
void RunFinished(const ByteQuadRows& rows, const RowBlock& block, std::byte* scratch) {
  using Any = Finisher<std::uint8_t, typename Lanes::Order>;
  WithFinish<Any, Finishes...>(rows.finish, rows.most_sum, [&](auto chosen) HWY_ATTR {
    using Finish = typename decltype(chosen)::type;
    if constexpr (std::is_same_v<Finish, Any>) {
      Run<Walk<kParts, Lanes>, Finish, std::uint8_t>(rows, block, scratch);
    } else {
      RunSized<kParts, Finish, Lanes>(rows, block, scratch);
    }
  });
}

template <class Lanes>
void RunLanes(const ByteQuadRows& rows, const RowBlock& block, std::byte* scratch) {
  using Order = typename Lanes::Order;
  if (rows.parts == 2) {
    return RunFinished<2, Lanes, ShiftFinish<Order, true>>(rows, block, scratch);
  }
  RunFinished<1, Lanes, FactorFinish<Order, false>, FactorFinish<Order, true>,
              ShiftFinish<Order, false>, RealFinish<Order>>(rows, block, scratch);
}

void RunByteQuadRows(const ByteQuadRows& rows, const RowBlock& block, std::byte* scratch) {
  if (rows.output == SampleType::f32) {
    using Any = Finisher<float, LanesInTurn>;
    return rows.parts == 1 ? Run<Walk<1, Neighbours>, Any, float>(rows, block, scratch)
                           : Run<Walk<2, Neighbours>, Any, float>(rows, block, scratch);
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
