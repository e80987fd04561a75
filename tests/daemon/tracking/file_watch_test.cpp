#include "daemon/tracking/file_watch.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <map>
#include <sys/stat.h>

#include "tests/daemon/run_until.h"
#include "tests/daemon/tracking/temporary_folder.h"

namespace evenkeel::daemon {
namespace {

using vrrp::TrackResult;
using vrrp::TrackState;

TrackResult result(TrackState state, std::string reason = "", std::int32_t number = 0) {
  return {.state = state, .is_stale = false, .number = number, .reason = std::move(reason)};
}

class FileWatching : public testing::Test {
 protected:
  void follow(const std::string& path, bool is_number = true) {
    followed_.push_back({.path = path, .is_number = is_number});
    watch_.configure(followed_);
  }
  bool comes(const std::string& path, const TrackResult& wanted) {
    return run_until(loop_, [&] { return told_[path] == wanted; });
  }

  TemporaryFolder folder_;
  boost::asio::io_context loop_;
  std::vector<TrackedFile> followed_;
  std::map<std::string, TrackResult> told_;
  std::map<std::string, int> looks_;
  int tellings_ = 0;
  FileWatch watch_{loop_,
                   {.on_result =
                        [this](const std::string& path, const TrackResult& result) {
                          told_[path] = result;
                          ++tellings_;
                        },
                    .on_look = [this](const std::string& path) { ++looks_[path]; }}};
};

TEST_F(FileWatching, TellsTheNumberAtOnceAndEachChange) {
  const std::string path = folder_ / "weight";
  write(path, "-20\n");
  follow(path);
  EXPECT_EQ(told_[path], result(TrackState::Holds, "", -20));
  write(path, "5");
  EXPECT_TRUE(comes(path, result(TrackState::Holds, "", 5)));
}

TEST_F(FileWatching, SeesAFileThatIsReplacedByRename) {
  const std::string path = folder_ / "weight";
  write(path, "1");
  follow(path);
  write(folder_ / "new", "2");
  std::filesystem::rename(folder_ / "new", path);
  EXPECT_TRUE(comes(path, result(TrackState::Holds, "", 2)));
}

TEST_F(FileWatching, SeesAFileThatComesAndGoesAndKeepsItsNumber) {
  const std::string path = folder_ / "weight";
  follow(path);
  EXPECT_EQ(told_[path], result(TrackState::CannotRun, "No such file or directory"));
  write(path, "-7");
  EXPECT_TRUE(comes(path, result(TrackState::Holds, "", -7)));
  std::filesystem::remove(path);
  EXPECT_TRUE(comes(path, result(TrackState::CannotRun, "No such file or directory", -7)));
}

TEST_F(FileWatching, OfPresenceNeedsNoNumber) {
  const std::string path = folder_ / "here";
  follow(path, /*is_number=*/false);
  EXPECT_EQ(told_[path], result(TrackState::Fails, "there is no such file"));
  write(path, "anything");
  EXPECT_TRUE(comes(path, result(TrackState::Holds)));
  std::filesystem::remove(path);
  EXPECT_TRUE(comes(path, result(TrackState::Fails, "there is no such file")));
}

TEST_F(FileWatching, ADirectoryMayComeLaterAndBeReplaced) {
  const std::string path = folder_ / "below/weight";
  follow(path);
  std::filesystem::create_directory(folder_ / "below");
  write(path, "1");
  watch_.look_at_all();
  EXPECT_EQ(told_[path], result(TrackState::Holds, "", 1));
  write(path, "2");
  EXPECT_TRUE(comes(path, result(TrackState::Holds, "", 2))) << "it is watched now";
  std::filesystem::rename(folder_ / "below", folder_ / "old");
  std::filesystem::create_directory(folder_ / "below");
  write(path, "3");
  watch_.look_at_all();
  EXPECT_EQ(told_[path], result(TrackState::Holds, "", 3));
  write(path, "4");
  EXPECT_TRUE(comes(path, result(TrackState::Holds, "", 4)));
}

TEST_F(FileWatching, AnythingElseThanANumberCannotRun) {
  const std::string path = folder_ / "weight";
  write(path, "3");
  follow(path);
  write(path, "x");
  EXPECT_TRUE(comes(path, result(TrackState::CannotRun, "not a number: \"x\"", 3)));
  write(path, "254");
  EXPECT_TRUE(comes(path, result(TrackState::CannotRun, "not within -253..253: \"254\"", 3)));
  write(path, std::string(1'000'000, '1'));
  EXPECT_TRUE(comes(path, result(TrackState::CannotRun, "longer than 64 octets", 3)));
}

TEST_F(FileWatching, AnEmptyFileIsToldAtTheSecondLook) {
  const std::string path = folder_ / "weight";
  write(path, "3");
  follow(path);
  const int before = tellings_;
  write(path, "");
  watch_.look_at_all();
  EXPECT_EQ(tellings_, before) << "whoever writes it may not be done";
  watch_.look_at_all();
  EXPECT_EQ(told_[path], result(TrackState::CannotRun, "the file is empty", 3));
}

TEST_F(FileWatching, OpensNothingButRegularFiles) {
  const std::string fifo = folder_ / "fifo";
  ASSERT_EQ(::mkfifo(fifo.c_str(), 0600), 0);
  for (const std::string& path : {fifo, std::string("/dev/zero"), folder_.path()}) {
    follow(path);
    EXPECT_EQ(told_[path], result(TrackState::CannotRun, "not a regular file")) << path;
  }
}

TEST_F(FileWatching, AThousandChangesAreFewLooks) {
  const std::string path = folder_ / "weight";
  write(path, "0");
  follow(path);
  looks_.clear();
  for (int i = 1; i <= 1000; ++i) write(path, std::to_string(i % 200 + 1));
  for (int i = 0; i < 1000; ++i) write(folder_ / "other", "x");
  EXPECT_TRUE(comes(path, result(TrackState::Holds, "", 1)));
  EXPECT_EQ(looks_[path], 1);
}

TEST_F(FileWatching, WhatIsFollowedAlreadyIsToldOnceMore) {
  const std::string path = folder_ / "weight";
  write(path, "1");
  follow(path);
  const int before = tellings_;
  watch_.configure(followed_);
  EXPECT_EQ(tellings_, before + 1);
  write(path, "2");
  EXPECT_TRUE(comes(path, result(TrackState::Holds, "", 2))) << "and is watched on";
}

}  // namespace
}  // namespace evenkeel::daemon
