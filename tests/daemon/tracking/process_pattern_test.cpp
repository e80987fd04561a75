#include "daemon/tracking/process_pattern.h"

#include <gtest/gtest.h>

namespace evenkeel::daemon {
namespace {

constexpr std::string_view kStatus =
    "Name:\tnginx\nUmask:\t0022\nState:\tS (sleeping)\nTgid:\t7\nPPid:\t1\n"
    "Uid:\t0\t33\t0\t0\nGid:\t0\t0\t0\t0\n";

TEST(ProcessState, HasTheEffectiveUser) {
  EXPECT_EQ(parse_process_state(kStatus), (ProcessState{.is_dead = false, .uid = 33}));
  EXPECT_EQ(parse_process_state("State:\tZ (zombie)\nUid:\t1\t2\t3\t4\n"),
            (ProcessState{.is_dead = true, .uid = 2}));
}

TEST(ProcessState, IsNotReadFromAnythingElse) {
  for (const std::string_view text :
       {"", "State:\tS\n", "Uid:\t1\t2\n", "State:\nUid:\t1\t2\n", "State:\tS\nUid:\t1\n",
        "State:\tS\nUid:\t1\tx\n", "State:\tS\nUid:\t1\t99999999999\n", "State:\tS\nUid:"}) {
    EXPECT_FALSE(parse_process_state(text)) << text;
  }
}

TEST(ProcessName, IsTheKernels) {
  const TrackedProcess nginx{.track = "", .name = "nginx", .arguments = {}, .user = ""};
  EXPECT_TRUE(has_name(nginx, "nginx\n"));
  EXPECT_FALSE(has_name(nginx, "nginx"));
  EXPECT_FALSE(has_name(nginx, "nginx2\n"));
  EXPECT_FALSE(has_name(nginx, "ngin\n"));
  EXPECT_FALSE(has_name(nginx, ""));
}

TEST(ProcessArguments, StandOneAfterTheOther) {
  const std::string line("java\0-Xmx1g\0-jar\0app.jar\0--port\0", 31);
  const auto has = [&](std::vector<std::string> wanted) {
    return has_arguments({.track = "", .name = "java", .arguments = std::move(wanted), .user = ""},
                         line);
  };
  EXPECT_TRUE(has({}));
  EXPECT_TRUE(has({"-jar", "app.jar"}));
  EXPECT_TRUE(has({"-Xmx1g"}));
  EXPECT_TRUE(has({"--port"}));
  EXPECT_FALSE(has({"-jar", "--port"}));
  EXPECT_FALSE(has({"java"})) << "that is its name, not an argument";
  EXPECT_FALSE(has({"--port", "80"}));
  EXPECT_FALSE(has({"app"}));
}

TEST(ProcessArguments, OfAKernelThreadThereAreNone) {
  const TrackedProcess wanted{.track = "", .name = "x", .arguments = {"-a"}, .user = ""};
  EXPECT_FALSE(has_arguments(wanted, ""));
  EXPECT_FALSE(has_arguments(wanted, std::string_view("\0\0", 2)));
}

}  // namespace
}  // namespace evenkeel::daemon
