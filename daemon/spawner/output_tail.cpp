#include "daemon/spawner/output_tail.h"

#include "daemon/spawner/run.h"

namespace evenkeel::daemon {
namespace {

constexpr std::string_view kBlanks = " \t\r\n\v\f";

/// Whether the octet goes on with a UTF-8 character that has begun before it.
bool is_within_character(char octet) {
  return (static_cast<unsigned char>(octet) & 0xC0U) == 0x80U;
}

}  // namespace

void OutputTail::append(std::string_view octets) {
  if (octets.size() >= kKept) {
    kept_.assign(octets.substr(octets.size() - kKept));
    return;
  }
  kept_.append(octets);
  if (kept_.size() > 2 * kKept) kept_.erase(0, kept_.size() - kKept);
}

std::string OutputTail::last_line() const {
  std::string_view rest = kept_;
  if (rest.size() > kKept) rest.remove_prefix(rest.size() - kKept);
  const std::size_t end = rest.find_last_not_of(kBlanks);
  if (end == std::string_view::npos) return "";
  std::string_view line = rest.substr(0, end + 1);
  const std::size_t before = line.find_last_of("\n\r\v\f");
  if (before != std::string_view::npos) line.remove_prefix(before + 1);
  line.remove_prefix(std::min(line.find_first_not_of(kBlanks), line.size()));
  std::size_t length = std::min(line.size(), kMaxLine);
  while (length < line.size() && length > 0 && is_within_character(line[length])) --length;
  return std::string(line.substr(0, length));
}

}  // namespace evenkeel::daemon
