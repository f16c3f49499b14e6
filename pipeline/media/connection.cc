// SPDX-License-Identifier: MIT
#include "connection.h"

#include <netdb.h>

#include "av.h"
#include "path.h"

namespace convolve::media {

std::optional<std::string> unknown_host(const std::string& url) {
  const std::string host = address_of(url).host;
  if (host.empty()) return std::nullopt;
  addrinfo* found = nullptr;
  const int problem = getaddrinfo(host.c_str(), nullptr, nullptr, &found);
  if (problem != 0) return host + ": " + gai_strerror(problem);
  freeaddrinfo(found);
  return std::nullopt;
}

std::string unreachable(const std::string& url) {
  if (auto unknown = unknown_host(url)) return *std::move(unknown);
  const Address address = address_of(url);
  if (address.host.empty()) return "no host";
  return "nobody answers at " + address.host + (address.port.empty() ? "" : ":" + address.port);
}

// libav has one code for names that nobody has and for addresses where nobody listens.
std::string connection_failure(const std::string& url, int code) {
  return code == AVERROR(EIO) ? unreachable(url) : error_text(code);
}

}  // namespace convolve::media
