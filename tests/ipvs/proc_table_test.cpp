#include "ipvs/proc_table.h"

#include <cstdio>
#include <gtest/gtest.h>

#include "ipvs/brief_view.h"
#include "tests/ipvs/random_table.h"

namespace evenkeel::ipvs {
namespace {

using boost::asio::ip::make_address;

const std::string kHeading =
    "IP Virtual Server version 1.2.1 (size=4096)\n"
    "Prot LocalAddress:Port Scheduler Flags\n"
    "  -> RemoteAddress:Port Forward Weight ActiveConn InActConn\n";

BriefReading parsed(const std::string& lines) {
  auto reading = parse_proc_table(kHeading + lines);
  EXPECT_TRUE(reading.has_value())
      << to_string(reading.error().error) << " in line " << reading.error().line;
  return reading.value_or(BriefReading{});
}

Service service_at(const char* address, std::uint16_t port) {
  Service service;
  service.key.address = make_address(address);
  service.key.family = service.key.address.is_v6() ? Family::Ipv6 : Family::Ipv4;
  service.key.port = port;
  service.persistence_prefix = service.key.address.is_v6() ? 128 : 32;
  return service;
}

Destination destination_at(const char* address, std::uint16_t port, std::uint32_t weight) {
  Destination destination;
  destination.key = {make_address(address), port};
  destination.weight = weight;
  return destination;
}

TEST(ProcTable, Ipv4) {
  const BriefReading reading = parsed(
      "TCP  C000020A:0050 wlc persistent 75000 FFFFFF00\n"
      "  -> 0A000004:1F90      Route   65535  12         345       \n"
      "  -> 0A000003:1F90      Masq    0      1          0         \n"
      "UDP  C000020A:0035 rr ops \n"
      "SCTP  C000020A:0009 lc \n");
  Service web = service_at("192.0.2.10", 80);
  web.flags = ServiceFlags::kPersistent;
  web.persistence_prefix = 24;
  Service names = service_at("192.0.2.10", 53);
  names.key.protocol = Protocol::Udp;
  names.scheduler = "rr";
  names.flags = ServiceFlags::kOnePacket;
  Service signalling = service_at("192.0.2.10", 9);
  signalling.key.protocol = Protocol::Sctp;
  signalling.scheduler = "lc";
  const Destination first = destination_at("10.0.0.3", 8080, 0);
  Destination second = destination_at("10.0.0.4", 8080, 65535);
  second.forwarding = ForwardingMethod::Direct;

  const Table expected{
      {web.key, {web, {{first.key, first}, {second.key, second}}}},
      {names.key, {names, {}}},
      {signalling.key, {signalling, {}}},
  };
  EXPECT_EQ(reading.table, expected);
  const auto& counters = reading.counters.at(web.key).destinations;
  EXPECT_EQ(counters.at(second.key).active_connections, 12u);
  EXPECT_EQ(counters.at(second.key).inactive_connections, 345u);
  EXPECT_EQ(counters.at(first.key).active_connections, 1u);
}

TEST(ProcTable, Ipv6) {
  const BriefReading reading = parsed(
      "TCP  [2001:0db8:0000:0000:0000:0000:0000:0010]:01BB mh persistent 90000 40000000\n"
      "  -> [fe80:0000:0000:0000:0000:0000:0000:beef]:0050      Tunnel  1      0          0\n");
  Service web = service_at("2001:db8::10", 443);
  web.scheduler = "mh";
  web.flags = ServiceFlags::kPersistent;
  web.persistence_prefix = 64;
  Destination server = destination_at("fe80::beef", 80, 1);
  server.forwarding = ForwardingMethod::Tunnel;
  EXPECT_EQ(reading.table, (Table{{web.key, {web, {{server.key, server}}}}}));
}

TEST(ProcTable, FirewallMarkHasTheFamilyOfItsDestinations) {
  const BriefReading reading = parsed(
      "FWM  00000007 rr ops persistent 75000 80000000\n"
      "  -> 0A000003:0000      Tunnel  1      0          0         \n"
      "  -> [2001:0db8:0000:0000:0000:0000:0000:0003]:0000      Route   1      0          0\n"
      "FWM  FFFFFFFA wlc \n"
      "  -> 0A000003:0000      Masq    1      0          0         \n"
      "FWM  00000009 wlc \n");
  std::vector<std::string> names;
  for (const auto& [key, entry] : reading.table) names.push_back(to_string(key));
  EXPECT_EQ(names, (std::vector<std::string>{"FWM 7 IPv6", "FWM 9", "FWM 4294967290"}));
  const Service& service = reading.table.begin()->second.service;
  EXPECT_EQ(service.flags, ServiceFlags::kPersistent | ServiceFlags::kOnePacket);
  EXPECT_EQ(service.persistence_prefix, 128);
}

TEST(ProcTable, BothFamiliesOfAMark) {
  const std::string ipv4 =
      "FWM  00000007 rr \n"
      "  -> 0A000003:0000      Route   1      1          0         \n";
  const std::string ipv6 =
      "FWM  00000007 wlc \n"
      "  -> [2001:0db8:0000:0000:0000:0000:0000:0003]:0000      Route   1      0          0\n";
  EXPECT_EQ(parsed(ipv4 + ipv6).table.size(), 2u);
  // Both empty, they are one, whichever comes first.
  EXPECT_EQ(parsed("FWM  00000007 rr \nFWM  00000007 wlc \n").table.size(), 1u);
  EXPECT_EQ(parsed("FWM  00000007 rr \nFWM  00000007 wlc \n").table,
            parsed("FWM  00000007 wlc \nFWM  00000007 rr \n").table);
  EXPECT_EQ(parsed(ipv4 + ipv4).counters.begin()->second.destinations.begin()->second,
            (DestinationCounters{2, 0, 0, {}}));
}

TEST(ProcTable, UnusualProtocolsOfOthers) {
  const BriefReading reading = parsed(
      "IP  C000020A:0050 wlc \n"
      "IP_47  C000020A:0050 wlc \n"
      "IP_300  C000020A:0050 wlc \n"
      "  -> 0A000003:0050      Masq    1      0          0         \n"
      "ICMP  C000020A:0050 wlc \n");
  std::vector<int> protocols;
  for (const auto& [key, entry] : reading.table) {
    protocols.push_back(static_cast<int>(key.protocol));
  }
  EXPECT_EQ(protocols, (std::vector<int>{0, 1, 47}));
}

TEST(ProcTable, EmptyTable) {
  EXPECT_TRUE(parsed("").table.empty());
}

TEST(ProcTable, NamesWhatItCannotRead) {
  const auto failure = [](const std::string& text) {
    const auto reading = parse_proc_table(text);
    EXPECT_FALSE(reading.has_value());
    return reading ? ProcTableFailure{} : reading.error();
  };
  using enum ProcTableError;
  EXPECT_EQ(failure(""), (ProcTableFailure{NoHeading, 1}));
  EXPECT_EQ(failure("IPVS connection entries\n"), (ProcTableFailure{NoHeading, 1}));
  for (const char* line :
       {"TCP\n", "TCP  C000020A:0050\n", "TCP  C000020:0050 rr\n", "TCP  C000020A:50 rr\n",
        "TCP  C000020A rr\n", "TCP  [2001:0db8]:0050 rr\n", "TCP  []:0050 rr\n",
        "TCP  [2001-0db8-0000-0000-0000-0000-0000-0010]:01BB rr\n", "FWM  7 rr\n",
        "FWM  00000007\n", "TCP  C000020A:0050 rr persistent\n",
        "TCP  C000020A:0050 rr persistent 100 FF\n", "TCP  -C00020A:0050 rr\n"}) {
    EXPECT_EQ(failure(kHeading + line), (ProcTableFailure{BadService, 4})) << line;
  }
  const std::string service = "TCP  C000020A:0050 rr\n";
  for (const char* line :
       {"  \n", "  ->\n", "  => 0A000003:0050 Masq 1 0 0\n", "  -> 0A000003:0050 Masq 1 0\n",
        "  -> 0A000003:0050 Masq one 0 0\n", "  -> 0A00000:0050 Masq 1 0 0\n",
        "  -> 0A000003:0050 Masq 99999999999 0 0\n"}) {
    EXPECT_EQ(failure(kHeading + service + line), (ProcTableFailure{BadDestination, 5})) << line;
  }
  EXPECT_EQ(failure(kHeading + "  -> 0A000003:0050 Masq 1 0 0\n"),
            (ProcTableFailure{DestinationOfNothing, 4}));
}

std::string endpoint(const Address& address, unsigned port) {
  std::array<char, 64> text{};
  if (address.is_v4()) {
    std::snprintf(text.data(), text.size(), "%08X:%04X", address.to_v4().to_uint(), port);
    return std::string(text.data());
  }
  std::string groups;
  const auto octets = address.to_v6().to_bytes();
  for (std::size_t index = 0; index < octets.size(); index += 2) {
    std::snprintf(text.data(), text.size(), "%02x%02x%s", octets.at(index), octets.at(index + 1),
                  index < 14 ? ":" : "");
    groups += text.data();
  }
  std::snprintf(text.data(), text.size(), "]:%04X", port);
  return "[" + groups + text.data();
}

/// The kernel's format strings, for a table of ours.
std::string printed(const Table& table) {
  std::string out = kHeading;
  std::array<char, 256> line{};
  for (const auto& [key, entry] : table) {
    const Service& service = entry.service;
    const bool is_v6 = key.family == Family::Ipv6;
    const bool has_mark = key.firewall_mark != 0;
    const char* ops = (service.flags & ServiceFlags::kOnePacket) != 0 ? "ops " : "";
    if (has_mark) {
      std::snprintf(line.data(), line.size(), "FWM  %08X %s %s", key.firewall_mark,
                    service.scheduler.c_str(), ops);
    } else {
      std::snprintf(line.data(), line.size(), "%s  %s %s %s", to_string(key.protocol).data(),
                    endpoint(key.address, key.port).c_str(), service.scheduler.c_str(),
                    is_v6 ? "" : ops);
    }
    out += line.data();
    if ((service.flags & ServiceFlags::kPersistent) != 0) {
      const unsigned mask = is_v6 ? static_cast<unsigned>(service.persistence_prefix) << 24U
                                  : ~0U << (32U - service.persistence_prefix);
      std::snprintf(line.data(), line.size(), "persistent %u %08X\n",
                    service.persistence_seconds * 250, mask);
      out += line.data();
    } else {
      out += "\n";
    }
    for (auto place = entry.destinations.end(); place != entry.destinations.begin();) {
      const Destination& destination = (--place)->second;  // the newest first
      std::snprintf(line.data(), line.size(), "  -> %s      %-7s %-6u %-10d %-10d\n",
                    endpoint(destination.key.address, destination.key.port).c_str(),
                    to_string(destination.forwarding).data(), destination.weight, 0, 0);
      out += line.data();
    }
  }
  return out;
}

TEST(BriefView, IsWhatTheFileTells) {
  for (std::uint32_t seed = 0; seed < 2000 && !::testing::Test::HasFailure(); ++seed) {
    SCOPED_TRACE(seed);
    RandomTable random(seed);
    const Table table = random.table();
    const auto reading = parse_proc_table(printed(table));
    ASSERT_TRUE(reading.has_value());
    EXPECT_EQ(reading->table, brief_view(table));
  }
}

TEST(BriefView, ShowsAWeightAndHidesAThreshold) {
  const Service web = service_at("192.0.2.10", 80);
  Destination server = destination_at("10.0.0.3", 80, 1);
  const auto view = [&] { return brief_view({{web.key, {web, {{server.key, server}}}}}); };
  const Table before = view();
  server.upper_threshold = 5;
  EXPECT_EQ(view(), before);
  server.weight = 0;
  EXPECT_NE(view(), before);
}

TEST(BriefView, ForwardingThatIsNeverOursIsToldAsMasquerading) {
  const Service web = service_at("192.0.2.10", 80);
  Destination server = destination_at("10.0.0.3", 80, 1);
  server.forwarding = static_cast<ForwardingMethod>(6);
  const Table view = brief_view({{web.key, {web, {{server.key, server}}}}});
  EXPECT_EQ(view.begin()->second.destinations.begin()->second.forwarding,
            ForwardingMethod::Masquerade);
}

TEST(ProcTable, LargeTablesAreRead) {
  Table table;
  for (unsigned index = 0; index < 1000; ++index) {
    Service service = service_at("10.1.0.0", 80);
    service.key.address = boost::asio::ip::address_v4(0x0a010000U + index);
    ServiceEntry entry{service, {}};
    for (unsigned host = 1; host <= 10; ++host) {
      Destination server = destination_at("10.0.0.0", 80, 1);
      server.key.address = boost::asio::ip::address_v4(0x0a000000U + host);
      entry.destinations.emplace(server.key, server);
    }
    table.emplace(service.key, entry);
  }
  const std::string text = printed(table);
  const auto reading = parse_proc_table(text);
  ASSERT_TRUE(reading.has_value());
  EXPECT_EQ(reading->table, brief_view(table));
}

}  // namespace
}  // namespace evenkeel::ipvs
