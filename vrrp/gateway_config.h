// A gateway that tracks follow: whom to ask, how often, and when it counts as silent.
//
// Pure.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>

#include "daemon/fields/table.h"
#include "vrrp/types.h"

namespace evenkeel::vrrp {

constexpr std::size_t kMaxGateways = 256;  ///< of a configuration

struct GatewayConfig {
  std::string name;  ///< of the tracks that follow it: "192.0.2.1 on eth0"
  Address address;
  std::string interface;                        ///< its name or an alternative one
  Duration interval = std::chrono::seconds(1);  ///< 100 ms .. 1 h
  Duration timeout = std::chrono::seconds(1);   ///< 10 ms .. interval
  std::uint16_t fall = 3;  ///< 1..255 questions in a row without an answer: it fails
  std::uint16_t rise = 2;  ///< 1..255 answers in a row: it holds again

  friend bool operator==(const GatewayConfig&, const GatewayConfig&) = default;
};
constexpr auto fields_of(fields::Of<GatewayConfig>) {
  using fields::field;
  using T = GatewayConfig;
  return fields::table(field<&T::name>("name"), field<&T::address>("address"),
                       field<&T::interface>("interface"), field<&T::interval>("interval"),
                       field<&T::timeout>("timeout"), field<&T::fall>("fall"),
                       field<&T::rise>("rise"));
}

}  // namespace evenkeel::vrrp
