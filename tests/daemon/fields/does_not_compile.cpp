// Mistakes in a table, one a CASE: the compiler has to refuse each with the sentence that
// CMakeLists.txt names, and to take CASE 0.
#include <cstdint>

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
#if CASE <= 4
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

}  // namespace evenkeel::fields
