#include "daemon/config/checks_codec.h"

#include <algorithm>
#include <boost/container_hash/hash.hpp>
#include <functional>
#include <unordered_set>

#include "daemon/fields/byte_walker.h"

namespace evenkeel::daemon {

using List = std::vector<checks::ListedCheck>;

namespace {

std::size_t octets_of(const checks::Check& check) {
  return fields::to_bytes(checks::ListedCheck{.id = 0, .check = check, .not_down = {}, .down = {}})
      .size();
}

/// The size of a list of checks.
struct Need {
  std::size_t checks = 0, octets = encode_checks({}).size();

  [[nodiscard]] bool is_within(const ListLimits& limits) const {
    return checks <= limits.checks && octets <= limits.octets;
  }
};

template <typename Act>
void for_each_check(const Config& config, Act&& act) {
  for (const ServiceConfig& service : config.services) {
    for (const RealServerConfig& server : service.real_servers) {
      for (const ServerCheck& each : server.checks) act(each.check);
    }
  }
  for (const ServerCheck& each : config.tracked.checks) act(each.check);
}

/// At least the need: equal checks count more than once.
Need estimate(const Config& config) {
  constexpr std::size_t kAddress = 16;  // octets by which addresses of the two families may differ
  Need need;
  const checks::Check* last = nullptr;
  std::size_t octets = 0;
  for_each_check(config, [&](const checks::Check& check) {
    if (last == nullptr || last->probe != check.probe) octets = octets_of(check) + kAddress;
    last = &check;
    ++need.checks;
    need.octets += octets;
  });
  return need;
}

}  // namespace

std::optional<std::string> why_refused(const Config& config, const ListLimits& limits) {
  if (estimate(config).is_within(limits)) return std::nullopt;
  Need need;
  std::unordered_set<checks::Check, boost::hash<checks::Check>> known;
  for_each_check(config, [&](const checks::Check& check) {
    if (!known.insert(check).second) return;
    ++need.checks;
    need.octets += octets_of(check);
  });
  if (need.is_within(limits)) return std::nullopt;
  if (need.checks > limits.checks) {
    return "there are " + std::to_string(need.checks) + " different checks, and at most " +
           std::to_string(limits.checks) + " are possible";
  }
  return "the checks take " + std::to_string(need.octets) + " octets, and at most " +
         std::to_string(limits.octets) + " are possible";
}

std::vector<std::byte> encode_checks(const List& list) {
  return fields::to_bytes(list);  // whoever reads refuses what is above the limit
}

tl::expected<List, fields::BytesError> decode_checks(std::span<const std::byte> bytes) {
  auto list = fields::from_bytes<List>(bytes, fields::AtMost{ListLimits().checks});
  const auto is_out_of_order = [](const auto& one, const auto& next) { return one.id >= next.id; };
  if (list && std::adjacent_find(list->begin(), list->end(), is_out_of_order) != list->end()) {
    return tl::unexpected(fields::BytesError::BadValue);
  }
  return list;
}

}  // namespace evenkeel::daemon
