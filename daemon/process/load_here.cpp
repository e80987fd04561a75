#include "daemon/process/load_here.h"

#include <map>
#include <sys/resource.h>
#include <utility>

#include "daemon/balancer/removals.h"
#include "daemon/config/config_changes.h"
#include "daemon/config/host_warnings.h"
#include "daemon/counted.h"
#include "vrrp/route_socket.h"

namespace evenkeel::daemon {
namespace {

std::vector<HostInterface> read_interfaces() {
  auto socket = vrrp::RouteSocket::open();
  if (!socket) return {};
  const auto links = vrrp::read_links(*socket);
  const auto addresses = vrrp::read_addresses(*socket);
  if (!links || !addresses) return {};
  std::map<int, HostInterface> by_index;
  for (const vrrp::LinkMessage& link : *links) {
    by_index[link.index] = {.name = link.name,
                            .alternative_names = link.alternative_names,
                            .is_up = link.is_up,
                            .mtu = link.mtu,
                            .addresses = {}};
  }
  for (const vrrp::AddressMessage& message : *addresses) {
    const auto at = by_index.find(message.address.interface_index);
    if (at != by_index.end() && !message.address.is_ours) {
      at->second.addresses.push_back(message.address.address);
    }
  }
  std::vector<HostInterface> interfaces;
  interfaces.reserve(by_index.size());
  for (auto& [index, interface] : by_index) interfaces.push_back(std::move(interface));
  return interfaces;
}

/// Each process of ours raises its own limit as far as it may.
std::size_t descriptor_limit() {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_max == RLIM_INFINITY) return 0;
  return static_cast<std::size_t>(limit.rlim_max);
}

}  // namespace

tl::expected<ParsedConfig, std::vector<Diagnostic>> load_here(const std::string& path,
                                                              std::string_view node_name,
                                                              const Users& users_before) {
  auto parsed = load_config(path, node_name);
  if (!parsed) return parsed;
  FoundUsers found = find_users(parsed->programs, users_before);
  std::vector<Diagnostic> errors;
  for (Diagnostic& each : judge_programs(parsed->programs, found)) {
    auto& list = each.severity == Severity::Error ? errors : parsed->warnings;
    list.push_back(std::move(each));
  }
  if (!errors.empty()) return tl::unexpected(std::move(errors));
  parsed->users = std::move(found.users);
  if (parsed->config.vrrp.instances.empty()) return parsed;
  const Host host{.interfaces = read_interfaces(), .descriptor_limit = descriptor_limit()};
  for (std::string& warning : host_warnings(parsed->config.vrrp, host)) {
    parsed->warnings.push_back(
        {.file = path, .severity = Severity::Warning, .message = std::move(warning)});
  }
  return parsed;
}

tl::expected<ParsedConfig, ReloadResult> load_for_reload(const std::string& path,
                                                         std::string_view node_name,
                                                         const Config& in_force,
                                                         const Users& users_in_force, bool force) {
  auto parsed = load_here(path, node_name, users_in_force);
  ReloadResult refusal;
  if (!parsed) {
    refusal.outcome = ReloadOutcome::BadConfiguration;
    refusal.message = counted(parsed.error().size(), "error") + "; the old configuration stays";
    refusal.diagnostics = std::move(parsed.error());
    return tl::unexpected(std::move(refusal));
  }
  const auto too_many = too_many_removals(in_force, parsed->config, in_force.ipvs.max_removals);
  if (too_many && !force) {
    refusal.outcome = ReloadOutcome::TooManyRemovals;
    refusal.message = *too_many + "; nothing was changed, `evenkeel reload --force` does it";
    return tl::unexpected(std::move(refusal));
  }
  parsed->changes = config_changes(in_force, parsed->config);
  return std::move(*parsed);
}

std::vector<Diagnostic> restart_warnings(const std::string& path, const Config& before,
                                         const Config& after) {
  std::vector<Diagnostic> warnings;
  for (const auto& [key, group] : {std::pair("control_group", &GlobalConfig::control_group),
                                   std::pair("status_group", &GlobalConfig::status_group)}) {
    if (after.global.*group == before.global.*group) continue;
    warnings.push_back({.file = path,
                        .severity = Severity::Warning,
                        .message = std::string("\"") + key + "\" changes at the next start"});
  }
  return warnings;
}

}  // namespace evenkeel::daemon
