// Many interfaces and many addresses: what takes long must cost no lease.
#include <filesystem>
#include <iterator>

#include "two_nodes.h"

namespace evenkeel::vrrp {
namespace {

std::vector<InterfaceAddress> numbered(std::uint32_t first, std::uint32_t count) {
  std::vector<InterfaceAddress> addresses;
  for (std::uint32_t i = 0; i < count; ++i) {
    addresses.push_back({boost::asio::ip::address_v4(first + i), 32});
  }
  return addresses;
}

class WriterScaleTest : public TwoNodes {
 protected:
  /// One on each of so many cables, with `addresses` addresses each.
  std::vector<InstanceConfig> on_cables(int count, std::uint32_t addresses) {
    std::vector<InstanceConfig> all;
    for (int i = 0; i < count; ++i) {
      const std::string number = std::to_string(i);
      add_cable("l" + number, "r" + number);
      run(Host::Left, "ip addr add 172.16." + number + ".1/24 dev l" + number);
      InstanceConfig config = instance("l" + number, 150);
      config.name = "v" + number;
      const auto first = static_cast<std::uint32_t>(0x0A000000 + i * 256);
      config.virtual_addresses = numbered(first, addresses);
      all.push_back(config);
    }
    return all;
  }
  static std::size_t installed() {
    auto kernel = AddressWriter::open().value();
    const auto all = kernel.read().value();
    return static_cast<std::size_t>(
        std::count_if(all.begin(), all.end(), [](const auto& each) { return each.is_ours; }));
  }
};

std::size_t open_descriptors() {
  const std::filesystem::directory_iterator all("/proc/self/fd");
  return static_cast<std::size_t>(std::distance(begin(all), end(all)));
}

/// While thousands of extra addresses are written another instance keeps its lease, and pings are
/// answered.
TEST_F(WriterScaleTest, ThousandsOfExtraAddressesKeepNobodyWaiting) {
  InstanceConfig big = instance("left", 150);
  big.extra_addresses = numbered(0x0A000000, 4000);
  InstanceConfig small = instance("left", 150);
  small.name = "small";
  small.virtual_router_id = 62;
  small.virtual_addresses = {host_address("192.0.2.20")};
  left_->writer().configure(config_of({big, small}), true);
  EXPECT_TRUE(comes([&] { return left_->statuses["web"].counters.announcements_sent > 0; }));
  left_->writer().ping(7);
  EXPECT_TRUE(comes([&] { return left_->echoed == 7; }));
  EXPECT_TRUE(comes([&] { return installed() == 4002; }, 60s));
  EXPECT_TRUE(comes([&] { return left_->statuses["small"].state == State::Master; }));
  EXPECT_FALSE(comes([&] { return installed() != 4002; }, 4s)) << "all leases are renewed";
  EXPECT_EQ(left_->statuses["small"].counters.addresses_put_back, 0U);
  EXPECT_EQ(left_->statuses["web"].counters.addresses_put_back, 0U);

  big.extra_addresses = numbered(0x0A000000, 2000);
  left_->writer().configure(config_of({big, small}), true);
  EXPECT_TRUE(comes([&] { return installed() == 2002; }, 60s));
  left_->writer().configure(config_of({small}), true);
  EXPECT_TRUE(comes([&] { return installed() == 1; }, 60s));
  EXPECT_EQ(left_->statuses["small"].counters.addresses_put_back, 0U);
  EXPECT_EQ(left_->statuses["small"].counters.became_master, 1U);
}

TEST_F(WriterScaleTest, HalfOfManyInstancesGo) {
  std::vector<InstanceConfig> all = on_cables(20, 12);
  left_->writer().configure(config_of(all), true);
  EXPECT_TRUE(comes([&] { return installed() == 240; }, 20s));
  all.resize(10);
  left_->writer().configure(config_of(all), true);
  EXPECT_TRUE(comes([&] { return installed() == 120; }, 20s));
  EXPECT_FALSE(comes([&] { return installed() != 120; }, 3500ms));
  for (const InstanceConfig& each : all) {
    EXPECT_EQ(left_->statuses[each.name].counters.addresses_put_back, 0U);
    EXPECT_EQ(left_->statuses[each.name].counters.became_master, 1U) << "and stayed it";
  }
  left_->writer().leave();
  EXPECT_TRUE(comes([&] { return left_->has_left; }));
  EXPECT_EQ(installed(), 120U) << "nobody has taken over";
}

/// Their sockets are closed after them, a few at a time.
TEST_F(WriterScaleTest, ManyBackupsGoAtOnce) {
  std::vector<InstanceConfig> all = on_cables(20, 12);
  for (InstanceConfig& each : all) each.advertisement_interval = 10s;
  const auto all_are = [&](State state) {
    return std::all_of(all.begin(), all.end(), [&](const InstanceConfig& each) {
      return left_->statuses[each.name].state == state;
    });
  };
  const std::size_t before = open_descriptors();
  left_->writer().configure(config_of(all), true);
  ASSERT_TRUE(comes([&] { return all_are(State::Backup); }));
  EXPECT_EQ(open_descriptors(), before + 40) << "to receive and to send, on each link";
  left_->writer().configure(config_of({}), true);
  EXPECT_TRUE(comes([&] { return all_are(State::Initialize); }));
  EXPECT_TRUE(comes([&] { return open_descriptors() == before; }));
  EXPECT_EQ(installed(), 0U);
}

TEST_F(WriterScaleTest, ThousandsOfLeftoversAreToldOfWhenAllAreRemoved) {
  (void)AddressWriter::open().value().install(index_of("left"), numbered(0x0A000000, 4096),
                                              std::nullopt);
  const auto are_left = [] {
    const auto all = AddressWriter::open().value().read().value();
    return std::any_of(all.begin(), all.end(),
                       [](const InstalledAddress& each) { return each.is_ours; });
  };
  ASSERT_TRUE(are_left());
  left_->writer().configure(config_of({}), true);
  EXPECT_EQ(notes_with("removed "), 0U);
  ASSERT_TRUE(comes([&] { return notes_with("removed ") > 0; }));
  EXPECT_FALSE(are_left());
  EXPECT_EQ(notes_with(" and 4095 more, left by a process before us"), 1U);
}

}  // namespace
}  // namespace evenkeel::vrrp
