// SPDX-License-Identifier: MIT
// Why there is no connection to another machine, in plain words.
#pragma once

#include <optional>
#include <string>

namespace convolve::media {

/// Why the host that `url` names has no address; nothing where it has one, or where none is named.
std::optional<std::string> unknown_host(const std::string& url);

/// Nobody has the name, or nobody answers at the address that `url` leads to.
std::string unreachable(const std::string& url);

/// Why libav could not open `url`.
/// \param code  what libav returned
std::string connection_failure(const std::string& url, int code);

}  // namespace convolve::media
