#include "ipvs/sysctl.h"

#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>

namespace evenkeel::ipvs {
namespace {

class SysctlsTest : public ::testing::Test {
 protected:
  SysctlsTest() {
    std::string name = std::filesystem::temp_directory_path() / "sysctls.XXXXXX";
    directory_ = mkdtemp(name.data());
  }
  ~SysctlsTest() override { std::filesystem::remove_all(directory_); }

  void put(const std::string& name, const std::string& text) const {
    std::ofstream(directory_ / name) << text;
  }
  [[nodiscard]] Sysctls sysctls() const { return Sysctls(directory_.string()); }

  std::filesystem::path directory_;
};

TEST_F(SysctlsTest, ReadsTheFirstNumber) {
  put("conntrack", "0\n");
  put("sync_threshold", "3\t50\n");
  put("am_droprate", "-1\n");
  put("est_cpulist", "\n");
  EXPECT_EQ(sysctls().read("conntrack"), 0);
  EXPECT_EQ(sysctls().read("sync_threshold"), 3);
  EXPECT_EQ(sysctls().read("am_droprate"), -1);
  EXPECT_EQ(sysctls().read("est_cpulist").error().errno_value, EINVAL);
}

TEST_F(SysctlsTest, SetsAndReadsBack) {
  put("sloppy_tcp", "0\n");
  put("conn_reuse_mode", "1\n");
  EXPECT_TRUE(sysctls().write({{"conn_reuse_mode", 1}, {"sloppy_tcp", 1}}).empty());
  EXPECT_EQ(sysctls().read("sloppy_tcp"), 1);
}

TEST_F(SysctlsTest, TellsWhatItCouldNotSetAndSetsTheRest) {
  put("sloppy_tcp", "0\n");
  const auto errors = sysctls().write({{"no_such", 1}, {"sloppy_tcp", 1}});
  ASSERT_EQ(errors.size(), 1u);
  EXPECT_EQ(errors[0].name, "no_such");
  EXPECT_EQ(errors[0].errno_value, ENOENT);
  EXPECT_EQ(errors[0].message, "set net.ipv4.vs.no_such to 1: not known to this kernel");
  EXPECT_EQ(sysctls().read("sloppy_tcp"), 1);
}

TEST_F(SysctlsTest, NamesStayInTheDirectory) {
  put("sloppy_tcp", "0\n");
  for (const std::string name : {"../secret", "", ".", "a/b", "UPPER"}) {
    EXPECT_EQ(sysctls().read(name).error().errno_value, ENOENT) << name;
    EXPECT_EQ(sysctls().write({{name, 1}}).size(), 1u) << name;
  }
}

TEST_F(SysctlsTest, AValueThatTheKernelDoesNotKeepIsAnError) {
  // A file that takes every write and gives nothing back.
  std::filesystem::create_symlink("/dev/null", directory_ / "drop_entry");
  const auto errors = sysctls().write({{"drop_entry", 1}});
  ASSERT_EQ(errors.size(), 1u);
  EXPECT_EQ(errors[0].errno_value, EINVAL);
}

}  // namespace
}  // namespace evenkeel::ipvs
