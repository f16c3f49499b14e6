// SPDX-License-Identifier: MIT
/// \file
/// Stages that scale up: transposed convolution without the zeros.
///
/// Scaled up by `S`, input `i` adds tap `k` to output `i·S + k − lead`. Outputs therefore fall into
/// S phases an axis, each of which is a correlation of the input with every S-th tap, turned round:
///
///     S = 2, taps a b c d, lead 1:   output 2j     = in[j − 1]·d + in[j]·b
///                                    output 2j + 1 = in[j]·c + in[j + 1]·a
#pragma once

#include <memory>
#include <span>
#include <vector>

#include <convolve/filter.h>

#include "core/linear.h"

namespace convolve {

/// One phase of an axis: the output of cell `j` is the sum of `taps[m]·in[j + first + m]`.
struct AxisPhase {
  int first = 0;
  std::vector<double> taps;  ///< at least one; a phase that no tap falls into has a 0
};

/// \param lead  the tap that lies over output 0 where the input's first sample does
std::vector<AxisPhase> axis_phases(std::span<const double> taps, int scale, int lead);

/// Taps of the phases of a kernel that is no outer product, row by row of phases, with the anchor
/// at input `j` of a cell. \param lead_x, lead_y  as for `axis_phases`
std::vector<LinearTaps> plane_phases(const LinearTaps& kernel, int scale, int lead_x, int lead_y);

/// The cheapest stage that keeps SPEC §2, for a scale above 1.
std::unique_ptr<const Stage> make_polyphase_stage(const StageSpec& spec, int scale,
                                                  const std::vector<LinearTaps>& phases);

/// The same for phases that are outer products of those of the axes.
std::unique_ptr<const Stage> make_separable_polyphase_stage(const StageSpec& spec,
                                                            const std::vector<AxisPhase>& across,
                                                            const std::vector<AxisPhase>& down);

}  // namespace convolve
