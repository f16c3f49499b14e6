// SPDX-License-Identifier: MIT
/// \file
/// Highway, with the instruction set of AVX3_DL whole. Highway 1.0.3 runs that target only where
/// AVX-512 VNNI is, but forgets to tell the compiler so. No include guard: it acts for each target.
#include <hwy/highway.h>

#if HWY_TARGET == HWY_AVX3_DL
#undef HWY_TARGET_STR
#define HWY_TARGET_STR                                            \
  HWY_TARGET_STR_AVX3                                             \
  ",vpclmulqdq,avx512vbmi,avx512vbmi2,vaes,avxvnni,avx512bitalg," \
  "avx512vpopcntdq,avx512vnni"
#endif
