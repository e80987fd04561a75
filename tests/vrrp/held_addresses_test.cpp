#include "vrrp/held_addresses.h"

#include <gtest/gtest.h>
#include <thread>

#include "namespaces.h"
#include "unplugged.h"
#include "valid_time.h"

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
    kernel_fd_ = UniqueFd(::open("/dev/null", O_RDONLY | O_CLOEXEC)).get();  // the next one
    held_.emplace(
        AddressWriter::open().value(), *links_,
        [this](RouterId, const AddressPlace&) { return next_; },
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
  void install() { held_->install(1, config_, index_of("left"), 100s); }
  /// The kernel answers nothing meanwhile.
  void without_kernel(const std::function<void()>& deed) {
    const Unplugged meanwhile(kernel_fd_);
    deed();
  }
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
  std::optional<HeldAddresses::NextHolder> next_;
  std::vector<std::string> problems_;
  int kernel_fd_ = -1;
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

/// What came unseen is looked up in the kernel: what that has counts.
TEST_F(HeldAddressesTest, AnAddressThatNobodyHasSeenComeStaysItsOwners) {
  run(Host::Left, "ip addr add 192.0.2.10/32 dev left");
  install();
  const auto done = work();
  ASSERT_TRUE(done);
  EXPECT_EQ(done->installed, Installed::All);
  EXPECT_FALSE(held_->kernel().has_written(index_of("left"), config_.virtual_addresses[0]));
}

/// However much others are given.
TEST_F(HeldAddressesTest, ALeaseThatIsDueIsRenewedBeforeNewAddressesAreWritten) {
  held_->install(1, config_, index_of("left"), 6s);
  (void)work();
  const TimePoint due = held_->next_refresh().value();
  EXPECT_FALSE(held_->is_due(1, due - 1ms));
  EXPECT_TRUE(held_->is_due(1, due));
  const std::vector<InterfaceAddress> all = numbered(4096);
  for (RouterId id = 2; id < 66; ++id) {
    InstanceConfig other = config_;
    other.name = "other";
    other.virtual_addresses.assign(all.begin() + 64 * (id - 2), all.begin() + 64 * (id - 1));
    held_->install(id, other, index_of("left"), 6s);
  }
  // Its own next addresses wait behind them.
  config_.extra_addresses = {{make_address("192.0.2.11"), 32}};
  held_->install(1, config_, index_of("left"), 6s);
  held_->renew_due(1, config_, *links_->find("left"), 6s, due);
  const auto progress = held_->work();
  ASSERT_FALSE(progress.empty());
  EXPECT_EQ(progress.front().holder, 1U);
  EXPECT_EQ(progress.front().what, AddressTask::What::Renew);
  EXPECT_TRUE(held_->is_busy(1));
  EXPECT_GE(held_->next_refresh().value(), due);
}

TEST_F(HeldAddressesTest, ARenewalThatFailsIsTriedAgain) {
  config_.virtual_addresses.push_back({make_address("2001:db8::10"), 128});
  held_->install(1, config_, index_of("left"), 20s);
  (void)work();
  without_kernel([&] {
    held_->renew_due(1, config_, *links_->find("left"), 20s, held_->next_refresh().value());
    ASSERT_EQ(work().value().installed, Installed::None);
  });
  EXPECT_TRUE(held_->has_refused(1));
  held_->renew_due(1, config_, *links_->find("left"), 100s, held_->next_refresh().value());
  (void)work();
  EXPECT_GT(valid_time("192.0.2.10"), 50);
  EXPECT_GT(valid_time("2001:db8::10"), 50);
  held_->renew(1, config_, index_of("left"), 200s);
  (void)work();
  EXPECT_FALSE(held_->has_refused(1));
  EXPECT_GT(valid_time("192.0.2.10"), 150);
}

TEST_F(HeldAddressesTest, ARemovalThatFailsIsTriedAgain) {
  for (const char* each : {"192.0.2.11", "192.0.2.12"}) {
    config_.virtual_addresses.push_back({make_address(each), 32});
  }
  ASSERT_TRUE(held_->kernel().read());  // it sees that the kernel keeps marks
  held_->install(1, config_, index_of("left"), {});
  (void)work();
  without_kernel([&] {
    held_->remove(1, config_, index_of("left"), [](const InterfaceAddress&) { return false; });
    (void)work();
    EXPECT_EQ(problems_.size(), 3U);
    held_->remove_again();
    (void)work();
    EXPECT_EQ(problems_.size(), 3U) << "once each";
  });
  EXPECT_TRUE(held_->has_unremoved());
  // Somebody else's has come in the place of one, and another is wanted again.
  run(Host::Left, "ip addr del 192.0.2.11/32 dev left; ip addr add 192.0.2.11/32 dev left");
  (void)links_->receive();
  InstanceConfig other = config_;
  other.virtual_addresses = {{make_address("192.0.2.12"), 32}};
  held_->install(2, other, index_of("left"), {});
  (void)work();
  held_->remove_again();
  (void)work();
  EXPECT_EQ(valid_time("192.0.2.10"), 0);
  EXPECT_EQ(valid_time("192.0.2.11"), kForEver);
  EXPECT_EQ(valid_time("192.0.2.12"), kForEver);
  EXPECT_FALSE(held_->has_unremoved());
}

/// Its last pieces have the lease that they had.
TEST_F(HeldAddressesTest, ATaskThatIsReplacedBeforeItsEndPostponesNoRenewal) {
  config_.extra_addresses = numbered(1024);
  held_->install(1, config_, index_of("left"), 100s);
  (void)work();
  const TimePoint due = held_->next_refresh().value();
  held_->install(1, config_, index_of("left"), 100s);
  (void)held_->work();
  config_.extra_addresses.pop_back();
  held_->install(1, config_, index_of("left"), 100s);
  (void)held_->work();
  EXPECT_LE(held_->next_refresh().value(), due);
  (void)work();
  // A renewal of all of them does.
  held_->renew_due(1, config_, *links_->find("left"), 100s, due + 1000s);
  (void)work();
  EXPECT_GT(held_->next_refresh().value(), due);
}

/// It is busy, and not told of the loss, until all others are written.
TEST_F(HeldAddressesTest, AnAddressThatHasGoneKeepsNoOtherFromItsLease) {
  config_.virtual_addresses.push_back({make_address("192.0.2.11"), 32});
  held_->install(1, config_, index_of("left"), 20s);
  (void)work();
  run(Host::Left, "ip addr del 192.0.2.11/32 dev left");
  (void)links_->receive();
  const TimePoint due = held_->next_refresh().value();
  held_->renew_due(1, config_, *links_->find("left"), 100s, due);
  (void)work();
  EXPECT_GT(valid_time("192.0.2.10"), 50);
  EXPECT_EQ(valid_time("192.0.2.11"), 0);
  // Nor does it end the renewals where it was the only one.
  run(Host::Left, "ip addr del 192.0.2.10/32 dev left");
  (void)links_->receive();
  held_->renew_due(1, config_, *links_->find("left"), 100s, due + 200s);
  EXPECT_FALSE(held_->has_work());
  EXPECT_TRUE(held_->next_refresh());
}

/// A node that is frozen, or killed, has it no longer for the sake of others that are not
/// advertised.
TEST_F(HeldAddressesTest, ThousandsOfExtraAddressesDoNotMakeAVirtualOneLastLonger) {
  config_.extra_addresses = numbered(8192);
  held_->install(1, config_, index_of("left"), 8s);
  (void)held_->work();
  EXPECT_GT(valid_time("192.0.2.10"), 0);
  EXPECT_LE(valid_time("192.0.2.10"), 8);
  (void)work();
  EXPECT_GT(valid_time("10.0.31.255"), 8);
  // And it is due before them.
  const TimePoint due = held_->next_refresh().value();
  held_->renew_due(1, config_, *links_->find("left"), 8s, due);
  const auto progress = held_->work();
  ASSERT_EQ(progress.size(), 1U);
  EXPECT_EQ(progress.front().installed, Installed::All);
  EXPECT_FALSE(held_->has_work());
  EXPECT_GT(valid_time("192.0.2.10"), 0);
  EXPECT_LE(valid_time("192.0.2.10"), 8);
}

/// However it came about: the others of this writer, or the machine.
TEST_F(HeldAddressesTest, WhatTookLongToWriteHasALongerLeaseTheNextTime) {
  config_.extra_addresses = numbered(1024);
  held_->install(1, config_, index_of("left"), 3s);
  (void)held_->work();
  ASSERT_TRUE(held_->has_work());
  std::this_thread::sleep_for(1700ms);
  (void)work();
  const TimePoint due = Clock::now() + 3s;
  held_->renew_due(1, config_, *links_->find("left"), 3s, due);
  (void)work();
  // The first of them, written when the writing had not taken any time yet.
  EXPECT_GT(valid_time("10.0.0.0"), 4);
  EXPECT_LE(valid_time("192.0.2.10"), 3);
}

/// Nobody renews it any more: its time is that of whoever is awaited.
TEST_F(HeldAddressesTest, WhatIsKeptForAnotherHasALastLease) {
  const auto give_to_a_backup = [this](const std::string& address) {
    config_.virtual_addresses.push_back({make_address(address), 32});
    held_->install(1, config_, index_of("left"), 3s);
    (void)work();
    config_.virtual_addresses.pop_back();
    next_ = {.id = 2, .interface_index = index_of("left"), .is_backup = true, .lease = 60s};
    held_->install(1, config_, index_of("left"), 3s);
    (void)work();
    EXPECT_GT(valid_time(address), 50);
  };
  give_to_a_backup("192.0.2.11");
  held_->let_go_of_moved(3);
  (void)work();
  EXPECT_GT(valid_time("192.0.2.11"), 50) << "that is somebody else";
  next_.reset();
  held_->let_go_of_moved(2);
  (void)work();
  EXPECT_EQ(valid_time("192.0.2.11"), 0);
  EXPECT_GT(valid_time("192.0.2.10"), 0);

  // But who gives up Mastership keeps nothing for a Backup: the next Master may have it.
  give_to_a_backup("192.0.2.12");
  held_->remove(1, config_, index_of("left"), [](const InterfaceAddress&) { return false; });
  (void)work();
  EXPECT_EQ(valid_time("192.0.2.10"), 0);
  EXPECT_EQ(valid_time("192.0.2.12"), 0);
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
