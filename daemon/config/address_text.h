// Addresses as the text that a record on disk has (fields/json_record.h). What may be in a record
// is for its reader to judge.
//
// Included in .cpp files only, as json_record.h.
#pragma once

#include <optional>
#include <string>

#include "daemon/config/address_rules.h"
#include "daemon/config/vrrp_values.h"
#include "daemon/fields/json_record.h"

template <>
struct evenkeel::fields::RecordText<evenkeel::vrrp::Address> {
  static std::string to(const vrrp::Address& address) { return address.to_string(); }
  static std::optional<vrrp::Address> from(const std::string& text) {
    return daemon::parse_address(text);
  }
};

template <>
struct evenkeel::fields::RecordText<evenkeel::vrrp::InterfaceAddress> {
  static std::string to(const vrrp::InterfaceAddress& address) { return vrrp::to_string(address); }
  static std::optional<vrrp::InterfaceAddress> from(const std::string& text) {
    return daemon::parse_interface_address(text);
  }
};
