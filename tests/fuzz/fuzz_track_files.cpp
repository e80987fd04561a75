// Any bytes as the number in a file that a track follows, and as what /proc shows of a process: no
// crash; a number is within its range and is the same when it is written and read again; what is
// wrong is explained in printable characters, and briefly.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "daemon/tracking/number_file.h"
#include "daemon/tracking/process_pattern.h"
#include "vrrp/track.h"

namespace {

using namespace evenkeel;

void require(bool holds) {
  if (!holds) std::abort();
}

void read_number(const std::string& text) {
  const auto number = daemon::parse_number_file(text);
  if (number) {
    require(*number >= -vrrp::kMaxTrackWeight && *number <= vrrp::kMaxTrackWeight);
    require(daemon::parse_number_file(std::to_string(*number)) == number);
    return;
  }
  const std::string why = daemon::explain(number.error(), text);
  require(!why.empty() && why.size() <= vrrp::kMaxTrackReason);
  require(std::all_of(why.begin(), why.end(), [](char c) { return c >= ' ' && c <= '~'; }));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(data, data + size);
  read_number(text);
  (void)daemon::parse_process_state(text);
  const std::size_t half = size / 2;
  const daemon::TrackedProcess followed{
      .track = "", .name = text.substr(0, half), .arguments = {text.substr(0, half)}, .user = ""};
  (void)daemon::has_name(followed, text.substr(half));
  require(daemon::has_name(followed, followed.name + "\n"));
  const bool has = daemon::has_arguments(followed, text.substr(half));
  const bool may = followed.arguments[0].find('\0') == std::string::npos;
  require(!has || may);
  if (may) {
    using namespace std::string_literals;
    require(daemon::has_arguments(followed, "program\0"s + followed.arguments[0] + "\0more\0"s));
  }
  return 0;
}
