// Mistakes in the keys of a table, one a CASE: the compiler has to refuse each with the sentence
// that CMakeLists.txt names, and to take CASE 0.
#include "daemon/config/keys.h"

namespace evenkeel::daemon {

struct Point {
  std::uint8_t x = 0;
  std::chrono::seconds delay{};
};

template <>
struct Keys<Point> {
  static constexpr std::string_view path = "point", title = "[point]";
  static constexpr Between kRange = {
    0,
#if CASE == 1
    256
#else
    255
#endif
  };
#if CASE == 2
  static constexpr bool is_whole_seconds = false;
#else
  static constexpr bool is_whole_seconds = true;
#endif
  static constexpr Times kDelay = {.min = std::chrono::seconds(1),
                                   .max = std::chrono::hours(1),
                                   .is_whole_seconds = is_whole_seconds};
  static constexpr auto rows = std::tuple(
#if CASE == 3
      key<&Point::x>("x", kRange, "the member delay has no row")
#elif CASE == 4
      key<&Point::x>("x", kRange, ""), key<&Point::x>("y", kRange, ""),
      key<&Point::delay>("delay", kDelay, "")
#elif CASE == 5
      key<&Point::x>("x", kRange, ""), key<&Point::delay>("x", kDelay, "")
#else
      key<&Point::x>("x", kRange, ""), key<&Point::delay>("delay", kDelay, "")
#endif
  );
#if CASE == 6
  static constexpr std::array<std::string_view, 1> later = {"x"};
#endif
};

constexpr KnownKeys kPoint = kKnownKeys<Point>;

#if CASE == 7
constexpr KeyOf<Point> kKey = "z";
#else
constexpr KeyOf<Point> kKey = "x";
#endif

}  // namespace evenkeel::daemon
