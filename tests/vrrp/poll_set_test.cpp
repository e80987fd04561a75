#include "vrrp/poll_set.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <memory>
#include <sys/eventfd.h>
#include <vector>

namespace evenkeel::vrrp {
namespace {

using namespace std::chrono_literals;

struct Event {
  UniqueFd fd{::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)};
  void raise() const {
    const std::uint64_t one = 1;
    ASSERT_EQ(::write(fd.get(), &one, sizeof one), static_cast<ssize_t>(sizeof one));
  }
};

TEST(PollSet, TellsWhichIsReadable) {
  PollSet set;
  Event first;
  Event second;
  set.add(first.fd.get(), &first);
  set.add(second.fd.get(), &second);
  EXPECT_TRUE(set.wait(0s).empty());
  second.raise();
  auto found = set.wait(1s);
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0], &second);
  first.raise();
  EXPECT_EQ(set.wait(1s).size(), 2U) << "until it is read";
  set.remove(second.fd.get());
  found = set.wait(1s);
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0], &first);
}

TEST(PollSet, WaitsForTheTimeThatItIsGiven) {
  PollSet set;
  const auto began = std::chrono::steady_clock::now();
  EXPECT_TRUE(set.wait(3ms).empty());
  EXPECT_GE(std::chrono::steady_clock::now() - began, 3ms);
  EXPECT_TRUE(set.wait(-1s).empty());
}

TEST(PollSet, SaysWhatTheKernelRefuses) {
  PollSet set;
  EXPECT_FALSE(set.error());
  const UniqueFd file(::open("/proc/self/exe", O_RDONLY | O_CLOEXEC));  // nobody waits for a file
  set.add(file.get(), &set);
  EXPECT_EQ(set.error(), std::errc::operation_not_permitted);
  set.add(-1, &set);
  EXPECT_EQ(set.error(), std::errc::operation_not_permitted) << "the first one is kept";
}

TEST(PollSet, WhatIsLeftOutIsToldTheNextTime) {
  PollSet set;
  std::vector<std::unique_ptr<Event>> events;
  for (int i = 0; i < 300; ++i) {
    events.push_back(std::make_unique<Event>());
    set.add(events.back()->fd.get(), events.back().get());
    events.back()->raise();
  }
  std::size_t told = 0;
  for (int turn = 0; turn < 2; ++turn) {
    for (void* tag : set.wait(0s)) {
      set.remove(static_cast<Event*>(tag)->fd.get());
      ++told;
    }
  }
  EXPECT_EQ(told, 300U);
}

}  // namespace
}  // namespace evenkeel::vrrp
