// The name service is a stand-in: this program's functions are taken before those of the C library.
#include <array>
#include <cerrno>
#include <cstring>
#include <functional>
#include <grp.h>
#include <gtest/gtest.h>
#include <pwd.h>

#include "daemon/os/user.h"

namespace {

struct NameService {
  int error = 0;
  bool has_user = true;
  std::size_t needed = 0;  ///< octets of an entry
  std::vector<gid_t> groups;
  bool has_memory = true;
};
NameService service;  // NOLINT(cppcoreguidelines-avoid-non-const-global-variables)

int answer(passwd* entry, std::size_t octets, passwd** found) {
  *found = nullptr;
  if (service.error != 0) return service.error;
  if (!service.has_user) return 0;
  if (octets < service.needed) return ERANGE;
  static std::array<char, 5> name = {'m', 'a', 'i', 'l', '\0'};
  entry->pw_name = name.data();
  entry->pw_uid = 8;
  entry->pw_gid = 12;
  *found = entry;
  return 0;
}

}  // namespace

extern "C" {
int getpwnam_r(const char* name, passwd* entry, char*, std::size_t octets, passwd** found) {
  if (std::strcmp(name, "mail") != 0 && service.error == 0) {
    *found = nullptr;
    return 0;
  }
  return answer(entry, octets, found);
}
int getpwuid_r(uid_t, passwd* entry, char*, std::size_t octets, passwd** found) {
  return answer(entry, octets, found);
}
int getgrouplist(const char*, gid_t, gid_t* groups, int* count) {
  if (!service.has_memory) return -1;
  const int room = *count;
  *count = static_cast<int>(service.groups.size());
  if (room < *count) return -1;
  std::copy(service.groups.begin(), service.groups.end(), groups);
  return *count;
}
}

namespace evenkeel::daemon {
namespace {

class UserTest : public testing::Test {
 protected:
  UserTest() { service = {}; }

  static int error_of(const std::string& user) {
    const auto found = user_named(user);
    return found ? 0 : found.error();
  }
};

TEST_F(UserTest, IsFoundByNameAndByNumberWithAllItsGroups) {
  for (const std::size_t count : {1U, 64U, 65U, 5000U}) {
    service.groups.assign(count, 99);
    const auto user = user_named("mail");
    ASSERT_TRUE(user);
    EXPECT_EQ(*user, (User{.uid = 8, .gid = 12, .groups = std::vector<std::uint32_t>(count, 99)}));
    EXPECT_EQ(user_named("8"), user);
  }
  EXPECT_EQ(uid_named("mail"), 8U);
  EXPECT_EQ(uid_named("4000000000"), 4'000'000'000U);
  service.needed = 100'000;
  EXPECT_EQ(error_of("mail"), 0) << "an entry may be long";
}

TEST_F(UserTest, GroupsThatCannotBeHadAreNotMadeUp) {
  service.groups.assign(70'000, 99);
  EXPECT_EQ(error_of("mail"), E2BIG) << "never some of them, and never root's in their place";
  service.has_memory = false;
  EXPECT_EQ(error_of("mail"), ENOMEM);
}

TEST_F(UserTest, ANameServiceThatDoesNotAnswerIsNotAMissingUser) {
  EXPECT_EQ(error_of("nobody-there"), ENOENT);
  service.has_user = false;
  EXPECT_EQ(error_of("7"), ENOENT);
  service.needed = std::size_t{1} << 30U;
  service.has_user = true;
  EXPECT_EQ(error_of("mail"), ERANGE);
  service.error = ECONNREFUSED;
  EXPECT_EQ(error_of("mail"), ECONNREFUSED);
  EXPECT_EQ(error_of("8"), ECONNREFUSED) << "there may be a user of this name";
  EXPECT_EQ(account_named("mail").error(), ECONNREFUSED);
  EXPECT_EQ(user_problem("x", ENOENT), "there is no user \"x\"");
  EXPECT_EQ(user_problem("x", ECONNREFUSED),
            "the user \"x\" cannot be looked up: Connection refused");
}

}  // namespace
}  // namespace evenkeel::daemon
