// Whoever writes keepalived's words is told ours, and ours are keys of the file.
#include "daemon/config/keepalived_words.h"

#include <fstream>
#include <functional>
#include <set>
#include <sstream>
#include <string>

#include "daemon/config/key_facts.h"
#include "tests/daemon/config/parsing.h"

namespace evenkeel::daemon {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

std::set<std::string, std::less<>> our_keys() {
  std::set<std::string, std::less<>> ours;
  for (const KeyFact& fact : key_facts()) {
    ours.emplace(fact.key);
    ours.emplace(fact.table);
  }
  return ours;
}

/// The first words of what the README's table has in code in its left column.
std::vector<std::string> words_of_readme() {
  std::ifstream file(SOURCE_FOLDER "/README.md");
  std::vector<std::string> words;
  bool is_in_table = false;
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with("#")) is_in_table = line == "## From keepalived";
    if (!is_in_table || !line.starts_with("| ")) continue;
    std::istringstream left(line.substr(1, line.find(" | ", 1)));
    for (std::string text, code; std::getline(left, text, '`') && std::getline(left, code, '`');) {
      words.push_back(code.substr(0, code.find(' ')));
    }
  }
  return words;
}

TEST(KeepalivedWords, ThoseOfTheReadmeAreAnsweredOrAreOursToo) {
  const auto ours = our_keys();
  const std::set<std::string, std::less<>> no_keywords = {"NAT",  "DR",      "TUN",
                                                          "kill", "ipvsadm", "systemctl"};
  const auto words = words_of_readme();
  EXPECT_GT(words.size(), 40U);
  for (const std::string& word : words) {
    EXPECT_TRUE(ours.contains(word) || no_keywords.contains(word) ||
                !instead_of_keepalived(word).empty())
        << word;
  }
}

TEST(KeepalivedWords, TheirsAreNoKeysAndOursAre) {
  const auto ours = our_keys();
  for (const KeepalivedWord& row : keepalived_words()) {
    EXPECT_FALSE(ours.contains(row.word)) << row.word;
    EXPECT_TRUE(row.key.empty() || ours.contains(row.key)) << row.key;
    EXPECT_FALSE(row.key.empty() && row.note.empty()) << row.word;
  }
}

TEST(KeepalivedWords, AreAnsweredWithOurs) {
  EXPECT_THAT(mistakes(instance("advert_int = 1")),
              ElementsAre("f:6:1: error: unknown key \"advert_int\": keepalived's word; here it is "
                          "\"advertisement_interval\", a duration (\"1s\")"));
  EXPECT_THAT(mistakes(instance("state = \"MASTER\"")),
              ElementsAre(HasSubstr("\"state\": keepalived's word; leave it out: the priorities "
                                    "decide who is Master")));
  EXPECT_THAT(mistakes(instance("virtual_ipaddress = []")),
              ElementsAre(HasSubstr("here it is \"virtual_addresses\"")));
  EXPECT_THAT(mistakes(served("persistence_timeout = 50")),
              ElementsAre(HasSubstr("here it is \"persistence\", a duration")));
  EXPECT_THAT(mistakes(served("lb_algo = \"rr\"")),
              ElementsAre(HasSubstr("unknown key \"lb_algo\": keepalived's word; here it is "
                                    "\"scheduler\"")));
  EXPECT_EQ(instead_of_keepalived("weight"), "");
  EXPECT_EQ(instead_of_keepalived(""), "");
}

TEST(KeepalivedWords, ATableIsToldWhereItBelongs) {
  EXPECT_THAT(mistakes("[[real_server]]\naddress = \"192.0.2.21\"\n"),
              ElementsAre("f:1:3: error: unknown table \"real_server\": it is "
                          "[[virtual_service.real_server]]"));
  EXPECT_THAT(mistakes("[[instance]]\n"), ElementsAre(HasSubstr("it is [[vrrp.instance]]")));
  EXPECT_THAT(mistakes("[timeouts]\n"), ElementsAre(HasSubstr("it is [ipvs.timeouts]")));
}

TEST(KeepalivedWords, AServiceWhoseAddressStaysIsWarnedOf) {
  EXPECT_THAT(warnings(served()), IsEmpty()) << "no instance at all: a lone node";
  EXPECT_THAT(warnings(served() + instance("extra_addresses = [\"192.0.2.10\"]", "web", "61",
                                           "[\"192.0.2.11\"]")),
              IsEmpty());
  EXPECT_THAT(warnings(served() + instance("", "web", "61", "[\"192.0.2.11\"]")),
              Contains("f:1:1: warning: no instance moves 192.0.2.10, the address of \"web\": it "
                       "has to come to this node by other means"));
}

}  // namespace
}  // namespace evenkeel::daemon
