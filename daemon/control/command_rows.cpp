#include "daemon/control/command_rows.h"

#include <algorithm>
#include <array>
#include <string>

namespace evenkeel::daemon {

// commands/: one file each.
extern const CommandRow kStatusRow, kVrrpRow, kExplainRow, kReloadRow, kFailoverRow, kResumeRow;

namespace {

constexpr std::array kRows{&kStatusRow, &kVrrpRow,     &kExplainRow,
                           &kReloadRow, &kFailoverRow, &kResumeRow};

constexpr std::size_t kLongestRepeated = 64;  // octets of an unknown command in its error

}  // namespace

std::span<const CommandRow* const> command_rows() {
  return kRows;
}

tl::expected<const CommandRow*, ProtocolError> find_command(std::string_view name) {
  const auto found = std::find_if(kRows.begin(), kRows.end(),
                                  [&](const CommandRow* row) { return row->words.name == name; });
  if (found != kRows.end()) return *found;
  std::string known;
  for (const CommandRow* row : kRows) {
    known += known.empty() ? "" : ", ";
    known += row->words.name;
  }
  return tl::unexpected(
      ProtocolError{ErrorCode::UnknownCommand, "unknown command \"" +
                                                   std::string(name.substr(0, kLongestRepeated)) +
                                                   "\": there are " + known});
}

}  // namespace evenkeel::daemon
