#include "daemon/config/program_files.h"

#include <filesystem>
#include <fstream>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

namespace evenkeel::daemon {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class ProgramFiles : public testing::Test {
 protected:
  ProgramFiles() {
    std::string name = "/tmp/evenkeel-programs.XXXXXX";
    folder_ = ::mkdtemp(name.data());
    std::filesystem::permissions(folder_, std::filesystem::perms(0755));
    file_ = folder_ + "/hook";
    std::ofstream(file_) << "#!/bin/sh\n";
    mode(file_, 0755);
  }
  ~ProgramFiles() override { std::filesystem::remove_all(folder_); }

  static void mode(const std::string& path, int mode) {
    std::filesystem::permissions(path, std::filesystem::perms(mode));
  }
  [[nodiscard]] std::vector<std::string> judge(const std::string& user,
                                               const std::string& file) const {
    const std::vector<PlacedProgram> programs = {
        {.at = {.file = "f", .line = 6, .column = 13}, .key = "on_up", .file = file, .user = user}};
    std::vector<std::string> lines;
    // Whoever runs the test stands for root: nobody else may write.
    const FoundUsers found = {
        .users = {{"root", {.uid = 0, .gid = 0, .groups = {}}},
                  {"other", {.uid = 12345, .gid = 12345, .groups = {12345}}},
                  {"self", {.uid = ::getuid(), .gid = ::getgid(), .groups = {}}},
                  {"before", {.uid = 12346, .gid = 12346, .groups = {}}}},
        .unanswered = {{"before", "no answer about before"}, {"absent", "no answer about absent"}}};
    for (const Diagnostic& each : judge_programs(programs, found)) lines.push_back(to_string(each));
    return lines;
  }
  [[nodiscard]] std::vector<std::string> judge(const std::string& user) const {
    return judge(user, file_);
  }

  std::string folder_, file_;
};

TEST_F(ProgramFiles, GoodOnes) {
  EXPECT_THAT(judge("root"), IsEmpty());
  EXPECT_THAT(judge("other"), IsEmpty());
}

TEST_F(ProgramFiles, WhatOthersMayWriteIsNotForRoot) {
  mode(file_, 0757);
  EXPECT_THAT(judge("root"),
              ElementsAre("f:6:13: error: \"on_up\": everybody may write " + file_ +
                          " (mode 0757): root would run what others have written; set "
                          "another user, or the mode"));
  EXPECT_THAT(judge("other"), IsEmpty());
  mode(file_, 0755);
  mode(folder_, 0777);
  EXPECT_THAT(judge("root"), ElementsAre(HasSubstr("everybody may write the folder " + folder_)));
  EXPECT_THAT(judge("root", folder_ + "/missing"), ElementsAre(HasSubstr(" error: ")))
      << "others could put one there";
}

TEST_F(ProgramFiles, WhatCannotRunIsAWarning) {
  EXPECT_THAT(judge("nobody-there"),
              ElementsAre("f:6:13: warning: \"on_up\": " + file_ +
                          ": there is no user \"nobody-there\": it cannot run"));
  EXPECT_THAT(judge("other", folder_ + "/missing"),
              ElementsAre(HasSubstr("warning: \"on_up\": " + folder_ +
                                    "/missing: No such file or directory: it cannot run")));
  EXPECT_THAT(judge("other", folder_), ElementsAre(HasSubstr(" is no file")));
  mode(file_, 0644);
  EXPECT_THAT(judge("other"), ElementsAre(HasSubstr("the user other may not execute it")));
  EXPECT_THAT(judge("root"), ElementsAre(HasSubstr("may not execute it")));
  mode(file_, 0744);
  EXPECT_THAT(judge("other"), ElementsAre(HasSubstr("may not execute it")));
  EXPECT_THAT(judge("self"), IsEmpty());
}

TEST_F(ProgramFiles, ANameServiceThatDoesNotAnswerIsNotAMissingUser) {
  EXPECT_THAT(judge("absent"), ElementsAre("f:6:13: warning: \"on_up\": " + file_ +
                                           ": no answer about absent: it cannot run"));
  EXPECT_THAT(judge("before"),
              ElementsAre("f:6:13: warning: \"on_up\": " + file_ +
                          ": no answer about before: it runs as before, as uid 12346"));
}

TEST_F(ProgramFiles, UsersAreFoundByNameAndByNumber) {
  const auto [users, unanswered] =
      find_users({{.at = {}, .key = "on_up", .file = "/bin/a", .user = "root"},
                  {.at = {}, .key = "on_up", .file = "/bin/a", .user = "0"},
                  {.at = {}, .key = "on_up", .file = "/bin/a", .user = "no-such"},
                  {.at = {}, .key = "on_up", .file = "/bin/a", .user = "4000000000"}},
                 {{"no-such", {.uid = 7, .gid = 7, .groups = {}}}});
  EXPECT_TRUE(unanswered.empty());
  ASSERT_EQ(users.size(), 2U);
  EXPECT_EQ(users.at("root").uid, 0U);
  EXPECT_EQ(users.at("0"), users.at("root"));
  EXPECT_THAT(users.at("root").groups, ::testing::Contains(0U));
}

}  // namespace
}  // namespace evenkeel::daemon
