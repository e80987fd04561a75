#include "daemon/config/vrrp_record.h"

#include <algorithm>
#include <array>
#include <optional>
#include <type_traits>

#include "daemon/config/address_text.h"
#include "daemon/config/names.h"
#include "daemon/config/vrrp_values.h"
#include "daemon/fields/json_record.h"

namespace evenkeel::daemon {
namespace {

using nlohmann::json;

template <auto pointer>
consteval std::string_view key_of() {
  std::string_view key;
  fields::for_each_field<vrrp::InstanceConfig>([&](const auto& row) {
    constexpr auto member = std::remove_cvref_t<decltype(row)>::member;
    if (fields::member_name<member>() == fields::member_name<pointer>()) key = row.key;
  });
  return key;
}
template <auto... pointers>
inline constexpr std::array kKeysOf{key_of<pointers>()...};

using Instance = vrrp::InstanceConfig;
/// Keys that `evenkeeld release` does not need: a wrong value of one is replaced by its default.
constexpr auto kDispensable =
    kKeysOf<&Instance::address_conflict, &Instance::announcements, &Instance::checksum,
            &Instance::foreign_address_list, &Instance::preempt, &Instance::preempt_delay,
            &Instance::preempt_margin, &Instance::extra_addresses, &Instance::tracks>;

bool are_virtual(const std::vector<vrrp::InterfaceAddress>& addresses) {
  return std::none_of(addresses.begin(), addresses.end(),
                      [](const auto& each) { return why_not_virtual(each.address).has_value(); });
}

bool is_usable(const std::optional<vrrp::Unicast>& unicast) {
  return !unicast ||
         (!why_not_virtual(unicast->source) && !unicast->peers.empty() &&
          std::none_of(unicast->peers.begin(), unicast->peers.end(),
                       [](const auto& peer) { return why_not_virtual(peer).has_value(); }));
}

bool is_usable(const vrrp::InstanceConfig& instance) {
  return is_name(instance.name) && is_interface_name(instance.interface) &&
         (instance.unicast_interface.empty() || is_interface_name(instance.unicast_interface)) &&
         instance.virtual_router_id != 0 && instance.priority != 0 &&
         !instance.virtual_addresses.empty() && are_virtual(instance.virtual_addresses) &&
         are_virtual(instance.extra_addresses) && is_usable(instance.unicast) &&
         is_vrrp_password(instance.password) &&
         is_advertisement_interval(instance.version, instance.advertisement_interval);
}

/// Nothing: the object cannot be read.
std::optional<vrrp::InstanceConfig> read_instance(const json& object) {
  vrrp::InstanceConfig instance;
  if (!fields::from_record(object, instance) || !is_usable(instance)) return std::nullopt;
  return instance;
}

std::optional<vrrp::InstanceConfig> tolerated_instance(json object) {
  if (auto instance = read_instance(object)) return instance;
  if (!object.is_object()) return std::nullopt;
  for (const std::string_view key : kDispensable) object.erase(std::string(key));
  return read_instance(object);
}

std::string text_of(const json& object, const char* name) {
  const auto member = object.find(name);
  return member != object.end() && member->is_string() ? member->get<std::string>() : "";
}

}  // namespace

std::string encode_vrrp_record(const vrrp::Config& config, std::string_view boot) {
  json root = fields::to_record(config);
  root["boot"] = boot;
  root["evenkeel"] = "vrrp";
  root["version"] = 1;
  return root.dump(-1, ' ', false, json::error_handler_t::replace);
}

tl::expected<VrrpRecord, VrrpRecordError> decode_vrrp_record(std::string_view text) {
  const json root = json::parse(text, nullptr, false);
  if (root.is_discarded()) return tl::unexpected(VrrpRecordError::Syntax);
  const auto instances = root.find("instances");
  if (instances == root.end() || !instances->is_array()) {
    return tl::unexpected(VrrpRecordError::Structure);
  }
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

}  // namespace evenkeel::daemon
