// The two threads of the vrrp process at work together, on a real kernel: engine and writer.
#include <net/if.h>

#include "two_nodes.h"
#include "unplugged.h"

namespace evenkeel::vrrp {
namespace {

using WriterTest = TwoNodes;

TEST_F(WriterTest, ALoneNodeHoldsItsAddressesAsLeases) {
  left_->writer().configure(config_of({instance("left", 150)}), true);
  ASSERT_TRUE(is_master_of("192.0.2.10"));
  EXPECT_EQ(left_->reason(), Reason::MasterDownTimerExpired);
  run(Host::Left, "ip -4 addr show dev left | grep -q '192.0.2.10/32 scope global dynamic'");
  // Refreshed: still there after more than the three seconds of the lease.
  const auto end = std::chrono::steady_clock::now() + 4500ms;
  EXPECT_FALSE(comes([&] { return !is_installed("192.0.2.10"); },
                     std::chrono::duration_cast<std::chrono::milliseconds>(
                         end - std::chrono::steady_clock::now())));
  EXPECT_EQ(left_->statuses["web"].counters.addresses_put_back, 0U);
}

TEST_F(WriterTest, AnAddressThatSomebodyRemovesIsPutBackUntilItIsAFight) {
  left_->writer().configure(config_of({instance("left", 150)}), true);
  ASSERT_TRUE(is_master_of("192.0.2.10"));
  for (std::uint64_t time = 1; time < StormGuard::kStorm; ++time) {
    run(Host::Left, "ip addr del 192.0.2.10/32 dev left");
    ASSERT_TRUE(comes([&] {
      return is_installed("192.0.2.10") &&
             left_->statuses["web"].counters.addresses_put_back == time;
    })) << time;
    comes([] { return false; }, 300ms);  // what comes at once counts as one mishap
  }
  run(Host::Left, "ip addr del 192.0.2.10/32 dev left");
  ASSERT_TRUE(comes([&] { return left_->state() == State::Initialize; }));
  EXPECT_EQ(left_->reason(), Reason::AddressesContested);
  EXPECT_FALSE(is_installed("192.0.2.10"));
}

TEST_F(WriterTest, TheHigherPriorityIsMasterAndHandsOverWhenItLeaves) {
  left_->writer().configure(config_of({instance("left", 150)}), true);
  on(Host::Right, [&] { right_->writer().configure(config_of({instance("right", 100)}), true); });
  ASSERT_TRUE(is_master_of("192.0.2.10"));
  ASSERT_TRUE(comes([&] { return right_->state() == State::Backup && !right_has("192.0.2.10"); }));
  left_->writer().leave();
  ASSERT_TRUE(comes([&] { return left_->has_left && right_->state() == State::Master; }));
  EXPECT_EQ(left_->reason(), Reason::Stopped);
  EXPECT_FALSE(is_installed("192.0.2.10"));
  EXPECT_TRUE(comes([&] { return right_has("192.0.2.10"); }));
  EXPECT_EQ(right_->reason(), Reason::MasterReleased);
}

TEST_F(WriterTest, AFailoverIsAnsweredForAndHeld) {
  left_->writer().configure(config_of({instance("left", 150)}), true);
  on(Host::Right, [&] { right_->writer().configure(config_of({instance("right", 100)}), true); });
  left_->writer().set_ready();
  ASSERT_TRUE(is_master_of("192.0.2.10"));
  EXPECT_EQ(left_->writer().failover({}).awaited, std::set<std::string>{"web"});
  ASSERT_TRUE(comes([&] { return left_->handed_over.has_value(); }));
  EXPECT_EQ(left_->handed_over, FailoverOutcome::HandedOver);
  EXPECT_EQ(left_->writer().failover({"web"}).known.at("web"), FailoverOutcome::NotMaster);
  EXPECT_EQ(left_->writer().failover({"no"}).known.at("no"), FailoverOutcome::Unknown);
  EXPECT_FALSE(comes([&] { return left_->state() == State::Master; }, 1s));
  left_->writer().resume({});
  EXPECT_TRUE(comes([&] { return left_->state() == State::Master; }));
}

TEST_F(WriterTest, AFailoverThatNobodyAnswersStaysMaster) {
  left_->writer().configure(config_of({instance("left", 150)}), true);
  ASSERT_TRUE(is_master_of("192.0.2.10"));
  (void)left_->writer().failover({"web"});
  ASSERT_TRUE(comes([&] { return left_->handed_over.has_value(); }));
  EXPECT_EQ(left_->handed_over, FailoverOutcome::NobodyAnswered);
  EXPECT_TRUE(is_installed("192.0.2.10"));
}

TEST_F(WriterTest, WhatWasLeftUnansweredIsResumedWithoutAGap) {
  left_->writer().configure(config_of({instance("left", 150)}), true);
  ASSERT_TRUE(is_master_of("192.0.2.10"));
  left_->writer().leave();
  ASSERT_TRUE(comes([&] { return left_->has_left; }));
  EXPECT_EQ(left_->reason(), Reason::LeftUnanswered);
  left_.reset();
  EXPECT_TRUE(is_installed("192.0.2.10"));
  left_ = std::make_unique<Node>(page_);
  left_->writer().configure(config_of({instance("left", 150)}), true);
  ASSERT_TRUE(comes([&] { return left_->state() == State::Master; }));
  EXPECT_EQ(left_->reason(), Reason::Resumed);
  EXPECT_TRUE(is_installed("192.0.2.10"));
}

TEST_F(WriterTest, AMasterThatDiedIsResumedAndHandedOverIfItMayNotStay) {
  InstanceConfig slow = instance("left", 150);
  slow.advertisement_interval = 5s;  // time enough for a busy machine
  slow.priority = kOwnerPriority;    // Master at once
  left_->writer().configure(config_of({slow}), true);
  ASSERT_TRUE(is_master_of("192.0.2.10"));
  left_ = nullptr;  // without a word
  left_ = std::make_unique<Node>(page_);
  left_->writer().configure(config_of({slow}), true);
  ASSERT_TRUE(comes([&] { return left_->state() == State::Master; }));
  EXPECT_EQ(left_->reason(), Reason::Resumed);
  left_ = nullptr;
  slow.priority = 150;
  left_ = std::make_unique<Node>(page_);
  left_->writer().configure(config_of({slow}), false);
  ASSERT_TRUE(comes([&] { return left_->statuses["web"].is_leaving; }));
  EXPECT_EQ(left_->state(), State::Master);
  EXPECT_EQ(left_->statuses["web"].counters.priority_zero_sent, 1U);
  EXPECT_TRUE(is_installed("192.0.2.10")) << "until a peer has it";
}

TEST_F(WriterTest, WhoIsTooLateToResumeKeepsWhatIsThereForALease) {
  InstanceConfig slow = instance("left", 150);
  slow.advertisement_interval = 5s;  // leaving takes as long: time enough for a busy machine
  slow.virtual_addresses.push_back(host_address("192.0.2.11"));  // which nobody has put there
  page_.page().write(
      page_.page().take_place(slow.key()).value(),
      {.state = PageState::Master, .last_advertisement = std::chrono::steady_clock::now() - 20s});
  const int index = static_cast<int>(::if_nametoindex("left"));
  ASSERT_FALSE(
      AddressWriter::open().value().install(index, host_address("192.0.2.10"), std::nullopt));
  left_ = std::make_unique<Node>(page_);
  Config config = config_of({slow});
  config.address_lease = false;
  left_->writer().configure(config, true);
  ASSERT_TRUE(comes([&] { return left_->reason() == Reason::TooLateToResume; }));
  EXPECT_TRUE(left_->statuses["web"].is_leaving);
  EXPECT_EQ(left_->statuses["web"].counters.priority_zero_sent, 1U);
  run(Host::Left, "ip -4 addr show dev left | grep -q '192.0.2.10/32 scope global dynamic'");
  EXPECT_FALSE(is_installed("192.0.2.11"));
}

TEST_F(WriterTest, AnInterfaceThatGoesAndComesIsJoinedAgain) {
  left_->writer().configure(config_of({instance("left", 150)}), true);
  ASSERT_TRUE(is_master_of("192.0.2.10"));
  run(Host::Left, "ip link del left");
  ASSERT_TRUE(comes([&] { return left_->reason() == Reason::InterfaceMissing; }));
  connect();
  EXPECT_TRUE(is_master_of("192.0.2.10"));
  run(Host::Left, "ip link set left down");
  ASSERT_TRUE(comes([&] { return left_->reason() == Reason::InterfaceDown; }));
  EXPECT_FALSE(is_installed("192.0.2.10"));
  run(Host::Left, "ip link set left up");
  EXPECT_TRUE(is_master_of("192.0.2.10"));
}

TEST_F(WriterTest, AReloadChangesAddressesInPlaceAndNumbersAsPlanned) {
  left_->writer().configure(config_of({instance("left", 150)}), true);
  ASSERT_TRUE(is_master_of("192.0.2.10"));
  InstanceConfig other = instance("left", 150);
  other.virtual_addresses = {host_address("192.0.2.11")};
  left_->writer().configure(config_of({other}), true);
  ASSERT_TRUE(comes([&] { return is_installed("192.0.2.11") && !is_installed("192.0.2.10"); }));
  EXPECT_EQ(left_->statuses["web"].counters.left_master, 0U);
  other.virtual_router_id = 62;  // another router: the one before leaves first
  left_->writer().configure(config_of({other}), true);
  ASSERT_TRUE(comes([&] { return left_->state() == State::Initialize; }));
  EXPECT_TRUE(is_master_of("192.0.2.11"));
  left_->writer().configure(config_of({}), true);
  EXPECT_TRUE(comes([&] { return !is_installed("192.0.2.11"); }));
}

TEST_F(WriterTest, AnotherVersionTakesUpTheAddressesAsTheyAre) {
  left_->writer().configure(config_of({instance("left", 150)}), true);
  ASSERT_TRUE(is_master_of("192.0.2.10"));
  InstanceConfig other = instance("left", 150);
  other.version = Version::V2;
  other.advertisement_interval = 1s;
  left_->writer().configure(config_of({other}), true);
  ASSERT_TRUE(comes([&] { return left_->reason() == Reason::LeftUnanswered; }));
  bool has_gone = false;
  EXPECT_TRUE(comes([&] {
    has_gone = has_gone || !is_installed("192.0.2.10");
    return left_->state() == State::Master;
  }));
  EXPECT_EQ(left_->reason(), Reason::Resumed);
  EXPECT_FALSE(has_gone);
}

TEST_F(WriterTest, AHoldOutlivesTheProcess) {
  left_->writer().configure(config_of({instance("left", 150)}), true);
  on(Host::Right, [&] { right_->writer().configure(config_of({instance("right", 100)}), true); });
  ASSERT_TRUE(is_master_of("192.0.2.10"));
  (void)left_->writer().failover({});
  ASSERT_TRUE(comes([&] { return left_->handed_over == FailoverOutcome::HandedOver; }));
  left_ = nullptr;
  left_ = std::make_unique<Node>(page_);
  left_->writer().configure(config_of({instance("left", 150)}), true);
  left_->writer().set_ready();
  ASSERT_TRUE(comes([&] { return left_->state() == State::Backup; }));
  EXPECT_FALSE(comes([&] { return left_->state() == State::Master; }, 1s));
  EXPECT_TRUE(left_->statuses["web"].is_held);
}

/// A process before us has left the hold behind.
TEST_F(WriterTest, AHoldOutlivesAMissingInterface) {
  InstanceConfig slow = instance("left", 150);
  slow.advertisement_interval = 5s;  // Backup for long enough
  const auto place = page_.page().take_place(slow.key());
  ASSERT_TRUE(place);
  page_.page().write(*place, {.is_held = true});
  run(Host::Left, "ip link del left");
  left_->writer().configure(config_of({slow}), true);
  ASSERT_TRUE(comes([&] { return left_->reason() == Reason::InterfaceMissing; }));
  connect();
  ASSERT_TRUE(comes([&] { return left_->state() == State::Backup; }));
  EXPECT_TRUE(left_->statuses["web"].is_held);
}

TEST_F(WriterTest, AHoldGoesOverToTheNextOfItsName) {
  InstanceConfig slow = instance("left", 150);
  slow.advertisement_interval = 5s;
  const auto place = page_.page().take_place(slow.key());
  ASSERT_TRUE(place);
  page_.page().write(*place, {.is_held = true});
  left_->writer().configure(config_of({slow}), true);
  ASSERT_TRUE(comes([&] { return left_->state() == State::Backup; }));
  slow.virtual_router_id = 62;
  left_->writer().configure(config_of({slow}), true);
  ASSERT_TRUE(comes([&] { return left_->state() == State::Initialize; }));
  ASSERT_TRUE(comes([&] { return left_->state() == State::Backup; }));
  EXPECT_TRUE(left_->statuses["web"].is_held);
}

TEST_F(WriterTest, AnInterfaceThatIsReplacedWhileNobodyLooksIsAnother) {
  left_->writer().configure(config_of({instance("left", 150)}), true);
  ASSERT_TRUE(is_master_of("192.0.2.10"));
  run(Host::Left, "ip link del left");
  connect();
  ASSERT_FALSE(is_installed("192.0.2.10"));
  EXPECT_TRUE(is_master_of("192.0.2.10"));
}

TEST_F(WriterTest, AnAddressTakenFromWhoLeavesIsGivenUpLikeAnyOther) {
  InstanceConfig second = instance("left", 150);
  second.name = "second";
  second.virtual_router_id = 62;
  second.virtual_addresses = {host_address("192.0.2.20")};
  left_->writer().configure(config_of({instance("left", 150), second}), true);
  ASSERT_TRUE(is_master_of("192.0.2.10"));
  ASSERT_TRUE(comes([&] { return is_installed("192.0.2.20"); }));
  InstanceConfig first = instance("left", 150);
  first.virtual_addresses = {host_address("192.0.2.20")};
  left_->writer().configure(config_of({first}), true);
  ASSERT_TRUE(comes([&] { return left_->statuses["second"].state == State::Initialize; }));
  ASSERT_TRUE(is_master_of("192.0.2.20"));
  run(Host::Left, "ip link set left down");
  EXPECT_TRUE(comes([&] { return !is_installed("192.0.2.20"); }));
}

TEST_F(WriterTest, OneOfTwoPeersThatCannotBeReachedTakesNothingAway) {
  run(Host::Left,
      "nft 'add table ip t; add chain ip t out { type filter hook output priority 0; }; "
      "add rule ip t out ip daddr 192.0.2.3 drop'");
  InstanceConfig config = instance("left", 150);
  config.unicast =
      Unicast{make_address("192.0.2.1"), {make_address("192.0.2.2"), make_address("192.0.2.3")}};
  left_->writer().configure(config_of({config}), true);
  ASSERT_TRUE(is_master_of("192.0.2.10"));
  EXPECT_TRUE(comes([&] { return left_->statuses["web"].counters.sends_refused > 3; }));
  EXPECT_EQ(left_->state(), State::Master);
  EXPECT_TRUE(is_installed("192.0.2.10"));
}

TEST_F(WriterTest, LeftoversOfNobodyGoFirst) {
  AddressWriter kernel = AddressWriter::open().value();
  ASSERT_FALSE(kernel.install(index_of("left"), host_address("192.0.2.99"), std::nullopt));
  left_->writer().configure(config_of({instance("left", 150)}), true);
  EXPECT_FALSE(is_installed("192.0.2.99"));
  EXPECT_EQ(left_->notes.front(), "removed 192.0.2.99/32, left by a process before us");
}

TEST_F(WriterTest, WhatAReloadHasAddedAndTheKernelRefusesIsTriedAgain) {
  left_->writer().configure(config_of({instance("left", 150)}), true);
  ASSERT_TRUE(is_master_of("192.0.2.10"));
  run(Host::Left, "sysctl -qw net.ipv6.conf.left.disable_ipv6=1");
  InstanceConfig more = instance("left", 150);
  more.extra_addresses = {host_address("2001:db8::77"), host_address("192.0.2.11")};
  left_->writer().configure(config_of({more}), true);
  ASSERT_TRUE(comes([&] { return left_->statuses["web"].kernel.has_refused_address; }));
  EXPECT_TRUE(is_installed("192.0.2.11"));
  // The leases of the others are renewed, and nothing moves.
  EXPECT_FALSE(comes([&] { return !is_installed("192.0.2.10"); }, 4s));
  EXPECT_EQ(left_->statuses["web"].counters.priority_zero_sent, 0U);
  const auto complaints =
      std::count_if(left_->notes.begin(), left_->notes.end(), [](const std::string& note) {
        return note.find("cannot add 2001:db8::77/128 to left") != std::string::npos;
      });
  EXPECT_EQ(complaints, 1);
  run(Host::Left, "sysctl -qw net.ipv6.conf.left.disable_ipv6=0");
  EXPECT_TRUE(comes([&] { return !left_->statuses["web"].kernel.has_refused_address; }));
  EXPECT_TRUE(is_installed("2001:db8::77"));
}

TEST_F(WriterTest, WhatTheKernelDoesNotRemoveIsRemovedLater) {
  const int kernel = first_route_socket();  // of the left node: its addresses are written there
  Config config = config_of({instance("left", 150)});
  config.address_lease = false;
  left_->writer().configure(config, true);
  ASSERT_TRUE(is_master_of("192.0.2.10"));
  {
    const Unplugged meanwhile(kernel);
    left_->writer().configure(config_of({}), true);
    ASSERT_TRUE(comes([&] { return notes_with("cannot remove 192.0.2.10/32") > 0; }));
  }
  EXPECT_TRUE(is_installed("192.0.2.10"));
  EXPECT_TRUE(comes([&] { return !is_installed("192.0.2.10"); }));
  EXPECT_EQ(notes_with("cannot remove"), 1U);
}

TEST_F(WriterTest, AnotherNameForASyncGroupOrAnInstanceMovesNothing) {
  Config grouped = config_of({instance("left", 150)});
  grouped.sync_groups = {{.name = "pair", .instances = {"web"}}};
  left_->writer().configure(grouped, true);
  ASSERT_TRUE(is_master_of("192.0.2.10"));
  grouped.sync_groups[0].name = "both";
  left_->writer().configure(grouped, true);
  EXPECT_FALSE(comes([&] { return left_->state() != State::Master; }, 1s));
  EXPECT_EQ(left_->statuses["web"].counters.priority_zero_sent, 0U);
  grouped.instances[0].name = "www";
  grouped.sync_groups[0].instances = {"www"};
  left_->writer().configure(grouped, true);
  ASSERT_TRUE(comes([&] { return left_->statuses["www"].state == State::Master; }));
  EXPECT_EQ(left_->statuses["www"].counters.priority_zero_sent, 0U);
  EXPECT_EQ(left_->statuses["www"].counters.left_master, 0U);
  EXPECT_EQ(left_->statuses["www"].reason, Reason::MasterDownTimerExpired);  // and not Resumed
}

TEST_F(WriterTest, AMasterWithoutARefusedAddressIsResumedAllTheSame) {
  run(Host::Left, "sysctl -qw net.ipv6.conf.left.disable_ipv6=1");
  InstanceConfig config = instance("left", 150);
  left_->writer().configure(config_of({config}), true);
  ASSERT_TRUE(is_master_of("192.0.2.10"));
  config.extra_addresses = {host_address("2001:db8::77")};
  left_->writer().configure(config_of({config}), true);
  ASSERT_TRUE(comes([&] { return left_->statuses["web"].kernel.has_refused_address; }));
  left_ = nullptr;  // without a word
  left_ = std::make_unique<Node>(page_);
  left_->writer().configure(config_of({config}), true);
  ASSERT_TRUE(comes([&] { return left_->statuses["web"].kernel.has_refused_address; }));
  EXPECT_EQ(left_->reason(), Reason::Resumed);
  EXPECT_FALSE(comes([&] { return !is_installed("192.0.2.10"); }, 1s));
}

TEST_F(WriterTest, AnInstanceInTroubleIsToldUnderItsNewName) {
  left_->writer().configure(config_of({instance("nowhere", 150)}), true);
  ASSERT_TRUE(comes([&] { return left_->reason() == Reason::InterfaceMissing; }));
  InstanceConfig renamed = instance("nowhere", 150);
  renamed.name = "www";
  left_->writer().configure(config_of({renamed}), true);
  EXPECT_TRUE(comes([&] { return left_->statuses["www"].reason == Reason::InterfaceMissing; }));
}

TEST_F(WriterTest, AnInterfaceOfTheSameIndexIsAnotherAllTheSame) {
  left_->writer().configure(config_of({instance("left", 150)}), true);
  ASSERT_TRUE(is_master_of("192.0.2.10"));
  run(Host::Left, "ip link del left");
  reconnect();  // and nobody has looked: the kernel has forgotten that we had joined the group
  run(Host::Left, "! ip maddress show dev left | grep -q 224.0.0.18");
  EXPECT_TRUE(is_master_of("192.0.2.10"));
  run(Host::Left, "ip maddress show dev left | grep -q 224.0.0.18");
}

TEST_F(WriterTest, AnAddressThatIsNotOursIsToldAndStays) {
  run(Host::Left, "ip address add 192.0.2.10/24 dev left");
  left_->writer().configure(config_of({instance("left", 100)}), true);
  on(Host::Right, [&] { right_->writer().configure(config_of({instance("right", 150)}), true); });
  ASSERT_TRUE(comes([&] { return right_->state() == State::Master; }));
  ASSERT_TRUE(comes([&] { return left_->statuses["web"].kernel.has_foreign_address; }));
  EXPECT_FALSE(right_->statuses["web"].kernel.has_foreign_address);
  const auto told = [&] {
    return std::count_if(left_->notes.begin(), left_->notes.end(), [](const std::string& note) {
      return note.find("192.0.2.10/24 is on left, and evenkeel has not put it there") !=
             std::string::npos;
    });
  };
  EXPECT_EQ(told(), 1);
  run(Host::Left, "ip address del 192.0.2.10/24 dev left");
  EXPECT_TRUE(comes([&] { return !left_->statuses["web"].kernel.has_foreign_address; }));
  // What we hold ourselves is not meant.
  right_.reset();
  ASSERT_TRUE(is_master_of("192.0.2.10"));
  EXPECT_FALSE(left_->statuses["web"].kernel.has_foreign_address);
  EXPECT_EQ(told(), 1);
}

TEST_F(WriterTest, AnEchoComesFromTheEngine) {
  left_->writer().ping(77);
  EXPECT_TRUE(comes([&] { return left_->echoed == 77; }));
}

TEST_F(WriterTest, ProblemsAreSaidOfWhatIsNotInForce) {
  left_->writer().configure(config_of({instance("nowhere", 150)}), true);
  const std::vector<std::string> missing = {"instance web: interface is missing"};
  EXPECT_EQ(left_->writer().problems(), missing);
  left_->writer().configure(config_of({instance("left", 150)}), true);
  EXPECT_TRUE(comes([&] { return left_->writer().problems().empty(); }));
}

// The instance on the old interface has not left yet: the new one waits for that.
TEST_F(WriterTest, AMoveToAnInterfaceThatIsMissingIsAProblemAtOnce) {
  left_->writer().configure(config_of({instance("left", 150)}), true);
  ASSERT_TRUE(comes([&] { return left_->state() == State::Master; }));
  left_->writer().configure(config_of({instance("nowhere", 150)}), true);
  EXPECT_EQ(left_->writer().problems(),
            std::vector<std::string>{"instance web: interface is missing"});
}

TEST_F(WriterTest, AnInterfaceByItsAlternativeName) {
  const std::string name(127, 'n');
  run(Host::Left, "ip link property add dev left altname " + name);
  left_->writer().configure(config_of({instance(name, 150)}), true);
  ASSERT_TRUE(comes([&] { return left_->state() == State::Master; }));
  EXPECT_TRUE(is_master_of("192.0.2.10"));
  EXPECT_EQ(left_->statuses["web"].kernel.interface_name, "left");
  run(Host::Left, "ip link property del dev left altname " + name);
  EXPECT_TRUE(comes([&] { return left_->reason() == Reason::InterfaceMissing; }));
}

}  // namespace
}  // namespace evenkeel::vrrp
