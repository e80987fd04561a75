#include "daemon/process/owned_record.h"

#include <nlohmann/json.hpp>

#include "daemon/fields/json_record.h"

namespace evenkeel::daemon {

namespace {

using fields::record::read_number;
using nlohmann::json;

constexpr int kVersion = 1;

json to_json(const ipvs::ServiceKey& key) {
  json object;
  if (key.firewall_mark != 0) {
    object["firewall_mark"] = key.firewall_mark;
    object["family"] = key.family == ipvs::Family::Ipv6 ? "ipv6" : "ipv4";
    return object;
  }
  object["protocol"] = ipvs::to_string(key.protocol);
  object["address"] = key.address.to_string();
  object["port"] = key.port;
  return object;
}

std::optional<ipvs::Protocol> protocol_from(const std::string& text) {
  for (const auto protocol : {ipvs::Protocol::Tcp, ipvs::Protocol::Udp, ipvs::Protocol::Sctp}) {
    if (text == ipvs::to_string(protocol)) return protocol;
  }
  return std::nullopt;
}

/// Throws json::exception for a field that is missing or of the wrong type.
std::optional<ipvs::ServiceKey> key_from(const json& object) {
  ipvs::ServiceKey key;
  if (object.contains("firewall_mark")) {
    if (!read_number(object.at("firewall_mark"), key.firewall_mark)) return std::nullopt;
    const bool is_ipv6 = object.at("family").get<std::string>() == "ipv6";
    key.family = is_ipv6 ? ipvs::Family::Ipv6 : ipvs::Family::Ipv4;
    return key.firewall_mark == 0 ? std::nullopt : std::optional(key);
  }
  const auto protocol = protocol_from(object.at("protocol").get<std::string>());
  boost::system::error_code error;
  key.address = boost::asio::ip::make_address(object.at("address").get<std::string>(), error);
  if (!protocol || error) return std::nullopt;
  key.protocol = *protocol;
  key.family = key.address.is_v6() ? ipvs::Family::Ipv6 : ipvs::Family::Ipv4;
  if (!read_number(object.at("port"), key.port)) return std::nullopt;
  return key;
}

std::optional<ipvs::ServiceKey> tolerated_key(const json& object) {
  try {
    return key_from(object);
  } catch (const json::exception&) {
    return std::nullopt;
  }
}

}  // namespace

std::string encode_record(const OwnedRecord& owned) {
  json services = json::array();
  for (const ipvs::ServiceKey& key : owned.services) services.push_back(to_json(key));
  // An unknown entry is a newer version's, and is kept for it.
  for (const std::string& unknown : owned.unknown) {
    json entry = json::parse(unknown, nullptr, false);
    if (!entry.is_discarded()) services.push_back(std::move(entry));
  }
  const json root = {
      {"boot", owned.boot}, {"version", kVersion}, {"services", std::move(services)}};
  return root.dump(-1, ' ', false, json::error_handler_t::replace) + "\n";
}

tl::expected<OwnedRecord, std::string> decode_record(std::string_view text) {
  const json document = json::parse(text, nullptr, false);
  if (document.is_discarded()) return tl::unexpected(std::string("not JSON"));
  if (!document.is_object() || !document.contains("services") || !document["services"].is_array()) {
    return tl::unexpected(std::string("it has no list of services"));
  }
  OwnedRecord owned;
  if (document.contains("boot") && document["boot"].is_string()) owned.boot = document["boot"];
  for (const json& service : document["services"]) {
    if (const auto key = tolerated_key(service)) {
      owned.services.insert(*key);
    } else {
      owned.unknown.push_back(service.dump(-1, ' ', false, json::error_handler_t::replace));
    }
  }
  return owned;
}

}  // namespace evenkeel::daemon
