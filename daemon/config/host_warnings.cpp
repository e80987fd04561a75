#include "daemon/config/host_warnings.h"

#include <algorithm>
#include <boost/asio/ip/network_v4.hpp>
#include <boost/asio/ip/network_v6.hpp>
#include <map>
#include <set>
#include <utility>

#include "vrrp/advertisement.h"
#include "vrrp/descriptors.h"

namespace evenkeel::daemon {
namespace {

using vrrp::Address;
using vrrp::InstanceConfig;
using vrrp::InterfaceAddress;

bool is_in(const Address& address, const InterfaceAddress& network) {
  if (address.is_v4() != network.address.is_v4()) return false;
  if (address.is_v4()) {
    const auto of = [&](const Address& each) {
      return boost::asio::ip::network_v4(each.to_v4(), network.prefix_length).canonical();
    };
    return of(address) == of(network.address);
  }
  const auto of = [&](const Address& each) {
    return boost::asio::ip::network_v6(each.to_v6(), network.prefix_length).canonical();
  };
  return of(address) == of(network.address);
}

class HostWarnings {
 public:
  HostWarnings(const vrrp::Config& config, const Host& host) : host_(host) {
    for (const InstanceConfig& each : config.instances) {
      for (const InterfaceAddress& moved : vrrp::all_addresses(each)) moved_.insert(moved.address);
    }
  }

  void look_at(const InstanceConfig& instance) {
    if (const HostInterface* const interface = find(instance.interface)) {
      for (const InterfaceAddress& each : vrrp::all_addresses(instance)) {
        judge_moved(instance, each, *interface);
      }
    }
    const HostInterface* const link = find(instance.link());
    if (instance.unicast && link && link->is_up) judge_unicast(instance, *link);
    if (link) judge_size(instance, *link);
  }

  std::vector<std::string> texts;

 private:
  [[nodiscard]] const HostInterface* find(const std::string& name) const {
    const auto found = std::find_if(
        host_.interfaces.begin(), host_.interfaces.end(), [&](const HostInterface& each) {
          const auto& others = each.alternative_names;
          return each.name == name || std::find(others.begin(), others.end(), name) != others.end();
        });
    return found == host_.interfaces.end() ? nullptr : &*found;
  }
  /// The interface's own addresses that have a network of that family with them.
  [[nodiscard]] const std::vector<InterfaceAddress>& networks_of(const HostInterface& interface,
                                                                 const Address& like) {
    const auto [at, is_new] = networks_.try_emplace({&interface, like.is_v4()});
    if (!is_new)
      return at->second;  // an interface may have 10,000 addresses, and so may an instance
    for (const InterfaceAddress& each : interface.addresses) {
      const int whole = each.address.is_v4() ? 32 : 128;
      if (each.address.is_v4() == like.is_v4() && each.prefix_length < whole &&
          !moved_.contains(each.address)) {
        at->second.push_back(each);
      }
    }
    return at->second;
  }

  /// Where a prefix length is written the parser has judged it.
  void judge_moved(const InstanceConfig& instance, const InterfaceAddress& moved,
                   const HostInterface& interface) {
    if (moved.prefix_length != (moved.address.is_v4() ? 32 : 128)) return;
    for (const InterfaceAddress& network : networks_of(interface, moved.address)) {
      if (!is_in(moved.address, network)) continue;
      const auto what = not_a_hosts_address(moved.address, network.prefix_length);
      if (what.empty()) continue;
      texts.push_back("instance " + instance.name + ": " + moved.address.to_string() + " is " +
                      std::string(what) + " of a network on " + instance.interface + ", where " +
                      to_string(network) + " is");
      return;
    }
  }

  void judge_size(const InstanceConfig& instance, const HostInterface& link) {
    if (vrrp::fits(instance, link.mtu)) return;
    const std::size_t addresses = instance.virtual_addresses.size();
    texts.push_back(
        "instance " + instance.name + ": an advertisement of " + std::to_string(addresses) +
        " virtual addresses has " +
        std::to_string(vrrp::packet_size(instance.version, instance.family, addresses)) +
        " octets, and the MTU of " + instance.link() + " is " + std::to_string(link.mtu) +
        ": it will not start; put some of them into \"extra_addresses\"");
  }

  void judge_unicast(const InstanceConfig& instance, const HostInterface& link) {
    const Address& source = instance.unicast->source;
    const auto& networks = networks_of(link, source);
    const auto is_near = [&](const Address& address) {
      return std::any_of(networks.begin(), networks.end(),
                         [&](const InterfaceAddress& network) { return is_in(address, network); });
    };
    const bool has_source =
        std::any_of(link.addresses.begin(), link.addresses.end(),
                    [&](const InterfaceAddress& each) { return each.address == source; });
    if (!has_source && !is_near(source)) {
      add_far(instance, "this node's address in \"unicast\", " + source.to_string() + ",", link,
              networks);
      return;  // the peers are near it, as a rule
    }
    for (const Address& peer : instance.unicast->peers) {
      if (networks.empty() || is_near(peer)) continue;
      add_far(instance, "the peer " + peer.to_string() + " in \"unicast\"", link, networks);
    }
  }

  void add_far(const InstanceConfig& instance, const std::string& whose, const HostInterface& link,
               const std::vector<InterfaceAddress>& networks) {
    std::string text =
        "instance " + instance.name + ": " + whose + " is in no network on " + instance.link();
    if (!networks.empty()) text += " (" + to_string(networks.front()) + ")";
    text += ": advertisements pass no router (TTL 255)";
    for (const HostInterface& other : host_.interfaces) {
      const auto& addresses = other.addresses;
      const bool is_there = std::any_of(addresses.begin(), addresses.end(), [&](const auto& each) {
        return each.address == instance.unicast->source;
      });
      if (!is_there || &other == &link) continue;
      text += "; " + other.name + " has it: unicast_interface = \"" + other.name +
              "\" would advertise over that";
      break;
    }
    texts.push_back(std::move(text));
  }

  const Host& host_;
  std::map<std::pair<const HostInterface*, bool>, std::vector<InterfaceAddress>> networks_;
  std::set<Address> moved_;  ///< addresses of any instance: on an interface while we are Master
};

}  // namespace

std::string_view not_a_hosts_address(const Address& address, std::uint8_t prefix_length) {
  if (address.is_v4()) {
    if (prefix_length > 30) return "";
    const boost::asio::ip::network_v4 network(address.to_v4(), prefix_length);
    if (address.to_v4() == network.network()) return "the network address";
    if (address.to_v4() == network.broadcast()) return "the broadcast address";
    return "";
  }
  if (prefix_length > 126) return "";
  const boost::asio::ip::network_v6 network(address.to_v6(), prefix_length);
  return address.to_v6() == network.network() ? "the subnet-router anycast address" : "";
}

std::vector<std::string> host_warnings(const vrrp::Config& config, const Host& host) {
  HostWarnings warnings(config, host);
  const std::size_t needed = vrrp::descriptors_needed(config);
  if (!config.instances.empty() && host.descriptor_limit > 0 && needed > host.descriptor_limit) {
    warnings.texts.push_back(
        "the vrrp process needs up to " + std::to_string(needed) + " file descriptors for " +
        std::to_string(config.instances.size()) + " instances, and its limit here is " +
        std::to_string(host.descriptor_limit) + " (LimitNOFILE): some will not start");
  }
  for (const InstanceConfig& instance : config.instances) warnings.look_at(instance);
  return std::move(warnings.texts);
}

}  // namespace evenkeel::daemon
