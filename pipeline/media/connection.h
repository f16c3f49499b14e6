// SPDX-License-Identifier: MIT
// Why there is no connection to another machine, in plain words.
#pragma once

#include <string>

namespace convolve::media {

/// Nobody has the name, or nobody answers at the address that `url` leads to.
std::string unreachable(const std::string& url);

/// Why libav could not open `url`.
/// \param code  what libav returned
std::string connection_failure(const std::string& url, int code);

}  // namespace convolve::media
