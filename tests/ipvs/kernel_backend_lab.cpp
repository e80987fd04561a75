// ipvs/ against a real kernel, with ipvsadm as the judge of what is there. Needs root, IPVS and
// ipvsadm; each case has a network namespace of its own.
#include <chrono>
#include <cstdlib>
#include <fcntl.h>
#include <fstream>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sched.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

#include "ipvs/sysctl.h"
#include "tests/ipvs/kernel_fixture.h"
#include "tests/ipvs/random_table.h"

namespace evenkeel::ipvs {
namespace {

using boost::asio::ip::make_address;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

/// Services of every protocol and family, with each flag, threshold and kind of tunnel.
Table one_of_each() {
  Table table;
  Service web = service_at("192.0.2.10", 80, "wrr");
  web.flags = ServiceFlags::kPersistent;
  web.persistence_seconds = 360;
  web.persistence_prefix = 24;
  Destination limited = destination_at("10.0.0.4", 8080, 65535, ForwardingMethod::Direct);
  limited.upper_threshold = 1000;
  limited.lower_threshold = 800;
  put(table, web, {destination_at("10.0.0.3", 8080, 0), limited});

  Service hashed = service_at("192.0.2.10", 443, "mh");
  hashed.flags = ServiceFlags::kScheduler1 | ServiceFlags::kScheduler2;
  put(table, hashed, {destination_at("10.0.0.3", 443), destination_at("10.0.0.4", 443)});

  Service names = service_at("192.0.2.10", 53, "rr");
  names.key.protocol = Protocol::Udp;
  names.flags = ServiceFlags::kOnePacket;
  put(table, names, {destination_at("10.0.0.3", 53, 1, ForwardingMethod::Direct)});

  Service signalling = service_at("192.0.2.10", 9, "lc");
  signalling.key.protocol = Protocol::Sctp;
  put(table, signalling, {});

  Service ipv6 = service_at("2001:db8::10", 80, "sh");
  ipv6.flags = ServiceFlags::kPersistent | ServiceFlags::kScheduler1;
  ipv6.persistence_seconds = 300;
  ipv6.persistence_prefix = 64;
  put(table, ipv6, {destination_at("2001:db8::21", 80, 2)});

  Service marked = service_of_mark(7, Family::Ipv4);
  put(table, marked, {destination_at("10.0.0.3", 0, 5, ForwardingMethod::Direct)});
  put(table, service_of_mark(4'000'000'000, Family::Ipv6), {destination_at("2001:db8::21", 0)});

  put(table, service_at("192.0.2.11", 80),
      {tunnelled("10.0.0.3", {}), tunnelled("10.0.0.4", {TunnelType::Gue, 6080, 1}),
       tunnelled("10.0.0.5", {TunnelType::Gue, 6081, 2}),
       tunnelled("10.0.0.6", {TunnelType::Gre, 0, 0}),
       tunnelled("10.0.0.7", {TunnelType::Gre, 0, 1}), tunnelled("2001:db8::21", {})});
  return table;
}

TEST_F(Kernel, HasWhatWasWritten) {
  const Table table = one_of_each();
  EXPECT_THAT(program(table), IsEmpty());
  EXPECT_EQ(read(), table);
  expect_brief_reading_tells(table);
  EXPECT_THAT(plan(table, read()), IsEmpty());

  EXPECT_THAT(
      saved_by_ipvsadm(),
      UnorderedElementsAre(
          "-A -t 192.0.2.10:80 -s wrr -p 360 -M 255.255.255.0",
          "-a -t 192.0.2.10:80 -r 10.0.0.3:8080 -m -w 0",
          "-a -t 192.0.2.10:80 -r 10.0.0.4:8080 -g -w 65535",
          "-A -t 192.0.2.10:443 -s mh -b mh-fallback,mh-port",
          "-a -t 192.0.2.10:443 -r 10.0.0.3:443 -m -w 1",
          "-a -t 192.0.2.10:443 -r 10.0.0.4:443 -m -w 1", "-A -u 192.0.2.10:53 -s rr -o",
          "-a -u 192.0.2.10:53 -r 10.0.0.3:53 -g -w 1", "-A --sctp-service 192.0.2.10:9 -s lc",
          "-A -t [2001:db8::10]:80 -s sh -p 300 -M 64 -b sh-fallback",
          "-a -t [2001:db8::10]:80 -r [2001:db8::21]:80 -m -w 2", "-A -f 7 -s wlc",
          "-a -f 7 -r 10.0.0.3:0 -g -w 5", "-A -f -294967296 -6 -s wlc",  // as it prints them
          "-a -f -294967296 -6 -r [2001:db8::21]:0 -m -w 1", "-A -t 192.0.2.11:80 -s wlc",
          "-a -t 192.0.2.11:80 -r 10.0.0.3:80 -i -w 1 --tun-type ipip",
          "-a -t 192.0.2.11:80 -r 10.0.0.4:80 -i -w 1 --tun-type gue --tun-port 6080 --tun-csum",
          "-a -t 192.0.2.11:80 -r 10.0.0.5:80 -i -w 1 --tun-type gue --tun-port 6081 --tun-remcsum",
          "-a -t 192.0.2.11:80 -r 10.0.0.6:80 -i -w 1 --tun-type gre --tun-nocsum",
          "-a -t 192.0.2.11:80 -r 10.0.0.7:80 -i -w 1 --tun-type gre --tun-csum",
          "-a -t 192.0.2.11:80 -r [2001:db8::21]:80 -i -w 1 --tun-type ipip"));
  EXPECT_THAT(lines_of("ipvsadm -L -n --thresholds | grep 1000"),
              ElementsAre(HasSubstr("10.0.0.4:8080                1000       800")));
}

TEST_F(Kernel, ReadsWhatIpvsadmWrote) {
  ASSERT_EQ(std::system("ipvsadm -A -t 192.0.2.10:80 -s sh -p 100 -M 255.255.0.0 -b sh-port && "
                        "ipvsadm -a -t 192.0.2.10:80 -r 10.0.0.3:80 -g -w 7 -x 9 -y 8 && "
                        "ipvsadm -A -f 3 -6 -s none && "
                        "ipvsadm -a -f 3 -6 -r 10.0.0.4 -i --tun-type gue --tun-port 99"),
            0);
  Table table;
  Service web = service_at("192.0.2.10", 80, "sh");
  web.flags = ServiceFlags::kPersistent | ServiceFlags::kScheduler2;
  web.persistence_seconds = 100;
  web.persistence_prefix = 16;
  Destination server = destination_at("10.0.0.3", 80, 7, ForwardingMethod::Direct);
  server.upper_threshold = 9;
  server.lower_threshold = 8;
  put(table, web, {server});
  Service marked = service_of_mark(3, Family::Ipv6);
  marked.scheduler = "none";
  Destination far = tunnelled("10.0.0.4", {TunnelType::Gue, 99, 0});
  far.key.port = 0;
  put(table, marked, {far});
  EXPECT_EQ(read(), table);
  expect_brief_reading_tells(table);
}

TEST_F(Kernel, KnowsEverySchedulerThatWeOffer) {
  for (const char* scheduler :
       {"rr", "wrr", "lc", "wlc", "lblc", "lblcr", "dh", "sh", "sed", "nq", "fo", "ovf", "mh"}) {
    Table table;
    put(table, service_at("192.0.2.10", 80, scheduler),
        {destination_at("10.0.0.3", 80), destination_at("10.0.0.4", 80)});
    EXPECT_THAT(program({}), IsEmpty());
    EXPECT_THAT(program(table), IsEmpty());
    EXPECT_EQ(read(), table) << scheduler;
    expect_brief_reading_tells(table);
  }
}

TEST_F(Kernel, ChangesASchedulerAndClearsFlags) {
  Table table;
  Service web = service_at("192.0.2.10", 80, "mh");
  web.flags = ServiceFlags::kPersistent | ServiceFlags::kScheduler1 | ServiceFlags::kScheduler2;
  web.persistence_seconds = 300;
  put(table, web, {destination_at("10.0.0.3", 80)});
  EXPECT_THAT(program(table), IsEmpty());
  web.scheduler = "wrr";
  web.flags = 0;
  web.persistence_seconds = 0;
  put(table, web, {destination_at("10.0.0.3", 80)});
  EXPECT_THAT(program(table), IsEmpty());
  EXPECT_EQ(read(), table);
  EXPECT_THAT(saved_by_ipvsadm(), ElementsAre("-A -t 192.0.2.10:80 -s wrr",
                                              "-a -t 192.0.2.10:80 -r 10.0.0.3:80 -m -w 1"));
}

/// Only what this kernel takes: another family only through a tunnel.
Table acceptable(Table table) {
  for (auto& [key, entry] : table) {
    const bool is_v6 = key.family == Family::Ipv6;
    std::erase_if(entry.destinations, [is_v6](const auto& item) {
      const Destination& destination = item.second;
      return destination.key.address.is_v6() != is_v6 &&
             destination.forwarding != ForwardingMethod::Tunnel;
    });
  }
  return table;
}

TEST_F(Kernel, BecomesAnyTableFromAnyOther) {
  for (std::uint32_t seed = 0; seed < 60 && !HasFailure(); ++seed) {
    SCOPED_TRACE(seed);
    RandomTable random(seed);
    const Table first = acceptable(random.table());
    EXPECT_THAT(program(first), IsEmpty());
    EXPECT_EQ(read(), first);
    const Table second = acceptable(random.changed(first));
    EXPECT_THAT(program(second), IsEmpty());
    EXPECT_EQ(read(), second);
    expect_brief_reading_tells(second);
  }
}

TEST_F(Kernel, TellsWhatOthersWroteThatWeNeverWould) {
  Table table;
  Service web = service_at("192.0.2.10", 80);
  Service odd = service_at("192.0.2.11", 80);
  odd.key.protocol = static_cast<Protocol>(47);
  Service zero = service_at("192.0.2.11", 80);
  zero.key.protocol = static_cast<Protocol>(0);
  std::vector<Destination> destinations;
  for (std::uint8_t method = 0; method < 8; ++method) {
    destinations.push_back(destination_at("10.0.0." + std::to_string(10 + method), 80, 1,
                                          static_cast<ForwardingMethod>(method)));
  }
  destinations.push_back(tunnelled("10.0.0.20", {static_cast<TunnelType>(9), 1, 3}));
  put(table, web, destinations);
  put(table, odd, {});
  put(table, zero, {});
  EXPECT_THAT(program(table), IsEmpty());
  EXPECT_EQ(read(), table);
  expect_brief_reading_tells(table);
}

TEST_F(Kernel, RefusesByNameAndAppliesTheRest) {
  const Service web = service_at("192.0.2.10", 80);
  const Service missing = service_at("192.0.2.10", 81);
  const Destination server = destination_at("10.0.0.3", 80);
  const std::vector<Operation> batch{
      {OperationKind::AddService, web, {}},
      {OperationKind::AddService, web, {}},
      {OperationKind::AddDestination, web, server},
      {OperationKind::AddDestination, web, server},
      {OperationKind::AddDestination, missing, server},
      {OperationKind::SetDestination, web, destination_at("10.0.0.4", 80)},
      {OperationKind::RemoveDestination, web, destination_at("10.0.0.4", 80)},
      {OperationKind::SetService, missing, {}},
      {OperationKind::RemoveService, missing, {}},
      {OperationKind::AddDestination, web, destination_at("224.0.0.1", 80)},
      {OperationKind::AddService, service_at("192.0.2.10", 82, "no-such"), {}},
      {OperationKind::AddService, service_at("192.0.2.10", 83, std::string(16, 'x')), {}},
      {OperationKind::SetDestination, web, destination_at("10.0.0.3", 80, 5)},
  };
  const auto refusals = backend_.execute(batch);
  ASSERT_TRUE(refusals.has_value()) << refusals.error().message;
  std::vector<std::pair<std::size_t, int>> errnos;
  for (const Refusal& refusal : *refusals) errnos.emplace_back(refusal.index, refusal.errno_value);
  EXPECT_THAT(errnos, ElementsAre(std::pair(1, EEXIST), std::pair(3, EEXIST), std::pair(4, ESRCH),
                                  std::pair(5, ENOENT), std::pair(6, ENOENT), std::pair(7, ESRCH),
                                  std::pair(8, ESRCH), std::pair(9, EINVAL), std::pair(10, ENOENT),
                                  std::pair(11, EINVAL)));
  EXPECT_EQ(refusals->at(1).message,
            "add destination 10.0.0.3:80 to TCP 192.0.2.10:80: File exists");
  EXPECT_EQ(refusals->at(8).message,
            "add TCP 192.0.2.10:82: scheduler \"no-such\" is not known to this kernel");
  Table table;
  put(table, web, {destination_at("10.0.0.3", 80, 5)});
  EXPECT_EQ(read(), table);
}

TEST_F(Kernel, SaysWhyItTakesNoDestinationWhereNothingHasAnAddress) {
  ASSERT_EQ(unshare(CLONE_NEWNET), 0);  // lo is down, and was never up
  Table table;
  put(table, service_at("192.0.2.10", 80), {destination_at("10.0.0.3", 80)});
  EXPECT_THAT(program(table),
              ElementsAre(HasSubstr("none before an interface has had an address")));
}

TEST_F(Kernel, AnswersABatchThatIsRefusedWhole) {
  const std::vector<Operation> batch(
      Backend::kBatch, {OperationKind::RemoveService, service_at("192.0.2.10", 80), {}});
  for (int round = 0; round < 10; ++round) {
    const auto refusals = backend_.execute(batch);
    ASSERT_TRUE(refusals.has_value()) << refusals.error().message;
    EXPECT_EQ(refusals->size(), Backend::kBatch);
  }
  EXPECT_THAT(*backend_.execute({}), IsEmpty());
}

/// net.core.wmem_default, which only the first network namespace has; the one before.
int set_default_send_buffer(int octets) {
  const int here = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
  const int first = open("/proc/1/ns/net", O_RDONLY | O_CLOEXEC);
  EXPECT_EQ(setns(first, CLONE_NEWNET), 0);
  constexpr const char* kPath = "/proc/sys/net/core/wmem_default";
  int before = 0;
  std::ifstream(kPath) >> before;
  std::ofstream(kPath) << octets;
  int now = 0;
  std::ifstream(kPath) >> now;
  EXPECT_EQ(now, octets);
  EXPECT_EQ(setns(here, CLONE_NEWNET), 0);
  close(first);
  close(here);
  return before;
}

TEST_F(Kernel, TakesABatchThatIsLongerThanItsSendBuffer) {
  const int before = set_default_send_buffer(4608);
  Table table;
  for (int i = 0; i < 200; ++i) {
    put(table, service_at("192.0.2.10", static_cast<std::uint16_t>(1000 + i)),
        {destination_at("10.0.0.3", 80)});
  }
  EXPECT_THAT(program(table), IsEmpty());
  (void)set_default_send_buffer(before);
  EXPECT_EQ(read(), table);
}

TEST_F(Kernel, ReadsOneService) {
  Table table;
  put(table, service_at("192.0.2.10", 80), {destination_at("10.0.0.3", 80)});
  put(table, service_at("192.0.2.10", 81), {});
  EXPECT_THAT(program(table), IsEmpty());
  for (const auto& [key, entry] : table) {
    const auto read = backend_.read_service(key);
    ASSERT_TRUE(read.has_value()) << read.error().message;
    ASSERT_TRUE(read->has_value());
    EXPECT_EQ(**read, entry);
  }
  EXPECT_EQ(*backend_.read_service(service_at("192.0.2.10", 82).key), std::nullopt);
}

TEST_F(Kernel, TellsItsVersionAndKeepsTimeouts) {
  const auto info = backend_.info();
  ASSERT_TRUE(info.has_value()) << info.error().message;
  EXPECT_EQ(info->version, 0x010201u);
  EXPECT_GE(info->connection_table_size, 256u);
  EXPECT_TRUE(backend_.set_timeouts({900, 120, 300}).has_value());
  EXPECT_TRUE(backend_.set_timeouts({0, 60, 0}).has_value());
  EXPECT_EQ(*backend_.timeouts(), (Timeouts{900, 60, 300}));
  const auto refused = backend_.set_timeouts({0xffffffff, 0, 0});
  EXPECT_EQ(refused.error().errno_value, EINVAL);
  EXPECT_EQ(refused.error().message, "set the timeouts: Invalid argument");
}

TEST_F(Kernel, CountsConnections) {
  Table table;
  put(table, service_at("127.0.0.2", 80, "rr"), {destination_at("127.0.0.1", 9)});
  EXPECT_THAT(program(table), IsEmpty());
  [[maybe_unused]] const int refused =
      std::system("bash -c 'exec 3<>/dev/tcp/127.0.0.2/80' 2>/dev/null");
  std::this_thread::sleep_for(std::chrono::milliseconds(2500));  // the estimator's two seconds
  const auto reading = backend_.read();
  ASSERT_TRUE(reading.has_value());
  const ServiceCounters& counters = reading->counters.begin()->second;
  EXPECT_EQ(counters.statistics.connections, 1u);
  EXPECT_GE(counters.statistics.in_packets, 1u);
  EXPECT_GE(counters.statistics.in_bytes, 40u);
  const DestinationCounters& server = counters.destinations.begin()->second;
  EXPECT_EQ(server.statistics.connections, 1u);
  EXPECT_EQ(server.active_connections + server.inactive_connections, 1u);
  const auto brief = backend_.read_brief();
  const auto& told = brief->counters.begin()->second.destinations.begin()->second;
  EXPECT_EQ(told.active_connections, server.active_connections);
  EXPECT_EQ(told.inactive_connections, server.inactive_connections);
}

TEST_F(Kernel, SetsItsSysctls) {
  ASSERT_TRUE(backend_.info().has_value());
  const Sysctls sysctls;
  const auto errors = sysctls.write(
      {{"expire_nodest_conn", 1}, {"no_such", 1}, {"sloppy_tcp", 1}, {"sync_ports", 3}});
  std::vector<std::string> messages;
  messages.reserve(errors.size());
  for (const SysctlError& error : errors) messages.push_back(error.message);
  EXPECT_THAT(messages, ElementsAre("set net.ipv4.vs.no_such to 1: not known to this kernel",
                                    "set net.ipv4.vs.sync_ports to 3: Invalid argument"));
  EXPECT_EQ(sysctls.read("expire_nodest_conn"), 1);
  EXPECT_EQ(sysctls.read("sloppy_tcp"), 1);
  EXPECT_EQ(sysctls.read("sync_threshold"), 3);
}

TEST_F(Kernel, SaysThatItIsNotPermitted) {
  const pid_t child = fork();
  if (child == 0) {
    const Operation operation{OperationKind::AddService, service_at("192.0.2.10", 80), {}};
    bool is_told = setresuid(65534, 65534, 65534) == 0;
    KernelBackend backend;
    const auto read = backend.read();
    const auto executed = backend.execute({&operation, 1});
    is_told = is_told && !read && read.error().kind == ErrorKind::NotPermitted && !executed &&
              executed.error().kind == ErrorKind::NotPermitted && backend.read_brief().has_value();
    _exit(is_told ? 0 : 1);
  }
  int status = -1;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  EXPECT_EQ(status, 0);
}

/// Unloading the module is for a kernel that is nobody else's.
class KernelModule : public Kernel {
 protected:
  void SetUp() override {
    const char* lab = std::getenv("EVENKEEL_LAB");
    if (lab == nullptr || std::string(lab) != "qemu") GTEST_SKIP() << "needs a kernel of its own";
    Kernel::SetUp();
  }

  /// Namespaces of earlier cases let go of it a little later.
  static bool unload() {
    for (int attempt = 0; attempt < 100; ++attempt) {
      [[maybe_unused]] const int still_used = std::system(
          "modprobe -r $(lsmod | sed -n 's/^\\(ip_vs_[a-z]*\\) .*/\\1/p') 2>/dev/null; modprobe -r "
          "ip_vs 2>/dev/null");
      if (std::system("lsmod | grep -q '^ip_vs '") != 0) return true;
      std::this_thread::sleep_for(std::chrono::milliseconds(100));
    }
    return false;
  }

  static void let_modules_load(bool allowed) {
    std::ofstream("/proc/sys/kernel/modprobe") << (allowed ? "/sbin/modprobe" : "/bin/false");
  }
};

TEST_F(KernelModule, IsFoundAgainAfterItWasLoadedAnew) {
  Table table;
  put(table, service_at("192.0.2.10", 80), {destination_at("10.0.0.3", 80)});
  EXPECT_THAT(program(table), IsEmpty());
  for (int round = 0; round < 2; ++round) {
    EXPECT_THAT(program({}), IsEmpty());
    ASSERT_TRUE(unload());
    ASSERT_EQ(std::system("modprobe ip_vs"), 0);
    if (round == 0) {
      EXPECT_THAT(program(table), IsEmpty()) << "found by a query";
    } else {
      const Operation operation{OperationKind::AddService, service_at("192.0.2.10", 80), {}};
      const auto refusals = backend_.execute({&operation, 1});
      ASSERT_TRUE(refusals.has_value()) << refusals.error().message;
      EXPECT_THAT(*refusals, IsEmpty()) << "found by an operation";
    }
    EXPECT_EQ(read().size(), 1u);
  }
  EXPECT_THAT(program({}), IsEmpty());
}

TEST_F(KernelModule, IsSaidToBeMissingAndTriedAgain) {
  ASSERT_TRUE(unload());
  let_modules_load(false);
  const Operation operation{OperationKind::AddService, service_at("192.0.2.10", 80), {}};
  for (int attempt = 0; attempt < 2; ++attempt) {
    EXPECT_EQ(backend_.read().error().kind, ErrorKind::NotLoaded);
    EXPECT_EQ(backend_.execute({&operation, 1}).error().kind, ErrorKind::NotLoaded);
    EXPECT_EQ(backend_.read_brief().error().kind, ErrorKind::NotLoaded);
    EXPECT_EQ(backend_.info().error().message, "the kernel has no IPVS (module ip_vs)");
  }
  let_modules_load(true);
  EXPECT_TRUE(backend_.read().has_value());
  EXPECT_TRUE(backend_.read_brief().has_value());
}

}  // namespace
}  // namespace evenkeel::ipvs
