// SPDX-License-Identifier: MIT
/// \file
/// Chooses numbers for scaling bytes up in 16-bit lanes, and proves what error they keep.
#pragma once

#include <optional>
#include <vector>

#include "core/polyphase.h"
#include "core/simd/polyphase_bytes.h"

namespace convolve {

struct PolyphaseBytePlan {
  Window window;
  PolyphaseByteRows rows;
};

/// \returns nothing for other samples than bytes, where sums could leave 16 bits, or where results
/// could be further from the exact ones than SPEC §2 allows.
std::optional<PolyphaseBytePlan> plan_polyphase_bytes(const StageSpec& spec,
                                                      const std::vector<AxisPhase>& across,
                                                      const std::vector<AxisPhase>& down);

}  // namespace convolve
