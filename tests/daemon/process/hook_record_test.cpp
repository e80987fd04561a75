#include "daemon/process/hook_record.h"

#include <filesystem>
#include <fstream>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "daemon/process/log.h"

namespace evenkeel::daemon {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

const RunningHook kRun{.owner = instance_owner("web"),
                       .key = HookKey::OnMaster,
                       .file = "/etc/evenkeel/notify",
                       .began = std::chrono::seconds(1764547200)};

class HookRecordTest : public testing::Test {
 protected:
  HookRecordTest() {
    std::string pattern = testing::TempDir() + "hooks-XXXXXX";
    folder_ = ::mkdtemp(pattern.data());
    runtime_.emplace(RuntimeDirectory::acquire(folder_).value());
  }
  ~HookRecordTest() override { std::filesystem::remove_all(folder_); }

  /// What main that starts now is told.
  std::vector<RunningHook> taken() { return HookRecord(*runtime_).take(); }
  void write(const std::string& text) const { std::ofstream(file()) << text; }
  [[nodiscard]] std::string file() const { return folder_ + "/hooks.json"; }
  /// The lines of the log that `act` makes.
  template <typename Act>
  std::string log_of(const Act& act) {
    testing::internal::CaptureStderr();
    log_to_stderr(Severity::Info, LogFormat::Text);
    act();
    drain_log(std::chrono::seconds(10));
    return testing::internal::GetCapturedStderr();
  }

  std::string folder_;
  std::optional<RuntimeDirectory> runtime_;
};

TEST_F(HookRecordTest, TheFirstStartHasNothing) {
  EXPECT_EQ(log_of([&] { EXPECT_THAT(taken(), IsEmpty()); }), "");
}

TEST_F(HookRecordTest, WhatRanIsToldToTheNextStartAndNotToTheOneAfterIt) {
  HookRecord(*runtime_).save({kRun});
  EXPECT_THAT(taken(), ElementsAre(kRun));
  EXPECT_THAT(taken(), IsEmpty());
  HookRecord record(*runtime_);
  record.save({kRun});
  record.save({});
  EXPECT_THAT(taken(), IsEmpty());
}

TEST_F(HookRecordTest, WhatCannotBeReadIsSaid) {
  write("{");
  EXPECT_THAT(log_of([&] { EXPECT_THAT(taken(), IsEmpty()); }),
              HasSubstr("hooks.json: not JSON: hooks that were cut off when evenkeeld ended are "
                        "not shown"));
  write(R"({"running":[7,{"owner":{"name":"web"}}]})");
  EXPECT_THAT(log_of([&] { EXPECT_EQ(taken().size(), 1U); }),
              HasSubstr("hooks.json: 1 run cannot be read"));
  std::filesystem::remove(file());
  std::filesystem::create_directory(file());
  EXPECT_THAT(log_of([&] { EXPECT_THAT(taken(), IsEmpty()); }), HasSubstr("Is a directory"));
}

TEST_F(HookRecordTest, WhatCannotBeWrittenIsSaidOnce) {
  HookRecord record(*runtime_);
  std::filesystem::create_directory(file());
  EXPECT_THAT(log_of([&] { record.save({kRun}); }), HasSubstr("cannot write "));
  EXPECT_EQ(log_of([&] { record.save({kRun}); }), "");
  std::filesystem::remove(file());
  record.save({kRun});
  std::filesystem::remove(file());
  std::filesystem::create_directory(file());
  EXPECT_THAT(log_of([&] { record.save({}); }), HasSubstr("cannot write "));
}

}  // namespace
}  // namespace evenkeel::daemon
