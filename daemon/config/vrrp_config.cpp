// Durations are nanoseconds, addresses text with their prefix length:
//
//   {"address_lease": true,
//    "evenkeel": "vrrp",
//    "instances": [{"address_conflict": "warn", "advertisement_interval": 1000000000, ...}],
//    "sync_groups": [{"instances": ["web", "inside"], "name": "both"}],
//    "version": 1}
#include "daemon/config/vrrp_config.h"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <optional>

#include "daemon/config/address_rules.h"
#include "daemon/config/names.h"
#include "daemon/config/vrrp_rules.h"

namespace evenkeel::daemon {
namespace {

using nlohmann::json;

constexpr std::string_view kWhat = "vrrp";
constexpr std::uint64_t kVersion = 1;

/// Of a duration that is not negative: unsigned, as a parsed text has it.
std::uint64_t nanoseconds(vrrp::Duration duration) {
  return static_cast<std::uint64_t>(std::chrono::nanoseconds(duration).count());
}

json json_of(const std::vector<vrrp::InterfaceAddress>& addresses) {
  json list = json::array();
  for (const vrrp::InterfaceAddress& address : addresses) list.push_back(to_string(address));
  return list;
}

json json_of(const std::optional<vrrp::Unicast>& unicast) {
  if (!unicast) return nullptr;
  json peers = json::array();
  for (const vrrp::Address& peer : unicast->peers) peers.push_back(peer.to_string());
  return {{"source", unicast->source.to_string()},
          {"peers", std::move(peers)},
          {"names", unicast->names}};
}

json json_of(const vrrp::AnnouncementSchedule& announcements) {
  json at = json::array();
  for (const vrrp::Duration time : announcements.at) at.push_back(nanoseconds(time));
  return {{"at", std::move(at)}, {"refresh", nanoseconds(announcements.refresh)}};
}

json json_of(const vrrp::InstanceConfig& instance) {
  return {
      {"name", instance.name},
      {"interface", instance.interface},
      {"virtual_router_id", instance.virtual_router_id},
      {"family", static_cast<unsigned>(instance.family)},
      {"version", static_cast<unsigned>(instance.version)},
      {"priority", instance.priority},
      {"advertisement_interval", nanoseconds(instance.advertisement_interval)},
      {"preempt", instance.preempt},
      {"preempt_delay", nanoseconds(instance.preempt_delay)},
      {"virtual_addresses", json_of(instance.virtual_addresses)},
      {"extra_addresses", json_of(instance.extra_addresses)},
      {"unicast", json_of(instance.unicast)},
      {"unicast_interface", instance.unicast_interface},
      {"checksum", name(instance.checksum)},
      {"password", instance.password},
      {"announcements", json_of(instance.announcements)},
      {"address_conflict", name(instance.address_conflict)},
      {"foreign_address_list", name(instance.foreign_address_list)},
  };
}

/// Reads until the first mistake, then gives defaults: one look at error() at the end is enough.
class Reader {
 public:
  [[nodiscard]] vrrp::Config config(const json& root);
  [[nodiscard]] vrrp::InstanceConfig instance(const json& object);
  [[nodiscard]] const std::optional<VrrpConfigError>& error() const { return error_; }

 private:
  [[nodiscard]] vrrp::SyncGroupConfig sync_group(const json& object);
  [[nodiscard]] std::optional<vrrp::Unicast> unicast(const json& object);
  [[nodiscard]] vrrp::AnnouncementSchedule announcements(const json& object);

  void expect(bool is_fine, VrrpConfigError otherwise = VrrpConfigError::BadValue) {
    if (!is_fine && !error_) error_ = otherwise;
  }
  /// null when it is not there.
  [[nodiscard]] const json& member(const json& object, const char* name) {
    static const json null;
    const auto found = object.find(name);
    const bool is_there = object.is_object() && found != object.end();
    expect(is_there, VrrpConfigError::Structure);
    return is_there ? *found : null;
  }
  /// Every element of an array through `read`: (const json&) -> T.
  template <typename Read>
  [[nodiscard]] auto list(const json& array, Read&& read) {
    std::vector<decltype(read(array))> result;
    expect(array.is_array(), VrrpConfigError::Structure);
    if (!array.is_array()) return result;
    for (const json& element : array) {
      if (error_) break;
      result.push_back(read(element));
    }
    return result;
  }
  [[nodiscard]] std::string text(const json& value) {
    const auto* const string = value.get_ptr<const json::string_t*>();
    expect(string, VrrpConfigError::Structure);
    return string ? *string : std::string();
  }
  [[nodiscard]] std::string name(const json& value) {
    std::string name = text(value);
    expect(is_name(name));
    return name;
  }
  [[nodiscard]] bool boolean(const json& value) {
    expect(value.is_boolean(), VrrpConfigError::Structure);
    return value.is_boolean() && value.get<bool>();
  }
  [[nodiscard]] std::uint64_t number(const json& value, std::uint64_t min, std::uint64_t max) {
    expect(value.is_number_unsigned(), VrrpConfigError::Structure);
    const std::uint64_t number = value.is_number_unsigned() ? value.get<std::uint64_t>() : min;
    expect(number >= min && number <= max);
    return std::clamp(number, min, max);
  }
  [[nodiscard]] std::uint8_t octet(const json& value, std::uint8_t min = 1,
                                   std::uint8_t max = 255) {
    return static_cast<std::uint8_t>(number(value, min, max));
  }
  [[nodiscard]] vrrp::Duration duration(const json& value, vrrp::Duration max) {
    const std::uint64_t count = number(value, 0, nanoseconds(max));
    return std::chrono::nanoseconds(static_cast<std::int64_t>(count));
  }
  template <fields::Worded E>
  [[nodiscard]] E word(const json& value) {
    const auto found = fields::from_name<E>(text(value));
    expect(found.has_value());
    return found.value_or(E{});
  }
  [[nodiscard]] vrrp::Address node_address(const json& value) {
    const auto address = parse_address(text(value));
    expect(address && !why_not_virtual(*address));
    return address.value_or(vrrp::Address());
  }
  [[nodiscard]] vrrp::InterfaceAddress moved_address(const json& value) {
    const auto address = parse_interface_address(text(value));
    expect(address && !why_not_virtual(address->address));
    return address.value_or(vrrp::InterfaceAddress());
  }

  std::optional<VrrpConfigError> error_;
};

std::optional<vrrp::Unicast> Reader::unicast(const json& object) {
  if (object.is_null()) return std::nullopt;
  // A record of a version that had no names yet.
  static const json none = json::array();
  const bool has_names = object.is_object() && object.contains("names");
  const auto read = [&](const json& value) { return node_address(value); };
  return vrrp::Unicast{.source = node_address(member(object, "source")),
                       .peers = list(member(object, "peers"), read),
                       .names = list(has_names ? object["names"] : none,
                                     [&](const json& value) { return text(value); })};
}

vrrp::AnnouncementSchedule Reader::announcements(const json& object) {
  vrrp::AnnouncementSchedule schedule;
  schedule.at = list(member(object, "at"),
                     [&](const json& value) { return duration(value, kMaxAnnouncementDelay); });
  schedule.refresh = duration(member(object, "refresh"), kMaxRefresh);
  expect(schedule.refresh == vrrp::Duration::zero() || schedule.refresh >= kMinRefresh);
  return schedule;
}

vrrp::InstanceConfig Reader::instance(const json& object) {
  const auto address = [&](const json& value) { return moved_address(value); };
  vrrp::InstanceConfig config;
  config.name = name(member(object, "name"));
  config.interface = text(member(object, "interface"));
  expect(is_interface_name(config.interface));
  config.virtual_router_id = octet(member(object, "virtual_router_id"));
  const std::uint8_t family = octet(member(object, "family"), 4, 6);
  expect(family == 4 || family == 6);
  config.family = family == 6 ? vrrp::Family::IPv6 : vrrp::Family::IPv4;
  config.version = static_cast<vrrp::Version>(octet(member(object, "version"), 2, 3));
  config.priority = octet(member(object, "priority"));
  config.advertisement_interval =
      duration(member(object, "advertisement_interval"), std::chrono::hours(1));
  expect(is_advertisement_interval(config.version, config.advertisement_interval));
  config.preempt = boolean(member(object, "preempt"));
  config.preempt_delay = duration(member(object, "preempt_delay"), kMaxPreemptDelay);
  config.virtual_addresses = list(member(object, "virtual_addresses"), address);
  config.extra_addresses = list(member(object, "extra_addresses"), address);
  config.unicast = unicast(member(object, "unicast"));
  config.unicast_interface = text(member(object, "unicast_interface"));
  expect(config.unicast_interface.empty() || is_interface_name(config.unicast_interface));
  config.checksum = word<vrrp::ChecksumPolicy>(member(object, "checksum"));
  config.password = text(member(object, "password"));
  expect(is_vrrp_password(config.password));
  config.announcements = announcements(member(object, "announcements"));
  config.address_conflict = word<vrrp::AddressConflict>(member(object, "address_conflict"));
  config.foreign_address_list =
      word<vrrp::ForeignAddressList>(member(object, "foreign_address_list"));
  return config;
}

vrrp::SyncGroupConfig Reader::sync_group(const json& object) {
  const auto read = [&](const json& value) { return name(value); };
  return {.name = name(member(object, "name")),
          .instances = list(member(object, "instances"), read)};
}

vrrp::Config Reader::config(const json& root) {
  const json& version = member(root, "version");
  expect(text(member(root, "evenkeel")) == kWhat && version.is_number_unsigned() &&
             version.get<std::uint64_t>() == kVersion,
         VrrpConfigError::UnknownVersion);
  vrrp::Config config;
  config.address_lease = boolean(member(root, "address_lease"));
  config.instances =
      list(member(root, "instances"), [&](const json& value) { return instance(value); });
  config.sync_groups =
      list(member(root, "sync_groups"), [&](const json& value) { return sync_group(value); });
  return config;
}

json json_of(const vrrp::Config& config) {
  json instances = json::array();
  for (const vrrp::InstanceConfig& instance : config.instances) {
    instances.push_back(json_of(instance));
  }
  json groups = json::array();
  for (const vrrp::SyncGroupConfig& group : config.sync_groups) {
    groups.push_back({{"name", group.name}, {"instances", group.instances}});
  }
  return {{"evenkeel", kWhat},
          {"version", kVersion},
          {"address_lease", config.address_lease},
          {"instances", std::move(instances)},
          {"sync_groups", std::move(groups)}};
}

/// What is not UTF-8 would throw: the parser lets none in, and the reader would refuse it.
std::string to_text(const json& root) {
  return root.dump(-1, ' ', false, json::error_handler_t::replace);
}

/// What does not keep a record from being used for a release.
constexpr std::array<const char*, 7> kDispensable = {
    "address_conflict", "announcements", "checksum",       "foreign_address_list",
    "preempt",          "preempt_delay", "extra_addresses"};

/// Nothing: it cannot be read at all.
std::optional<vrrp::InstanceConfig> tolerated_instance(const json& object) {
  if (!object.is_object()) return std::nullopt;
  // Through text, as what is read: a duration is a signed number otherwise, which the reader
  // refuses.
  const json defaults = json::parse(to_text(json_of(vrrp::InstanceConfig{})));
  json complete = defaults;
  complete.update(object);
  const auto read = [&]() -> std::optional<vrrp::InstanceConfig> {
    Reader reader;
    vrrp::InstanceConfig instance = reader.instance(complete);
    if (reader.error()) return std::nullopt;
    return instance;
  };
  if (auto instance = read()) return instance;
  for (const char* key : kDispensable) complete[key] = defaults[key];
  return read();
}

}  // namespace

std::string encode_vrrp(const vrrp::Config& config) {
  return to_text(json_of(config));
}

std::string encode_vrrp_record(const vrrp::Config& config, std::string_view boot) {
  json root = json_of(config);
  root["boot"] = boot;
  return to_text(root);
}

tl::expected<VrrpRecord, VrrpConfigError> decode_vrrp_record(std::string_view text) {
  const json root = json::parse(text, nullptr, false);
  if (root.is_discarded()) return tl::unexpected(VrrpConfigError::Syntax);
  const json* const instances =
      root.is_object() && root.contains("instances") ? &root["instances"] : nullptr;
  if (!instances || !instances->is_array()) return tl::unexpected(VrrpConfigError::Structure);
  const auto text_of = [](const json& object, const char* name) {
    const bool is_there = object.is_object() && object.contains(name) && object[name].is_string();
    return is_there ? object[name].get<std::string>() : std::string();
  };
  VrrpRecord record{.config = {}, .boot = text_of(root, "boot"), .unreadable = {}};
  for (const json& object : *instances) {
    if (auto instance = tolerated_instance(object)) {
      record.config.instances.push_back(std::move(*instance));
    } else {
      record.unreadable.push_back(text_of(object, "name"));
    }
  }
  return record;
}

tl::expected<vrrp::Config, VrrpConfigError> decode_vrrp(std::string_view text) {
  const json root = json::parse(text, nullptr, false);
  if (root.is_discarded()) return tl::unexpected(VrrpConfigError::Syntax);
  Reader reader;
  vrrp::Config config = reader.config(root);
  if (reader.error()) return tl::unexpected(*reader.error());
  if (encode_vrrp(config) != text) return tl::unexpected(VrrpConfigError::NotCanonical);
  if (!contradictions(config).empty()) return tl::unexpected(VrrpConfigError::Contradiction);
  return config;
}

}  // namespace evenkeel::daemon
