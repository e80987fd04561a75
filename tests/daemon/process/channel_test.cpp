#include "daemon/process/channel.h"

#include <boost/asio/io_context.hpp>
#include <cerrno>
#include <chrono>
#include <fcntl.h>
#include <filesystem>
#include <gtest/gtest.h>
#include <optional>
#include <sys/socket.h>
#include <thread>
#include <unistd.h>

#include "daemon/os/closer.h"
#include "daemon/process/sealed_file.h"
#include "tests/daemon/process/lingering_socket.h"
#include "tests/daemon/process/passing.h"

namespace evenkeel::daemon {
namespace {

using namespace std::chrono_literals;

std::size_t open_descriptors() {
  const std::filesystem::directory_iterator files("/proc/self/fd");
  return static_cast<std::size_t>(std::distance(begin(files), end(files)));
}

CheckReport big_report(Generation generation) {
  CheckReport report{.generation = generation, .first_round_done = false, .outcomes = {}};
  report.outcomes.assign(kMaxOutcomes, {.id = 1, .detail = std::string(checks::kMaxDetail, 'x')});
  return report;
}

/// One end with a record of what it heard.
struct Side {
  Side(boost::asio::io_context& loop, UniqueFd end)
      : channel(std::make_unique<Channel>(loop, std::move(end))) {}

  void start() {
    channel->start({.on_message =
                        [this](Message message, std::vector<UniqueFd> files) {
                          messages.push_back(std::move(message));
                          for (auto& file : files) received_files.push_back(std::move(file));
                        },
                    .on_gone = [this] { ++gone; },
                    .on_writable = [this] { ++writable; }});
  }

  std::unique_ptr<Channel> channel;
  std::vector<Message> messages;
  std::vector<UniqueFd> received_files;
  int gone = 0;
  int writable = 0;
};

class ChannelTest : public testing::Test {
 protected:
  ChannelTest() {
    auto ends = channel_ends();
    here.emplace(loop, std::move(ends->first));
    raw = ends->second.get();
    there.emplace(loop, std::move(ends->second));
    here->start();
  }

  void run(std::chrono::milliseconds time = 20ms) {
    loop.restart();
    loop.run_for(time);
  }

  template <typename Condition>
  bool run_until(Condition condition) {
    for (int i = 0; i < 1000 && !condition(); ++i) run(10ms);
    return condition();
  }

  boost::asio::io_context loop;
  std::optional<Side> here, there;
  int raw = -1;  ///< there's descriptor, to misbehave with
};

TEST_F(ChannelTest, MessagesArriveInOrder) {
  there->start();
  EXPECT_TRUE(here->channel->send(Ping{.sequence = 1}));
  EXPECT_TRUE(here->channel->send(Ping{.sequence = 2}));
  EXPECT_TRUE(there->channel->send(Pong{.sequence = 1}));
  EXPECT_TRUE(there->channel->send(LogRecord{.text = "hello"}));
  run();
  EXPECT_EQ(there->messages, (std::vector<Message>{Ping{.sequence = 1}, Ping{.sequence = 2}}));
  EXPECT_EQ(here->messages,
            (std::vector<Message>{Pong{.sequence = 1}, LogRecord{.text = "hello"}}));
}

TEST_F(ChannelTest, ADescriptorTravelsWithItsMessage) {
  there->start();
  const std::vector<std::byte> contents(1000, std::byte{42});
  {
    const auto file = seal("test", contents);
    ASSERT_TRUE(file.has_value());
    EXPECT_TRUE(here->channel->send(Configure{.generation = 5}, {file->get()}));
  }
  run();
  ASSERT_EQ(there->received_files.size(), 1U);
  const int received = there->received_files[0].get();
  EXPECT_EQ(read_sealed(received, 1000).value(), contents);
  EXPECT_NE(::fcntl(received, F_GETFD) & FD_CLOEXEC, 0);
}

TEST_F(ChannelTest, DescriptorsThatNobodyTakesAreClosed) {
  there->channel->start(
      {.on_message = [](const Message&, const auto&) {}, .on_gone = {}, .on_writable = {}});
  run();
  const std::size_t before = open_descriptors();
  for (int i = 0; i < 10; ++i) here->channel->send(Configure{}, {STDIN_FILENO});
  run();
  EXPECT_EQ(open_descriptors(), before);
}

TEST_F(ChannelTest, FromAChildNoDescriptorIsTaken) {
  auto ends = channel_ends();
  auto closer = std::make_shared<Closer>();
  const UniqueFd child = std::move(ends->second);
  std::vector<Message> heard;
  std::size_t files_heard = 0;
  auto parent = std::make_unique<Channel>(loop, std::move(ends->first), closer);
  parent->start({.on_message =
                     [&](const Message& message, const std::vector<UniqueFd>& files) {
                       heard.push_back(message);
                       files_heard += files.size();
                     },
                 .on_gone = {},
                 .on_writable = {}});
  const auto told = [&](const Message& message, int file) {
    const auto datagram = encode(message);
    return pass(child.get(), {reinterpret_cast<const char*>(datagram.data()), datagram.size()},
                file);
  };
  LingeringSocket first;
  LingeringSocket unread;
  ASSERT_TRUE(told(Pong{.sequence = 1}, first.get()));
  ASSERT_TRUE(pass(child.get(), "nonsense", first.get()));
  first.let_go();
  const auto pong = encode(Pong{.sequence = 2});
  ASSERT_GT(::send(child.get(), pong.data(), pong.size(), 0), 0);
  run();
  EXPECT_EQ(heard, (std::vector<Message>{Pong{.sequence = 2}}));
  EXPECT_EQ(files_heard, 0U);
  EXPECT_EQ(parent->counters().malformed, 2U);

  // Nor does what is still in the queue hold up whoever closes the channel.
  ASSERT_TRUE(told(Pong{.sequence = 3}, unread.get()));
  unread.let_go();
  parent.reset();
  std::array<char, 1> octet{};
  const ssize_t count = ::recv(child.get(), octet.data(), octet.size(), 0);
  EXPECT_TRUE(count == 0 || (count < 0 && errno == ECONNRESET)) << "the child knows at once";
  while (closer->waiting() > 0) std::this_thread::yield();
}

TEST_F(ChannelTest, MalformedDatagramsAreCountedAndSkipped) {
  const std::size_t before = open_descriptors();
  ASSERT_EQ(::send(raw, "\xff?", 2, 0), 2);
  const std::vector<char> too_long(kMaxDatagram + 1);
  ASSERT_GT(::send(raw, too_long.data(), too_long.size(), 0), 0);

  // More descriptors than are ever sent: not even the message is believed.
  const auto ping = encode(Ping{.sequence = 1});
  constexpr std::size_t kFiles = Channel::kMaxDescriptors + 8;
  const std::vector<int> files(kFiles, STDIN_FILENO);
  ASSERT_TRUE(pass(raw, {reinterpret_cast<const char*>(ping.data()), ping.size()}, files));

  there->channel->send(Pong{.sequence = 9});
  run();
  EXPECT_EQ(here->channel->counters().malformed, 3U);
  EXPECT_EQ(here->messages, (std::vector<Message>{Pong{.sequence = 9}}));
  EXPECT_EQ(open_descriptors(), before);
}

TEST_F(ChannelTest, ReportsAreRefusedWhenFullAndTheSenderIsToldOfRoom) {
  // `there` does not read yet.
  Generation accepted = 0;
  while (accepted < 1000 && here->channel->send(big_report(accepted))) ++accepted;
  ASSERT_GT(accepted, 0U);
  ASSERT_LT(accepted, 1000U);
  run();
  EXPECT_EQ(here->writable, 0);

  there->start();
  EXPECT_TRUE(run_until([&] { return here->writable == 1; }));
  EXPECT_TRUE(here->channel->send(big_report(accepted)));
  ASSERT_TRUE(run_until([&] { return there->messages.size() == accepted + 1; }));
  EXPECT_EQ(here->writable, 1);
  for (Generation i = 0; i <= accepted; ++i) {
    EXPECT_EQ(std::get<CheckReport>(there->messages[i]).generation, i);
  }
}

TEST_F(ChannelTest, TheLatestOfAKindWaitsAndNothingOvertakesIt) {
  while (here->channel->send(big_report(0))) {
  }
  // Smaller ones may still fit; fill up with them.
  while (here->channel->send(LogRecord{.text = std::string(kMaxText, 'x')})) {
  }
  while (here->channel->send(LogRecord{.text = "y"})) {
  }
  EXPECT_EQ(here->channel->counters().log_records_dropped, 2U);

  const std::size_t before = open_descriptors();
  for (Generation i = 1; i <= 5; ++i) {
    EXPECT_TRUE(here->channel->send(Configure{.generation = i}, {STDIN_FILENO}));
  }
  EXPECT_TRUE(here->channel->send(Pong{.sequence = 8}));
  EXPECT_EQ(open_descriptors(), before + 1);  // the latest one's, kept for it
  EXPECT_FALSE(here->channel->send(CheckReport{}));

  there->start();
  EXPECT_TRUE(run_until([&] { return here->writable == 1; }));
  EXPECT_TRUE(here->channel->send(LogRecord{.text = "z"}));
  EXPECT_TRUE(run_until([&] {
    return std::holds_alternative<LogRecord>(there->messages.back()) &&
           std::get<LogRecord>(there->messages.back()).text == "z";
  }));
  const std::vector<Message> last(there->messages.end() - 3, there->messages.end());
  EXPECT_EQ(last, (std::vector<Message>{Configure{.generation = 5}, Pong{.sequence = 8},
                                        LogRecord{.dropped = 2, .text = "z"}}));
  EXPECT_EQ(there->received_files.size(), 1U);
  EXPECT_EQ(here->writable, 1);
}

TEST_F(ChannelTest, EachRunThatIsToBeginOrEndWaits) {
  while (here->channel->send(big_report(0))) {
  }
  while (here->channel->send(LogRecord{.text = "y"})) {
  }
  const std::vector<Message> all = {RunRequest{.run = 1}, RunRequest{.run = 2}, EndRun{.run = 1},
                                    EndRun{.run = 2}};
  for (const Message& each : all) EXPECT_TRUE(here->channel->send(each));
  there->start();
  EXPECT_TRUE(
      run_until([&] { return !there->messages.empty() && there->messages.back() == all.back(); }));
  EXPECT_EQ(std::vector<Message>(there->messages.end() - 4, there->messages.end()), all);
}

/// All of them may become Master within a moment, and main have no CPU until then.
TEST_F(ChannelTest, TwoLogRecordsOfEachOf1024InstancesHaveRoom) {
  const int probe = ::socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
  const int size = 4 * 1024 * 1024;
  const bool is_privileged =
      ::setsockopt(probe, SOL_SOCKET, SO_SNDBUFFORCE, &size, sizeof size) == 0;
  ::close(probe);
  if (!is_privileged) GTEST_SKIP() << "NOT TESTED: it takes CAP_NET_ADMIN";
  for (int i = 0; i < 2048; ++i) {
    EXPECT_TRUE(here->channel->send(LogRecord{.text = std::string(120, 'x')}));
  }
  EXPECT_EQ(here->channel->counters().log_records_dropped, 0U);
}

TEST_F(ChannelTest, LastWordsAreHeardBeforeTheEnd) {
  EXPECT_TRUE(there->channel->send(big_report(1)));
  EXPECT_TRUE(there->channel->send(big_report(2)));
  there.reset();
  run();
  EXPECT_EQ(here->messages.size(), 2U);
  EXPECT_EQ(here->gone, 1);
  EXPECT_FALSE(here->channel->send(Ping{.sequence = 1}));
}

// ECONNRESET comes before the data and the end-of-file.
TEST_F(ChannelTest, APeerThatDiedWithUnreadDataIsGoneAfterItsLastWords) {
  EXPECT_TRUE(here->channel->send(Ping{.sequence = 1}));
  EXPECT_TRUE(there->channel->send(big_report(1)));
  there.reset();
  run();
  EXPECT_EQ(here->messages.size(), 1U);
  EXPECT_EQ(here->gone, 1);
}

TEST_F(ChannelTest, ASendFindsOutFirst) {
  EXPECT_TRUE(there->channel->send(big_report(1)));
  there.reset();
  EXPECT_FALSE(here->channel->send(Ping{.sequence = 1}));
  run();
  EXPECT_EQ(here->messages.size(), 1U);
  EXPECT_EQ(here->gone, 1);
}

TEST_F(ChannelTest, FinishEndsOneDirectionOnly) {
  there->start();
  here->channel->finish();
  run();
  EXPECT_EQ(there->gone, 1);
  EXPECT_EQ(here->gone, 0);
  there->channel->send(Pong{.sequence = 3});
  there.reset();
  run();
  EXPECT_EQ(here->messages.size(), 1U);
  EXPECT_EQ(here->gone, 1);
}

TEST_F(ChannelTest, AHandlerMayDestroyTheChannel) {
  auto ends = channel_ends();
  Channel sender(loop, std::move(ends->first));
  auto receiver = std::make_unique<Channel>(loop, std::move(ends->second));
  int heard = 0;
  receiver->start({.on_message =
                       [&](const Message&, const auto&) {
                         ++heard;
                         receiver.reset();
                       },
                   .on_gone = [&] { ADD_FAILURE() << "called after its death"; },
                   .on_writable = {}});
  sender.send(Ping{.sequence = 1});
  sender.send(Ping{.sequence = 2});
  run();
  EXPECT_EQ(heard, 1);
}

}  // namespace
}  // namespace evenkeel::daemon
