#include "daemon/process/runtime_directory.h"

#include <array>
#include <csignal>
#include <cstdlib>
#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <functional>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <optional>
#include <sys/file.h>
#include <sys/prctl.h>
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

mode_t mode_of(const std::string& path) {
  struct stat status {};
  return ::stat(path.c_str(), &status) == 0 ? status.st_mode & 07777U : 0;
}

/// A process that does `work`, says so, and lives on with what it holds.
class Process {
 public:
  explicit Process(const std::function<void()>& work) {
    std::array<int, 2> ends{};
    if (::pipe(ends.data()) != 0) std::abort();
    pid_ = ::fork();
    if (pid_ == 0) {
      ::prctl(PR_SET_PDEATHSIG, SIGKILL);
      work();
      [[maybe_unused]] const ssize_t told = ::write(ends[1], "x", 1);
      for (;;) ::pause();
    }
    ::close(ends[1]);
    char octet = 0;
    [[maybe_unused]] const ssize_t heard = ::read(ends[0], &octet, 1);
    ::close(ends[0]);
  }
  ~Process() {
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
  }
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;

  [[nodiscard]] std::string pid() const { return std::to_string(pid_); }

 private:
  pid_t pid_;
};

/// With no right to write, as anybody could.
void lock_for_ever(const std::string& file) {
  ::flock(::open(file.c_str(), O_RDONLY), LOCK_EX | LOCK_NB);
}

TEST_F(RuntimeDirectoryTest, TheLockIsForItsOwnerAlone) {
  const mode_t before = ::umask(0);
  const auto directory = RuntimeDirectory::acquire(path);
  ::umask(before);
  ASSERT_TRUE(directory.has_value()) << directory.error().what;
  EXPECT_EQ(mode_of(path + "/lock"), 0600U);
  EXPECT_EQ(directory->warnings(), std::vector<std::string>{});
}

TEST_F(RuntimeDirectoryTest, AnUmaskDoesNotKeepTheControlGroupOut) {
  const mode_t before = ::umask(0077);
  const auto directory = RuntimeDirectory::acquire(path);
  ::umask(before);
  EXPECT_EQ(mode_of(path), 0755U);
}

TEST_F(RuntimeDirectoryTest, ALockThatOthersCouldOpenIsReplaced) {
  std::filesystem::create_directory(path);
  const std::string lock = path + "/lock";
  std::ofstream(lock) << "1 leaving\n";
  std::filesystem::permissions(lock, std::filesystem::perms(0644));
  const UniqueFd kept(::open(lock.c_str(), O_RDONLY));  // by a stranger, before
  const auto directory = RuntimeDirectory::acquire(path);
  ASSERT_TRUE(directory.has_value()) << directory.error().what;
  EXPECT_EQ(mode_of(lock), 0600U);
  EXPECT_EQ(contents("lock"), std::to_string(::getpid()) + "\n");
  EXPECT_EQ(directory->warnings(), std::vector<std::string>{}) << "nobody held it";
  EXPECT_EQ(::flock(kept.get(), LOCK_EX | LOCK_NB), 0) << "of no use to him";
  const auto second = RuntimeDirectory::acquire(path);
  ASSERT_FALSE(second.has_value());
  EXPECT_THAT(second.error().what, HasSubstr("running already, pid " + std::to_string(::getpid())));
}

TEST_F(RuntimeDirectoryTest, AStrangerWhoHoldsSuchALockIsToldOfAndKeepsNobodyOut) {
  std::filesystem::create_directory(path);
  const std::string lock = path + "/lock";
  std::ofstream(lock) << "1 leaving\n";
  std::filesystem::permissions(lock, std::filesystem::perms(0644));
  const Process stranger([&] { lock_for_ever(lock); });
  const auto directory = RuntimeDirectory::acquire(path);
  ASSERT_TRUE(directory.has_value()) << directory.error().what;
  EXPECT_EQ(mode_of(lock), 0600U);
  ASSERT_EQ(directory->warnings().size(), 1U);
  EXPECT_THAT(directory->warnings()[0], HasSubstr("locked by process " + stranger.pid() + " ("));
  EXPECT_THAT(directory->warnings()[0], HasSubstr("which is not evenkeeld"));
}

TEST_F(RuntimeDirectoryTest, AnOlderDaemonHoldsItsLockThoughOthersCanOpenIt) {
  std::filesystem::create_directory(path);
  const std::string lock = path + "/lock";
  std::ofstream(lock) << "";
  std::filesystem::permissions(lock, std::filesystem::perms(0644));
  std::optional<Process> daemon;
  daemon.emplace([&] {
    lock_for_ever(lock);
    std::ofstream(lock) << ::getpid() << "\n";
  });
  const auto early = RuntimeDirectory::acquire(path);
  ASSERT_FALSE(early.has_value());
  EXPECT_TRUE(early.error().is_held);
  EXPECT_THAT(early.error().what, HasSubstr("running already, pid " + daemon->pid()));
  daemon.reset();
  EXPECT_TRUE(RuntimeDirectory::acquire(path).has_value());
  EXPECT_EQ(mode_of(lock), 0600U);
}

TEST_F(RuntimeDirectoryTest, WhoHoldsOurLockAndIsNoDaemonIsNamed) {
  const auto before = RuntimeDirectory::acquire(path);
  ASSERT_TRUE(before.has_value());
  const std::string lock = path + "/lock";
  std::filesystem::remove(lock);
  std::ofstream(lock) << ::getpid() << "\n";  // words of one who does not hold it
  std::filesystem::permissions(lock, std::filesystem::perms(0600));
  const Process other([&] { lock_for_ever(lock); });
  const auto directory = RuntimeDirectory::acquire(path);
  ASSERT_FALSE(directory.has_value());
  EXPECT_FALSE(directory.error().is_held) << "`release` has done nothing, and is to say so";
  EXPECT_THAT(directory.error().what, HasSubstr(lock + " is locked by process " + other.pid()));
  EXPECT_THAT(directory.error().what, HasSubstr("which is not evenkeeld"));
}

TEST_F(RuntimeDirectoryTest, ADeadHolderIsNotNamed) {
  const auto before = RuntimeDirectory::acquire(path);
  ASSERT_TRUE(before.has_value());
  const std::string lock = path + "/lock";
  std::filesystem::remove(lock);
  std::ofstream(lock) << "";
  std::filesystem::permissions(lock, std::filesystem::perms(0600));
  // The one that took it has died, another has its descriptor.
  pid_t dead = 0;
  const UniqueFd inherited(::open(lock.c_str(), O_RDWR));
  dead = ::fork();
  if (dead == 0) {
    ::flock(inherited.get(), LOCK_EX | LOCK_NB);
    const std::string words = std::to_string(::getpid()) + "\n";
    ::_exit(::write(inherited.get(), words.data(), words.size()) > 0 ? 0 : 1);
  }
  ASSERT_EQ(::waitpid(dead, nullptr, 0), dead);
  const auto directory = RuntimeDirectory::acquire(path);
  ASSERT_FALSE(directory.has_value());
  EXPECT_FALSE(directory.error().is_held);
  EXPECT_THAT(directory.error().what, HasSubstr("a process that cannot be named"));
  EXPECT_THAT(directory.error().what, testing::Not(HasSubstr("pid")));
}

TEST_F(RuntimeDirectoryTest, OfManyThatReplaceALockOneHasIt) {
  std::filesystem::create_directory(path);
  const std::string lock = path + "/lock";
  for (int turn = 0; turn < 3; ++turn) {
    std::filesystem::remove(lock);
    std::ofstream(lock) << "";
    std::filesystem::permissions(lock, std::filesystem::perms(0644));
    const Process stranger([&] { lock_for_ever(lock); });
    std::array<pid_t, 6> starters{};
    std::array<int, 2> gone{};
    ASSERT_EQ(::pipe(gone.data()), 0);
    for (pid_t& each : starters) {
      each = ::fork();
      if (each != 0) continue;
      ::close(gone[1]);
      const auto directory = RuntimeDirectory::acquire(path, 3s);
      char octet = 0;
      if (directory) (void)!::read(gone[0], &octet, 1);  // holds it until all have tried
      ::_exit(directory ? 0 : 1);
    }
    ::close(gone[0]);
    int failed = 0;
    int status = 0;
    for (std::size_t i = 0; i + 1 < starters.size(); ++i) {
      ASSERT_GT(::waitpid(-1, &status, 0), 0);
      failed += WIFEXITED(status) && WEXITSTATUS(status) == 1 ? 1 : 0;
    }
    EXPECT_EQ(failed, 5);
    ::close(gone[1]);
    ASSERT_GT(::waitpid(-1, &status, 0), 0);
    EXPECT_EQ(status, 0);
  }
}

TEST_F(RuntimeDirectoryTest, ADirectoryThatOthersMayWriteIsToldOf) {
  std::filesystem::create_directory(path);
  std::filesystem::permissions(path, std::filesystem::perms(0777));
  const auto directory = RuntimeDirectory::acquire(path);
  ASSERT_TRUE(directory.has_value());
  ASSERT_EQ(directory->warnings().size(), 1U);
  EXPECT_THAT(directory->warnings()[0], HasSubstr(path + " may be written by others"));
}

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
  EXPECT_EQ(contents("lock"),
            std::to_string(child) + "\n");  // what it wrote last, which is not believed
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
  UniqueFd handed_on;
  {
    const auto directory = RuntimeDirectory::acquire(path);
    ASSERT_TRUE(directory.has_value());
    handed_on.reset(::dup(directory->lock()));
  }
  EXPECT_FALSE(RuntimeDirectory::acquire(path).has_value());
  daemon::mark_leaving(handed_on.get());
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
