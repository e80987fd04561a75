// A check of type "http": how the server answers one request.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "checks/kind.h"

namespace evenkeel::checks {

struct StatusRange {
  std::uint16_t first = 200, last = 299;  ///< inclusive, 100..599
  friend bool operator==(const StatusRange&, const StatusRange&) = default;
};
constexpr auto fields_of(fields::Of<StatusRange>) {
  using fields::field;
  using T = StatusRange;
  return fields::table(field<&T::first>("first"), field<&T::last>("last"));
}

struct HttpCheck {
  static constexpr std::string_view type = "http";

  std::string method = "GET";
  std::string path = "/";
  std::string host;  ///< the Host header; "" = the target's address and port
  std::vector<std::pair<std::string, std::string>> headers;
  std::vector<StatusRange> status = {StatusRange{}};
  std::string body;                        ///< must occur in the body; "" = any
  std::uint32_t body_limit = 1024 * 1024;  ///< octets of body that are read, of which none are
                                           ///< kept; a body that is longer and must be searched:
                                           ///< BodyTooLarge
  std::uint32_t header_limit = 64 * 1024;  ///< octets of headers that are read (http_reader.h);
                                           ///< more: HeaderTooLarge

  friend bool operator==(const HttpCheck&, const HttpCheck&) = default;
};
constexpr auto fields_of(fields::Of<HttpCheck>) {
  using fields::field;
  using T = HttpCheck;
  return fields::table(
      field<&T::method>("method"), field<&T::path>("path"), field<&T::host>("host"),
      field<&T::headers>("headers"), field<&T::status>("status"), field<&T::body>("body"),
      field<&T::body_limit>("body_limit"), field<&T::header_limit>("header_limit"));
}

/// Passes when the status is accepted and the body contains `body`. Redirects are answers like any
/// other. The detail of Passed and HttpStatus is the status code: "200".
[[nodiscard]] Probing run(const Check& check, const HttpCheck& http, Sockets& sockets);

}  // namespace evenkeel::checks
