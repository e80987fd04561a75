#include "daemon/config/manual.h"

#include <algorithm>
#include <set>
#include <sstream>
#include <utility>
#include <vector>

#include "daemon/config/key_facts.h"
#include "daemon/config/sysctl.h"

namespace evenkeel::daemon {
namespace {

std::vector<std::string> words_of_line(const std::string& line) {
  std::istringstream text(line);
  std::vector<std::string> words;
  for (std::string word; text >> word;) words.push_back(word);
  return words;
}

std::string text_of_default(const Schema& value) {
  if (value.is_null()) return {};
  if (value.is_string()) return value;
  if (!value.is_array()) return value.dump();
  std::string text;
  for (const std::string element : value)
    text += (text.empty() ? "" : ", ") + in_mdoc_quotes(element);
  return "[" + text + "]";
}

class Writer {
 public:
  tl::expected<std::string, std::string> write(std::string_view page) {
    std::istringstream lines{std::string(page)};
    std::string result;
    for (std::string line; error_.empty() && std::getline(lines, line);) {
      result += (is_head(line) ? head(line) : text(line)) + "\n";
    }
    if (error_.empty()) look_for_forgotten();
    if (error_.empty()) look_for_forgotten_sysctls();
    if (!error_.empty()) return tl::unexpected(error_);
    return result;
  }

 private:
  /// The table as a directive names it: "global"; "check.tcp" for a key of that type only.
  static std::string table_of(const KeyFact& fact) {
    const std::string table(fact.table);
    return fact.type.empty() ? table : table + "." + std::string(fact.type);
  }

  static bool is_head(const std::string& line) {
    return line.starts_with("@key ") || line.starts_with("@sysctl");
  }

  /// A line that is a directive.
  std::string head(const std::string& line) {
    const std::vector<std::string> words = words_of_line(line);
    if (words[0] == "@sysctls" && words.size() == 1) return other_sysctls();
    if (words[0] == "@sysctl" && words.size() == 2) return sysctl(words[1]);
    if (words[0] != "@key" || words.size() < 3) return fail("no directive: " + line);
    std::string item = ".It";
    for (std::size_t i = 2; i < words.size(); ++i) {
      const KeyFact* const fact = find(words[1], words[i]);
      if (!fact) return fail("no such key: " + line);
      named_.insert(fact);
      item += std::string(i == 2 ? "" : " ,") + " Ic " + words[i] + " No = " + fact->value;
    }
    return item;
  }

  /// A line of text with what stands between @ and @ in it.
  std::string text(const std::string& line) {
    std::string result;
    for (std::size_t at = 0; at <= line.size();) {
      const std::size_t begin = std::min(line.find('@', at), line.size());
      result += line.substr(at, begin - at);
      if (begin == line.size()) return result;
      const std::size_t end = line.find('@', begin + 1);
      if (end == std::string::npos) return fail("a single @: " + line);
      result += value(line.substr(begin + 1, end - begin - 1));
      at = end + 1;
    }
    return result;
  }

  std::string value(const std::string& directive) {
    const std::vector<std::string> words = words_of_line(directive);
    if (words.size() == 2 && words[0] == "keys") return keys_of(words[1]);
    const KeyFact* const fact = words.size() == 3 ? find(words[1], words[2]) : nullptr;
    if (!fact) return fail("no such key: @" + directive + "@");
    std::string found;
    if (words[0] == "default") found = text_of_default(fact->default_value);
    if (words[0] == "min") found = fact->min;
    if (words[0] == "max") found = fact->max;
    if (words[0] == "range" && !fact->min.empty() && !fact->max.empty()) {
      found = fact->min + " to " + fact->max;
    }
    if (words[0] == "words") {
      for (const std::string_view word : fact->words) {
        found += (found.empty() ? "" : " ") + std::string(word);
      }
    }
    return found.empty() ? fail("there is none: @" + directive + "@") : found;
  }

  std::string keys_of(const std::string& table) {
    std::string keys;
    for (const KeyFact& fact : facts_) {
      if (table_of(fact) != table) continue;
      named_.insert(&fact);
      keys += (keys.empty() ? "" : " , ") + std::string(fact.key);
    }
    return keys.empty() ? fail("no such table: " + table) : keys;
  }

  [[nodiscard]] const KeyFact* find(std::string_view table, std::string_view key) const {
    const auto found = std::find_if(facts_.begin(), facts_.end(), [&](const KeyFact& fact) {
      return fact.key == key && table_of(fact) == table;
    });
    return found == facts_.end() ? nullptr : &*found;
  }

  std::string sysctl(const std::string& name) {
    const SysctlValues recommended = recommended_sysctls();
    const auto value = recommended.find(name);
    const auto known = known_sysctls();
    const auto found = std::find_if(known.begin(), known.end(),
                                    [&](const Sysctl& one) { return one.name == name; });
    if (found == known.end() || value == recommended.end()) return fail("no such sysctl: " + name);
    named_sysctls_.insert(found->name);
    const std::string text = !found->is_switch    ? std::to_string(value->second)
                             : value->second != 0 ? "true"
                                                  : "false";
    return ".It Ic " + name + " No = " + text;
  }

  std::string other_sysctls() {
    constexpr std::size_t kWidth = 120;
    const SysctlValues recommended = recommended_sysctls();
    std::string result, line;
    for (const Sysctl& sysctl : known_sysctls()) {
      if (recommended.contains(std::string(sysctl.name))) continue;
      named_sysctls_.insert(sysctl.name);
      if (line.size() + sysctl.name.size() + 5 > kWidth) {
        result += line + " ,\n";
        line.clear();
      }
      line += (line.empty() ? ".Ic " : " , ") + std::string(sysctl.name);
    }
    return result + line + " .";
  }

  void look_for_forgotten() {
    for (const KeyFact& fact : facts_) {
      if (fact.is_table || named_.contains(&fact)) continue;
      if (fact.table == "virtual_service.sorry_server" || fact.table == "virtual_service.tunnel" ||
          fact.table == "vrrp.instance.announcements" || fact.table == "vrrp.while_master" ||
          fact.table.starts_with("vrrp.track_")) {
        continue;  // in the line of the key that they are the table of
      }
      fail("no line has the head of " + std::string(fact.key) + " in " + table_of(fact) + ": @key");
    }
  }

  void look_for_forgotten_sysctls() {
    for (const Sysctl& sysctl : known_sysctls()) {
      if (named_sysctls_.contains(sysctl.name)) continue;
      fail("the page does not say anything of " + std::string(sysctl.name));
    }
  }

  std::string fail(std::string error) {
    if (error_.empty()) error_ = std::move(error);
    return {};
  }

  const std::vector<KeyFact> facts_ = key_facts();
  std::set<const KeyFact*> named_;
  std::set<std::string_view> named_sysctls_;
  std::string error_;
};

}  // namespace

tl::expected<std::string, std::string> manual_page(std::string_view page) {
  return Writer().write(page);
}

}  // namespace evenkeel::daemon
