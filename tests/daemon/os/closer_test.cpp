#include "daemon/os/closer.h"

#include <chrono>
#include <csignal>
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/socket.h>
#include <thread>
#include <unistd.h>

#include "daemon/os/descriptor_limit.h"
#include "daemon/os/passed_descriptors.h"
#include "tests/daemon/process/lingering_socket.h"
#include "tests/daemon/process/passing.h"

namespace evenkeel::daemon {
namespace {

using namespace std::chrono_literals;

template <typename Condition>
bool eventually(Condition condition) {
  for (int i = 0; i < 2000; ++i) {
    if (condition()) return true;
    std::this_thread::sleep_for(10ms);
  }
  return false;
}

struct Pipe {
  Pipe() {
    std::array<int, 2> ends{};
    if (::pipe(ends.data()) != 0) std::abort();
    read.reset(ends[0]);
    write.reset(ends[1]);
  }
  /// Nobody can write any more.
  [[nodiscard]] bool has_ended() const {
    pollfd wanted{.fd = read.get(), .events = POLLIN, .revents = 0};
    return ::poll(&wanted, 1, 0) == 1 && (wanted.revents & POLLHUP) != 0;
  }
  UniqueFd read;
  UniqueFd write;
};

TEST(Closer, ClosesWhatItTakes) {
  Closer closer;
  std::vector<Pipe> pipes(300);
  for (Pipe& each : pipes) closer.take(std::move(each.write));
  for (const Pipe& each : pipes) EXPECT_TRUE(eventually([&] { return each.has_ended(); }));
  EXPECT_TRUE(eventually([&] { return closer.waiting() == 0; }));
  closer.take(UniqueFd());
  EXPECT_EQ(closer.waiting(), 0U);
}

TEST(Closer, NobodyWaitsForASocketThatLingers) {
  Closer closer;
  std::vector<LingeringSocket> lingering(20);
  std::vector<UniqueFd> all;
  for (LingeringSocket& each : lingering) {
    ASSERT_TRUE(each.is_made());
    all.push_back(each.take());
  }
  const auto start = std::chrono::steady_clock::now();
  closer.take(std::move(all));
  Pipe behind;
  closer.take(std::move(behind.write));
  EXPECT_LT(std::chrono::steady_clock::now() - start, 10s) << "an hour for each otherwise";
  EXPECT_TRUE(eventually([&] { return behind.has_ended(); }));
  EXPECT_TRUE(eventually([&] { return closer.waiting() == 0; }));
}

TEST(Closer, NorForOneInTheQueueOfASocket) {
  std::array<int, 2> ends{};
  ASSERT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()), 0);
  UniqueFd ours(ends[0]);
  UniqueFd theirs(ends[1]);
  std::vector<LingeringSocket> lingering(5);
  for (LingeringSocket& each : lingering) {
    ASSERT_TRUE(pass(theirs.get(), "x", each.get()));
    each.let_go();
  }
  theirs.reset();
  Closer closer;
  closer.take(std::move(ours));
  EXPECT_TRUE(eventually([&] { return closer.waiting() == 0; }));
}

TEST(Closer, ThousandsThatLingerAreSoonClosed) {
  raise_descriptor_limit();
  Closer closer;
  std::vector<LingeringSocket> lingering(3 * Closer::kMany);
  for (LingeringSocket& each : lingering) {
    ASSERT_TRUE(each.is_made());
    closer.take(each.take());
  }
  EXPECT_TRUE(eventually([&] { return !closer.has_many(); })) << "20 ms for each otherwise";
}

TEST(Closer, MayGoBeforeItsWorkIsDone) {
  LingeringSocket lingering;
  Pipe behind;
  {
    Closer closer;
    closer.take(lingering.take());
    closer.take(std::move(behind.write));
  }
  EXPECT_TRUE(eventually([&] { return behind.has_ended(); }));
}

TEST(PassedDescriptors, ComeAllOfThem) {
  std::array<int, 2> ends{};
  ASSERT_EQ(::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends.data()), 0);
  const UniqueFd ours(ends[0]);
  const UniqueFd theirs(ends[1]);
  const std::vector<int> all(kMaxPassedDescriptors, STDIN_FILENO);
  ASSERT_TRUE(pass(theirs.get(), "x", all));
  std::array<std::byte, 16> buffer{};
  const ReceivedOctets received = receive_octets(ours.get(), buffer);
  EXPECT_EQ(received.count, 1);
  EXPECT_EQ(received.descriptors.size(), kMaxPassedDescriptors);
  EXPECT_FALSE(received.is_truncated);
  EXPECT_EQ(receive_octets(ours.get(), buffer).error, EAGAIN);
}

}  // namespace
}  // namespace evenkeel::daemon
