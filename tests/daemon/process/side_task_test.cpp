#include "daemon/process/side_task.h"

#include <boost/asio/io_context.hpp>
#include <future>
#include <gtest/gtest.h>
#include <optional>
#include <thread>

#include "tests/daemon/run_until.h"

namespace evenkeel::daemon {
namespace {

TEST(SideTasks, TheLoopGoesOnMeanwhile) {
  boost::asio::io_context loop;
  SideTasks tasks(loop);
  const auto may_end = std::make_shared<std::promise<void>>();
  const auto loops_thread = std::this_thread::get_id();
  int result = 0;
  tasks.run([=, &result] {
    EXPECT_NE(std::this_thread::get_id(), loops_thread);
    may_end->get_future().wait();
    return [=, &result] {
      EXPECT_EQ(std::this_thread::get_id(), loops_thread);
      result = 42;
    };
  });
  for (int i = 0; i < 3; ++i) {
    loop.restart();
    loop.run_for(std::chrono::milliseconds(1));
  }
  EXPECT_EQ(result, 0);
  may_end->set_value();
  EXPECT_TRUE(run_until(loop, [&] { return result == 42; }));
}

TEST(SideTasks, NobodyWaitsForOneWhoseOwnerHasGone) {
  boost::asio::io_context loop;
  std::optional<SideTasks> tasks(loop);
  const auto may_end = std::make_shared<std::promise<void>>();
  const auto has_ended = std::make_shared<std::promise<void>>();
  tasks->run([=] {
    may_end->get_future().wait();
    return [=] { FAIL() << "its owner has gone"; };
  });
  tasks->run([=] {
    has_ended->set_value();
    return [] { FAIL() << "its owner has gone"; };
  });
  has_ended->get_future().wait();
  tasks.reset();  // what has been posted is not called either
  may_end->set_value();
  loop.run_for(std::chrono::milliseconds(20));
}

}  // namespace
}  // namespace evenkeel::daemon
