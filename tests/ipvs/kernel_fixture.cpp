#include "tests/ipvs/kernel_fixture.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <sched.h>
#include <span>
#include <sstream>

#include "ipvs/brief_view.h"

namespace evenkeel::ipvs {

using boost::asio::ip::make_address;

std::vector<std::string> lines_of(const std::string& command) {
  const std::unique_ptr<FILE, int (*)(FILE*)> pipe(popen(command.c_str(), "r"), pclose);
  std::string output;
  for (int c = std::getc(pipe.get()); c != EOF; c = std::getc(pipe.get())) {
    output.push_back(static_cast<char>(c));
  }
  std::vector<std::string> lines;
  std::istringstream stream(output);
  for (std::string line; std::getline(stream, line);) {
    line.erase(line.find_last_not_of(' ') + 1);
    lines.push_back(line);
  }
  return lines;
}

std::vector<std::string> saved_by_ipvsadm() {
  return lines_of("ipvsadm -S -n");
}

Service service_at(const std::string& address, std::uint16_t port, const std::string& scheduler) {
  Service service;
  service.key.address = make_address(address);
  service.key.family = service.key.address.is_v6() ? Family::Ipv6 : Family::Ipv4;
  service.key.port = port;
  service.scheduler = scheduler;
  service.persistence_prefix = service.key.address.is_v6() ? 128 : 32;
  return service;
}

Service service_of_mark(std::uint32_t mark, Family family) {
  Service service;
  service.key.firewall_mark = mark;
  service.key.family = family;
  service.persistence_prefix = family == Family::Ipv6 ? 128 : 32;
  return service;
}

Destination destination_at(const std::string& address, std::uint16_t port, std::uint32_t weight,
                           ForwardingMethod forwarding) {
  Destination destination;
  destination.key = {make_address(address), port};
  destination.weight = weight;
  destination.forwarding = forwarding;
  return destination;
}

Destination tunnelled(const std::string& address, const Tunnel& tunnel) {
  Destination destination = destination_at(address, 80, 1, ForwardingMethod::Tunnel);
  destination.tunnel = tunnel;
  return destination;
}

void put(Table& table, const Service& service, const std::vector<Destination>& destinations) {
  ServiceEntry entry{service, {}};
  for (const Destination& destination : destinations) {
    entry.destinations.emplace(destination.key, destination);
  }
  table[service.key] = entry;
}

void Kernel::SetUp() {
  ASSERT_EQ(unshare(CLONE_NEWNET), 0) << "needs root";
  ASSERT_EQ(std::system("ip link set lo up"), 0);
}

Table Kernel::read() {
  auto reading = backend_.read();
  EXPECT_TRUE(reading.has_value()) << reading.error().message;
  return reading ? reading->table : Table{};
}

std::vector<std::string> Kernel::program(const Table& wanted) {
  const auto operations = plan(wanted, read());
  std::vector<std::string> messages;
  for (std::span<const Operation> rest(operations); !rest.empty();) {
    const auto batch = rest.first(std::min(rest.size(), Backend::kBatch));
    const auto refusals = backend_.execute(batch);
    EXPECT_TRUE(refusals.has_value()) << refusals.error().message;
    if (!refusals) break;
    for (const Refusal& refusal : *refusals) messages.push_back(refusal.message);
    rest = rest.subspan(batch.size());
  }
  return messages;
}

void Kernel::expect_brief_reading_tells(const Table& table) {
  const auto brief = backend_.read_brief();
  ASSERT_TRUE(brief.has_value()) << brief.error().message;
  EXPECT_EQ(brief->table, brief_view(table));
}

}  // namespace evenkeel::ipvs
