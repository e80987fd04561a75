#include "vrrp/rival.h"

#include <algorithm>
#include <utility>

#include "vrrp/advertisement.h"

namespace evenkeel::vrrp {
namespace {

std::string in_words(Duration duration) {
  using std::chrono::duration_cast;
  const auto whole = duration_cast<std::chrono::seconds>(duration);
  if (whole == duration) return std::to_string(whole.count()) + "s";
  return std::to_string(duration_cast<std::chrono::milliseconds>(duration).count()) + "ms";
}

std::string password_in_words(const Rival& rival, const InstanceConfig& config) {
  if (!rival.is_authenticated) return "no password, ours has one";
  return config.password.empty() ? "a password, ours has none" : "another password";
}

std::string_view in_words(Family family) {
  return family == Family::IPv4 ? " (IPv4)" : " (IPv6)";
}

std::string id_in_words(const Rival& rival, const InstanceConfig& config) {
  std::string theirs = "virtual router ID " + std::to_string(rival.virtual_router_id);
  std::string ours = ", ours is " + std::to_string(config.virtual_router_id);
  if (rival.source && family_of(*rival.source) != config.family) {
    theirs += in_words(family_of(*rival.source));
    ours += in_words(config.family);
  }
  return theirs + ours;
}

std::string delivery_in_words(const Rival& rival, const InstanceConfig& config) {
  if (rival.destination && is_our_delivery(*rival.destination, config)) {
    return "over " + config.interface + ", ours come over " + config.link();
  }
  if (!config.unicast) return "by unicast, ours is by multicast";
  if (!rival.destination || rival.destination->is_multicast()) {
    return "by multicast, ours is by unicast";
  }
  return "to " + rival.destination->to_string() + ", ours come to " +
         config.unicast->source.to_string();
}

std::string in_words(Difference difference, const Rival& rival, const InstanceConfig& config) {
  switch (difference) {
    case Difference::VirtualRouterId:
      return id_in_words(rival, config);
    case Difference::Version:
      return "version " + std::to_string(static_cast<int>(rival.version)) + ", ours is " +
             std::to_string(static_cast<int>(config.version));
    case Difference::Authentication:
      return password_in_words(rival, config);
    case Difference::Delivery:
      return delivery_in_words(rival, config);
    case Difference::Sender:
      return "it is not in the list of unicast peers";
    case Difference::Interval:
      return "interval " + in_words(rival.interval) + ", ours is " +
             in_words(config.advertisement_interval);
    case Difference::Unheard:
      return "its advertisements reach " + config.link() +
             ", but a firewall of this host drops them (protocol 112)";
    case Difference::SameSource:
      return "it sends from " + (rival.source ? rival.source->to_string() : std::string()) +
             ", which is this node's own address";
  }
  return "?";
}

}  // namespace

bool is_our_delivery(const Address& destination, const InstanceConfig& config) {
  return destination == (config.unicast ? config.unicast->source : multicast_group(config.family));
}

std::string to_string(const MacAddress& mac) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string text;
  for (const std::uint8_t octet : mac) {
    if (!text.empty()) text += ':';
    text += kDigits[octet >> 4];
    text += kDigits[octet & 0x0FU];
  }
  return text;
}

std::string node_name(const Rival& rival, const InstanceConfig& config) {
  if (!config.unicast || !rival.source) return {};
  const auto& [source, peers, names] = *config.unicast;
  const auto found = std::find(peers.begin(), peers.end(), *rival.source);
  const auto at = static_cast<std::size_t>(found - peers.begin());
  return at < std::min(peers.size(), names.size()) ? names[at] : std::string();
}

std::string who(const Rival& rival, const InstanceConfig& config) {
  std::string text;
  if (rival.is_crowd) {
    text = "several senders, more than are told apart,";
  } else if (rival.source) {
    text = rival.source->to_string() + " (" + to_string(rival.mac);
    if (const std::string node = node_name(rival, config); !node.empty()) {
      text += ", " + node;
    }
    text += ')';
  } else {
    text = to_string(rival.mac);
  }
  return text + " on " + (rival.is_elsewhere ? config.interface : config.link());
}

std::string what(const Rival& rival, const InstanceConfig& config) {
  const std::string address = rival.address ? rival.address->to_string() : std::string();
  if (rival.is_crowd) return "announce " + address + ", answer for it or advertise it";
  if (!rival.source) {
    return "announces " + address + " or answers for it, and no advertisement of it is heard";
  }
  std::string text = rival.is_owner ? "advertises " + address + " too: "
                                    : "advertises virtual router ID " +
                                          std::to_string(rival.virtual_router_id) + " with ";
  std::string_view separator;
  for (std::size_t i = 0; i < kDifferences; ++i) {
    const auto difference = static_cast<Difference>(i);
    if (!rival.differences.has(difference)) continue;
    text += separator;
    text += in_words(difference, rival, config);
    separator = "; ";
  }
  return text;
}

}  // namespace evenkeel::vrrp
