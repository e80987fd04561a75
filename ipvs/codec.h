// Messages of the kernel's generic netlink family "IPVS" <-> types, both directions, on buffers.
//
// Pure. Sources: Linux include/uapi/linux/{netlink,genetlink,ip_vs}.h and
// net/netfilter/ipvs/ip_vs_ctl.c (6.1). One message is
//
//     nlmsghdr (16 bytes: length, type, flags, sequence, port)
//     genlmsghdr (4 bytes: command, version)
//     attributes (nlattr: length, type; value; padded to 4), IPVS's nested in one SERVICE, one DEST
//
// in host byte order, but for addresses, ports and the IPv4 netmask.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <tl/expected.hpp>
#include <vector>

#include "ipvs/backend.h"
#include "ipvs/plan.h"
#include "ipvs/types.h"

namespace evenkeel::ipvs {

/// Requests, back to back in one buffer, for one sendmsg. The buffer grows to what the largest
/// batch needs and is then used again: no allocation per message.
class Requests {
 public:
  /// Forgets all messages. The next ones carry `family_id` (as the kernel gave it) and the sequence
  /// numbers `sequence`, `sequence` + 1, ...
  void restart(std::uint16_t family_id, std::uint32_t sequence);

  /// A change, with the whole object that it leaves behind. Flag bits that we do not know stay as
  /// the kernel has them. Names longer than the kernel allows are cut to one character more than
  /// that: it refuses them.
  void put_operation(const Operation& operation);
  /// Answered by a message for each service, and a result.
  void put_get_services();
  /// Answered by that service's message, and a result: ESRCH where it is not there.
  void put_get_service(const ServiceKey& key);
  /// Answered by a message for each destination, and a result: 0, too, where there is no such
  /// service.
  void put_get_destinations(const ServiceKey& service);
  void put_get_info();
  void put_get_timeouts();
  void put_set_timeouts(const Timeouts& timeouts);
  /// To the controller (whatever the family of this buffer): the ID of the family "IPVS". The
  /// kernel tries to load its module. Result ENOENT: there is none.
  void put_get_family();

  /// Asks for a result of the last message also if it succeeds. (Dumps end with one in any case.)
  void acknowledge_last();

  [[nodiscard]] std::span<const std::byte> bytes() const { return {buffer_.data(), size_}; }
  [[nodiscard]] std::uint32_t first_sequence() const { return first_sequence_; }
  [[nodiscard]] std::uint32_t count() const { return count_; }

 private:
  template <typename Put>
  void append(std::uint16_t type, std::uint16_t flags, std::uint8_t command, Put put);
  template <typename Put>
  void append(std::uint16_t flags, std::uint8_t command, Put put);

  std::vector<std::byte> buffer_;
  std::size_t size_ = 0;  ///< of the finished messages
  std::size_t last_ = 0;  ///< where the last one starts
  std::uint16_t family_id_ = 0;
  std::uint32_t first_sequence_ = 0;
  std::uint32_t count_ = 0;
};

/// Octets; more than the longest request: headers, both nests, every attribute and both names.
constexpr std::size_t kLongestRequest = 512;

/// The batch in pieces, in order, the requests of each of which fit `longest_send` octets; one
/// operation is never too long for a socket (Linux keeps a send buffer of 4,608 octets at least).
[[nodiscard]] std::vector<std::span<const Operation>> pieces_of(std::span<const Operation> batch,
                                                                std::size_t longest_send);

enum class DecodeError : std::uint8_t {
  Truncated,          ///< a header, or the length that one states, is beyond the end
  BadAttribute,       ///< an attribute's length does not fit its enclosure or its type
  MissingAttribute,   ///< one that every such message has
  UnexpectedCommand,  ///< not the answer that this decoder is for
  BadResult,          ///< not an errno
  Unrepresentable,    ///< sound, but not in our types: an address family or a protocol above 255
};

constexpr auto words_of(DecodeError) {
  using enum DecodeError;
  return fields::words<DecodeError>({{Truncated, "truncated message"},
                                     {BadAttribute, "attribute of a wrong length"},
                                     {MissingAttribute, "missing attribute"},
                                     {UnexpectedCommand, "unexpected answer"},
                                     {BadResult, "result that is no errno"},
                                     {Unrepresentable, "unknown address family or protocol"}});
}

/// One received message, in the buffer that it came in.
struct Answer {
  std::uint16_t type = 0;
  std::uint16_t flags = 0;
  std::uint32_t sequence = 0;
  std::span<const std::byte> payload;

  [[nodiscard]] bool is_result() const;  ///< NLMSG_ERROR (0 = success) or NLMSG_DONE
};

/// Takes the first message off `rest`; nullopt at its end. `rest` starts aligned to 4 bytes.
[[nodiscard]] tl::expected<std::optional<Answer>, DecodeError> next_answer(
    std::span<const std::byte>& rest);

/// The errno of a result, 0 = success.
[[nodiscard]] tl::expected<int, DecodeError> decode_result(const Answer& answer);

struct ServiceReading {
  Service service;  ///< persistence_prefix 0: the kernel's netmask is not a prefix
  Statistics statistics;

  friend bool operator==(const ServiceReading&, const ServiceReading&) = default;
};

/// Unknown attributes and flag bits are ignored; 32-bit statistics do where there are no 64-bit
/// ones.
[[nodiscard]] tl::expected<ServiceReading, DecodeError> decode_service(const Answer& answer);

struct DestinationReading {
  Destination destination;
  DestinationCounters counters;

  friend bool operator==(const DestinationReading&, const DestinationReading&) = default;
};

/// `family` is the service's: kernels before 3.18 do not tell the destination's. A forwarding
/// method or tunnel type that has no name is kept as its number.
[[nodiscard]] tl::expected<DestinationReading, DecodeError> decode_destination(const Answer& answer,
                                                                               Family family);

[[nodiscard]] tl::expected<KernelInfo, DecodeError> decode_info(const Answer& answer);
[[nodiscard]] tl::expected<Timeouts, DecodeError> decode_timeouts(const Answer& answer);
[[nodiscard]] tl::expected<std::uint16_t, DecodeError> decode_family_id(const Answer& answer);

/// The results of one batch whose last message asked to be acknowledged: errors come for any of
/// them, success only for the last.
class BatchResults {
 public:
  BatchResults(std::uint32_t first_sequence, std::uint32_t count)
      : first_sequence_(first_sequence), errnos_(count), is_complete_(count == 0) {}

  /// One received datagram. Answers to anything else are ignored.
  [[nodiscard]] tl::expected<void, DecodeError> take(std::span<const std::byte> datagram);

  [[nodiscard]] bool is_complete() const { return is_complete_; }
  /// By message, 0 = applied. Valid once complete.
  [[nodiscard]] std::span<const int> errnos() const { return errnos_; }

 private:
  std::uint32_t first_sequence_;
  std::vector<int> errnos_;
  bool is_complete_;
};

}  // namespace evenkeel::ipvs
