#include "daemon/config/syntax_hint.h"

#include <algorithm>
#include <array>
#include <cstddef>

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

std::string_view line_at(std::string_view text, std::uint32_t number) {
  for (std::uint32_t line = 1; line < number && !text.empty(); ++line) take_line(text);
  return take_line(text);
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

std::string hint_of_language(std::string_view text, std::string_view at_error) {
  constexpr std::string_view kOurs = "; evenkeel's file is TOML: evenkeel.toml(5)";
  const std::string_view line = trimmed(at_error);
  if (is_yaml(line)) return "this looks like YAML" + std::string(kOurs);
  if (line.starts_with('{')) return "this looks like JSON" + std::string(kOurs);
  while (!text.empty()) {
    if (begins_block_of_keepalived(trimmed(take_line(text)))) {
      return "this is keepalived's language" + std::string(kOurs) +
             ", and README, \"From keepalived\"";
    }
  }
  return "";
}

std::string hint_of_list(std::string_view line, std::span<const std::string_view> lists) {
  const std::string_view header = trimmed(line.substr(0, line.find('#')));
  const auto is_meant = [&](std::string_view list) {
    return header == list.substr(1, list.size() - 2);
  };
  const auto found = std::find_if(lists.begin(), lists.end(), is_meant);
  if (found == lists.end()) return "";
  return "each element of this list begins with " + std::string(*found);
}

std::string hint_of_quotes(std::string_view line) {
  constexpr std::array<std::string_view, 7> kTypographic = {"“", "”", "„", "‘", "’", "«", "»"};
  for (const std::string_view quote : kTypographic) {
    if (line.find(quote) == std::string_view::npos) continue;
    return "the quotes " + std::string(quote) + " are typographic: TOML's are \"\"";
  }
  return "";
}

bool is_in_word(char c) {
  constexpr std::string_view kEnds = " \t\r,=[]{}\"'#;";
  return kEnds.find(c) == std::string_view::npos;
}

/// The word that the error is in, or directly behind, where a value is expected.
std::string_view value_word(std::string_view line, std::uint32_t column) {
  std::size_t begin = std::min<std::size_t>(column > 0 ? column - 1 : 0, line.size());
  std::size_t end = begin;
  while (begin > 0 && is_in_word(line[begin - 1])) --begin;
  while (end < line.size() && is_in_word(line[end])) ++end;
  const std::string_view before = trimmed(line.substr(0, begin));
  const bool is_value = !before.empty() && (before.back() == '=' || before.back() == ',' ||
                                            (before.back() == '[' && before.size() > 1));
  return is_value ? line.substr(begin, end - begin) : std::string_view();
}

std::string hint_of_value(std::string_view word) {
  constexpr std::array<std::string_view, 10> kYes = {"true", "True", "TRUE", "yes", "Yes",
                                                     "on",   "On",   "tru",  "YES", "ON"};
  constexpr std::array<std::string_view, 9> kNo = {"false", "False", "FALSE", "no", "No",
                                                   "off",   "Off",   "NO",    "OFF"};
  constexpr std::size_t kLongest = 60;
  if (word.empty() || word.size() > kLongest) return "";
  if (std::find(kYes.begin(), kYes.end(), word) != kYes.end()) return "write true";
  if (std::find(kNo.begin(), kNo.end(), word) != kNo.end()) return "write false";
  if (word.find_first_not_of("+-0123456789_") == std::string_view::npos) return "";
  return "text needs quotes: \"" + std::string(word) + "\"";
}

}  // namespace

std::string syntax_hint(std::string_view text, std::uint32_t line, std::uint32_t column,
                        std::span<const std::string_view> lists) {
  const std::string_view at_error = line_at(text, line);
  std::string hint = hint_of_language(text, at_error);
  if (hint.empty()) hint = hint_of_list(at_error, lists);
  if (hint.empty()) hint = hint_of_quotes(at_error);
  if (hint.empty()) hint = hint_of_value(value_word(at_error, column));
  return hint;
}

}  // namespace evenkeel::daemon
