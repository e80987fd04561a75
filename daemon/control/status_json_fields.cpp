#include "daemon/control/status_json_fields.h"

#include <chrono>
#include <string_view>

#include "daemon/control/scheduler_flags.h"
#include "daemon/fields/json_out.h"

namespace evenkeel::daemon {
namespace {

using fields::member;
using fields::Of;
using fields::path;
using fields::When;
using Server = RealServerSnapshot;
using Service = ServiceSnapshot;
using ipvs::Destination;
using ipvs::DestinationCounters;
using ipvs::ServiceKey;

struct KernelView {
  const Snapshot* snapshot;
};

/// A member of the snapshot.
template <auto pointer>
constexpr auto of_snapshot = [](const KernelView& view) { return view.snapshot->*pointer; };

constexpr auto members_of(Of<KernelView>) {
  return std::tuple(member("state", of_snapshot<&Snapshot::kernel>),
                    member("detail", of_snapshot<&Snapshot::kernel_detail>),
                    member("connection_table_size", of_snapshot<&Snapshot::connection_table_size>),
                    member("foreign_services", of_snapshot<&Snapshot::foreign_services>),
                    member("timeouts", of_snapshot<&Snapshot::timeouts>),
                    member("sysctls", of_snapshot<&Snapshot::sysctls>));
}

struct OutcomeView {
  checks::Reason reason;
  std::string_view detail;
  checks::Duration latency;
};
constexpr auto members_of(Of<OutcomeView>) {
  return std::tuple(member("reason", &OutcomeView::reason), member("detail", &OutcomeView::detail),
                    member("latency_us", &OutcomeView::latency));
}

std::optional<OutcomeView> last_of(const Server& server) {
  if (!server.last) return std::nullopt;
  return OutcomeView{server.last->reason, server.last->detail, server.last->latency};
}

When<ipvs::Tunnel> tunnel_of(const Server& server) {
  const Destination& destination = server.destination;
  return {destination.forwarding == ipvs::ForwardingMethod::Tunnel, destination.tunnel};
}

std::vector<std::string_view> flags_of(const Service& service) {
  std::vector<std::string_view> flags;
  for (const std::string_view flag : scheduler_flag_names(service.service)) {
    if (!flag.empty()) flags.push_back(flag);
  }
  return flags;
}

const ServiceKey& key_of(const Service& service) {
  return service.service.key;
}
/// A member of the key, where a firewall mark names the service or where none does.
template <auto pointer>
constexpr auto with_mark = [](const Service& service) {
  return When{key_of(service).firewall_mark != 0, key_of(service).*pointer};
};
template <auto pointer>
constexpr auto without_mark = [](const Service& service) {
  return When{key_of(service).firewall_mark == 0, key_of(service).*pointer};
};
template <auto pointer>
constexpr auto service = path<&Service::service, pointer>;
template <auto pointer>
constexpr auto destination = path<&Server::destination, pointer>;
template <auto pointer>
constexpr auto counter = path<&Server::counters, pointer>;

}  // namespace

static constexpr auto members_of(Of<Snapshot>) {
  return std::tuple(
      member("version", &Snapshot::version), member("node_name", &Snapshot::node_name),
      member("configuration", &Snapshot::config_digest),
      member("generation", &Snapshot::generation), member("loaded", &Snapshot::loaded),
      member("now", &Snapshot::now), member("ready", &Snapshot::is_ready),
      member("health_frozen", &Snapshot::checks_frozen), member("warnings", &Snapshot::warnings),
      member("kernel", [](const Snapshot& all) { return KernelView{&all}; }),
      member("processes", &Snapshot::processes), member("counters", &Snapshot::counters));
}

static constexpr auto members_of(Of<Service>) {
  return std::tuple(
      member("name", &Service::name),
      member("firewall_mark", with_mark<&ServiceKey::firewall_mark>),
      member("protocol", without_mark<&ServiceKey::protocol>),
      member("address", without_mark<&ServiceKey::address>),
      member("port", without_mark<&ServiceKey::port>),
      member("family", path<&Service::service, &ipvs::Service::key, &ServiceKey::family>),
      member("scheduler", service<&ipvs::Service::scheduler>), member("scheduler_flags", &flags_of),
      member("persistence", service<&ipvs::Service::persistence_seconds>),
      member("persistence_prefix", service<&ipvs::Service::persistence_prefix>),
      member(
          "one_packet",
          [](const Service& s) { return (s.service.flags & ipvs::ServiceFlags::kOnePacket) != 0; }),
      member("quorum", &Service::quorum), member("has_quorum", &Service::has_quorum),
      member("starting", &Service::is_starting), member("up", &Service::up),
      member("total", &Service::total), member("failure", &Service::failure),
      member("in_kernel", &Service::is_in_kernel));
}

static constexpr auto members_of(Of<Server>) {
  using ipvs::DestinationKey;
  return std::tuple(
      member("name", &Server::name),
      member("address", path<&Server::destination, &Destination::key, &DestinationKey::address>),
      member("port", path<&Server::destination, &Destination::key, &DestinationKey::port>),
      member("forwarding", destination<&Destination::forwarding>), member("tunnel", &tunnel_of),
      member("sorry_server", &Server::is_sorry_server), member("weight", &Server::weight),
      member("configured_weight", destination<&Destination::weight>),
      member("upper_threshold", destination<&Destination::upper_threshold>),
      member("lower_threshold", destination<&Destination::lower_threshold>),
      member("usage", &Server::usage), member("health", &Server::health),
      member("checked", &Server::is_checked), member("adopted", &Server::is_adopted),
      member("stale", &Server::is_stale), member("since", &Server::since),
      member("explanation", &Server::explanation), member("last", &last_of),
      member("active_connections", counter<&DestinationCounters::active_connections>),
      member("inactive_connections", counter<&DestinationCounters::inactive_connections>),
      member("persistent_connections", counter<&DestinationCounters::persistent_connections>));
}

void append_json_head_begin(std::string& out, const Snapshot& snapshot) {
  fields::append_members(out, snapshot);
  fields::append_key(out, "instances");
  out += '[';
}

void append_json_service_begin(std::string& out, const ServiceSnapshot& service,
                               bool with_statistics) {
  out += '{';
  fields::append_members(out, service);
  fields::append_member(out, "statistics", When{with_statistics, service.statistics});
  fields::append_key(out, "real_servers");
  out += '[';
}

void append_json_server(std::string& out, const RealServerSnapshot& server, bool with_statistics) {
  out += '{';
  fields::append_members(out, server);
  fields::append_member(out, "statistics", When{with_statistics, server.counters.statistics});
  out += '}';
}

}  // namespace evenkeel::daemon
