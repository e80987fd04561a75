// What the daemon asks of the kernel's balancer, as an interface, so that the balancer is tested
// against a model of it.
//
// One caller, one thread. Every call blocks for at most the receive time limit (5 s) of one
// exchange; execute() takes at most kBatch operations, so that the caller's loop turns between
// batches.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <tl/expected.hpp>
#include <utility>
#include <vector>

#include "daemon/fields/table.h"
#include "ipvs/plan.h"
#include "ipvs/types.h"

namespace evenkeel::ipvs {

/// Counters of a service or a destination, as the kernel's estimator last took them (every 2 s).
struct Statistics {
  std::uint64_t connections = 0;
  std::uint64_t in_packets = 0, out_packets = 0;
  std::uint64_t in_bytes = 0, out_bytes = 0;
  // rates per second
  std::uint64_t connection_rate = 0;
  std::uint64_t in_packet_rate = 0, out_packet_rate = 0;
  std::uint64_t in_byte_rate = 0, out_byte_rate = 0;

  friend bool operator==(const Statistics&, const Statistics&) = default;
};
constexpr auto fields_of(fields::Of<Statistics>) {
  using fields::field;
  using T = Statistics;
  return fields::table(
      field<&T::connections>("connections"), field<&T::in_packets>("in_packets"),
      field<&T::out_packets>("out_packets"), field<&T::in_bytes>("in_bytes"),
      field<&T::out_bytes>("out_bytes"), field<&T::connection_rate>("connection_rate"),
      field<&T::in_packet_rate>("in_packet_rate"), field<&T::out_packet_rate>("out_packet_rate"),
      field<&T::in_byte_rate>("in_byte_rate"), field<&T::out_byte_rate>("out_byte_rate"));
}

struct DestinationCounters {
  std::uint32_t active_connections = 0;
  std::uint32_t inactive_connections = 0;
  std::uint32_t persistent_connections = 0;
  Statistics statistics;

  friend bool operator==(const DestinationCounters&, const DestinationCounters&) = default;
};

struct ServiceCounters {
  Statistics statistics;
  std::map<DestinationKey, DestinationCounters> destinations;
};

/// A full netlink read: configuration and counters.
struct Reading {
  Table table;
  std::map<ServiceKey, ServiceCounters> counters;
};

/// The table that /proc/net/ip_vs shows: cheap, without thresholds, tunnels, persistence engine or
/// statistics (those fields hold their defaults and `statistics` is empty).
struct BriefReading {
  Table table;
  std::map<ServiceKey, ServiceCounters> counters;
};

enum class ErrorKind : std::uint8_t {
  NotLoaded,     ///< the kernel has no IPVS (module missing or not loadable)
  NotPermitted,  ///< CAP_NET_ADMIN is missing
  TimedOut,      ///< the kernel did not answer within the receive time limit
  Overrun,       ///< ENOBUFS: answers were lost; read again
  Malformed,     ///< an answer that does not decode
  System,        ///< any other errno
};

struct Error {
  ErrorKind kind = ErrorKind::System;
  int errno_value = 0;
  std::string message;  ///< says what was being done: "read services: Operation not permitted"
};

/// An operation that the kernel refused; the others of its batch were applied.
struct Refusal {
  std::size_t index = 0;  ///< into the batch
  int errno_value = 0;
  std::string message;  ///< "add destination 10.0.0.3:80 to TCP 192.0.2.10:80: File exists"
};

struct Timeouts {  ///< seconds; 0 = leave unchanged when set
  std::uint32_t tcp = 0, tcp_fin = 0, udp = 0;
  friend bool operator==(const Timeouts&, const Timeouts&) = default;
};
constexpr auto fields_of(fields::Of<Timeouts>) {
  using fields::field;
  using T = Timeouts;
  return fields::table(field<&T::tcp>("tcp"), field<&T::tcp_fin>("tcp_fin"), field<&T::udp>("udp"));
}

struct KernelInfo {
  std::uint32_t version = 0;  ///< 0x010201 for 1.2.1
  std::uint32_t connection_table_size = 0;
};

class Backend {
 public:
  /// About 30 KiB of messages, some milliseconds under the kernel's locks.
  static constexpr std::size_t kBatch = 256;

  virtual ~Backend() = default;

  /// Everything, by netlink: 1 + N dumps. Duplicates of a concurrent writer are folded by key.
  [[nodiscard]] virtual tl::expected<Reading, Error> read() = 0;
  /// One service with its destinations; nullopt: it is not there.
  [[nodiscard]] virtual tl::expected<std::optional<ServiceEntry>, Error> read_service(
      const ServiceKey& key) {
    auto reading = read();
    if (!reading) return tl::unexpected(std::move(reading.error()));
    const auto entry = reading->table.find(key);
    if (entry == reading->table.end()) return std::nullopt;
    return std::move(entry->second);
  }
  /// The cheap read of /proc/net/ip_vs, to be compared with brief_view() (brief_view.h) of a table.
  [[nodiscard]] virtual tl::expected<BriefReading, Error> read_brief() = 0;
  /// One batch, at most kBatch operations, in order. An Error means that the exchange failed: the
  /// caller then does not know which operations were applied, and reads again.
  [[nodiscard]] virtual tl::expected<std::vector<Refusal>, Error> execute(
      std::span<const Operation> batch) = 0;
  [[nodiscard]] virtual tl::expected<KernelInfo, Error> info() = 0;
  [[nodiscard]] virtual tl::expected<Timeouts, Error> timeouts() = 0;
  [[nodiscard]] virtual tl::expected<void, Error> set_timeouts(const Timeouts& timeouts) = 0;
};

}  // namespace evenkeel::ipvs
