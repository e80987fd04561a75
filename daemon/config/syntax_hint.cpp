#include "daemon/config/syntax_hint.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <vector>

#include "daemon/fields/utf8.h"

namespace evenkeel::daemon {
namespace {

constexpr std::string_view kBlank = " \t\r";

std::string_view trimmed(std::string_view text) {
  const std::size_t first = text.find_first_not_of(kBlank);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kBlank) - first + 1);
}

/// Takes a line off the front of `text`.
std::string_view take_line(std::string_view& text) {
  const std::size_t end = text.find('\n');
  const std::string_view line = text.substr(0, end);
  text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  return line;
}

/// The first words of keepalived.conf's blocks (keepalived.conf(5)).
bool begins_block_of_keepalived(std::string_view line) {
  constexpr std::array<std::string_view, 7> kBlocks = {
      "global_defs",    "vrrp_instance",        "vrrp_sync_group", "vrrp_script",
      "virtual_server", "virtual_server_group", "static_ipaddress"};
  const std::string_view word = line.substr(0, line.find_first_of(" \t{"));
  return line.find('=') == std::string_view::npos &&
         std::find(kBlocks.begin(), kBlocks.end(), word) != kBlocks.end();
}

/// `key:`, `key: value`, `- item` and `---` are YAML; none of them is TOML.
bool is_yaml(std::string_view line) {
  if (line == "---" || line.starts_with("- ")) return true;
  const std::size_t end = line.find_first_of(" \t:=[\"'{");
  return end != std::string_view::npos && end > 0 && line[end] == ':' &&
         (end + 1 == line.size() || line[end + 1] == ' ');
}

bool is_json(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t\r\n");
  if (first == std::string_view::npos) return false;
  return text[first] == '{' || text.substr(first).starts_with("[{");
}

/// `rest`: from the line of the error on. What stands before it is TOML.
std::string hint_of_language(std::string_view text, std::string_view rest) {
  constexpr std::string_view kOurs = "; evenkeel's file is TOML: evenkeel.toml(5)";
  const std::string_view line = trimmed(rest.substr(0, rest.find('\n')));
  if (is_yaml(line)) return "this looks like YAML" + std::string(kOurs);
  if (is_json(text)) return "this looks like JSON" + std::string(kOurs);
  if (line.find('=') != std::string_view::npos) return "";
  while (!rest.empty()) {
    if (begins_block_of_keepalived(trimmed(take_line(rest)))) {
      return "this is keepalived's language" + std::string(kOurs) +
             ", and README, \"From keepalived\"";
    }
  }
  return "";
}

std::string hint_of_list(std::string_view line, std::span<const std::string_view> lists) {
  std::string header(line.substr(0, line.find('#')));
  std::erase_if(header, [](char c) { return kBlank.find(c) != std::string_view::npos; });
  for (const std::string_view list : lists) {
    std::string element = "each element of this list begins with " + std::string(list);
    if (header == list) return element + ", the first one too";
    if (header == list.substr(1, list.size() - 2)) return element;
  }
  return "";
}

/// The bracket that is open at the end of a text that so far is TOML, and its last character that
/// counts.
struct Surroundings {
  char open = '\0';  ///< '[' of an array, '{' of an inline table
  char last = '\n';  ///< outside of brackets a new line counts
};

/// The end of the string or comment that begins at `at`, or `at` itself.
std::size_t end_of_text(std::string_view text, std::size_t at) {
  const auto behind = [&](std::string_view closing, std::size_t from, bool has_escapes) {
    for (std::size_t i = from; i < text.size(); ++i) {
      if (has_escapes && text[i] == '\\') {
        ++i;
      } else if (text.substr(i).starts_with(closing)) {
        return i + closing.size();
      }
    }
    return text.size();
  };
  const std::string_view rest = text.substr(at);
  if (rest.starts_with("\"\"\"")) return behind("\"\"\"", at + 3, true);
  if (rest.starts_with("'''")) return behind("'''", at + 3, false);
  if (rest.starts_with('"')) return behind("\"", at + 1, true);
  if (rest.starts_with('\'')) return behind("'", at + 1, false);
  if (rest.starts_with('#')) return std::min(text.find('\n', at), text.size());
  return at;
}

Surroundings surroundings_of(std::string_view text) {
  std::vector<char> open;
  char last = '\n';
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (const std::size_t end = end_of_text(text, i); end != i) {
      if (c != '#') last = c;
      i = end - 1;
    } else if (c == '{' || (c == '[' && (last == '=' || !open.empty()))) {
      open.push_back(last = c);
    } else if ((c == '}' || c == ']') && !open.empty()) {
      open.pop_back();
      last = c;
    } else if (c == '\n' ? open.empty() : kBlank.find(c) == std::string_view::npos) {
      last = c;
    }
  }
  return {.open = open.empty() ? '\0' : open.back(), .last = last};
}

bool is_in_word(char c) {
  constexpr std::string_view kEnds = " \t\r\n,=[]{}\"'#;";
  return kEnds.find(c) == std::string_view::npos;
}

/// The octet of a column, which counts characters.
std::size_t octet_at(std::string_view line, std::uint32_t column) {
  std::size_t at = 0;
  for (std::uint32_t i = 1; i < column && at < line.size(); ++i) {
    ++at;
    while (at < line.size() && fields::is_utf8_tail(line[at])) ++at;
  }
  return at;
}

/// `at`: where the error is: in the word that is meant, or directly behind it. The word itself,
/// which may be a secret, is not repeated.
std::string hint_of_value(std::string_view text, std::size_t at) {
  constexpr std::array<std::string_view, 9> kYes = {"true", "True", "TRUE", "yes", "Yes",
                                                    "YES",  "on",   "On",   "ON"};
  constexpr std::array<std::string_view, 9> kNo = {"false", "False", "FALSE", "no", "No",
                                                   "NO",    "off",   "Off",   "OFF"};
  std::size_t begin = at, end = at;
  while (begin > 0 && is_in_word(text[begin - 1])) --begin;
  while (end < text.size() && is_in_word(text[end])) ++end;
  if (end < text.size() && text[end] == ';') return "a line of TOML has no \";\" at its end";
  const Surroundings before = surroundings_of(text.substr(0, begin));
  const bool is_element = before.open == '[' && (before.last == ',' || before.last == '[');
  const std::string_view word = text.substr(begin, end - begin);
  if (word.empty() || (before.last != '=' && !is_element)) return "";
  for (const std::string_view quote : {"“", "”", "„", "‘", "’", "«", "»"}) {
    if (!word.starts_with(quote)) continue;
    return "the quotes " + std::string(quote) + " are typographic: TOML's are \"\"";
  }
  if (std::find(kYes.begin(), kYes.end(), word) != kYes.end()) return "write true";
  if (std::find(kNo.begin(), kNo.end(), word) != kNo.end()) return "write false";
  if (word.find_first_not_of("+-0123456789_") == std::string_view::npos) return "";
  return "text needs quotes";
}

}  // namespace

std::string syntax_hint(std::string_view text, std::uint32_t line, std::uint32_t column,
                        std::span<const std::string_view> lists) {
  std::string_view rest = text;
  for (std::uint32_t i = 1; i < line && !rest.empty(); ++i) take_line(rest);
  const std::string_view at_error = rest.substr(0, rest.find('\n'));
  std::string hint = hint_of_language(text, rest);
  if (hint.empty()) hint = hint_of_list(at_error, lists);
  if (hint.empty()) {
    hint = hint_of_value(text, text.size() - rest.size() + octet_at(at_error, column));
  }
  return hint;
}

}  // namespace evenkeel::daemon
