#include "daemon/hooks/running_hooks.h"

#include <gtest/gtest.h>

namespace evenkeel::daemon {
namespace {

const RunningHook kOfInstance{.owner = instance_owner("web"),
                              .key = HookKey::OnMaster,
                              .file = "/etc/evenkeel/notify",
                              .began = std::chrono::seconds(1764547200)};
const RunningHook kOfServer{
    .owner = {.kind = HookOwnerKind::RealServer, .name = "www", .real_server = "192.0.2.21:80"},
    .key = HookKey::OnDown,
    .file = "/etc/evenkeel/\"quoted\"",
    .began = std::chrono::seconds(-1)};

TEST(RunningHooks, ComeBackAsTheyWere) {
  for (const auto& runs : {std::vector<RunningHook>(), {kOfInstance}, {kOfInstance, kOfServer}}) {
    const auto read = decode_running_hooks(encode_running_hooks(runs));
    ASSERT_TRUE(read) << read.error();
    EXPECT_EQ(read->runs, runs);
    EXPECT_EQ(read->unreadable, 0U);
  }
}

TEST(RunningHooks, AreReadAsAnyVersionHasWrittenThem) {
  const auto read = decode_running_hooks(
      R"({"version":9,"more":[1],"running":[{"owner":{"kind":"instance","name":"web","zone":3},)"
      R"("hook":"on_master","file":"/etc/evenkeel/notify","began":1764547200000000000,"more":{}}]})");
  ASSERT_TRUE(read) << read.error();
  EXPECT_EQ(read->runs, std::vector{kOfInstance});
}

TEST(RunningHooks, AnEntryThatIsNoneCostsNoOther) {
  for (const char* entry : {"7", "null", "{}", R"({"owner":{"kind":"instance","name":""}})",
                            R"({"owner":{"kind":"planet","name":"web"}})",
                            R"({"owner":{"kind":"instance","name":"web"},"hook":"on_moon"})",
                            R"({"owner":{"kind":"instance","name":"web"},"began":"now"})"}) {
    std::string text = encode_running_hooks({kOfInstance});
    text.insert(text.find('[') + 1, std::string(entry) + ",");
    const auto read = decode_running_hooks(text);
    ASSERT_TRUE(read) << entry;
    EXPECT_EQ(read->runs, std::vector{kOfInstance}) << entry;
    EXPECT_EQ(read->unreadable, 1U) << entry;
  }
}

TEST(RunningHooks, MoreThanEverRanAreNotRead) {
  const auto read = decode_running_hooks(
      encode_running_hooks(std::vector<RunningHook>(RunningHooks::kMost + 5, kOfServer)));
  ASSERT_TRUE(read);
  EXPECT_EQ(read->runs.size(), RunningHooks::kMost);
  EXPECT_EQ(read->unreadable, 5U);
}

TEST(RunningHooks, NameWhatIsWrong) {
  for (const char* text : {"", "{", "[]", "{}", R"({"version":1})", R"({"running":{}})"}) {
    const auto read = decode_running_hooks(text);
    ASSERT_FALSE(read) << text;
    EXPECT_FALSE(read.error().empty());
  }
}

TEST(RunningHooks, SayWhenTheyBegan) {
  EXPECT_EQ(begin_of(kOfInstance), "2025-12-01 00:00:00 UTC");
  EXPECT_EQ(begin_of(kOfServer), "1969-12-31 23:59:59 UTC");
  RunningHook never = kOfInstance;
  never.began = std::chrono::seconds::max();
  EXPECT_EQ(begin_of(never), "at no time");
}

}  // namespace
}  // namespace evenkeel::daemon
