#include "daemon/control/append.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <ctime>

namespace evenkeel::daemon {

namespace {

using Digits = std::array<char, 20>;  // of a 64-bit number

std::string_view digits_of(std::uint64_t value, Digits& digits) {
  const auto result = std::to_chars(digits.data(), digits.data() + digits.size(), value);
  return {digits.data(), static_cast<std::size_t>(result.ptr - digits.data())};
}

}  // namespace

void append_left(std::string& out, std::uint64_t value, std::size_t width) {
  Digits digits{};
  const std::string_view text = digits_of(value, digits);
  out += text;
  if (text.size() < width) out.append(width - text.size(), ' ');
}

void append_right(std::string& out, std::uint64_t value, std::size_t width) {
  Digits digits{};
  const std::string_view text = digits_of(value, digits);
  if (text.size() < width) out.append(width - text.size(), ' ');
  out += text;
}

void pad(std::string& out, std::size_t start, std::size_t width) {
  const std::size_t written = out.size() - start;
  if (written < width) out.append(width - written, ' ');
}

void append_endpoint(std::string& out, const ipvs::Address& address, std::uint16_t port) {
  if (address.is_v6()) {
    out += '[';
    append_address(out, address);
    out += ']';
  } else {
    append_address(out, address);
  }
  out += ':';
  append_number(out, port);
}

void append_age(std::string& out, std::chrono::system_clock::duration age) {
  using std::chrono::duration_cast;
  const auto seconds = std::max<std::int64_t>(0, duration_cast<std::chrono::seconds>(age).count());
  constexpr std::int64_t kHour = 3600, kDay = 24 * kHour;
  struct Unit {
    std::int64_t from;  ///< seconds
    std::int64_t seconds;
    char letter;
  };
  static constexpr std::array<Unit, 4> kUnits{
      {{2 * kDay, kDay, 'd'}, {kHour, kHour, 'h'}, {60, 60, 'm'}, {0, 1, 's'}}};
  const Unit unit = *std::find_if(kUnits.begin(), kUnits.end(),
                                  [&](const Unit& each) { return seconds >= each.from; });
  append_number(out, static_cast<std::uint64_t>(seconds / unit.seconds));
  out += unit.letter;
}

void append_duration(std::string& out, std::chrono::nanoseconds duration) {
  const auto nanoseconds = static_cast<std::uint64_t>(std::max<std::int64_t>(0, duration.count()));
  struct Unit {
    std::uint64_t nanoseconds;
    std::string_view name;
  };
  static constexpr std::array<Unit, 3> kUnits{
      {{1'000'000'000, "s"}, {1'000'000, "ms"}, {1000, "us"}}};
  for (const Unit& unit : kUnits) {
    if (nanoseconds < unit.nanoseconds) continue;
    append_number(out, nanoseconds / unit.nanoseconds);
    const std::uint64_t thousandths = nanoseconds % unit.nanoseconds / (unit.nanoseconds / 1000);
    if (thousandths != 0) {
      std::string places = std::to_string(1000 + thousandths).substr(1);
      places.erase(places.find_last_not_of('0') + 1);
      out += '.';
      out += places;
    }
    out += unit.name;
    return;
  }
  out += "0s";
}

void append_time(std::string& out, std::chrono::system_clock::time_point at) {
  const std::time_t seconds = std::chrono::system_clock::to_time_t(at);
  std::tm parts{};
  if (::gmtime_r(&seconds, &parts) == nullptr) return;
  std::array<char, 64> text{};
  out.append(text.data(), std::strftime(text.data(), text.size(), "%Y-%m-%d %H:%M:%S UTC", &parts));
}

void append_printable(std::string& out, std::string_view text) {
  const std::size_t start = out.size();
  out += text;
  std::replace_if(
      out.begin() + static_cast<std::ptrdiff_t>(start), out.end(),
      [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }, '?');
}

}  // namespace evenkeel::daemon
