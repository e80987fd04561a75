#include "daemon/control/status_columns.h"

#include <array>
#include <string_view>
#include <utility>

#include "daemon/control/append.h"
#include "daemon/fields/enum_array.h"

namespace evenkeel::daemon {

namespace {

constexpr std::size_t kServiceWidth = 33;      // "%-33s" of --stats and --rate
constexpr std::size_t kDestinationWidth = 28;  // "  -> %-28s"
constexpr std::string_view kDestinationPrefix = "  -> ";

void append_service_name(std::string& out, const ipvs::ServiceKey& key) {
  if (key.firewall_mark != 0) {
    append(out, "FWM  ", key.firewall_mark, key.family == ipvs::Family::Ipv6 ? " IPv6" : "");
    return;
  }
  const std::size_t start = out.size();
  out += to_string(key.protocol);
  pad(out, start, 4);
  out += ' ';
  append_endpoint(out, key.address, key.port);
}

void append_mask(std::string& out, const ipvs::Service& service) {
  if (service.key.family == ipvs::Family::Ipv6) {
    append_number(out, service.persistence_prefix);
    return;
  }
  const std::uint32_t prefix = service.persistence_prefix;
  append_address(out, boost::asio::ip::address_v4(prefix == 0 ? 0 : ~0U << (32U - prefix)));
}

void append_scheduling(std::string& out, const ipvs::Service& service) {
  out += ' ';
  out += service.scheduler;
  const auto flags = ipvs::scheduler_flag_names(service);
  for (const std::string_view& flag : flags) append(out, &flag == flags.data() ? " (" : ",", flag);
  if (!flags.empty()) out += ')';
  if (service.persistence_seconds != 0) {
    append(out, " persistent ", service.persistence_seconds);
    const std::uint32_t whole = service.key.family == ipvs::Family::Ipv6 ? 128 : 32;
    if (service.persistence_prefix != whole) {
      out += " mask ";
      append_mask(out, service);
    }
    if (!service.persistence_engine.empty()) append(out, " pe ", service.persistence_engine);
  }
  if ((service.flags & ipvs::ServiceFlags::kOnePacket) != 0) out += " ops";
}

void append_totals(std::string& out, const ipvs::Statistics& statistics, bool exact) {
  for (const std::uint64_t total :
       {statistics.connections, statistics.in_packets, statistics.out_packets, statistics.in_bytes,
        statistics.out_bytes}) {
    append_large_number(out, total, exact);
  }
}

void append_service_rates(std::string& out, const ipvs::Statistics& statistics, bool exact) {
  for (const std::uint64_t rate :
       {statistics.connection_rate, statistics.in_packet_rate, statistics.out_packet_rate,
        statistics.in_byte_rate, statistics.out_byte_rate}) {
    append_large_number(out, rate, exact);
  }
}

/// ipvsadm prints a destination's first three rates in full: " %8llu".
void append_destination_rates(std::string& out, const ipvs::Statistics& statistics, bool exact) {
  for (const std::uint64_t rate :
       {statistics.connection_rate, statistics.in_packet_rate, statistics.out_packet_rate}) {
    out += ' ';
    append_right(out, rate, 8);
  }
  append_large_number(out, statistics.in_byte_rate, exact);
  append_large_number(out, statistics.out_byte_rate, exact);
}

void append_column(std::string& out, std::uint64_t value, std::size_t width) {
  out += ' ';
  append_left(out, value, width);
}

struct ViewShape {
  std::string_view titles;
  std::size_t health_column;
};
constexpr fields::EnumArray<StatusView, ViewShape> kShapes = {{{
    {"Prot LocalAddress:Port Scheduler Flags\n"
     "  -> RemoteAddress:Port           Forward Weight ActiveConn InActConn",
     71},
    {"Prot LocalAddress:Port               Conns   InPkts  OutPkts  InBytes OutBytes\n"
     "  -> RemoteAddress:Port",
     80},
    {"Prot LocalAddress:Port                 CPS    InPPS   OutPPS    InBPS   OutBPS\n"
     "  -> RemoteAddress:Port",
     80},
    {"Prot LocalAddress:Port            Uthreshold Lthreshold ActiveConn InActConn \n"
     "  -> RemoteAddress:Port",
     78},
    {"Prot LocalAddress:Port            Weight    PersistConn ActiveConn InActConn \n"
     "  -> RemoteAddress:Port",
     78},
}}};
static_assert(!kShapes.back().titles.empty(), "a view has no titles");

}  // namespace

std::size_t health_column(StatusView view) {
  return kShapes[static_cast<std::size_t>(view)].health_column;
}

void append_titles(std::string& out, StatusView view, bool narrow) {
  out += kShapes[static_cast<std::size_t>(view)].titles;
  if (narrow) {
    out += '\n';
    return;
  }
  pad(out, out.rfind('\n') + 1, health_column(view));
  out += "Health\n";
}

void append_service_columns(std::string& out, const ServiceSnapshot& service, StatusView view,
                            bool exact) {
  const std::size_t start = out.size();
  append_service_name(out, service.service.key);
  switch (view) {
    case StatusView::Plain:
    case StatusView::Thresholds:
    case StatusView::PersistentConn:
      append_scheduling(out, service.service);
      break;
    case StatusView::Stats:
      pad(out, start, kServiceWidth);
      append_totals(out, service.statistics, exact);
      break;
    case StatusView::Rate:
      pad(out, start, kServiceWidth);
      append_service_rates(out, service.statistics, exact);
      break;
  }
}

void append_destination_columns(std::string& out, const RealServerSnapshot& server, StatusView view,
                                bool exact) {
  out += kDestinationPrefix;
  const std::size_t start = out.size();
  append_endpoint(out, server.destination.key.address, server.destination.key.port);
  pad(out, start, kDestinationWidth);
  const ipvs::DestinationCounters& counters = server.counters;
  switch (view) {
    case StatusView::Plain: {
      out += ' ';
      const std::size_t column = out.size();
      out += to_string(server.destination.forwarding);
      pad(out, column, 7);
      append_column(out, server.weight, 6);
      break;
    }
    case StatusView::Stats:
      append_totals(out, counters.statistics, exact);
      return;
    case StatusView::Rate:
      append_destination_rates(out, counters.statistics, exact);
      return;
    case StatusView::Thresholds:
      append_column(out, server.destination.upper_threshold, 10);
      append_column(out, server.destination.lower_threshold, 10);
      break;
    case StatusView::PersistentConn:
      append_column(out, server.weight, 9);
      append_column(out, counters.persistent_connections, 11);
      break;
  }
  append_column(out, counters.active_connections, 10);
  append_column(out, counters.inactive_connections, 10);
}

void append_large_number(std::string& out, std::uint64_t value, bool exact) {
  if (exact) {
    const std::size_t start = out.size();
    append_right(out, value, 9);
    if (out[start] != ' ') out.insert(start, 1, ' ');
    return;
  }
  constexpr std::uint64_t kMillion = 1'000'000;
  constexpr std::uint64_t kBillion = 1000 * kMillion;
  struct Step {
    std::uint64_t below;
    std::uint64_t divisor;
    char letter;
  };
  static constexpr std::array<Step, 3> kSteps{{{kBillion, 1000, 'K'},
                                               {100 * kBillion, kMillion, 'M'},
                                               {100'000 * kBillion, kBillion, 'G'}}};
  if (value < 100 * kMillion) {
    append_right(out, value, 9);
    return;
  }
  Step step{0, 1000 * kBillion, 'T'};
  for (const Step& candidate : kSteps) {
    if (value < candidate.below) {
      step = candidate;
      break;
    }
  }
  append_right(out, value / step.divisor, 8);
  out += step.letter;
}

}  // namespace evenkeel::daemon
