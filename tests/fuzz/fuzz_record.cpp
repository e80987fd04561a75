// Any bytes as a record on disk, as that of the owned services, that of running hooks and into a
// struct that has a member of every kind: no crash; a value that was read is written and read again
// as the same; an unknown member changes nothing, and a missing one has its default.
#include <chrono>
#include <cstdlib>
#include <string>

#include "daemon/fields/json_record.h"
#include "daemon/hooks/running_hooks.h"
#include "daemon/process/owned_record.h"

namespace {

using namespace evenkeel;

void require(bool holds) {
  if (!holds) std::abort();
}

enum class Color : std::uint8_t { Red, Green, Blue };
constexpr auto words_of(Color) {
  using enum Color;
  return fields::words<Color>({{Red, "red"}, {Green, "green"}, {Blue, "blue"}});
}

/// Is written as its letters, "ab".
struct Pair {
  char first = 'a', second = 'b';
  friend bool operator==(const Pair&, const Pair&) = default;
};

struct Point {
  std::int16_t x = -3;
  std::string name = "here";
  friend bool operator==(const Point&, const Point&) = default;
};
constexpr auto fields_of(fields::Of<Point>) {
  using fields::field;
  return fields::table(field<&Point::x>("x"), field<&Point::name>("name"));
}

struct Everything {
  bool is_on = true;
  std::int8_t small = -1;
  std::uint8_t octet = 2;
  std::int32_t number = -3;
  std::uint32_t count = 4;
  std::int64_t large = -5;
  std::uint64_t largest = 6;
  std::chrono::steady_clock::duration time = std::chrono::seconds(7);
  std::chrono::milliseconds pause{8};
  Color color = Color::Green;
  Color number_of_color = Color::Blue;
  std::string text = "text";
  Pair pair;
  Point point;
  std::optional<Point> place;
  std::optional<std::uint16_t> port = 9;
  std::vector<Point> points = {Point()};
  std::vector<std::string> texts;
  friend bool operator==(const Everything&, const Everything&) = default;
};
constexpr auto fields_of(fields::Of<Everything>) {
  using fields::field;
  using T = Everything;
  return fields::table(
      field<&T::is_on>("is_on"), field<&T::small>("small"), field<&T::octet>("octet"),
      field<&T::number>("number"), field<&T::count>("count"), field<&T::large>("large"),
      field<&T::largest>("largest"), field<&T::time>("time"), field<&T::pause>("pause"),
      field<&T::color>("color"), field<&T::number_of_color>("number_of_color", fields::AsNumber()),
      field<&T::text>("text"), field<&T::pair>("pair"), field<&T::point>("point"),
      field<&T::place>("place"), field<&T::port>("port"), field<&T::points>("points"),
      field<&T::texts>("texts"));
}

}  // namespace

template <>
struct evenkeel::fields::RecordText<Pair> {
  static std::string to(const Pair& pair) { return {pair.first, pair.second}; }
  static std::optional<Pair> from(const std::string& text) {
    if (text.size() != 2) return std::nullopt;
    return Pair{.first = text[0], .second = text[1]};
  }
};

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(data, data + size);
  if (const auto owned = daemon::decode_record(text)) {
    const auto same = daemon::decode_record(daemon::encode_record(*owned));
    require(same && *same == *owned);
  }
  if (const auto hooks = daemon::decode_running_hooks(text)) {
    const auto same = daemon::decode_running_hooks(daemon::encode_running_hooks(hooks->runs));
    require(same && same->runs == hooks->runs && same->unreadable == 0);
  }
  const auto json = nlohmann::json::parse(data, data + size, nullptr, false);
  Everything value;
  if (json.is_discarded() || !fields::from_record(json, value)) return 0;
  require(json.is_object());

  const nlohmann::json written = fields::to_record(value);
  Everything again;
  require(fields::from_record(written, again) && again == value);
  require(fields::to_record(again) == written);

  nlohmann::json newer = json;
  newer["not_known"] = json;
  Everything same;
  require(fields::from_record(newer, same) && same == value);

  Everything expected = value;
  expected.points = Everything().points;
  nlohmann::json older = json;
  older.erase("points");
  Everything read;
  require(fields::from_record(older, read) && read == expected);
  return 0;
}
