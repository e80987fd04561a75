// Mistakes in a table, one a CASE: the compiler has to refuse each with the sentence that
// CMakeLists.txt names, and to take CASE 0.
#include <cstdint>

#include "daemon/fields/json_out.h"
#include "daemon/fields/table.h"
#include "daemon/fields/words.h"

namespace evenkeel::fields {

enum class Colour : std::uint8_t { Red, Green, Blue };
constexpr auto words_of(Colour) {
  using enum Colour;
#if CASE == 0 || CASE > 4
  return words<Colour>({{Red, "red"}, {Green, "green"}, {Blue, "blue"}});
#elif CASE == 1
  return words<Colour>({{Red, "red"}, {Green, "green"}});
#elif CASE == 2
  return words<Colour>({{Red, "red"}, {Blue, "blue"}});
#elif CASE == 3
  return words<Colour>({{Red, "red"}, {Blue, "blue"}, {Green, "green"}});
#elif CASE == 4
  return words<Colour>({{Red, "red"}, {Green, "red"}, {Blue, "blue"}});
#endif
}

constexpr auto kFirst = name(Colour::Red);

struct Point {
  int x = 0;
  int y = 0;
};
constexpr auto fields_of(Of<Point>) {
#if CASE <= 4 || CASE > 7
  return table(field<&Point::x>("x"), field<&Point::y>("y"));
#elif CASE == 5
  return table(field<&Point::x>("x"));
#elif CASE == 6
  return table(field<&Point::x>("x"), field<&Point::x>("y"));
#elif CASE == 7
  return table(field<&Point::x>("x"), field<&Point::y>("x"));
#endif
}

constexpr auto kRowsOfPoint = kFields<Point>;

struct Shown {
  int x = 0;
};
constexpr auto members_of(Of<Shown>) {
#if CASE == 8
  return std::tuple(member("x", &Shown::x), member("x", &Shown::x));
#else
  return std::tuple(member("x", &Shown::x), member("y", &Shown::x));
#endif
}

inline void show(std::string& out) {
  append_json(out, Shown());
}

#if CASE == 9
enum class Late : std::uint8_t { First = 1, Second = 2 };
constexpr auto words_of(Late) {
  return words<Late>({{Late::First, "first"}, {Late::Second, "second"}});
}
constexpr EnumArray<Late, int> kLate = {};
#endif

}  // namespace evenkeel::fields
