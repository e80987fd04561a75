#include "ipvs/types.h"

namespace evenkeel::ipvs {

const ServiceEntry* find(const Table& table, const ServiceKey& key) {
  const auto found = table.find(key);
  return found == table.end() ? nullptr : &found->second;
}

bool is_hash_scheduler(std::string_view scheduler) {
  return scheduler == "sh" || scheduler == "dh" || scheduler == "mh";
}

namespace {

std::string endpoint(const Address& address, std::uint16_t port) {
  const std::string text = address.to_string();
  return (address.is_v6() ? "[" + text + "]" : text) + ":" + std::to_string(port);
}

}  // namespace

std::string to_string(const DestinationKey& key) {
  return endpoint(key.address, key.port);
}

std::string to_string(const ServiceKey& key) {
  if (key.firewall_mark != 0) {
    return "FWM " + std::to_string(key.firewall_mark) + (key.family == Family::Ipv6 ? " IPv6" : "");
  }
  return std::string(to_string(key.protocol)) + " " + endpoint(key.address, key.port);
}

}  // namespace evenkeel::ipvs
