#include "daemon/config/duration.h"

#include <array>
#include <charconv>
#include <cstdint>
#include <limits>

namespace evenkeel::daemon {
namespace {

struct Unit {
  std::string_view name;
  std::int64_t nanoseconds;
};

constexpr std::array kUnits = {Unit{"h", 3'600'000'000'000}, Unit{"m", 60'000'000'000},
                               Unit{"s", 1'000'000'000}, Unit{"ms", 1'000'000}};

}  // namespace

std::optional<Duration> parse_duration(std::string_view text) {
  std::int64_t count = 0;
  const char* const end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, count);
  if (error != std::errc{} || text.front() == '-') return std::nullopt;
  const std::string_view unit_name(rest, static_cast<std::size_t>(end - rest));
  for (const Unit& unit : kUnits) {
    if (unit.name != unit_name) continue;
    if (count > std::numeric_limits<std::int64_t>::max() / unit.nanoseconds) return std::nullopt;
    return std::chrono::nanoseconds(count * unit.nanoseconds);
  }
  return std::nullopt;
}

std::string to_string(Duration duration) {
  const std::int64_t nanoseconds = std::chrono::nanoseconds(duration).count();
  if (nanoseconds == 0) return "0s";
  for (const Unit& unit : kUnits) {
    if (nanoseconds % unit.nanoseconds == 0) {
      return std::to_string(nanoseconds / unit.nanoseconds).append(unit.name);
    }
  }
  return std::to_string(nanoseconds / kUnits.back().nanoseconds).append(kUnits.back().name);
}

}  // namespace evenkeel::daemon
