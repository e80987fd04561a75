#include "daemon/process/runtime_directory.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <optional>
#include <sys/stat.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

namespace evenkeel::daemon {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

class RuntimeDirectoryTest : public testing::Test {
 protected:
  RuntimeDirectoryTest() {
    std::string pattern = testing::TempDir() + "runtime-XXXXXX";
    above_ = ::mkdtemp(pattern.data());
    path = above_ + "/evenkeel";
  }
  ~RuntimeDirectoryTest() override { std::filesystem::remove_all(above_); }

  std::string contents(const std::string& name) const {
    std::ifstream file(path + "/" + name);
    return {std::istreambuf_iterator<char>(file), {}};
  }

  std::string path;

 private:
  std::string above_;
};

TEST_F(RuntimeDirectoryTest, IsMadeAndLocked) {
  const auto directory = RuntimeDirectory::acquire(path);
  ASSERT_TRUE(directory.has_value()) << directory.error().what;
  EXPECT_EQ(contents("lock"), std::to_string(::getpid()) + "\n");
  struct stat status {};
  ASSERT_EQ(::stat(path.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777U, 0755U);
}

TEST_F(RuntimeDirectoryTest, ASecondStartFailsAndNamesTheFirst) {
  const auto first = RuntimeDirectory::acquire(path);
  ASSERT_TRUE(first.has_value());
  const auto start = std::chrono::steady_clock::now();
  const auto second = RuntimeDirectory::acquire(path);
  ASSERT_FALSE(second.has_value());
  EXPECT_TRUE(second.error().is_held);
  EXPECT_THAT(second.error().what, HasSubstr("running already, pid " + std::to_string(::getpid())));
  EXPECT_LT(std::chrono::steady_clock::now() - start, 5s);
}

TEST_F(RuntimeDirectoryTest, AStartWaitsForOneThatIsLeaving) {
  auto first = RuntimeDirectory::acquire(path);
  ASSERT_TRUE(first.has_value());
  first->mark_leaving();
  EXPECT_EQ(contents("lock"), std::to_string(::getpid()) + " leaving\n");
  std::thread leaver([leaving = std::move(*first)]() mutable {
    std::this_thread::sleep_for(800ms);
    const RuntimeDirectory gone = std::move(leaving);
  });
  const auto start = std::chrono::steady_clock::now();
  const auto second = RuntimeDirectory::acquire(path, 10s);
  EXPECT_GE(std::chrono::steady_clock::now() - start, 700ms);
  leaver.join();
  ASSERT_TRUE(second.has_value()) << second.error().what;
  EXPECT_EQ(contents("lock"), std::to_string(::getpid()) + "\n");
}

TEST_F(RuntimeDirectoryTest, NotForEver) {
  auto first = RuntimeDirectory::acquire(path);
  ASSERT_TRUE(first.has_value());
  first->mark_leaving();
  const auto second = RuntimeDirectory::acquire(path, 100ms);
  ASSERT_FALSE(second.has_value());
  EXPECT_TRUE(second.error().is_held);
  EXPECT_THAT(second.error().what, HasSubstr("leaving already, pid "));
}

TEST_F(RuntimeDirectoryTest, TheLockGoesWithTheProcess) {
  const pid_t child = ::fork();
  if (child == 0) ::_exit(RuntimeDirectory::acquire(path).has_value() ? 0 : 1);
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  ASSERT_EQ(status, 0);
  EXPECT_EQ(contents("lock"), std::to_string(child) + "\n");  // its last words; not believed
  EXPECT_TRUE(RuntimeDirectory::acquire(path).has_value());
}

TEST_F(RuntimeDirectoryTest, ARecordIsReplacedWhole) {
  const auto directory = RuntimeDirectory::acquire(path);
  ASSERT_TRUE(directory.has_value());
  EXPECT_EQ(directory->read_record("owned").error(), std::errc::no_such_file_or_directory);
  EXPECT_EQ(directory->write_record("owned", std::string(100000, 'a')), std::error_code());
  EXPECT_EQ(directory->write_record("owned", "short\n"), std::error_code());
  EXPECT_EQ(directory->read_record("owned"), "short\n");
  EXPECT_FALSE(std::filesystem::exists(path + "/.owned.new"));
}

TEST_F(RuntimeDirectoryTest, ARecordWithPasswordsIsForItsOwnerAlone) {
  const auto directory = RuntimeDirectory::acquire(path);
  ASSERT_TRUE(directory.has_value());
  // What a killed writer left beside it, readable by all, does not change that.
  std::ofstream(path + "/.secret.new") << "half";
  ASSERT_EQ(directory->write_record("secret", "password", 0600), std::error_code());
  struct stat status {};
  ASSERT_EQ(::stat((path + "/secret").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777U, 0600U);
  EXPECT_EQ(contents("secret"), "password");
}

TEST_F(RuntimeDirectoryTest, APageKeepsItsContentsAndHasItsSize) {
  const auto directory = RuntimeDirectory::acquire(path);
  ASSERT_TRUE(directory.has_value());
  {
    const auto page = directory->open_page("page", 4096);
    ASSERT_TRUE(page.has_value());
    ASSERT_EQ(::pwrite(page->get(), "kept", 4, 0), 4);
  }
  ASSERT_TRUE(directory->open_page("page", 8192).has_value());
  EXPECT_EQ(contents("page").substr(0, 4), "kept");
  EXPECT_EQ(contents("page").size(), 8192U);
}

TEST_F(RuntimeDirectoryTest, WhoeverHasTheLockHoldsIt) {
  Descriptor handed_on;
  {
    const auto directory = RuntimeDirectory::acquire(path);
    ASSERT_TRUE(directory.has_value());
    handed_on.reset(::dup(directory->lock()));
  }
  EXPECT_FALSE(RuntimeDirectory::acquire(path).has_value());
  mark_leaving(handed_on.get());
  std::thread leaver([&] {
    std::this_thread::sleep_for(50ms);
    handed_on.reset();
  });
  EXPECT_TRUE(RuntimeDirectory::acquire(path).has_value());
  leaver.join();
}

TEST_F(RuntimeDirectoryTest, ProblemsSayWhatAndWhere) {
  const auto nowhere = RuntimeDirectory::acquire("/nonexistent/evenkeel");
  ASSERT_FALSE(nowhere.has_value());
  EXPECT_FALSE(nowhere.error().is_held);
  EXPECT_EQ(nowhere.error().what, "create /nonexistent/evenkeel: No such file or directory");

  const auto directory = RuntimeDirectory::acquire(path);
  ASSERT_TRUE(directory.has_value());
  ASSERT_EQ(::mkdir((path + "/taken").c_str(), 0755), 0);
  EXPECT_NE(directory->write_record("taken", "x"), std::error_code());
  EXPECT_FALSE(std::filesystem::exists(path + "/.taken.new"));
}

}  // namespace
}  // namespace evenkeel::daemon
