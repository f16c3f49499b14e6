// SPDX-License-Identifier: MIT
#include "connection.h"

#include <netdb.h>

#include "av.h"
#include "path.h"

namespace convolve::media {

std::string unreachable(const std::string& url) {
  const Address address = address_of(url);
  if (address.host.empty()) return "no host";
  addrinfo* found = nullptr;
  const int problem = getaddrinfo(address.host.c_str(), nullptr, nullptr, &found);
  if (problem != 0) return address.host + ": " + gai_strerror(problem);
  freeaddrinfo(found);
  return "nobody answers at " + address.host + (address.port.empty() ? "" : ":" + address.port);
}

// libav has one code for names that nobody has and for addresses where nobody listens.
std::string connection_failure(const std::string& url, int code) {
  return code == AVERROR(EIO) ? unreachable(url) : error_text(code);
}

}  // namespace convolve::media
