#include "vrrp/address_writer.h"

#include <algorithm>
#include <gtest/gtest.h>

#include "namespaces.h"

namespace evenkeel::vrrp {
namespace {

using namespace std::chrono_literals;
using boost::asio::ip::make_address;

const InterfaceAddress kV4{make_address("192.0.2.10"), 32};
const InterfaceAddress kV6{make_address("2001:db8::10"), 128};

class AddressWriterTest : public TwoHosts {
 protected:
  void SetUp() override {
    TwoHosts::SetUp();
    if (IsSkipped() || HasFatalFailure()) return;
    index_ = index_of("left");
    writer_ = new_writer();
  }
  static AddressWriter new_writer() {
    auto opened = AddressWriter::open();
    EXPECT_TRUE(opened);
    return std::move(opened.value());
  }
  /// As this writer sees it.
  std::optional<InstalledAddress> find(const InterfaceAddress& address) {
    const auto all = writer_->read();
    EXPECT_TRUE(all);
    for (const InstalledAddress& each : *all) {
      if (each.interface_index == index_ && each.address == address) return each;
    }
    return std::nullopt;
  }
  /// `ip addr` says so of `left`, in one line.
  void shows(const std::string& words) {
    run(Host::Left, "ip -o addr show dev left | grep -q '" + words +
                        "' || "
                        "{ ip -o addr show dev left; false; }");
  }

  int index_ = 0;
  std::optional<AddressWriter> writer_;
};

TEST_F(AddressWriterTest, InstallsWithoutALease) {
  EXPECT_EQ(writer_->install(index_, kV4, {}), std::error_code());
  EXPECT_EQ(writer_->install(index_, kV6, {}), std::error_code());
  EXPECT_EQ(find(kV4), (InstalledAddress{index_, kV4, true, false, false}));
  EXPECT_EQ(find(kV6), (InstalledAddress{index_, kV6, true, false, false}));
  shows(" 192.0.2.10/32 scope global.* left.*valid_lft forever preferred_lft forever");
  shows(" 2001:db8::10/128 scope global nodad deprecated .*valid_lft forever preferred_lft 0sec");
}

TEST_F(AddressWriterTest, InstallsWithALeaseInWholeSeconds) {
  EXPECT_EQ(writer_->install(index_, kV4, 2001ms), std::error_code());
  EXPECT_EQ(writer_->install(index_, kV6, 3000ms), std::error_code());
  shows(" 192.0.2.10/32 scope global dynamic.* left.*valid_lft [23]sec preferred_lft [23]sec");
  shows(
      " 2001:db8::10/128 scope global nodad deprecated dynamic .*valid_lft 3sec preferred_lft "
      "0sec");
}

TEST_F(AddressWriterTest, LeaseEndsUnlessRefreshed) {
  const InterfaceAddress kept_v4{make_address("192.0.2.11"), 32};
  const InterfaceAddress kept_v6{make_address("2001:db8::11"), 128};
  for (const auto& address : {kV4, kV6, kept_v4, kept_v6}) {
    EXPECT_EQ(writer_->install(index_, address, 1s), std::error_code());
  }
  for (const auto& address : {kept_v4, kept_v6}) {
    EXPECT_EQ(writer_->install(index_, address, 100s), std::error_code());
  }
  EXPECT_TRUE(wait_until([&] { return !find(kV4) && !find(kV6); }, 3s));
  EXPECT_TRUE(find(kept_v4));
  EXPECT_TRUE(find(kept_v6));
}

TEST_F(AddressWriterTest, LeaseGivenUpAndTakenAgain) {
  for (const auto& address : {kV4, kV6}) {
    EXPECT_EQ(writer_->install(index_, address, 10s), std::error_code());
    EXPECT_EQ(writer_->install(index_, address, {}), std::error_code());
  }
  shows(" 192.0.2.10/32 .*valid_lft forever preferred_lft forever");
  shows(" 2001:db8::10/128 .*valid_lft forever preferred_lft 0sec");
  for (const auto& address : {kV4, kV6}) {
    EXPECT_EQ(writer_->install(index_, address, 10s), std::error_code());
    EXPECT_TRUE(find(address)->is_ours);
  }
  shows(" 192.0.2.10/32 .*valid_lft \\(10\\|9\\)sec");
  shows(" 2001:db8::10/128 .*valid_lft \\(10\\|9\\)sec");
}

TEST_F(AddressWriterTest, RemovesItsOwnOnce) {
  for (const auto& address : {kV4, kV6}) {
    EXPECT_EQ(writer_->remove(index_, address), std::error_code()) << "never there";
    EXPECT_EQ(writer_->install(index_, address, {}), std::error_code());
    EXPECT_EQ(writer_->remove(index_, address), std::error_code());
    EXPECT_FALSE(find(address));
    EXPECT_EQ(writer_->remove(index_, address), std::error_code()) << "gone";
    EXPECT_EQ(writer_->install(index_, address, {}), std::error_code());
    run(Host::Left, "ip addr del " + to_string(address) + " dev left");
    EXPECT_EQ(writer_->remove(index_, address), std::error_code()) << "removed by another";
  }
}

TEST_F(AddressWriterTest, LeavesSomebodyElses) {
  run(Host::Left, "ip addr add 192.0.2.10/32 dev left");
  run(Host::Left, "ip addr add 2001:db8::10/128 dev left nodad");
  for (const auto& address : {kV4, kV6}) {
    EXPECT_EQ(writer_->install(index_, address, 3s), std::error_code());
    EXPECT_EQ(find(address), (InstalledAddress{index_, address, false, false, false}));
  }
  shows(" 192.0.2.10/32 .*valid_lft forever preferred_lft forever");
  shows(" 2001:db8::10/128 .*valid_lft forever preferred_lft forever");
  for (const auto& address : {kV4, kV6}) {
    EXPECT_EQ(writer_->remove(index_, address), std::error_code());
    EXPECT_TRUE(find(address));
  }
}

TEST_F(AddressWriterTest, LeavesSomebodyElsesWithAnotherPrefix) {
  run(Host::Left, "ip addr add 192.0.2.10/24 dev left");
  run(Host::Left, "ip addr add 2001:db8::10/64 dev left nodad");
  const InterfaceAddress theirs_v4{kV4.address, 24};
  const InterfaceAddress theirs_v6{kV6.address, 64};
  EXPECT_EQ(writer_->install(index_, kV4, 3s), std::error_code());
  EXPECT_TRUE(find(kV4)->is_ours) << "beside theirs";
  EXPECT_EQ(writer_->install(index_, kV6, 3s), std::error_code());
  EXPECT_FALSE(find(kV6)) << "an interface has an IPv6 address once";
  for (const auto& address : {kV4, kV6}) {
    EXPECT_EQ(writer_->remove(index_, address), std::error_code());
    EXPECT_FALSE(find(address));
  }
  EXPECT_FALSE(find(theirs_v4)->is_ours);
  EXPECT_FALSE(find(theirs_v6)->is_ours);
}

TEST_F(AddressWriterTest, ChangesItsOwnPrefix) {
  const InterfaceAddress wider{kV6.address, 64};
  EXPECT_EQ(writer_->install(index_, wider, 3s), std::error_code());
  EXPECT_EQ(writer_->install(index_, kV6, 3s), std::error_code());
  EXPECT_FALSE(find(wider));
  EXPECT_TRUE(find(kV6)->is_ours);
}

TEST_F(AddressWriterTest, KnowsWhatTheProcessBeforeInstalled) {
  for (const auto& address : {kV4, kV6}) {
    EXPECT_EQ(new_writer().install(index_, address, 100s), std::error_code());
    EXPECT_TRUE(find(address)->is_ours);
    EXPECT_EQ(writer_->install(index_, address, 10s), std::error_code());
  }
  shows(" 192.0.2.10/32 .*valid_lft \\(10\\|9\\)sec");
  shows(" 2001:db8::10/128 .*valid_lft \\(10\\|9\\)sec");
  for (const auto& address : {kV4, kV6}) {
    EXPECT_EQ(new_writer().remove(index_, address), std::error_code());
    EXPECT_FALSE(find(address));
  }
}

TEST_F(AddressWriterTest, ForgetsWhatWentByAnothersHand) {
  for (const auto& address : {kV4, kV6}) {
    EXPECT_EQ(writer_->install(index_, address, 3s), std::error_code());
    const std::string what = to_string(address) + " dev left";
    run(Host::Left, "ip addr del " + what);
    run(Host::Left, "ip addr add " + what);
    writer_->forget(index_, address);
    EXPECT_EQ(writer_->install(index_, address, 3s), std::error_code());
    EXPECT_EQ(writer_->remove(index_, address), std::error_code());
    EXPECT_FALSE(find(address)->is_ours);
  }
  shows(" 192.0.2.10/32 .*valid_lft forever");
  shows(" 2001:db8::10/128 .*valid_lft forever");
}

TEST_F(AddressWriterTest, InterfaceThatIsNotThere) {
  EXPECT_EQ(writer_->install(9999, kV4, 3s), std::errc::no_such_device);
  EXPECT_EQ(writer_->remove(9999, kV4), std::error_code());
  EXPECT_EQ(writer_->install(index_, kV4, 3s), std::error_code());
  run(Host::Left, "ip link delete left");
  EXPECT_EQ(writer_->install(index_, kV4, 3s), std::errc::no_such_device);
  EXPECT_EQ(writer_->remove(index_, kV4), std::error_code());
}

/// More than one datagram takes; what is refused keeps nobody else from its own answer.
TEST_F(AddressWriterTest, InstallsAndRemovesManyAtATime) {
  std::vector<InterfaceAddress> many;
  for (std::uint32_t i = 0; i < 300; ++i) {
    many.push_back({boost::asio::ip::address_v4(0x0A000000U + i), 32});
  }
  many[70].prefix_length = 33;
  many[299].prefix_length = 33;
  run(Host::Left, "ip addr add 10.0.0.5/32 dev left");  // somebody's own
  EXPECT_EQ(new_writer().install(index_, many[6], 100s), std::error_code());
  const auto check = [&](const std::vector<std::error_code>& errors) {
    ASSERT_EQ(errors.size(), many.size());
    for (std::size_t i = 0; i < many.size(); ++i) {
      if (many[i].prefix_length == 33) {
        EXPECT_EQ(errors[i], std::errc::invalid_argument) << i;
      } else {
        EXPECT_FALSE(errors[i]) << i;
      }
    }
  };
  check(writer_->install(index_, many, 10s));
  check(writer_->install(index_, many, 10s));
  EXPECT_FALSE(find(many[5])->is_ours);
  EXPECT_TRUE(find(many[298])->is_ours);
  shows(" 10.0.0.6/32 .*valid_lft \\(10\\|9\\)sec");
  for (const std::error_code& each : writer_->remove(index_, many)) EXPECT_FALSE(each);
  EXPECT_TRUE(find(many[5]));
  const auto left = writer_->read().value();
  EXPECT_TRUE(
      std::none_of(left.begin(), left.end(), [](const auto& each) { return each.is_ours; }));
}

TEST_F(AddressWriterTest, RefusedByTheKernel) {
  EXPECT_EQ(writer_->install(index_, {make_address("192.0.2.10"), 33}, 3s),
            std::errc::invalid_argument);
  EXPECT_EQ(writer_->install(index_, {make_address("ff02::1"), 128}, 3s),
            std::errc::address_not_available);
}

// Without IPv6, and with lo down, the kernel has marked no address, as one before 5.18.
TEST_F(AddressWriterTest, AdoptsWhereNothingIsMarked) {
  run(Host::Left, "echo 1 >/proc/sys/net/ipv6/conf/all/disable_ipv6");
  run(Host::Left, "ip addr add 192.0.2.10/32 dev left && ip addr add 192.0.2.11/32 dev left");
  writer_->adopt(index_, kV4);
  EXPECT_TRUE(find(kV4)->is_ours);
  EXPECT_EQ(writer_->install(index_, kV4, 10s), std::error_code());
  shows(" 192.0.2.10/32 .*valid_lft \\(10\\|9\\)sec");
  EXPECT_EQ(writer_->remove(index_, kV4), std::error_code());
  EXPECT_FALSE(find(kV4));
  const InterfaceAddress other{make_address("192.0.2.11"), 32};
  EXPECT_EQ(writer_->remove(index_, other), std::error_code());
  EXPECT_TRUE(find(other));
}

TEST_F(AddressWriterTest, AdoptsNothingWhereMarksAreKept) {
  run(Host::Left, "ip addr add 192.0.2.10/32 dev left");
  writer_->adopt(index_, kV4);
  EXPECT_EQ(writer_->remove(index_, kV4), std::error_code());
  EXPECT_TRUE(find(kV4));
}

}  // namespace
}  // namespace evenkeel::vrrp
