// SPDX-License-Identifier: MIT
#include "core/polyphase.h"

#include <algorithm>
#include <cstddef>
#include <utility>

#include "core/column_stage.h"
#include "core/polyphase_plan.h"
#include "core/simd/interleave_phases.h"
#include "core/simd/polyphase_bytes.h"

namespace convolve {

namespace {

// Rows of cells that a phase is computed for at a time: stages share loads among rows.
constexpr int kRows = 8;

std::size_t round_up(std::size_t bytes) noexcept { return (bytes + 63) / 64 * 64; }

// A linear stage for each phase; their rows are interleaved as they are stored.
class PhasesStage final : public Stage {
 public:
  PhasesStage(const StageSpec& spec, int scale, const std::vector<LinearTaps>& phases)
      : scale_(scale),
        channels_(spec.channels),
        in_bytes_(sample_size(spec.input)),
        out_bytes_(sample_size(spec.output)),
        interleaver_(scale, channels_ * out_bytes_) {
    for (const LinearTaps& taps : phases) {
      stages_.push_back(make_linear_stage(spec, taps, {}));
      const Window window = stages_.back()->window();
      window_.left = std::max(window_.left, window.left);
      window_.right = std::max(window_.right, window.right);
      window_.above = std::max(window_.above, window.above);
      window_.below = std::max(window_.below, window.below);
    }
  }

  [[nodiscard]] Window window() const noexcept override { return window_; }

  [[nodiscard]] std::size_t scratch_bytes(int samples) const noexcept override {
    std::size_t most = 0;
    for (const auto& stage : stages_) most = std::max(most, stage->scratch_bytes(samples));
    return pointer_bytes() + static_cast<std::size_t>(scale_ * kRows) * row_bytes(samples) + most;
  }

  void process(const RowBlock& block, std::byte* scratch) const noexcept override {
    for (int y = 0; y < block.rows; y += kRows) {
      const RowBlock part{block.in + y, block.out + y * scale_, std::min(kRows, block.rows - y),
                          block.samples};
      for (int phase_y = 0; phase_y < scale_; ++phase_y) process_phases(part, phase_y, scratch);
    }
  }

 private:
  [[nodiscard]] std::size_t row_bytes(int samples) const noexcept {
    return round_up(static_cast<std::size_t>(samples + 64) * static_cast<std::size_t>(out_bytes_));
  }
  // Of the pointers to input rows, and to computed rows.
  [[nodiscard]] std::size_t pointer_bytes() const noexcept {
    return round_up(in_pointers() * sizeof(void*)) + round_up(kRows * sizeof(void*));
  }
  [[nodiscard]] std::size_t in_pointers() const noexcept {
    return static_cast<std::size_t>(kRows + window_.above + window_.below);
  }

  // The rows of one vertical phase.
  void process_phases(const RowBlock& block, int phase_y, std::byte* scratch) const noexcept {
    auto** const in = reinterpret_cast<const std::byte**>(scratch);
    auto** const out = reinterpret_cast<std::byte**>(scratch + round_up(in_pointers() * sizeof in));
    std::byte* const rows = scratch + pointer_bytes();
    const std::size_t bytes = row_bytes(block.samples);
    std::byte* const rest = rows + static_cast<std::size_t>(scale_ * kRows) * bytes;
    const auto row = [&](int phase_x, int y) {
      return rows + static_cast<std::size_t>(phase_x * kRows + y) * bytes;
    };
    for (int phase_x = 0; phase_x < scale_; ++phase_x) {
      const Stage& stage = *stages_[static_cast<std::size_t>(phase_y * scale_ + phase_x)];
      const Window own = stage.window();
      const std::ptrdiff_t shift =
          static_cast<std::ptrdiff_t>(window_.left - own.left) * channels_ * in_bytes_;
      for (int i = 0; i < block.rows + own.above + own.below; ++i) {
        in[i] = block.in[window_.above - own.above + i] + shift;
      }
      for (int i = 0; i < block.rows; ++i) out[i] = row(phase_x, i);
      stage.process({in, out, block.rows, block.samples}, rest);
    }
    for (int i = 0; i < block.rows; ++i) {
      PhaseInterleaver::Rows phases{};
      for (int phase_x = 0; phase_x < scale_; ++phase_x) {
        phases[static_cast<std::size_t>(phase_x)] = row(phase_x, i);
      }
      interleaver_.run(phases, block.samples / channels_, block.out[i * scale_ + phase_y]);
    }
  }

  int scale_;
  int channels_;
  int in_bytes_;
  int out_bytes_;
  PhaseInterleaver interleaver_;
  Window window_;
  std::vector<std::unique_ptr<const Stage>> stages_;
};

// Both axes at once, in 16-bit lanes.
using PolyphaseByteStage =
    ColumnStage<PolyphaseByteRows, polyphase_byte_scratch, run_polyphase_byte_rows>;

// The tap of index `at` that falls into a phase first, and how many do.
struct PhasePlace {
  PhasePlace(int taps, int scale, int at)
      : cell(at >= 0 ? at / scale : -((scale - 1 - at) / scale)),
        tap(at - cell * scale),
        count(tap < taps ? (taps - 1 - tap) / scale + 1 : 0) {}
  [[nodiscard]] int first() const noexcept { return cell - std::max(count, 1) + 1; }
  int cell;
  int tap;
  int count;
};

}  // namespace

std::vector<AxisPhase> axis_phases(std::span<const double> taps, int scale, int lead) {
  std::vector<AxisPhase> phases;
  for (int phase = 0; phase < scale; ++phase) {
    const PhasePlace place(static_cast<int>(taps.size()), scale, phase + lead);
    AxisPhase& made = phases.emplace_back();
    made.first = place.first();
    for (int i = place.count; i-- > 0;) {
      made.taps.push_back(taps[static_cast<std::size_t>(place.tap + i * scale)]);
    }
    if (made.taps.empty()) made.taps.push_back(0);
  }
  return phases;
}

std::vector<LinearTaps> plane_phases(const LinearTaps& kernel, int scale, int lead_x, int lead_y) {
  std::vector<LinearTaps> phases;
  for (int phase_y = 0; phase_y < scale; ++phase_y) {
    const PhasePlace y(kernel.height, scale, phase_y + lead_y);
    for (int phase_x = 0; phase_x < scale; ++phase_x) {
      const PhasePlace x(kernel.width, scale, phase_x + lead_x);
      LinearTaps taps{std::max(x.count, 1), std::max(y.count, 1), -x.first(), -y.first(), {}};
      for (int j = y.count; j-- > 0;) {
        for (int i = x.count; i-- > 0;) {
          taps.taps.push_back(kernel.at(x.tap + i * scale, y.tap + j * scale));
        }
      }
      if (x.count == 0 || y.count == 0) {
        taps.taps.assign(static_cast<std::size_t>(taps.width * taps.height), 0.0);
      }
      phases.push_back(std::move(taps));
    }
  }
  return phases;
}

std::unique_ptr<const Stage> make_polyphase_stage(const StageSpec& spec, int scale,
                                                  const std::vector<LinearTaps>& phases) {
  return std::make_unique<PhasesStage>(spec, scale, phases);
}

std::unique_ptr<const Stage> make_separable_polyphase_stage(const StageSpec& spec,
                                                            const std::vector<AxisPhase>& across,
                                                            const std::vector<AxisPhase>& down) {
  if (auto plan = plan_polyphase_bytes(spec, across, down)) {
    return std::make_unique<PolyphaseByteStage>(plan->window, std::move(plan->rows));
  }
  std::vector<LinearTaps> phases;
  for (const AxisPhase& y : down) {
    for (const AxisPhase& x : across) {
      LinearTaps taps{
          static_cast<int>(x.taps.size()), static_cast<int>(y.taps.size()), -x.first, -y.first, {}};
      for (const double tap_y : y.taps) {
        for (const double tap_x : x.taps) taps.taps.push_back(tap_x * tap_y);
      }
      phases.push_back(std::move(taps));
    }
  }
  return make_polyphase_stage(spec, static_cast<int>(across.size()), phases);
}

}  // namespace convolve
