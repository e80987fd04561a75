#include "daemon/config/parse_tracks.h"

#include <algorithm>

#include "daemon/config/address_rules.h"
#include "daemon/config/hooks.h"
#include "daemon/counted.h"

namespace evenkeel::daemon {

using vrrp::TrackConfig;
using vrrp::TrackEffect;
using vrrp::TrackKind;

namespace {

template <TrackKind kind>
TrackConfig track_of(const TrackEntry<kind>& entry, const std::string& name) {
  return {.kind = kind,
          .name = name,
          .effect = entry.weight ? TrackEffect::Weight : TrackEffect::Fault,
          .weight = entry.weight.value_or(0)};
}

/// The argument quoted nearly as for a shell: for people.
std::string as_word(const std::string& text) {
  constexpr std::string_view kPlain = "_@%+=:,./-";
  const bool is_plain = std::all_of(text.begin(), text.end(), [&](char c) {
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
           kPlain.find(c) != std::string_view::npos;
  });
  if (is_plain) return text;
  std::string quoted = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') quoted += '\\';
    quoted += c;
  }
  return quoted + "\"";
}

constexpr std::string_view kNobody =
    ", and nobody has the addresses; with a \"weight\" one keeps them";

}  // namespace

std::string process_track_name(const std::string& name, const std::vector<std::string>& arguments,
                               const std::string& user) {
  std::string text = as_word(name);
  for (const std::string& argument : arguments) text += " " + as_word(argument);
  if (!user.empty()) text += " (user " + user + ")";
  return text;
}

std::size_t TrackParser::size_of(const toml::node* list) {
  return list != nullptr && list->is_array() ? list->as_array()->size() : 0;
}

void TrackParser::warn_of_shared(const std::string& what, Place place, const std::string& message) {
  if (warned_.insert(what).second) context_.diagnostics.warn(place, message);
}

TrackParser::Track TrackParser::add(const Entry<TrackKind::Check>& written,
                                    const TrackEntry<TrackKind::Check>& entry) {
  const auto found = checks_.find(entry.name);
  if (found == checks_.end()) {
    std::vector<std::string_view> names;
    for (const auto& [known, check] : checks_) names.push_back(known);
    written.error("name",
                  "there is no check " + in_quotes(entry.name) + did_you_mean(entry.name, names));
    return std::nullopt;
  }
  context_.used_checks.insert(found->first);
  if (!found->second) return std::nullopt;  // its mistakes are reported there
  const CheckTemplate& check = *found->second;
  if (!check.address || !check.port) {
    written.error("name", "[check." + entry.name + "] has no " +
                              (check.address ? "\"port\""
                               : check.port  ? "\"address\""
                                             : "\"address\" and no \"port\"") +
                              " of its own: a track has no real server to take it from");
    return std::nullopt;
  }
  if (!entry.weight && !check.address->is_loopback() && !check.has_address_per_node) {
    warn_of_shared("check " + entry.name, written.place_of("name"),
                   "every node checks the same with " + in_quotes(entry.name) +
                       ": while it fails, all are in Initialize" + std::string(kNobody));
  }
  if (known_checks_.insert(entry.name).second) {
    tracked_.checks.push_back(aimed_at(check, {.address = *check.address, .port = *check.port}));
  }
  return track_of(entry, entry.name);
}

TrackParser::Track TrackParser::add(const Entry<TrackKind::Service>& written,
                                    const TrackEntry<TrackKind::Service>& entry) {
  const auto found =
      std::find_if(services_.begin(), services_.end(),
                   [&](const ParsedService& service) { return service.config.name == entry.name; });
  if (found == services_.end()) {
    std::vector<std::string_view> names;
    for (const ParsedService& service : services_) names.push_back(service.config.name);
    written.error("name", "there is no virtual service " + in_quotes(entry.name) +
                              did_you_mean(entry.name, names));
    return std::nullopt;
  }
  if (entry.weight && entry.per_server) {
    written.error("per_server",
                  "\"per_server\" and \"weight\" exclude each other: the one follows "
                  "the real servers, the other the quorum");
    return std::nullopt;
  }
  const auto [known, is_new] = known_services_.try_emplace(entry.name, tracked_.services.size());
  if (is_new) {
    const auto place = static_cast<std::size_t>(found - services_.begin());
    tracked_.services.push_back({.service = place, .counts_servers = false});
  }
  if (entry.per_server) {
    tracked_.services[known->second].counts_servers = true;
    return TrackConfig{.kind = TrackKind::Service,
                       .name = entry.name,
                       .effect = TrackEffect::Number,
                       .weight = *entry.per_server};
  }
  if (!entry.weight) {
    warn_of_shared("service " + entry.name, written.place_of("name"),
                   "where no node reaches enough real servers of " + in_quotes(entry.name) +
                       ", all are in Initialize" + std::string(kNobody));
  }
  return track_of(entry, entry.name);
}

TrackParser::Track TrackParser::add(const Entry<TrackKind::Interface>& /*written*/,
                                    const TrackEntry<TrackKind::Interface>& entry) {
  return track_of(entry, entry.name);
}

TrackParser::Track TrackParser::add(const Entry<TrackKind::Gateway>& written,
                                    const TrackEntry<TrackKind::Gateway>& entry) {
  const vrrp::Address address = *parse_address(entry.address);
  const vrrp::GatewayConfig gateway{
      .name = address.to_string() + " on " + entry.interface,
      .address = address,
      .interface = entry.interface,
      .interval = entry.interval,
      .timeout = written.has("timeout") ? entry.timeout
                                        : std::min(entry.interval, vrrp::GatewayConfig().timeout),
      .fall = entry.fall,
      .rise = entry.rise};
  if (gateway.timeout > gateway.interval) {
    written.error("timeout",
                  "\"timeout\" must not be longer than \"interval\": each question is "
                  "judged before the next");
    return std::nullopt;
  }
  if (gateways_.size() == vrrp::kMaxGateways && !known_gateways_.contains(gateway.name)) {
    written.error("address",
                  "more than " + counted(vrrp::kMaxGateways, "gateway") + " cannot be asked");
    return std::nullopt;
  }
  const auto [known, is_new] =
      known_gateways_.try_emplace(gateway.name, gateways_.size(), written.place_of("address"));
  if (is_new) {
    gateways_.push_back(gateway);
  } else if (gateways_[known->second.first] != gateway) {
    written.error("address", gateway.name +
                                 " is followed with another interval, timeout, rise or "
                                 "fall already, at " +
                                 context_.diagnostics.where(known->second.second));
    return std::nullopt;
  }
  if (!entry.weight && !written.node("address")->is_table()) {
    warn_of_shared("gateway " + gateway.name, written.place_of("address"),
                   "every node asks the same gateway, " + gateway.name +
                       ": while it is silent, all are in Initialize" + std::string(kNobody));
  }
  return track_of(entry, gateway.name);
}

TrackParser::Track TrackParser::add(const Entry<TrackKind::Script>& written,
                                    const TrackEntry<TrackKind::Script>& entry) {
  const auto found = scripts_.find(entry.name);
  if (found == scripts_.end()) {
    std::vector<std::string_view> names;
    for (const auto& [known, script] : scripts_) names.push_back(known);
    written.error("name",
                  "there is no script " + in_quotes(entry.name) + did_you_mean(entry.name, names));
    return std::nullopt;
  }
  const bool is_new = context_.used_scripts.insert(found->first).second;
  const auto& script = found->second.script;
  if (!script) return std::nullopt;  // its mistakes are reported there
  if (is_new) tracked_.scripts.push_back(*script);
  return track_of(entry, entry.name);
}

TrackParser::Track TrackParser::add(const Entry<TrackKind::File>& written,
                                    const TrackEntry<TrackKind::File>& entry) {
  const bool is_number = !entry.weight;
  const Place place = written.place_of("path");
  const auto [known, is_new] = known_files_.try_emplace(entry.name, is_number, place);
  if (is_new) {
    tracked_.files.push_back({.path = entry.name, .is_number = is_number});
  } else if (known->second.first != is_number) {
    written.error("path", entry.name + " is followed for " +
                              (is_number ? "its presence" : "the number in it") + " already, at " +
                              context_.diagnostics.where(known->second.second) +
                              ": a file with a \"weight\" here has no number");
    return std::nullopt;
  }
  if (!is_number) return track_of(entry, entry.name);
  return TrackConfig{
      .kind = TrackKind::File, .name = entry.name, .effect = TrackEffect::Number, .weight = 1};
}

TrackParser::Track TrackParser::add(const Entry<TrackKind::Unit>& written,
                                    const TrackEntry<TrackKind::Unit>& entry) {
  const Place place = written.place_of("name");
  if (entry.name == kOwnUnit) {
    written.error("name", entry.name + " is evenkeel itself");
    return std::nullopt;
  }
  if (known_units_.empty()) {
    context_.programs.push_back(
        {.place = place, .key = "track_units", .file = kSystemctl, .user = "root"});
  }
  if (known_units_.insert(entry.name).second) tracked_.units.push_back(entry.name);
  return track_of(entry, entry.name);
}

TrackParser::Track TrackParser::add(const Entry<TrackKind::Process>& written,
                                    const TrackEntry<TrackKind::Process>& entry) {
  const std::string name = process_track_name(entry.name, entry.arguments, entry.user);
  if (name.size() > vrrp::kMaxTrackName) {
    written.error("arguments", "name and arguments must be at most " +
                                   counted(vrrp::kMaxTrackName, "octet") + " together, not " +
                                   std::to_string(name.size()));
    return std::nullopt;
  }
  if (known_processes_.insert(name).second) {
    tracked_.processes.push_back(
        {.track = name, .name = entry.name, .arguments = entry.arguments, .user = entry.user});
  }
  return track_of(entry, name);
}

}  // namespace evenkeel::daemon
