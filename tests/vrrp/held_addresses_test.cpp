#include "vrrp/held_addresses.h"

#include <gtest/gtest.h>

#include "namespaces.h"

namespace evenkeel::vrrp {
namespace {

using namespace std::chrono_literals;
using boost::asio::ip::make_address;
using Clock = std::chrono::steady_clock;

class HeldAddressesTest : public TwoHosts {
 protected:
  void SetUp() override {
    TwoHosts::SetUp();
    if (IsSkipped() || HasFatalFailure()) return;
    links_.emplace(LinkMonitor::open({}).value());
    held_.emplace(
        AddressWriter::open().value(), *links_,
        [](RouterId, const InterfaceAddress&) { return std::nullopt; },
        [this](const std::string& problem) { problems_.push_back(problem); });
    config_.name = "web";
    config_.interface = "left";
    config_.virtual_addresses = {{make_address("192.0.2.10"), 32}};
  }
  static std::vector<InterfaceAddress> numbered(std::uint32_t count) {
    std::vector<InterfaceAddress> addresses;
    for (std::uint32_t i = 0; i < count; ++i) {
      addresses.push_back({boost::asio::ip::address_v4(0x0A000000 + i), 32});
    }
    return addresses;
  }
  void install() { held_->install(1, config_, index_of("left"), 100s, Clock::now()); }
  /// What it says of instance 1 in the end.
  std::optional<HeldAddresses::Progress> work() {
    std::optional<HeldAddresses::Progress> last;
    while (held_->has_work()) {
      for (const auto& each : held_->work()) last = each;
      (void)links_->receive();
    }
    return last;
  }

  InstanceConfig config_;
  std::optional<LinkMonitor> links_;
  std::optional<HeldAddresses> held_;
  std::vector<std::string> problems_;
};

/// To read all addresses for each piece of them would be quadratic.
TEST_F(HeldAddressesTest, ThousandsThatAreThereAlreadyAreNotReadAgainAndAgain) {
  run(Host::Left,
      "for i in $(seq 0 1023); do echo addr add 10.0.$((i / 256)).$((i % 256))/32 dev left; done "
      "| ip -batch -");
  (void)links_->receive();
  config_.extra_addresses = numbered(1024);
  install();
  const auto done = work();
  ASSERT_TRUE(done);
  EXPECT_EQ(done->installed, Installed::All);
  EXPECT_LE(held_->kernel().reads(), 1U);
  held_->remove(1, config_, index_of("left"), [](const InterfaceAddress&) { return false; });
  (void)work();
  EXPECT_LE(held_->kernel().reads(), 1U);
  run(Host::Left, "ip -o addr show dev left | grep -q ' 10.0.3.255/32 '");  // not ours: it stays
  run(Host::Left, "! ip -o addr show dev left | grep -q ' 192.0.2.10/32 '");
}

/// What came unseen is looked up in the kernel, which has the last word.
TEST_F(HeldAddressesTest, AnAddressThatNobodyHasSeenComeStaysItsOwners) {
  run(Host::Left, "ip addr add 192.0.2.10/32 dev left");
  install();
  const auto done = work();
  ASSERT_TRUE(done);
  EXPECT_EQ(done->installed, Installed::All);
  EXPECT_FALSE(held_->kernel().has_written(index_of("left"), config_.virtual_addresses[0]));
}

TEST_F(HeldAddressesTest, WhoHasLeftItsInterfaceHoldsNothing) {
  install();
  (void)work();
  EXPECT_TRUE(held_->are_held(1));
  held_->leave_interface(1);
  EXPECT_FALSE(held_->are_held(1));
  (void)work();
  EXPECT_FALSE(held_->next_refresh()) << "there is no lease to renew";
  run(Host::Left, "! ip -o addr show dev left | grep -q ' 192.0.2.10/32 '");
}

}  // namespace
}  // namespace evenkeel::vrrp
