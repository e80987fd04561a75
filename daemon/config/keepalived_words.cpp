#include "daemon/config/keepalived_words.h"

#include <algorithm>
#include <array>

namespace evenkeel::daemon {
namespace {

constexpr std::string_view kNoState = "leave it out: the priorities decide who is Master";
constexpr std::string_view kPassword = "a string, with version = 2";
constexpr std::string_view kCheck = "check = { type = ... }, of a service or a real server";
constexpr std::string_view kAnnouncements = "{ at = [...], refresh = \"60s\" }";
constexpr std::string_view kMail =
    "leave it out: a hook such as on_change can run /usr/share/doc/evenkeel/examples/hooks/mail";
constexpr std::string_view kOfService = "an argument vector, of [[virtual_service]]";
constexpr std::string_view kForwardings =
    "of [[virtual_service]]: \"masquerade\" (NAT), \"direct\" (DR), \"tunnel\" (TUN)";
constexpr std::string_view kFall = "of the check, and one more than that";
constexpr std::string_view kNotYet = "there is nothing like it yet";
constexpr std::string_view kVector = "an argument vector";

constexpr std::array kWords = {
    KeepalivedWord{"DNS_CHECK", "check", kCheck},
    KeepalivedWord{"HTTP_GET", "check", "check = { type = \"http\", ... }"},
    KeepalivedWord{"MISC_CHECK", "check", "check = { type = \"script\", command = [...] }"},
    KeepalivedWord{"PING_CHECK", "check", kCheck},
    KeepalivedWord{"SMTP_CHECK", "check", kCheck},
    KeepalivedWord{"SSL_GET", "check", kCheck},
    KeepalivedWord{"TCP_CHECK", "check", "check = { type = \"tcp\", ... }"},
    KeepalivedWord{"UDP_CHECK", "check", kCheck},
    KeepalivedWord{"advert_int", "advertisement_interval", "a duration (\"1s\")"},
    KeepalivedWord{"alpha", "initial", "\"down\", the default of a check"},
    KeepalivedWord{"auth_pass", "password", kPassword},
    KeepalivedWord{"auth_type", "password", kPassword},
    KeepalivedWord{"authentication", "password", kPassword},
    KeepalivedWord{"bindto", "", kNotYet},
    KeepalivedWord{"connect_ip", "address", "of the check"},
    KeepalivedWord{"connect_port", "port", "of the check"},
    KeepalivedWord{"connect_timeout", "timeout", "of the whole check"},
    KeepalivedWord{"delay_before_retry", "fast_interval", "of the check"},
    KeepalivedWord{"delay_loop", "interval", "of the check, a duration (\"2s\")"},
    KeepalivedWord{"enable_script_security", "",
                   "leave it out: no program that others may write is ever run as root"},
    KeepalivedWord{"fwmark", "", kNotYet},
    KeepalivedWord{"garp_master_delay", "announcements", kAnnouncements},
    KeepalivedWord{"garp_master_refresh", "announcements", kAnnouncements},
    KeepalivedWord{"garp_master_repeat", "announcements", kAnnouncements},
    KeepalivedWord{"global_defs", "global", "a table: [global]"},
    KeepalivedWord{"group", "instances", "[\"NAME\", ...], of [[vrrp.sync_group]]"},
    KeepalivedWord{"inhibit_on_failure", "on_failure", "\"quiesce\", of [[virtual_service]]"},
    KeepalivedWord{"lb_algo", "scheduler"},
    KeepalivedWord{"lb_kind", "forwarding", kForwardings},
    KeepalivedWord{"lthreshold", "lower_threshold"},
    KeepalivedWord{"lvs_method", "forwarding", kForwardings},
    KeepalivedWord{"lvs_sched", "scheduler"},
    KeepalivedWord{"lvs_sync_daemon", "",
                   "leave it out: with the scheduler mh both nodes choose alike"},
    KeepalivedWord{"mcast_src_ip", "", "leave it out: the interface's own address is the source"},
    KeepalivedWord{"misc_dynamic", "dynamic_weight", "true"},
    KeepalivedWord{"misc_path", "command", "an argument vector, of a check"},
    KeepalivedWord{"misc_timeout", "timeout", "of the check, a duration (\"1s\")"},
    KeepalivedWord{"native_ipv6", "family", "\"ipv6\""},
    KeepalivedWord{"nb_get_retry", "fall", kFall},
    KeepalivedWord{"nopreempt", "preempt", "false"},
    KeepalivedWord{"notification_email", "", kMail},
    KeepalivedWord{"notify", "on_change", kVector},
    KeepalivedWord{"notify_backup", "on_backup", kVector},
    KeepalivedWord{"notify_down", "on_down", kOfService},
    KeepalivedWord{"notify_fault", "on_fault", kVector},
    KeepalivedWord{"notify_master", "on_master", kVector},
    KeepalivedWord{"notify_stop", "on_stop", kVector},
    KeepalivedWord{"notify_up", "on_up", kOfService},
    KeepalivedWord{"ops", "one_packet", "true"},
    KeepalivedWord{"persistence_granularity", "persistence_prefix", "a prefix length"},
    KeepalivedWord{"persistence_timeout", "persistence", "a duration (\"300s\")"},
    KeepalivedWord{"quorum_down", "on_quorum_lost", kOfService},
    KeepalivedWord{"quorum_up", "on_quorum", kOfService},
    KeepalivedWord{"retry", "fall", kFall},
    KeepalivedWord{"router_id", "node_name"},
    KeepalivedWord{"script_user", "hook_user"},
    KeepalivedWord{"smtp_alert", "", kMail},
    KeepalivedWord{"smtp_server", "", kMail},
    KeepalivedWord{"state", "", kNoState},
    KeepalivedWord{"static_ipaddress", "",
                   "leave it out: it is for the host's network configuration"},
    KeepalivedWord{"track_file", "track_files"},
    KeepalivedWord{"track_interface", "track_interfaces"},
    KeepalivedWord{"track_process", "track_processes"},
    KeepalivedWord{"track_script", "track_scripts",
                   "of [[script]]s; track_checks asks a local service itself"},
    KeepalivedWord{"unicast_peer", "unicast", "{ lb1 = \"...\", lb2 = \"...\" }"},
    KeepalivedWord{"unicast_src_ip", "unicast", "{ lb1 = \"...\", lb2 = \"...\" }"},
    KeepalivedWord{"url", "path", "of the check"},
    KeepalivedWord{"use_vmac", "", kNotYet},
    KeepalivedWord{"uthreshold", "upper_threshold"},
    KeepalivedWord{"virtual_ipaddress", "virtual_addresses", "[\"192.0.2.10\", ...]"},
    KeepalivedWord{"virtual_ipaddress_excluded", "extra_addresses"},
    KeepalivedWord{"virtual_server", "virtual_service", "[[virtual_service]]"},
    KeepalivedWord{"virtualhost", "host", "of the check"},
    KeepalivedWord{"vrrp_instance", "vrrp.instance", "[[vrrp.instance]]"},
    KeepalivedWord{"vrrp_script", "script", "[[script]]"},
    KeepalivedWord{"vrrp_strict", "", "leave it out"},
    KeepalivedWord{"vrrp_sync_group", "vrrp.sync_group", "[[vrrp.sync_group]]"},
    KeepalivedWord{"vrrp_track_process", "track_processes", "of an instance"},
    KeepalivedWord{"vrrp_version", "version"},
};
static_assert(std::is_sorted(kWords.begin(), kWords.end(),
                             [](const auto& a, const auto& b) { return a.word < b.word; }));

}  // namespace

std::span<const KeepalivedWord> keepalived_words() {
  return kWords;
}

std::string instead_of_keepalived(std::string_view word) {
  const auto* const found = std::lower_bound(
      kWords.begin(), kWords.end(), word,
      [](const KeepalivedWord& row, std::string_view name) { return row.word < name; });
  if (found == kWords.end() || found->word != word) return "";
  std::string text = ": keepalived's word; ";
  if (!found->key.empty()) {
    text.append("here it is \"").append(found->key).append(found->note.empty() ? "\"" : "\", ");
  }
  return text.append(found->note);
}

}  // namespace evenkeel::daemon
