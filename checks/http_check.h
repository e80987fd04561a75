// A check of type "http": how the server answers one request.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include "checks/http_text.h"
#include "checks/kind.h"
#include "checks/request_text.h"

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

/// Names and values of HTTP headers: the kind of a key (daemon/config reads it).
struct Headers {
  static constexpr bool is_for_all_nodes = true;
  static constexpr std::size_t kMost = 64;
  static constexpr std::size_t kLongest = 4096;  ///< octets of a name, and of a value
};
constexpr fields::Text kHeaderValue = {
    .is_allowed = is_field_value,
    .longest = Headers::kLongest,
    .expected =
        "a header value of at most {max} octets, without control characters or blanks at "
        "its ends",
    .pattern = ""};
/// 204, "204" or "200-299", in a list: the kind of a key (daemon/config reads it).
struct Statuses {
  static constexpr std::size_t kMost = 500;
  static constexpr std::uint16_t kMin = 100, kMax = 599;
};

constexpr auto keys_of(fields::Of<HttpCheck>) {
  using namespace fields;
  using T = HttpCheck;
  return std::tuple(
      key<&T::method>("method",
                      Text{.is_allowed = is_token,
                           .longest = 32,
                           .expected = "an HTTP method such as \"GET\"",
                           .pattern = "^[!#$%&'*+.^_`|~0-9A-Za-z-]+$",
                           .warning = warning_about_method},
                      "http"),
      key<&T::path>("path",
                    Text{.is_allowed = is_path,
                         .longest = 2048,
                         .expected = "a path that starts with \"/\", of at most {max} visible "
                                     "ASCII characters (others are percent-encoded)",
                         .pattern = "^/[!-\"$-~]*$"},
                    "http"),
      without_default(
          key<&T::host>("host",
                        Text{.is_allowed = is_host,
                             .longest = 255,
                             .expected = "a host name, with a port if it is not the default",
                             .pattern = "^[!-~]+$",
                             .warning = warning_about_host},
                        "http: default: the target's address and port")),
      key<&T::headers>("headers", Headers{}, "http: more headers"),
      key<&T::status>("status", Statuses{}, "http: statuses that pass"),
      key<&T::body>("body", Octets{}, "http: must occur in the body"),
      key<&T::body_limit>("body_limit", Between{1, std::int64_t{16} * 1024 * 1024},
                          "http: octets of body that are read"),
      key<&T::header_limit>("header_limit", Between{1, std::int64_t{1024} * 1024},
                            "http: octets of headers that are read"));
}
constexpr auto fields_of(fields::Of<HttpCheck>) {
  return fields::fields_of_keys(keys_of(fields::Of<HttpCheck>()));
}

/// Whether the check has outcomes that are wrong answers (reason.h, is_wrong_answer).
[[nodiscard]] inline bool can_answer_wrongly(const HttpCheck& /*http*/) {
  return true;
}

/// Passes when the status is accepted and the body contains `body`. Redirects are answers like any
/// other. The detail of Passed and HttpStatus is the status code: "200".
[[nodiscard]] Probing run(const Check& check, const HttpCheck& http, Sockets& sockets);

}  // namespace evenkeel::checks
