// A check of type "tcp": whether the server takes connections, and what it says first.
#pragma once

#include <string>
#include <string_view>

#include "checks/kind.h"

namespace evenkeel::checks {

struct TcpCheck {
  static constexpr std::string_view type = "tcp";

  std::string send;  ///< sent after the connection is established; "" = nothing
  std::string
      expect;  ///< must occur in the first 4 KiB of the answer; "" = the connection is enough

  friend bool operator==(const TcpCheck&, const TcpCheck&) = default;
};
constexpr auto fields_of(fields::Of<TcpCheck>) {
  using fields::field;
  using T = TcpCheck;
  return fields::table(field<&T::send>("send"), field<&T::expect>("expect"));
}

/// Passes when the connection is established, or, with `expect`, when that occurs in the first
/// 4 KiB that the server sends. Passed has no detail.
[[nodiscard]] Probing run(const Check& check, const TcpCheck& tcp, Sockets& sockets);

}  // namespace evenkeel::checks
