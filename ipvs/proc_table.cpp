#include "ipvs/proc_table.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <utility>

#include "ipvs/brief_view.h"

namespace evenkeel::ipvs {

namespace {

/// The next word; empty at the end.
std::string_view take_word(std::string_view& rest) {
  rest.remove_prefix(std::min(rest.find_first_not_of(' '), rest.size()));
  const std::string_view word = rest.substr(0, rest.find(' '));
  rest.remove_prefix(word.size());
  return word;
}

template <typename T>
std::optional<T> to_number(std::string_view text, int base) {
  T value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, base);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

/// Exactly as many hexadecimal digits as T has.
template <typename T>
std::optional<T> to_hex(std::string_view text) {
  if (text.size() != 2 * sizeof(T)) return std::nullopt;
  return to_number<T>(text, 16);
}

/// "2001:0db8:0000:0000:0000:0000:0000:0010"
std::optional<Address> to_ipv6(std::string_view text) {
  constexpr std::size_t kGroup = 4;
  constexpr std::size_t kGroups = 8;
  if (text.size() != kGroups * (kGroup + 1) - 1) return std::nullopt;
  boost::asio::ip::address_v6::bytes_type octets{};
  for (std::size_t group = 0; group < kGroups; ++group) {
    const std::size_t start = group * (kGroup + 1);
    const auto value = to_hex<std::uint16_t>(text.substr(start, kGroup));
    if (!value || (group > 0 && text[start - 1] != ':')) return std::nullopt;
    octets.at(2 * group) = static_cast<std::uint8_t>(*value >> 8U);
    octets.at(2 * group + 1) = static_cast<std::uint8_t>(*value & 0xffU);
  }
  return boost::asio::ip::address_v6(octets);
}

/// "C000020A:0050" or "[2001:0db8:...:0010]:0050". Both kinds of key have an address and a port.
template <typename Key>
bool read_endpoint(std::string_view text, Key& key) {
  const std::size_t colon = text.rfind(':');
  if (colon == std::string_view::npos) return false;
  const auto port = to_hex<std::uint16_t>(text.substr(colon + 1));
  if (!port) return false;
  key.port = *port;

  const std::string_view address = text.substr(0, colon);
  if (address.size() > 2 && address.front() == '[' && address.back() == ']') {
    const auto ipv6 = to_ipv6(address.substr(1, address.size() - 2));
    if (ipv6) key.address = *ipv6;
    return ipv6.has_value();
  }
  const auto ipv4 = to_hex<std::uint32_t>(address);
  if (ipv4) key.address = boost::asio::ip::address_v4(*ipv4);
  return ipv4.has_value();
}

/// As ip_vs_proto_name() names them; nullopt: above 255.
std::optional<Protocol> to_protocol(std::string_view name) {
  constexpr std::string_view kNumbered = "IP_";
  constexpr std::array<std::pair<std::string_view, std::uint8_t>, 6> kNamed{
      {{"TCP", 6}, {"UDP", 17}, {"SCTP", 132}, {"IP", 0}, {"ICMP", 1}, {"ICMPv6", 58}}};
  for (const auto& [known, number] : kNamed) {
    if (name == known) return static_cast<Protocol>(number);
  }
  if (!name.starts_with(kNumbered)) return std::nullopt;
  const auto number = to_number<std::uint8_t>(name.substr(kNumbered.size()), 10);
  if (!number) return std::nullopt;
  return static_cast<Protocol>(*number);
}

/// As ip_vs_fwd_name() names them.
ForwardingMethod to_forwarding(std::string_view name) {
  if (name == "Local") return ForwardingMethod::Local;
  if (name == "Tunnel") return ForwardingMethod::Tunnel;
  if (name == "Route") return ForwardingMethod::Direct;
  return ForwardingMethod::Masquerade;
}

class Parser {
 public:
  tl::expected<BriefReading, ProcTableFailure> parse(std::string_view text) {
    for (std::size_t number = 1; !text.empty(); ++number) {
      const std::string_view line = text.substr(0, text.find('\n'));
      text.remove_prefix(std::min(line.size() + 1, text.size()));
      const auto error = take(number, line);
      if (error) return tl::unexpected(ProcTableFailure{*error, number});
    }
    if (!has_heading_) return tl::unexpected(ProcTableFailure{ProcTableError::NoHeading, 1});
    finish_service();
    return std::move(reading_);
  }

 private:
  static constexpr std::size_t kHeadingLines = 3;

  std::optional<ProcTableError> take(std::size_t number, std::string_view line) {
    if (number == 1) {
      has_heading_ = line.starts_with("IP Virtual Server version ");
      return has_heading_ ? std::nullopt : std::optional(ProcTableError::NoHeading);
    }
    if (number <= kHeadingLines || line.empty()) return std::nullopt;
    if (line.front() != ' ') return take_service(line);
    return take_destination(line);
  }

  std::optional<ProcTableError> take_service(std::string_view line) {
    finish_service();
    const std::string_view protocol_name = take_word(line);
    const std::string_view name = take_word(line);
    BriefEntry current;
    Service& service = current.entry.service;
    if (protocol_name == "FWM") {
      const auto mark = to_hex<std::uint32_t>(name);
      if (!mark) return ProcTableError::BadService;
      service.key.firewall_mark = *mark;
    } else {
      if (!read_endpoint(name, service.key)) return ProcTableError::BadService;
      service.key.family = service.key.address.is_v6() ? Family::Ipv6 : Family::Ipv4;
      const auto protocol = to_protocol(protocol_name);
      is_left_out_ = !protocol;
      service.key.protocol = protocol.value_or(Protocol::Tcp);
    }
    service.scheduler = take_word(line);
    if (service.scheduler.empty()) return ProcTableError::BadService;

    for (auto word = take_word(line); !word.empty(); word = take_word(line)) {
      if (word == "ops") {
        service.flags |= ServiceFlags::kOnePacket;
      } else if (word == "persistent") {
        static_cast<void>(take_word(line));  // ticks
        const auto netmask = to_hex<std::uint32_t>(take_word(line));
        if (!netmask) return ProcTableError::BadService;
        service.flags |= ServiceFlags::kPersistent;
        current.printed_netmask = *netmask;
      }
    }
    current_ = std::move(current);
    return std::nullopt;
  }

  std::optional<ProcTableError> take_destination(std::string_view line) {
    if (!current_) return ProcTableError::DestinationOfNothing;
    Destination destination;
    const bool is_marked = take_word(line) == "->";
    if (!is_marked || !read_endpoint(take_word(line), destination.key)) {
      return ProcTableError::BadDestination;
    }
    destination.forwarding = to_forwarding(take_word(line));
    const auto weight = to_number<std::int32_t>(take_word(line), 10);
    const auto active = to_number<std::int32_t>(take_word(line), 10);
    const auto inactive = to_number<std::int32_t>(take_word(line), 10);
    if (!weight || !active || !inactive) return ProcTableError::BadDestination;
    destination.weight = static_cast<std::uint32_t>(*weight);
    DestinationCounters counters;
    counters.active_connections = static_cast<std::uint32_t>(*active);
    counters.inactive_connections = static_cast<std::uint32_t>(*inactive);
    // The kernel tells the newest first, which with canonical additions is the last.
    current_->counters.emplace_hint(current_->counters.begin(), destination.key, counters);
    current_->entry.destinations.emplace_hint(current_->entry.destinations.begin(), destination.key,
                                              destination);
    return std::nullopt;
  }

  void finish_service() {
    if (current_ && !is_left_out_) std::move(*current_).add_to(reading_);
    current_.reset();
    is_left_out_ = false;
  }

  BriefReading reading_;
  std::optional<BriefEntry> current_;
  bool is_left_out_ = false;
  bool has_heading_ = false;
};

}  // namespace

tl::expected<BriefReading, ProcTableFailure> parse_proc_table(std::string_view text) {
  return Parser().parse(text);
}

}  // namespace evenkeel::ipvs
