// SPDX-License-Identifier: MIT
/// \file
/// Highway, with AVX3_DL made to mean AVX-512 with VNNI and nothing else.
///
/// Highway 1.0.3 runs that target only where Ice Lake's other additions are too, of which nothing
/// here is used, and forgets to tell the compiler of VNNI. Cascade Lake has VNNI alone. What is
/// not among the attributes below cannot be called by mistake: compilers refuse to inline it.
/// `chosen_target` tells where the target runs. No include guard: this acts for each target.
#include <hwy/base.h>
#include <hwy/detect_targets.h>

#undef HWY_PUSH_ATTRIBUTES
#if HWY_COMPILER_CLANG
#define CONVOLVE_PUSH_ATTRIBUTES(targets) \
  HWY_PRAGMA(clang attribute push(__attribute__((target(targets))), apply_to = function))
#else
#define CONVOLVE_PUSH_ATTRIBUTES(targets) \
  HWY_PRAGMA(GCC push_options) HWY_PRAGMA(GCC target targets)
#endif
#if HWY_TARGET == HWY_AVX3_DL
#define HWY_PUSH_ATTRIBUTES(ignored) CONVOLVE_PUSH_ATTRIBUTES(HWY_TARGET_STR_AVX3 ",avx512vnni")
#else
#define HWY_PUSH_ATTRIBUTES(targets) CONVOLVE_PUSH_ATTRIBUTES(targets)
#endif

#include <hwy/highway.h>

// What Highway marks lambdas with says the same.
#if HWY_TARGET == HWY_AVX3_DL
#undef HWY_ATTR
#define HWY_ATTR __attribute__((target(HWY_TARGET_STR_AVX3 ",avx512vnni")))
#endif
