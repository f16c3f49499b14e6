// SPDX-License-Identifier: MIT
#include <algorithm>
#include <bit>
#include <cstdint>
#include <stdexcept>

#include <convolve/engine.h>

#include "core/simd/dispatch.h"

namespace convolve {

namespace {

// Compiled for, and possible on this machine.
std::int64_t usable_targets() {
  std::int64_t targets = hwy::SupportedTargets() & HWY_TARGETS;
#if HWY_ARCH_X86
  // See highway-inl.h. Highway has asked the system whether it keeps the registers of AVX3.
  if ((targets & HWY_AVX3) != 0 && __builtin_cpu_supports("avx512vnni") != 0) {
    targets |= HWY_AVX3_DL & HWY_TARGETS;
  }
#endif
  return targets;
}

hwy::ChosenTarget& mutable_target() {
  static hwy::ChosenTarget chosen;
  static const bool once = (chosen.Update(usable_targets()), true);
  (void)once;
  return chosen;
}

// One bit at a time, from the best: that of the lowest number.
template <typename Act>
void each_target(const Act& act) {
  for (auto rest = static_cast<std::uint64_t>(usable_targets()); rest != 0; rest &= rest - 1) {
    act(std::int64_t{1} << std::countr_zero(rest));
  }
}

}  // namespace

const hwy::ChosenTarget& chosen_target() noexcept { return mutable_target(); }

std::vector<std::string> simd_targets() {
  std::vector<std::string> names;
  each_target([&](std::int64_t target) { names.emplace_back(hwy::TargetName(target)); });
  return names;
}

void limit_simd_target(const std::string& name) {
  std::int64_t chosen = name.empty() ? usable_targets() : 0;
  each_target([&](std::int64_t target) {
    if (name == hwy::TargetName(target)) chosen = target;
  });
  if (chosen == 0) {
    throw std::invalid_argument("no instruction set '" + name + "' on this machine");
  }
  mutable_target().Update(chosen);
}

}  // namespace convolve
