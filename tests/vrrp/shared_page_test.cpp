#include "vrrp/shared_page.h"

#include <cstring>
#include <gtest/gtest.h>
#include <memory>

namespace evenkeel::vrrp {
namespace {

using namespace std::chrono_literals;

class SharedPageTest : public testing::Test {
 protected:
  std::span<std::byte, SharedPage::kSize> memory() {
    return std::span<std::byte, SharedPage::kSize>(reinterpret_cast<std::byte*>(words_.get()),
                                                   SharedPage::kSize);
  }
  /// The first octet of an entry's sequence number (shared_page.cpp).
  std::byte& sequence(std::size_t place) { return memory()[64 + place * 64]; }

  std::unique_ptr<std::uint64_t[]> words_ =
      std::make_unique<std::uint64_t[]>(SharedPage::kSize / 8);
  const RouterKey web_{"eth0", Family::IPv4, 61};
};

TEST_F(SharedPageTest, WhatOneProcessWritesTheNextOneFinds) {
  const PageRecord record{
      .state = PageState::Master, .is_held = true, .last_advertisement = TimePoint(1234567ns)};
  {
    SharedPage page(memory());
    page.write(page.take_place(web_).value(), record);
  }
  SharedPage next(memory());
  EXPECT_EQ(next.find(web_), record);
}

TEST_F(SharedPageTest, ANewPlaceIsNotMaster) {
  SharedPage page(memory());
  EXPECT_EQ(page.find(web_), std::nullopt);
  ASSERT_TRUE(page.take_place(web_));
  EXPECT_EQ(page.find(web_), (PageRecord{.state = PageState::NotMaster, .last_advertisement = {}}));
}

TEST_F(SharedPageTest, InterfaceFamilyAndIdTellRoutersApart) {
  SharedPage page(memory());
  const auto first = page.take_place(web_).value();
  for (const RouterKey& other :
       {RouterKey{"eth1", Family::IPv4, 61}, RouterKey{"eth0", Family::IPv6, 61},
        RouterKey{"eth0", Family::IPv4, 62}, RouterKey{"eth00", Family::IPv4, 61},
        RouterKey{"a-name-of-15-oct", Family::IPv4, 61},
        RouterKey{std::string(126, 'n') + "1", Family::IPv4, 61},
        RouterKey{std::string(126, 'n') + "2", Family::IPv4, 61}}) {
    EXPECT_EQ(page.find(other), std::nullopt) << other.interface;
    EXPECT_NE(page.take_place(other).value(), first) << other.interface;
  }
  EXPECT_EQ(page.take_place(web_), first);
}

TEST_F(SharedPageTest, AnEntryWhoseWriterDiedInTheMiddleIsUnknown) {
  SharedPage page(memory());
  const std::size_t place = page.take_place(web_).value();
  page.write(place, {.state = PageState::Master, .last_advertisement = TimePoint(1s)});
  sequence(place) |= std::byte{1};
  EXPECT_EQ(page.find(web_), std::nullopt);
  // The next process takes the place over, and what it writes counts.
  ASSERT_EQ(page.take_place(web_), place);
  page.write(place, {.state = PageState::LeftUnanswered, .last_advertisement = TimePoint(2s)});
  EXPECT_EQ(page.find(web_)->state, PageState::LeftUnanswered);
}

TEST_F(SharedPageTest, AForgottenPlaceIsGivenAgain) {
  SharedPage page(memory());
  const std::size_t place = page.take_place(web_).value();
  page.write(place, {.state = PageState::Master, .last_advertisement = TimePoint(1s)});
  page.forget(web_);
  EXPECT_EQ(page.find(web_), std::nullopt);
  EXPECT_EQ(page.take_place({"eth1", Family::IPv6, 1}), place);
  EXPECT_EQ(page.find({"eth1", Family::IPv6, 1})->state, PageState::NotMaster);
}

TEST_F(SharedPageTest, AFullPageSaysSo) {
  SharedPage page(memory());
  for (std::size_t i = 0; i < SharedPage::kMaxRouters; ++i) {
    ASSERT_TRUE(page.take_place({"eth" + std::to_string(i), Family::IPv4, 1}));
  }
  EXPECT_EQ(page.take_place(web_), std::nullopt);
}

TEST_F(SharedPageTest, AForeignPageIsCleared) {
  std::memset(memory().data(), 0xA5, SharedPage::kSize);
  SharedPage page(memory());
  EXPECT_EQ(page.find(web_), std::nullopt);
  EXPECT_EQ(page.take_place(web_), 0U);
}

TEST_F(SharedPageTest, APageOfAnotherBootIsCleared) {
  const RouterKey key{"eth0", Family::IPv4, 61};
  const std::string boot = "0f0b5ad3-5c1b-4a8e-93a8-6f1f0e0f4d11";
  const PageRecord record{.state = PageState::Master, .last_advertisement = TimePoint(5s)};
  {
    SharedPage page(memory());  // of a version that wrote no boot
    page.write(page.take_place(key).value(), record);
  }
  EXPECT_EQ(SharedPage(memory(), boot).find(key), record);
  EXPECT_EQ(SharedPage(memory(), boot).find(key), record);
  EXPECT_EQ(SharedPage(memory()).find(key), record);  // who does not know it leaves it as it is
  const std::string other = "1f0b5ad3-5c1b-4a8e-93a8-6f1f0e0f4d11";
  EXPECT_EQ(SharedPage(memory(), other).find(key), std::nullopt);
  EXPECT_EQ(SharedPage(memory(), boot).find(key), std::nullopt);
}

TEST_F(SharedPageTest, AStateThatIsNoneIsUnknown) {
  SharedPage page(memory());
  const std::size_t place = page.take_place(web_).value();
  memory()[64 + place * 64 + 4] = std::byte{9};
  EXPECT_EQ(page.find(web_), std::nullopt);
}

}  // namespace
}  // namespace evenkeel::vrrp
