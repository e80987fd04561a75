// A check of type "tcp": whether the server takes connections, and what it says first.
#pragma once

#include <string>
#include <string_view>
#include <tuple>

#include "checks/kind.h"

namespace evenkeel::checks {

struct TcpCheck {
  static constexpr std::string_view type = "tcp";

  std::string send;  ///< sent after the connection is established; "" = nothing
  std::string
      expect;  ///< must occur in the first 4 KiB of the answer; "" = the connection is enough

  friend bool operator==(const TcpCheck&, const TcpCheck&) = default;
};
constexpr auto keys_of(fields::Of<TcpCheck>) {
  using fields::key;
  using T = TcpCheck;
  constexpr fields::Octets kText = {4096};  // looked for in the first 4 KiB
  return std::tuple(
      key<&T::send>("send", kText, "tcp: sent once connected"),
      key<&T::expect>("expect", kText, "tcp: must occur in the first 4 KiB of the answer"));
}
constexpr auto fields_of(fields::Of<TcpCheck>) {
  return fields::fields_of_keys(keys_of(fields::Of<TcpCheck>()));
}

/// Whether the check has outcomes that are wrong answers (reason.h, is_wrong_answer).
[[nodiscard]] inline bool can_answer_wrongly(const TcpCheck& tcp) {
  return !tcp.expect.empty();
}

/// Passes when the connection is established, or, with `expect`, when that occurs in the first
/// 4 KiB that the server sends. Passed has no detail.
[[nodiscard]] Probing run(const Check& check, const TcpCheck& tcp, Sockets& sockets);

}  // namespace evenkeel::checks
