// SPDX-License-Identifier: MIT
#pragma once

#include <string_view>

#include <convolve/kernel.h>

namespace convolve {

/// Reads `name` or `name(arguments)`. \throws KernelError
Kernel make_named_kernel(std::string_view text);

}  // namespace convolve
