#include "daemon/config/load.h"

#include <filesystem>
#include <fstream>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/daemon/config/parsing.h"

namespace evenkeel::daemon {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class LoadConfig : public ::testing::Test {
 protected:
  LoadConfig() {
    std::string pattern = (std::filesystem::temp_directory_path() / "config-XXXXXX").string();
    folder_ = ::mkdtemp(pattern.data());
  }
  ~LoadConfig() override { std::filesystem::remove_all(folder_); }

  void write(const std::string& name, const std::string& text) const {
    std::filesystem::create_directories((folder_ / name).parent_path());
    std::ofstream(folder_ / name) << text;
  }
  [[nodiscard]] std::string path(const std::string& name) const { return folder_ / name; }

  [[nodiscard]] std::vector<std::string> mistakes_in(const std::string& name) const {
    const auto parsed = load_config(path(name), "lb1");
    return parsed ? std::vector<std::string>() : texts(parsed.error());
  }

  [[nodiscard]] std::vector<std::string> warnings_in(const std::string& name) const {
    const auto parsed = load_config(path(name), "lb1");
    return parsed ? texts(parsed->warnings) : texts(parsed.error());
  }

  std::filesystem::path folder_;
};

std::string named_service(const std::string& name, int last) {
  return "[[virtual_service]]\nname = \"" + name + "\"\naddress = \"192.0.2." +
         std::to_string(last) +
         "\"\nport = 80\nprotocol = \"tcp\"\nforwarding = \"direct\"\nreal_server = [{ address = "
         "\"192.0.2.21\" }]\n";
}

TEST_F(LoadConfig, ReadsAFileAndItsDigest) {
  write("a.toml", "[global]\nnode_name = \"x\"\n");
  const auto parsed = load_config(path("a.toml"), "");
  ASSERT_TRUE(parsed);
  EXPECT_EQ(parsed->config.global.node_name, "x");
  // printf '[global]\nnode_name = "x"\n' | sha256sum
  EXPECT_EQ(parsed->config.digest, "04b6f0");
}

TEST_F(LoadConfig, TheHostNameIsTheDefaultName) {
  write("a.toml", "");
  std::array<char, 256> host{};
  ASSERT_EQ(::gethostname(host.data(), host.size() - 1), 0);
  EXPECT_EQ(load_config(path("a.toml"), "")->config.global.node_name, host.data());
  EXPECT_EQ(load_config(path("a.toml"), "lb9")->config.global.node_name, "lb9");
}

TEST_F(LoadConfig, WhatCannotBeReadIsADiagnostic) {
  EXPECT_THAT(mistakes_in("none.toml"),
              ElementsAre(path("none.toml") + ": error: cannot read " + path("none.toml") +
                          ": No such file or directory"));
  std::filesystem::create_directory(folder_ / "folder");
  EXPECT_THAT(mistakes_in("folder"), ElementsAre(HasSubstr("Is a directory")));
}

TEST_F(LoadConfig, APipeIsNotWaitedFor) {
  ASSERT_EQ(::mkfifo(path("pipe.toml").c_str(), 0600), 0);
  EXPECT_THAT(mistakes_in("pipe.toml"), ElementsAre(HasSubstr("it is not a regular file")));
}

TEST_F(LoadConfig, IncludesAreRelativeToTheFileAndSorted) {
  write("main.toml", "include = [\"conf.d/*.toml\", \"last.toml\"]\n" + named_service("main", 1));
  write("conf.d/20-b.toml", named_service("b", 2));
  write("conf.d/10-a.toml", named_service("a", 3));
  write("conf.d/Z.toml", named_service("z", 4));
  write("conf.d/ignored.conf", "= broken");
  write("conf.d/.hidden.toml", "= broken");
  write("last.toml", named_service("last", 5));
  const auto parsed = load_config(path("main.toml"), "lb1");
  ASSERT_TRUE(parsed) << ::testing::PrintToString(texts(parsed.error()));
  std::vector<std::string> names;
  for (const ServiceConfig& service : parsed->config.services) names.push_back(service.name);
  EXPECT_THAT(names, ElementsAre("main", "a", "b", "z", "last"));
}

TEST_F(LoadConfig, AnEmptyPatternIsFineAMissingPathIsNot) {
  std::filesystem::create_directory(folder_ / "conf.d");
  write("main.toml", "include = [\"conf.d/*.toml\"]\n");
  EXPECT_THAT(mistakes_in("main.toml"), IsEmpty());
  EXPECT_THAT(warnings_in("main.toml"), IsEmpty());
  write("main.toml", "\ninclude = [\"a.toml\",\n  \"b.toml\"]\n");
  EXPECT_THAT(mistakes_in("main.toml"),
              ElementsAre(path("main.toml") + ":2:12: error: cannot read " + path("a.toml") +
                              ": No such file or directory",
                          HasSubstr("main.toml:3:3: error: cannot read ")));
}

TEST_F(LoadConfig, AFolderThatIsNotThereIsSaid) {
  write("main.toml", "include = [\"conf.d/*.toml\"]\n");
  EXPECT_THAT(
      warnings_in("main.toml"),
      ElementsAre(path("main.toml") + ":1:12: warning: \"conf.d/*.toml\": there is no folder " +
                  path("conf.d") + ": nothing is read from it"));
  write("main.toml", "include = [\"" + path("else") + "/x/*/a.toml\"]\n");
  EXPECT_THAT(warnings_in("main.toml"), ElementsAre(HasSubstr("no folder " + path("else/x"))));
  write("main.toml", "include = [\"conf.*/a.toml\", \"*.conf\"]\n");
  EXPECT_THAT(warnings_in("main.toml"), IsEmpty());
  std::filesystem::create_directory(folder_ / "conf.d");
  write("main.toml", "include = [\"conf.d\"]\n");
  EXPECT_THAT(mistakes_in("main.toml"),
              ElementsAre(HasSubstr("Is a directory; \"conf.d/*.toml\" takes the files in it")));
}

TEST_F(LoadConfig, ALinkToItselfIsAnError) {
  std::filesystem::create_directory(folder_ / "conf.d");
  std::filesystem::create_symlink("a.toml", folder_ / "conf.d" / "a.toml");
  write("main.toml", "include = [\"conf.d/a.toml\"]\n");
  EXPECT_THAT(mistakes_in("main.toml"),
              ElementsAre(HasSubstr("Too many levels of symbolic links")));
}

TEST_F(LoadConfig, WhatOthersMayWriteDrawsAWarning) {
  write("main.toml", "include = [\"conf.d/*.toml\"]\n");
  write("conf.d/a.toml", "");
  const auto allow = [&](const std::string& name, mode_t mode) {
    ASSERT_EQ(::chmod(path(name).c_str(), mode), 0);
  };
  EXPECT_THAT(warnings_in("main.toml"), IsEmpty());
  allow("main.toml", 0666);
  EXPECT_THAT(warnings_in("main.toml"),
              ElementsAre(path("main.toml") +
                          ": warning: everybody may write this file (mode 0666), and so decides "
                          "what evenkeeld does as root"));
  allow("main.toml", 0644);
  allow("conf.d/a.toml", 0602);
  EXPECT_THAT(warnings_in("main.toml"),
              ElementsAre(HasSubstr("a.toml: warning: everybody may write this file (mode 0602)")));
  allow("conf.d/a.toml", 0600);
  allow("conf.d", 01777);
  EXPECT_THAT(warnings_in("main.toml"),
              ElementsAre(HasSubstr("may write the folder " + path("conf.d") +
                                    ", whose files are included (mode 1777)")))
      << "a file may come";
  allow("conf.d", 0755);
  allow("", 01777);
  EXPECT_THAT(warnings_in("main.toml"), IsEmpty()) << "nobody else replaces the file";
  allow("", 0777);
  EXPECT_THAT(warnings_in("main.toml"), ElementsAre(HasSubstr("may write the folder")));
}

TEST_F(LoadConfig, AnotherOwnerOrGroupDrawsAWarning) {
  if (::geteuid() != 0) GTEST_SKIP() << "only root gives files away";
  write("main.toml", "");
  ASSERT_EQ(::chown(path("main.toml").c_str(), 0, 4711), 0);
  EXPECT_THAT(warnings_in("main.toml"), IsEmpty());
  ASSERT_EQ(::chmod(path("main.toml").c_str(), 0664), 0);
  EXPECT_THAT(warnings_in("main.toml"), ElementsAre(HasSubstr("group 4711 may write this file")));
  ASSERT_EQ(::chown(path("main.toml").c_str(), 4711, 0), 0);
  EXPECT_THAT(warnings_in("main.toml"), ElementsAre(HasSubstr("user 4711 owns this file")));
  // "nobody" is a user as others are, where each has an ID.
  std::ifstream map("/proc/self/uid_map");
  std::string first, outside, count;
  map >> first >> outside >> count;
  if (count != "4294967295") return;
  ASSERT_EQ(::chown(path("main.toml").c_str(), 65534, 0), 0);
  EXPECT_THAT(warnings_in("main.toml"), ElementsAre(HasSubstr("user 65534 owns this file")));
}

TEST_F(LoadConfig, ALinkIsAsSafeAsWhatItLeadsTo) {
  write("real/main.toml", "");
  std::filesystem::create_symlink(path("real/main.toml"), folder_ / "link.toml");
  ASSERT_EQ(::chmod(path("real").c_str(), 0777), 0);
  EXPECT_THAT(warnings_in("link.toml"), ElementsAre(HasSubstr("the folder " + path("real"))));
}

TEST_F(LoadConfig, EveryLinkOnTheWayIsFollowed) {
  write("real/main.toml", "");
  std::filesystem::create_directory(folder_ / "between");
  std::filesystem::create_symlink("../real/main.toml", folder_ / "between" / "second.toml");
  std::filesystem::create_symlink("between/second.toml", folder_ / "link.toml");
  EXPECT_THAT(warnings_in("link.toml"), IsEmpty());
  ASSERT_EQ(::chmod(path("between").c_str(), 0777), 0);
  EXPECT_THAT(warnings_in("link.toml"), ElementsAre(HasSubstr("the folder " + path("between"))));
}

TEST_F(LoadConfig, WhoOwnsALinkInAStickyFolderMayPutAnotherThere) {
  if (::geteuid() != 0) GTEST_SKIP() << "only root gives files away";
  write("real/main.toml", "");
  std::filesystem::create_directory(folder_ / "common");
  std::filesystem::create_symlink("../real/main.toml", folder_ / "common" / "link.toml");
  ASSERT_EQ(::lchown(path("common/link.toml").c_str(), 4711, 4711), 0);
  EXPECT_THAT(warnings_in("common/link.toml"), IsEmpty()) << "it cannot be replaced by its owner";
  ASSERT_EQ(::chown(path("common").c_str(), 0, 4711), 0);
  ASSERT_EQ(::chmod(path("common").c_str(), 01775), 0);
  EXPECT_THAT(warnings_in("common/link.toml"),
              ElementsAre(HasSubstr("user 4711 owns the link " + path("common/link.toml"))));
}

TEST_F(LoadConfig, TheWayToAnEmptyFolderIsLookedAt) {
  write("main.toml", "include = [\"" + path("far/conf.d") + "/*.toml\"]\n");
  std::filesystem::create_directories(folder_ / "far" / "conf.d");
  EXPECT_THAT(warnings_in("main.toml"), IsEmpty());
  ASSERT_EQ(::chmod(path("far").c_str(), 0777), 0);
  EXPECT_THAT(warnings_in("main.toml"), ElementsAre(HasSubstr("the folder " + path("far"))));
  // By a link, too: whoever writes to its folder leads us elsewhere.
  ASSERT_EQ(::chmod(path("far").c_str(), 0755), 0);
  write("near/unused", "");
  std::filesystem::create_directory_symlink(path("far/conf.d"), folder_ / "near" / "conf.d");
  write("main.toml", "include = [\"near/conf.d/*.toml\"]\n");
  ASSERT_EQ(::chmod(path("near").c_str(), 0777), 0);
  EXPECT_THAT(warnings_in("main.toml"), ElementsAre(HasSubstr("the folder " + path("near"))));
}

TEST_F(LoadConfig, AFileIsIncludedOnce) {
  write("main.toml", "include = [\"*.toml\"]\n");
  EXPECT_THAT(mistakes_in("main.toml"), ElementsAre(HasSubstr("main.toml is included twice")));
  write("main.toml", "include = [\"d/a.toml\", \"d/*\"]\n");
  write("d/a.toml", "");
  EXPECT_THAT(mistakes_in("main.toml"),
              ElementsAre(HasSubstr(":1:24: error: " + path("d/a.toml") + " is included twice")));
}

TEST_F(LoadConfig, ErrorsNameTheIncludedFile) {
  write("main.toml", "include = [\"d/*\"]\n");
  write("d/a.toml", "\nbad = 1\n");
  EXPECT_THAT(mistakes_in("main.toml"),
              ElementsAre(path("d/a.toml") + ":2:1: error: unknown key \"bad\""));
}

TEST_F(LoadConfig, TheFolderOfTheFileIsNoPattern) {
  write("[x]*/main.toml", "include = [\"d/*\"]\n");
  write("[x]*/d/a.toml", named_service("a", 1));
  const auto parsed = load_config(path("[x]*/main.toml"), "lb1");
  ASSERT_TRUE(parsed);
  EXPECT_EQ(parsed->config.services.size(), 1U);
}

TEST_F(LoadConfig, TheDigestCoversTheIncludes) {
  write("main.toml", "include = [\"d/*\"]\n");
  write("d/a.toml", "# 1\n");
  const std::string before = load_config(path("main.toml"), "")->config.digest;
  EXPECT_EQ(before, load_config(path("main.toml"), "")->config.digest);
  write("d/a.toml", "# 2\n");
  EXPECT_NE(before, load_config(path("main.toml"), "")->config.digest);
}

TEST(Digest, IsThatOfTheTextsOneAfterTheOther) {
  EXPECT_EQ(digest_of({{"a", ""}}), "e3b0c4");
  EXPECT_EQ(digest_of({{"a", "abc"}}), "ba7816");
  EXPECT_EQ(digest_of({{"a", "a"}, {"b", "bc"}}), "ba7816");
}

}  // namespace
}  // namespace evenkeel::daemon
