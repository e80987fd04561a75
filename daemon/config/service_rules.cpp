#include "daemon/config/service_rules.h"

#include <algorithm>

#include "daemon/config/unique.h"
#include "ipvs/scheduler_flags.h"

namespace evenkeel::daemon {
namespace {

bool has_flag(const ServiceConfig& service, std::uint32_t flag) {
  return (service.service.flags & flag) != 0;
}

bool is_udp(const ServiceConfig& service) {
  return service.service.key.protocol == ipvs::Protocol::Udp;
}

void report_repeated_servers(const std::vector<ParsedRealServer>& servers,
                             Diagnostics& diagnostics) {
  const auto key_of = [](const ParsedRealServer& server) {
    return server.has_target ? &server.config.destination.key : nullptr;
  };
  for (const Repetition& repetition : repetitions(servers, key_of)) {
    const ParsedRealServer& first = servers[repetition.first];
    const ParsedRealServer& again = servers[repetition.again];
    diagnostics.error(again.place,
                      "the real server " + ipvs::to_string(again.config.destination.key) +
                          " is in this service already, at " + diagnostics.where(first.place));
  }
  const auto name_of = [](const ParsedRealServer& server) {
    return server.config.name.empty() ? nullptr : &server.config.name;
  };
  for (const Repetition& repetition : repetitions(servers, name_of)) {
    const ParsedRealServer& first = servers[repetition.first];
    const ParsedRealServer& again = servers[repetition.again];
    if (first.has_target && again.has_target &&
        first.config.destination.key == again.config.destination.key) {
      continue;  // said above
    }
    diagnostics.error(again.place, "a real server " + in_quotes(again.config.name) +
                                       " is in this service already, at " +
                                       diagnostics.where(first.place));
  }
}

/// The configured weight, or the highest that a check of the server may give.
std::uint32_t highest_weight(const RealServerConfig& server) {
  const bool is_dynamic =
      std::any_of(server.checks.begin(), server.checks.end(),
                  [](const ServerCheck& each) { return checks::gives_weight(each.check); });
  return is_dynamic ? std::max(server.destination.weight, checks::ScriptCheck::kMaxWeight)
                    : server.destination.weight;
}

void report_quorum(const ServiceConfig& service, const std::vector<ParsedRealServer>& servers,
                   const Written<ServiceConfig>& written) {
  using Key = KeyOf<ServiceConfig>;
  if (service.hysteresis >= service.quorum) {
    written.error("hysteresis", "\"hysteresis\" (" + std::to_string(service.hysteresis) +
                                    ") must be less than \"quorum\" (" +
                                    std::to_string(service.quorum) +
                                    "): the quorum could never be lost");
  }
  std::uint64_t total = 0;
  for (const ParsedRealServer& server : servers) {
    if (!server.has_weight) return;
    total += highest_weight(server.config);
  }
  // A service without any weight is out of use on purpose: report_warnings() tells of it.
  if (total == 0 || service.quorum + service.hysteresis <= total) return;
  written.error(
      written.has("quorum") ? Key("quorum") : Key("hysteresis"),
      "the quorum (" + std::to_string(service.quorum) +
          (service.hysteresis == 0
               ? ""
               : ", with hysteresis " + std::to_string(service.quorum + service.hysteresis)) +
          ") can never be reached: the weights of the real servers sum up to " +
          std::to_string(total));
}

/// Whether a failed real server may stay in the table with weight 0 (on_failure).
bool may_quiesce(const ServiceConfig& service) {
  if (service.on_failure != OnFailure::Auto) return service.on_failure == OnFailure::Quiesce;
  if (failure_removes(service)) return false;
  const auto may_answer_wrongly = [](const ServerCheck& check) {
    return std::visit([](const auto& kind) { return can_answer_wrongly(kind); }, check.check.probe);
  };
  return std::any_of(service.real_servers.begin(), service.real_servers.end(),
                     [&](const RealServerConfig& server) {
                       return std::any_of(server.checks.begin(), server.checks.end(),
                                          may_answer_wrongly);
                     });
}

void warn_of_scheduler(const ServiceConfig& service, std::uint64_t total_weight,
                       const Written<ServiceConfig>& written) {
  const std::string& scheduler = service.service.scheduler;
  if (!ipvs::is_hash_scheduler(scheduler)) return;
  if (scheduler == "sh" || scheduler == "dh") {
    written.warn("scheduler", "scheduler " + in_quotes(scheduler) +
                                  " moves nearly every client when a real server comes or goes: "
                                  "\"mh\" with \"mh-fallback\" moves few");
  }
  if (scheduler == "sh" && total_weight > 256) {
    written.warn("scheduler",
                 "scheduler \"sh\" has 256 places, filled in order: with weights that "
                 "sum up to " +
                     std::to_string(total_weight) + " the last real servers get nothing");
  }
  const auto* const fallback = std::find_if(
      ipvs::kSchedulerFlags.begin(), ipvs::kSchedulerFlags.end(), [&](const auto& flag) {
        return flag.scheduler == scheduler && flag.name.ends_with("-fallback");
      });
  const bool is_possible = fallback != ipvs::kSchedulerFlags.end();
  if (!(is_possible && has_flag(service, fallback->bit)) && may_quiesce(service)) {
    written.warn("scheduler", "clients that scheduler " + in_quotes(scheduler) +
                                  " maps to a quiesced real server are refused" +
                                  (is_possible ? ": add the flag " + in_quotes(fallback->name)
                                               : ": use \"mh\" with \"mh-fallback\"") +
                                  ", or use on_failure = \"remove\"");
  }
}

void warn_of_quiescing(const ServiceConfig& service, const IpvsConfig& ipvs,
                       const Written<ServiceConfig>& written) {
  if (service.on_failure != OnFailure::Quiesce) return;
  if (is_udp(service)) {
    written.warn(
        "on_failure",
        "on_failure = \"quiesce\" never moves a live udp flow away from a real server that "
        "failed");
  }
  const auto expire = ipvs.sysctl.find("expire_quiescent_template");
  const bool templates_expire = expire != ipvs.sysctl.end() && expire->second == 1;
  if (service.service.persistence_seconds != 0 && !templates_expire) {
    written.warn("on_failure",
                 "on_failure = \"quiesce\" with persistence keeps sending known clients to a real "
                 "server that failed");
  }
}

}  // namespace

void report_mistakes(const ServiceConfig& service, const ServiceTraits& traits,
                     const std::vector<ParsedRealServer>& servers,
                     const Written<ServiceConfig>& written) {
  if (has_flag(service, ipvs::ServiceFlags::kOnePacket) && traits.protocol && !is_udp(service)) {
    written.error("one_packet", "\"one_packet\" needs protocol = \"udp\"");
  }
  report_quorum(service, servers, written);
  report_repeated_servers(servers, written.context().diagnostics);
}

void report_warnings(const ServiceConfig& service, std::optional<ipvs::ForwardingMethod> forwarding,
                     const IpvsConfig& ipvs, const Written<ServiceConfig>& written) {
  std::uint64_t total_weight = 0, highest = 0;
  for (const RealServerConfig& server : service.real_servers) {
    total_weight += server.destination.weight;
    highest += highest_weight(server);
  }
  if (highest == 0) {
    written.warn("real_server",
                 service.real_servers.empty()
                     ? "the service has no real server"
                     : "no real server has a weight above 0: none takes connections");
  }
  warn_of_scheduler(service, total_weight, written);
  warn_of_quiescing(service, ipvs, written);
  if (has_flag(service, ipvs::ServiceFlags::kOnePacket) &&
      forwarding == ipvs::ForwardingMethod::Masquerade) {
    written.warn(
        "one_packet",
        "\"one_packet\" with forwarding = \"masquerade\": the kernel does not translate the "
        "replies, clients see them from the real server's address");
  }
  if (written.has("persistence_prefix") && service.service.persistence_seconds == 0) {
    written.warn("persistence_prefix",
                 "\"persistence_prefix\" has no effect without \"persistence\"");
  }
}

}  // namespace evenkeel::daemon
