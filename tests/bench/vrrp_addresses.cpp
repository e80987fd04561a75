// Milliseconds to add, read, refresh and remove many addresses, as a Master does, against
// `ip -batch` with the same addresses in the same run. In a network namespace of its own:
//   tests/lab/alone build/release/bin/vrrp_addresses [ADDRESSES [ROUNDS]]
#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <functional>
#include <net/if.h>
#include <string>
#include <vector>

#include "vrrp/address_writer.h"

namespace {

using namespace evenkeel::vrrp;

constexpr const char* kInterface = "bench0";
constexpr std::uint32_t kFirst = 0x0A000001;  // 10.0.0.1
constexpr std::size_t kSteps = 4;
constexpr std::array<const char*, kSteps> kNames{"add", "read", "refresh", "remove"};
using Times = std::array<std::vector<double>, kSteps>;  // milliseconds

void fail(const std::string& what) {
  std::fprintf(stderr, "vrrp_addresses: %s\n", what.c_str());
  std::exit(1);
}

void run(const std::string& command) {
  if (std::system(command.c_str()) != 0) fail(command + " failed");
}

double milliseconds_of(const std::function<void()>& step) {
  const auto start = std::chrono::steady_clock::now();
  step();
  return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start)
      .count();
}

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

std::vector<InterfaceAddress> numbered(std::uint32_t count) {
  std::vector<InterfaceAddress> addresses;
  for (std::uint32_t i = 0; i < count; ++i) {
    addresses.push_back({boost::asio::ip::address_v4(kFirst + i), 32});
  }
  return addresses;
}

void expect_success(const std::vector<std::error_code>& answers) {
  for (const std::error_code& each : answers) {
    if (each) fail(each.message());
  }
}

void measure_writer(const std::vector<InterfaceAddress>& addresses, Times& times) {
  constexpr std::chrono::seconds kLease(600);
  auto writer = AddressWriter::open();
  if (!writer) fail(writer.error().message());
  const int index = static_cast<int>(::if_nametoindex(kInterface));
  const auto install = [&] { expect_success(writer->install(index, addresses, kLease)); };
  times[0].push_back(milliseconds_of(install));
  times[1].push_back(milliseconds_of([&] {
    const auto all = writer->read();
    if (!all || all->size() < addresses.size()) fail("not all addresses are there");
  }));
  times[2].push_back(milliseconds_of(install));
  times[3].push_back(milliseconds_of([&] { expect_success(writer->remove(index, addresses)); }));
}

/// A file of `ip -batch`.
std::string batch(const std::string& verb, const std::vector<InterfaceAddress>& addresses,
                  const std::string& lifetime) {
  const std::string path = "/run/vrrp_addresses." + verb;  // tests/lab/alone makes an empty /run
  std::ofstream file(path);
  for (const InterfaceAddress& each : addresses) {
    file << "addr " << verb << ' ' << each.address.to_string() << "/32 dev " << kInterface
         << lifetime << '\n';
  }
  if (!file.flush()) fail("cannot write " + path);
  return path;
}

void measure_ip(const std::vector<InterfaceAddress>& addresses, Times& times) {
  const std::string lifetime = " valid_lft 600 preferred_lft 600";
  const std::array<std::string, kSteps> commands{
      "ip -batch " + batch("add", addresses, lifetime), "ip -o addr show >/dev/null",
      "ip -batch " + batch("replace", addresses, lifetime),
      "ip -batch " + batch("del", addresses, "")};
  for (std::size_t step = 0; step < kSteps; ++step) {
    times[step].push_back(milliseconds_of([&] { run(commands[step]); }));
  }
}

}  // namespace

int main(int argc, char** argv) {
  const std::vector<std::string> arguments(argv + 1, argv + argc);
  const std::size_t count = arguments.empty() ? 16'000 : std::stoul(arguments[0]);
  const std::size_t rounds = arguments.size() < 2 ? 5 : std::stoul(arguments[1]);
  const auto addresses = numbered(static_cast<std::uint32_t>(count));
  run(std::string("ip link add ") + kInterface + " type veth peer name bench1");
  run(std::string("ip link set ") + kInterface + " up");
  Times ours;
  Times ip;
  for (std::size_t round = 0; round < rounds; ++round) {
    measure_writer(addresses, ours);
    measure_ip(addresses, ip);
  }
  run(std::string("ip link del ") + kInterface);
  for (std::size_t step = 0; step < kSteps; ++step) {
    std::printf("%-7s %zu addresses: %8.2f ms, %.2f x ip's %.2f ms\n", kNames[step], count,
                median(ours[step]), median(ours[step]) / median(ip[step]), median(ip[step]));
  }
  return 0;
}
